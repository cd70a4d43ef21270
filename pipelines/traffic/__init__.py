"""Traffic: video in, tracks, counts and an annotated copy out."""
