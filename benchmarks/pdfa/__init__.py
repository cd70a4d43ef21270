"""PDF/A-2b (ISO 19005-2:2011) clause by clause, by another library than the one that writes our copies."""
