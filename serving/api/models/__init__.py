"""The models that serve here."""
