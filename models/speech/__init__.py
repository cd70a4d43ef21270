"""Models of speech: where somebody speaks, and what is said; knows no recording format and no case."""
