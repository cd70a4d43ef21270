"""What a model is, and every model that Anjuan runs; knows nothing of cases, Ray, HTTP or databases."""
