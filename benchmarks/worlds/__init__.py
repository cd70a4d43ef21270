"""Worlds with exact truth: what stands where when is known, so that figures need no hand labels."""
