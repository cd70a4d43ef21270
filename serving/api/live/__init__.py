"""Live dictation: sessions over REST, sound and lines over a WebSocket."""
