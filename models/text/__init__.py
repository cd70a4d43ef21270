"""Models that read pages."""
