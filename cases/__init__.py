"""What a case is and where it is kept; knows nothing of pipelines, Ray or HTTP."""
