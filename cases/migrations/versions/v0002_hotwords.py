"""The hotwords of a case: one row a case, sealed by the audit trail."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward; there is no way back: restore a backup instead."""
    op.create_table(
        "case_hotwords",
        sa.Column("case_id", sa.String(length=40), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("set_at", sa.String(27), nullable=False),
        sa.Column("set_by", sa.String(length=100), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name="fk_case_hotwords_case_id_cases"),
        sa.PrimaryKeyConstraint("case_id", name="pk_case_hotwords"),
    )
