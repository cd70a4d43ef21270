"""Rules that a 笔录 is held to, A1 to A19: each with its article, its severity and its tests; they know no store."""
