"""Mandarin test speech with exact truth: invented dialogues, read by a synthesiser, mixed as in a room or on a line."""
