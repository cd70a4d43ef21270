"""The voiceprints of staff: one sealed row a person, removed with its key."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward; there is no way back: restore a backup instead."""
    op.create_table(
        "voiceprints",
        sa.Column("account_id", sa.String(length=40), nullable=False),
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("sealed", sa.Text(), nullable=False),
        sa.Column("model", sa.String(length=64), nullable=False),
        sa.Column("seconds", sa.Float(), nullable=False),
        sa.Column("consent", sa.String(length=40), nullable=False),
        sa.Column("enrolled_at", sa.String(27), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name="fk_voiceprints_account_id_accounts"),
        sa.PrimaryKeyConstraint("account_id", name="pk_voiceprints"),
        sa.UniqueConstraint("id", name="uq_voiceprints_id"),
    )
