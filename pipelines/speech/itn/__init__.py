"""数字规整 (inverse text normalisation): spoken numerals in figures, a layer over the raw text with a map back."""
