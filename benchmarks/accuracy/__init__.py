"""Accuracy: our answers against truth, by the measures of the field."""
