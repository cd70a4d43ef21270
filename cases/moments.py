"""Moments as the store keeps them: UTC in fixed-width ISO 8601 text; knows no table.

Text of fixed width sorts as time does on both engines, and what is hashed into the audit chain is, byte for byte,
what is stored.
"""

from __future__ import annotations

from datetime import UTC, datetime

WIDTH = len("2026-01-31T23:59:59.000000Z")


def moment_text(moment: datetime) -> str:
    """`2026-01-31T23:59:59.000000Z`; a moment without a zone is taken as UTC."""
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return aware.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def moment_of(text: str) -> datetime:
    """The moment that `moment_text` wrote; raises ValueError when it did not."""
    return datetime.fromisoformat(text).astimezone(UTC)
