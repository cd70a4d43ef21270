"""The tables of the case store, one schema for SQLite and PostgreSQL; knows no act and opens nothing.

Append-only tables (`APPEND_ONLY`) carry triggers that refuse UPDATE and DELETE on both engines (see
`cases/migrations`). Moments are UTC text (`cases.moments`), JSON is canonical text (`cases.audit.canonical`): what is
hashed is what is stored. People are named by account id without a foreign key, since a record outlives the account
that made it.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import (
    BigInteger,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator

from cases.moments import WIDTH, moment_of, moment_text
from models.errors import Tampered

REVISION = "0004"
"""The Alembic revision that this schema is; a test holds it to the newest migration."""

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class Moment(TypeDecorator[datetime]):
    """A UTC moment, kept as fixed-width ISO 8601 text."""

    impl = String(WIDTH)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> str | None:
        """Write UTC text."""
        return None if value is None else moment_text(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> datetime | None:
        """Read an aware moment; raises Tampered when somebody else wrote there."""
        try:
            return None if value is None else moment_of(value)
        except ValueError as error:
            raise Tampered("store.moment", "a stored moment cannot be read any more; run anjuan verify") from error


_Id = String(40)
_Actor = String(100)
_Hash = String(64)
_Size = BigInteger()
# SQLite gives a rowid only to a column that says INTEGER.
_Sequence = BigInteger().with_variant(Integer(), "sqlite")

# --- people -----------------------------------------------------------------------------------------------------------
accounts = Table(
    "accounts",
    metadata,
    Column("id", _Id, primary_key=True),
    Column("name", String(200), nullable=False, unique=True),
    Column("display_name", String(200), nullable=False),
    Column("role", String(20), nullable=False),
    Column("password_hash", Text),
    Column("created_at", Moment, nullable=False),
)

api_keys = Table(
    "api_keys",
    metadata,
    Column("id", _Id, primary_key=True),
    Column("account_id", _Id, ForeignKey(accounts.c.id), nullable=False, index=True),
    Column("name", String(200), nullable=False),
    Column("prefix", String(40), nullable=False, unique=True),
    Column("key_hash", Text, nullable=False),
    Column("role", String(20)),
    Column("created_at", Moment, nullable=False),
    Column("revoked_at", Moment),
)

sessions = Table(
    "sessions",
    metadata,
    Column("token_hash", String(128), primary_key=True),
    Column("account_id", _Id, ForeignKey(accounts.c.id), nullable=False, index=True),
    Column("created_at", Moment, nullable=False),
    Column("expires_at", Moment, nullable=False, index=True),
)

voiceprints = Table(
    "voiceprints",
    metadata,
    Column("account_id", _Id, ForeignKey(accounts.c.id), primary_key=True),
    Column("id", _Id, nullable=False, unique=True),
    Column("sealed", Text, nullable=False),
    Column("model", _Hash, nullable=False),
    Column("seconds", Float, nullable=False),
    Column("consent", String(40), nullable=False),
    Column("enrolled_at", Moment, nullable=False),
)

# --- cases and what they hold -----------------------------------------------------------------------------------------
cases = Table(
    "cases",
    metadata,
    Column("id", _Id, primary_key=True),
    Column("name", String(500), nullable=False),
    Column("case_no", String(200)),
    Column("cause", String(500)),
    Column("created_at", Moment, nullable=False, index=True),
    Column("created_by", _Actor, nullable=False),
)

case_members = Table(
    "case_members",
    metadata,
    Column("case_id", _Id, ForeignKey(cases.c.id), primary_key=True),
    Column("account_id", _Actor, primary_key=True, index=True),
    Column("role", String(20), nullable=False),
    Column("granted_at", Moment, nullable=False),
    Column("granted_by", _Actor, nullable=False),
)

case_hotwords = Table(
    "case_hotwords",
    metadata,
    Column("case_id", _Id, ForeignKey(cases.c.id), primary_key=True),
    Column("words", Text, nullable=False),
    Column("set_at", Moment, nullable=False),
    Column("set_by", _Actor, nullable=False),
)

alarm_answers = Table(
    "alarm_answers",
    metadata,
    Column("id", _Id, primary_key=True),
    Column("case_id", _Id, ForeignKey(cases.c.id), nullable=False, index=True),
    Column("alarm", _Id, nullable=False),
    Column("rule", _Id, nullable=False),
    Column("state", String(20), nullable=False),
    Column("reason", Text, nullable=False),
    Column("answered_at", Moment, nullable=False),
    Column("answered_by", _Actor, nullable=False),
)

evidence = Table(
    "evidence",
    metadata,
    Column("id", _Id, primary_key=True),
    Column("case_id", _Id, ForeignKey(cases.c.id), nullable=False, index=True),
    Column("filename", String(1000), nullable=False),
    Column("size", _Size, nullable=False),
    Column("sha256", _Hash, nullable=False, index=True),
    Column("sm3", _Hash, nullable=False),
    Column("media_type", String(200), nullable=False),
    Column("facts", Text, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("created_by", _Actor, nullable=False),
)

# --- jobs ------------------------------------------------------------------------------------------------------------
jobs = Table(
    "jobs",
    metadata,
    Column("id", _Id, primary_key=True),
    Column("case_id", _Id, ForeignKey(cases.c.id), nullable=False, index=True),
    Column("evidence_id", _Id, ForeignKey(evidence.c.id), nullable=False, index=True),
    Column("task", String(100), nullable=False),
    Column("params", Text, nullable=False),
    Column("version", String(100), nullable=False),
    Column("key", _Hash, nullable=False),
    Column("state", String(20), nullable=False),
    Column("progress", Float, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("barren", Integer, nullable=False),
    Column("fence", Integer, nullable=False),
    Column("worker", String(200)),
    Column("lease_until", Moment),
    Column("available_at", Moment, nullable=False),
    Column("record_id", _Id),
    Column("error_code", String(200)),
    Column("error_message", Text),
    Column("created_at", Moment, nullable=False),
    Column("created_by", _Actor, nullable=False),
    Column("creator_name", String(200), nullable=False),
    Column("creator_role", String(20), nullable=False),
    Column("creator_via", String(200)),
    Column("updated_at", Moment, nullable=False),
    Index("ix_jobs_claim", "state", "available_at", "created_at"),
)
_LIVE = text("state IN ('queued', 'running', 'done')")
Index("uq_jobs_live_key", jobs.c.key, unique=True, sqlite_where=_LIVE, postgresql_where=_LIVE)

job_checkpoints = Table(
    "job_checkpoints",
    metadata,
    Column("job_id", _Id, ForeignKey(jobs.c.id), primary_key=True),
    Column("part", Integer, primary_key=True),
    Column("total", Integer, nullable=False),
    Column("fence", Integer, nullable=False),
    Column("sha256", _Hash, nullable=False),
    Column("payload", Text),
    Column("created_at", Moment, nullable=False),
)

job_attempts = Table(
    "job_attempts",
    metadata,
    Column("job_id", _Id, ForeignKey(jobs.c.id), primary_key=True),
    Column("fence", Integer, primary_key=True),
    Column("worker", String(200), nullable=False),
    Column("started_at", Moment, nullable=False),
    Column("ended_at", Moment),
    Column("outcome", String(20)),
    Column("reason", Text),
)

# --- records ----------------------------------------------------------------------------------------------------------
records = Table(
    "records",
    metadata,
    Column("id", _Id, primary_key=True),
    Column("case_id", _Id, ForeignKey(cases.c.id), nullable=False, index=True),
    Column("evidence_id", _Id, ForeignKey(evidence.c.id), nullable=False, index=True),
    Column("job_id", _Id, ForeignKey(jobs.c.id), nullable=False, unique=True),
    Column("kind", String(100), nullable=False),
    Column("created_at", Moment, nullable=False),
)

record_versions = Table(
    "record_versions",
    metadata,
    Column("record_id", _Id, ForeignKey(records.c.id), primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("author", String(20), nullable=False),
    Column("body", Text, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("created_by", _Actor, nullable=False),
)

derived = Table(
    "derived",
    metadata,
    Column("id", _Id, primary_key=True),
    Column("case_id", _Id, ForeignKey(cases.c.id), nullable=False, index=True),
    Column("record_id", _Id, ForeignKey(records.c.id), nullable=False),
    Column("name", String(500), nullable=False),
    Column("size", _Size, nullable=False),
    Column("sha256", _Hash, nullable=False, index=True),
    Column("sm3", _Hash, nullable=False),
    Column("media_type", String(200), nullable=False),
    UniqueConstraint("record_id", "name"),
)

# --- what happened ----------------------------------------------------------------------------------------------------
events = Table(
    "events",
    metadata,
    Column("id", _Sequence, primary_key=True, autoincrement=True),
    Column("at", Moment, nullable=False),
    Column("case_id", _Id, ForeignKey(cases.c.id), nullable=False, index=True),
    Column("kind", String(100), nullable=False),
    Column("subject_id", _Id, nullable=False),
)

audit_entries = Table(
    "audit_entries",
    metadata,
    Column("sequence", _Sequence, primary_key=True, autoincrement=False),
    Column("case_id", _Id),
    Column("case_sequence", _Sequence, nullable=False),
    Column("at", Moment, nullable=False),
    Column("actor_id", _Actor, nullable=False),
    Column("actor_name", String(200), nullable=False),
    Column("via", String(200)),
    Column("act", String(100), nullable=False),
    Column("subject", String(100), nullable=False),
    Column("subject_id", String(200), nullable=False, index=True),
    Column("details", Text, nullable=False),
    Column("previous_hash", _Hash, nullable=False),
    Column("hash", _Hash, nullable=False),
    Column("global_previous", _Hash, nullable=False),
    Column("global_hash", _Hash, nullable=False),
    UniqueConstraint("case_id", "case_sequence"),
)

audit_heads = Table(
    "audit_heads",
    metadata,
    Column("chain", _Id, primary_key=True),
    Column("sequence", _Sequence, nullable=False),
    Column("hash", _Hash, nullable=False),
)

audit_checkpoints = Table(
    "audit_checkpoints",
    metadata,
    Column("sequence", _Sequence, primary_key=True, autoincrement=False),
    Column("global_hash", _Hash, nullable=False),
    Column("at", Moment, nullable=False),
    Column("public_key", _Hash, nullable=False),
    Column("signature", String(128), nullable=False),
)

APPEND_ONLY = ("alarm_answers", "evidence", "record_versions", "derived", "audit_entries", "audit_checkpoints")
"""Tables whose rows never change once written."""
