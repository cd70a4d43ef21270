"""How pages for people are made as Word and PDF files, whatever stands on them; knows no record and no line of work."""
