"""One module a schema revision, in order; a released one is never edited."""
