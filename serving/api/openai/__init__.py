"""The OpenAI-compatible audio interface."""
