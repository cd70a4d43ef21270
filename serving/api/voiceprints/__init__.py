"""Voiceprints of staff: one's own, enrolled and deleted."""
