"""Tables of scanned pages: which lines stand in which cells, and what other programs get of them."""
