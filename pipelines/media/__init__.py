"""Media files in, normalised sound, page pictures and video frames out; knows no model and no case."""
