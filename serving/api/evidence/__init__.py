"""Evidence: taken in byte by byte, handed out with ranges."""
