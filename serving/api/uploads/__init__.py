"""Uploads that survive a bad line and a restart."""
