"""The recogniser of number plates: plates drawn to GA 36, a small network taught on them, its figures, its export."""
