"""Scans and PDFs of paper volumes in, read pages and searchable PDFs out."""
