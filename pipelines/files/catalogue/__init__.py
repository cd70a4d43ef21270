"""编目: which pages of a volume are one 文书, of which type, and what its catalogue row says; pure, knows no model."""
