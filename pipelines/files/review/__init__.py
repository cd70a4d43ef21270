"""What a person checks of a read volume and what becomes of it: the queue, corrected lines, decided documents; pure."""
