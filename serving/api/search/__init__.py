"""Search over the cases that the caller may read."""
