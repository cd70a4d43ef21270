"""What every act does: open its one transaction, check the caller's scope, write itself down; knows no noun."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import cast

from sqlalchemy import select

from cases import ledger, schema
from cases.access import Verdict, Wish, decide
from cases.audit import Act, canonical
from cases.database import Database, Transaction
from cases.records import Actor, JsonObject, JsonValue, Role
from models.errors import BadInput, Forbidden, NotFound, Tampered, TooLarge, Unavailable

log = logging.getLogger(__name__)

MAX_JSON_BYTES = 256 << 20
"""Largest record body or checkpoint, in bytes of JSON: a day of traffic tracks is some tens of MiB."""
MAX_ROWS = 1000
"""Most rows that one list answers."""


class Acts:
    """An open database with the two kinds of transaction that acts use."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def _reading(self) -> AbstractContextManager[Transaction]:
        return self._noting_refusals(self._database.read())

    def _writing(self) -> AbstractContextManager[Transaction]:
        return self._noting_refusals(self._database.write())

    @contextmanager
    def _noting_refusals(self, opened: AbstractContextManager[Transaction]) -> Iterator[Transaction]:
        """Run an act; a refusal that it left is written down once its own transaction is gone."""
        refusal: Act | None = None
        try:
            with opened as tx:
                try:
                    yield tx
                finally:
                    refusal = tx.refusal
        finally:
            if refusal is not None:
                self._write_down(refusal)

    def _write_down(self, refusal: Act) -> None:
        try:
            with self._database.write() as tx:
                ledger.append(tx, refusal)
        except Unavailable as error:
            # The act stays refused; only its trace is lost, and that is said.
            log.warning("a refused act by %s could not be written to the audit trail: %s", refusal.actor.id, error.code)


def note(
    tx: Transaction,
    actor: Actor,
    act: str,
    subject: tuple[str, str],
    case_id: str | None,
    details: JsonObject | None = None,
) -> None:
    """Write `act` on `subject` (its kind and id) into the audit trail, within this transaction."""
    ledger.append(tx, Act(actor, act, subject[0], subject[1], case_id, details or {}))


def require(tx: Transaction, actor: Actor, case_id: str, wish: Wish, subject: tuple[str, str] | None = None) -> None:
    """Let the act pass, or raise NotFound (outside the caller's scope) or Forbidden, in words about `subject`."""
    kind, name = subject or ("case", case_id)
    members = schema.case_members
    joined = schema.cases.outerjoin(
        members, (members.c.case_id == schema.cases.c.id) & (members.c.account_id == actor.id)
    )
    row = tx.connection.execute(select(members.c.role).select_from(joined).where(schema.cases.c.id == case_id)).first()
    if row is None:
        raise not_found(kind, name)
    verdict = decide(actor.role, None if row.role is None else Role(row.role), wish)
    if verdict is Verdict.ALLOW:
        return
    tx.refusal = Act(actor, "access.denied", kind, name, case_id, {"wish": wish.value, "verdict": verdict.value})
    if verdict is Verdict.HIDE:
        raise not_found(kind, name)
    raise Forbidden("access.forbidden", f"{actor.name} may not {wish.value} {kind} {name}")


def not_found(kind: str, name: str) -> NotFound:
    """The one answer for what is not there and what is not there for this caller."""
    return NotFound(f"{kind}.not_found", f"no {kind} {name}")


def plain_text(value: str, what: str, longest: int) -> str:
    """`value` without surrounding blanks; raises BadInput when it is empty, too long or holds control characters."""
    cleaned = value.strip()
    if not cleaned or len(cleaned) > longest:
        raise BadInput("text.length", f"{what} needs 1 to {longest} characters")
    try:
        cleaned.encode()
    except UnicodeEncodeError as error:
        raise BadInput("text.characters", f"{what} holds characters that are no Unicode text") from error
    if any(ord(c) < 32 or ord(c) == 127 for c in cleaned):
        raise BadInput("text.characters", f"{what} must not hold control characters or line ends")
    return cleaned


def json_text(value: JsonValue) -> str:
    """Canonical JSON for a column; raises BadInput or TooLarge when it cannot be kept."""
    spelled = canonical(value)
    if len(spelled) > MAX_JSON_BYTES:
        raise TooLarge("json.size", f"the JSON has {len(spelled)} characters; at most {MAX_JSON_BYTES} can be kept")
    return spelled


def json_object(text: str) -> JsonObject:
    """The object that a column holds; raises Tampered when somebody else wrote there."""
    try:
        return cast(JsonObject, json.loads(text))
    except ValueError as error:
        raise Tampered("store.json", "a stored value cannot be read any more; run anjuan verify") from error


def bounded(limit: int) -> int:
    """A list's limit within 1..MAX_ROWS."""
    return max(1, min(limit, MAX_ROWS))
