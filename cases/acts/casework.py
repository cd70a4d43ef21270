"""Acts on cases and their teams."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row, delete, insert, select

from cases import ledger, schema
from cases.access import Member, Wish, may_create
from cases.acts.base import Acts, bounded, not_found, note, plain_text, require
from cases.audit import Act
from cases.database import Transaction
from cases.ids import new_id
from cases.records import Actor, Case, Role
from models.errors import Forbidden

_NAME_CHARS = 500
_NUMBER_CHARS = 200


class CaseActs(Acts):
    """案件 and 办案组."""

    def create_case(self, actor: Actor, name: str, *, case_no: str | None = None, cause: str | None = None) -> Case:
        """Open a case whose first member is `actor`.

        Raises Forbidden for readers and auditors, BadInput on bad names.
        """
        case = {
            "id": new_id("case"),
            "name": plain_text(name, "the case's name", _NAME_CHARS),
            "case_no": plain_text(case_no, "the case number", _NUMBER_CHARS) if case_no else None,
            "cause": plain_text(cause, "the cause", _NAME_CHARS) if cause else None,
            "created_by": actor.id,
        }
        with self._writing() as tx:
            if not may_create(actor.role):
                tx.refusal = Act(actor, "access.denied", "case", "new", None, {"wish": "create"})
                raise Forbidden("access.forbidden", f"{actor.name} may not open cases; its role is {actor.role.value}")
            row = {**case, "created_at": tx.now}
            tx.connection.execute(insert(schema.cases).values(row))
            digest = ledger.sealed_digest(schema.cases, row)
            note(tx, actor, "case.created", ("case", str(row["id"])), str(row["id"]), {"row": digest})
            _set_member(tx, actor, str(row["id"]), actor.id, Role.OFFICER)
            return _case(tx.connection.execute(select(schema.cases).where(schema.cases.c.id == row["id"])).one())

    def cases(self, actor: Actor, *, limit: int = 50, before: str | None = None) -> list[Case]:
        """The cases in the actor's scope, newest first; `before` is the id of the last case of the page before."""
        table, members = schema.cases, schema.case_members
        wanted = select(table).order_by(table.c.created_at.desc(), table.c.id.desc()).limit(bounded(limit))
        if actor.role is not Role.ADMIN:
            mine = select(members.c.case_id).where(members.c.account_id == actor.id)
            wanted = wanted.where(table.c.id.in_(mine))
        with self._reading() as tx:
            if before is not None:
                last = tx.connection.execute(select(table.c.created_at).where(table.c.id == before)).first()
                if last is None:
                    raise not_found("case", before)
                earlier = table.c.created_at < last.created_at
                wanted = wanted.where(earlier | ((table.c.created_at == last.created_at) & (table.c.id < before)))
            return [_case(row) for row in tx.connection.execute(wanted)]

    def case(self, actor: Actor, case_id: str) -> Case:
        """One case; raises NotFound outside the actor's scope."""
        with self._reading() as tx:
            require(tx, actor, case_id, Wish.SEE)
            return _case(tx.connection.execute(select(schema.cases).where(schema.cases.c.id == case_id)).one())

    def add_member(self, actor: Actor, case_id: str, account_id: str, role: Role) -> None:
        """Let an account into the case with at most `role`; a member's role is replaced. Raises NotFound, Forbidden."""
        with self._writing() as tx:
            require(tx, actor, case_id, Wish.MANAGE)
            _set_member(tx, actor, case_id, account_id, role)

    def members(self, actor: Actor, case_id: str) -> list[Member]:
        """办案组 of a case, by when they joined; raises NotFound outside the actor's scope."""
        table = schema.case_members
        wanted = select(table).where(table.c.case_id == case_id).order_by(table.c.granted_at, table.c.account_id)
        with self._reading() as tx:
            require(tx, actor, case_id, Wish.SEE)
            return [
                Member(row.case_id, row.account_id, Role(row.role), row.granted_at, row.granted_by)
                for row in tx.connection.execute(wanted)
            ]


def _set_member(tx: Transaction, actor: Actor, case_id: str, account_id: str, role: Role) -> None:
    table = schema.case_members
    row = {
        "case_id": case_id,
        "account_id": account_id,
        "role": role.value,
        "granted_at": tx.now,
        "granted_by": actor.id,
    }
    tx.connection.execute(delete(table).where((table.c.case_id == case_id) & (table.c.account_id == account_id)))
    tx.connection.execute(insert(table).values(row))
    details = {"role": role.value, "row": ledger.sealed_digest(table, row)}
    note(tx, actor, "member.set", ("account", account_id), case_id, {**details})


def _case(row: Row[Any]) -> Case:
    return Case(row.id, row.name, row.case_no, row.cause, row.created_at, row.created_by)
