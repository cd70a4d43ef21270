"""What people answered to review alarms: one row an answer, append-only, sealed by the audit trail."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_TABLE = "alarm_answers"


def upgrade() -> None:
    """Forward; there is no way back: restore a backup instead."""
    op.create_table(
        _TABLE,
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("case_id", sa.String(length=40), nullable=False),
        sa.Column("alarm", sa.String(length=40), nullable=False),
        sa.Column("rule", sa.String(length=40), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("answered_at", sa.String(27), nullable=False),
        sa.Column("answered_by", sa.String(length=100), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name="fk_alarm_answers_case_id_cases"),
        sa.PrimaryKeyConstraint("id", name="pk_alarm_answers"),
    )
    op.create_index("ix_alarm_answers_case_id", _TABLE, ["case_id"])
    if op.get_bind().dialect.name == "postgresql":
        for act, each in (("change", "UPDATE OR DELETE"), ("truncate", "TRUNCATE")):
            scope = "ROW" if act == "change" else "STATEMENT"
            op.execute(
                f"CREATE TRIGGER {_TABLE}_refuse_{act} BEFORE {each} ON {_TABLE} "
                f"FOR EACH {scope} EXECUTE FUNCTION anjuan_append_only()"
            )
        return
    for act in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER {_TABLE}_refuse_{act.lower()} BEFORE {act} ON {_TABLE} "
            f"BEGIN SELECT RAISE(ABORT, '{_TABLE} is append-only'); END"
        )
