"""Records with their versions, exports and derived copies."""
