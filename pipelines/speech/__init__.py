"""Recordings to records: who said what, and when; calls models through the Engine alone."""
