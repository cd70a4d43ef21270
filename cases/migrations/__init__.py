"""Alembic migrations of the case store, run by `cases.upgrade` from inside the package, whatever the working directory."""
