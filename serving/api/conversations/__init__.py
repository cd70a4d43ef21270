"""笔录: drafted from transcripts, held to their rules, led from draft to seal."""
