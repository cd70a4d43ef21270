"""What Alembic runs: the migrations on the connection, and in the transaction, that `cases.upgrade` hands over."""

from __future__ import annotations

from alembic import context

from cases.schema import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
    transactional_ddl=True,
    compare_type=True,
)
context.run_migrations()
