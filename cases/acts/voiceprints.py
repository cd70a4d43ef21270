"""Acts on the voiceprints of staff: enrolled by the person alone, used in their own cases, deleted at once.

Each act is on the trail: outside cases, or in the case where a print is used. The trail holds who, when, which text
was agreed to and digests, never what a voice is known by.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import Row, delete, insert, select

from cases import ledger, schema
from cases.access import Wish
from cases.acts.base import Acts, not_found, note, require
from cases.audit import Act
from cases.database import Database, Transaction
from cases.ids import new_id
from cases.records import Actor, JsonObject, Role
from cases.voiceprints import CONSENT_VERSION, Keyring, StaffVoice, Voiceprint, VoiceprintDraft, opened, sealed
from models.errors import Conflict, Forbidden, Tampered

log = logging.getLogger(__name__)

IN_PERSON = ("session:", "password")
"""How somebody acts who is there: signed in to the console, or with their password at the command line."""


class VoiceprintActs(Acts):
    """声纹 of accounts."""

    def __init__(self, database: Database, keys: Path | None = None) -> None:
        super().__init__(database)
        self._keyring = Keyring(keys)

    def enrol(self, actor: Actor, draft: VoiceprintDraft, consent: str) -> Voiceprint:
        """Keep the print of `actor`'s own voice in the place of an earlier one; `consent` is the text agreed to.

        The earlier one's key goes when the new print is there for good: a commit that fails loses neither. Raises
        Forbidden for an API key, which can agree to nothing, Conflict when the text has changed since.
        """
        table = schema.voiceprints
        with self._writing() as tx:
            _require_consent(tx, actor, consent)
            if (
                tx.connection.execute(select(schema.accounts.c.id).where(schema.accounts.c.id == actor.id)).first()
                is None
            ):
                raise not_found("account", actor.id)
            earlier = _print_id(tx, actor.id)
            tx.connection.execute(delete(table).where(table.c.account_id == actor.id))
            print_id = new_id("vpr")
            row: dict[str, object] = {
                "account_id": actor.id,
                "id": print_id,
                "sealed": sealed(self._keyring.make(print_id), draft.vector, actor.id),
                "model": draft.model,
                "seconds": draft.seconds,
                "consent": consent,
                "enrolled_at": tx.now,
            }
            tx.connection.execute(insert(table).values(row))
            details: JsonObject = {"consent": consent, "row": ledger.sealed_digest(table, row)}
            note(tx, actor, "voiceprint.enrolled", ("account", actor.id), None, details)
        self._keyring.sweep([] if earlier is None else [earlier])
        return Voiceprint(actor.id, draft.model, draft.seconds, consent, tx.now)

    def require_consent(self, actor: Actor, consent: str) -> None:
        """Raises as `enrol` does, before any sound is listened to."""
        with self._reading() as tx:
            _require_consent(tx, actor, consent)

    def all(self, actor: Actor) -> list[Voiceprint]:
        """Who has a print: everybody for an administrator, the actor alone for others."""
        table = schema.voiceprints
        wanted = select(table).order_by(table.c.enrolled_at, table.c.account_id)
        if actor.role is not Role.ADMIN:
            wanted = wanted.where(table.c.account_id == actor.id)
        with self._reading() as tx:
            return [_voiceprint(row) for row in tx.connection.execute(wanted)]

    def delete(self, actor: Actor, account_id: str) -> None:
        """Destroy the key and remove the row, at once; the actor's own, or anybody's for an administrator.

        The key goes first, since it alone makes the rest readable: should the commit fail, a row that says nothing is
        left to be deleted again.
        Raises NotFound where there is none, and for others' prints.
        """
        with self._writing() as tx:
            if account_id != actor.id and actor.role is not Role.ADMIN:
                tx.refusal = Act(actor, "access.denied", "account", account_id, None, {"wish": "delete voiceprint"})
                raise not_found("voiceprint", account_id)
            print_id = _print_id(tx, account_id)
            if print_id is None:
                raise not_found("voiceprint", account_id)
            self._keyring.destroy(print_id)
            tx.connection.execute(delete(schema.voiceprints).where(schema.voiceprints.c.account_id == account_id))
            note(tx, actor, "voiceprint.deleted", ("account", account_id), None)

    def of_members(self, actor: Actor, case_id: str) -> list[str]:
        """The account ids of those members of a case who have a print; raises NotFound outside the actor's scope."""
        with self._reading() as tx:
            require(tx, actor, case_id, Wish.SEE)
            return [row.account_id for row in tx.connection.execute(_of_members(case_id))]

    def use(self, actor: Actor, case_id: str, account_ids: Sequence[str], job_id: str) -> list[StaffVoice]:
        """The prints of those of `account_ids` who are members of the case now, each use on its trail.

        Whoever has left the case or deleted their print is left out. Raises NotFound and Forbidden as writing does.
        """
        found: list[StaffVoice] = []
        with self._writing() as tx:
            require(tx, actor, case_id, Wish.WRITE)
            for row in tx.connection.execute(_of_members(case_id)).all():
                key = self._keyring.find(row.id) if row.account_id in account_ids else None
                if key is None:
                    continue
                try:
                    vector = opened(key, row.sealed, row.account_id)
                except Tampered:
                    log.warning("the voiceprint of %s cannot be opened and is left out", row.account_id)
                    continue
                found.append(StaffVoice(row.account_id, row.display_name, row.model, vector))
                note(tx, actor, "voiceprint.used", ("account", row.account_id), case_id, {"job": job_id})
        return found

    def sweep_keys(self) -> int:
        """Destroy the keys that no print has any more, as a process leaves that dies in an enrolment; gives how many.

        A database in which nobody ever enrolled is not the one that the keys belong to, and destroys none.
        """
        settled = self._keyring.settled()
        if not settled:
            return 0
        entries = schema.audit_entries
        with self._reading() as tx:
            orphans = settled - set(tx.connection.execute(select(schema.voiceprints.c.id)).scalars())
            enrolled = select(entries.c.sequence).where(entries.c.act == "voiceprint.enrolled").limit(1)
            if not orphans or tx.connection.execute(enrolled).first() is None:
                return 0
        self._keyring.sweep(orphans)
        return len(orphans)


def _print_id(tx: Transaction, account_id: str) -> str | None:
    table = schema.voiceprints
    return tx.connection.execute(select(table.c.id).where(table.c.account_id == account_id)).scalar()


def _require_consent(tx: Transaction, actor: Actor, consent: str) -> None:
    if not (actor.via or "").startswith(IN_PERSON):
        tx.refusal = Act(actor, "access.denied", "account", actor.id, None, {"wish": "enrol"})
        raise Forbidden("voiceprint.in_person", "a voiceprint is enrolled by its person, signed in by password")
    if consent != CONSENT_VERSION:
        raise Conflict("voiceprint.consent", "the text to agree to is another by now; read it and agree again")


def _of_members(case_id: str) -> Any:
    prints, members, accounts = schema.voiceprints, schema.case_members, schema.accounts
    joined = prints.join(members, members.c.account_id == prints.c.account_id)
    joined = joined.join(accounts, accounts.c.id == prints.c.account_id)
    wanted = select(prints, accounts.c.display_name).select_from(joined)
    return wanted.where(members.c.case_id == case_id).order_by(prints.c.account_id)


def _voiceprint(row: Row[Any]) -> Voiceprint:
    return Voiceprint(row.account_id, row.model, row.seconds, row.consent, row.enrolled_at)
