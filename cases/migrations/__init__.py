"""Alembic migrations of the case store, run by `cases.upgrade` from any working directory."""
