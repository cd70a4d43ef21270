"""What of a record is searched, and how the index follows the store."""
