"""Acts on review alarms: what people answered, one row an answer, none ever changed."""

from __future__ import annotations

import re
from typing import Any, Final

from sqlalchemy import Row, insert, select

from cases import ledger, schema
from cases.access import Wish
from cases.acts.base import Acts, bounded, note, plain_text, require
from cases.alarms import AlarmAnswer, AlarmState
from cases.ids import new_id
from cases.records import Actor, JsonObject
from models.errors import BadInput

MAX_REASON: Final = 1000
"""Characters of a reason."""
_ALARM = re.compile(r"[0-9a-f]{16}")


class AlarmActs(Acts):
    """预警 of 案件 and the answers to them."""

    def answer_alarm(
        self, actor: Actor, case_id: str, alarm: str, rule: str, state: AlarmState, reason: str
    ) -> AlarmAnswer:
        """Keep an answer; it is the state from now on. Raises NotFound, Forbidden, and BadInput without a reason."""
        if _ALARM.fullmatch(alarm) is None:
            raise BadInput("alarm.id", "an alarm is named by the 16 hex digits that the review gives it")
        row: dict[str, Any] = {
            "id": new_id("ans"),
            "case_id": case_id,
            "alarm": alarm,
            "rule": plain_text(rule, "the rule", 40),
            "state": state.value,
            "reason": plain_text(reason, "the reason", MAX_REASON),
            "answered_by": actor.id,
        }
        table = schema.alarm_answers
        with self._writing() as tx:
            require(tx, actor, case_id, Wish.WRITE)
            row["answered_at"] = tx.now
            tx.connection.execute(insert(table).values(row))
            details: JsonObject = {
                "alarm": alarm,
                "rule": rule,
                "state": state.value,
                "row": ledger.sealed_digest(table, row),
            }
            note(tx, actor, "alarm.answered", ("alarm_answer", str(row["id"])), case_id, details)
        return AlarmAnswer(**{**row, "state": state})

    def alarm_answers(self, actor: Actor, case_id: str, limit: int = 1000) -> list[AlarmAnswer]:
        """Every answer in a case, newest first; raises NotFound outside the actor's scope, Forbidden for auditors."""
        table = schema.alarm_answers
        wanted = select(table).where(table.c.case_id == case_id)
        with self._reading() as tx:
            require(tx, actor, case_id, Wish.READ)
            found = tx.connection.execute(
                wanted.order_by(table.c.answered_at.desc(), table.c.id.desc()).limit(bounded(limit))
            )
            return [_answer(row) for row in found]

    def note_review(self, actor: Actor, case_id: str, rules: int, alarms: int) -> None:
        """Write down that a case was reviewed, with how many rules and alarms."""
        with self._writing() as tx:
            require(tx, actor, case_id, Wish.READ)
            note(tx, actor, "case.reviewed", ("case", case_id), case_id, {"rules": rules, "alarms": alarms})


def _answer(row: Row[Any]) -> AlarmAnswer:
    return AlarmAnswer(
        row.id, row.case_id, row.alarm, row.rule, AlarmState(row.state), row.reason, row.answered_at, row.answered_by
    )
