"""Acts on the hotwords of a case."""

from __future__ import annotations

import json
from collections.abc import Sequence

from sqlalchemy import delete, insert, select

from cases import ledger, schema
from cases.access import Wish
from cases.acts.base import Acts, json_text, note, plain_text, require
from cases.hotwords import MAX_HOTWORD_CHARACTERS, cleaned
from cases.records import Actor, JsonObject
from models.errors import Tampered


class HotwordActs(Acts):
    """热词 of 案件."""

    def hotwords(self, actor: Actor, case_id: str) -> tuple[str, ...]:
        """The names and terms of a case, in their order; raises NotFound outside the actor's scope."""
        table = schema.case_hotwords
        with self._reading() as tx:
            require(tx, actor, case_id, Wish.SEE)
            kept = tx.connection.execute(select(table.c.words).where(table.c.case_id == case_id)).scalar()
        return () if kept is None else _words(kept)

    def set_hotwords(self, actor: Actor, case_id: str, words: Sequence[str]) -> tuple[str, ...]:
        """Put `words` in the place of the case's list; answers them as kept. Raises NotFound, Forbidden, BadInput."""
        table = schema.case_hotwords
        listed = tuple(plain_text(word, "a hotword", MAX_HOTWORD_CHARACTERS) for word in cleaned(words))
        with self._writing() as tx:
            require(tx, actor, case_id, Wish.WRITE)
            row: dict[str, object] = {
                "case_id": case_id,
                "words": json_text(list(listed)),
                "set_at": tx.now,
                "set_by": actor.id,
            }
            tx.connection.execute(delete(table).where(table.c.case_id == case_id))
            tx.connection.execute(insert(table).values(row))
            details: JsonObject = {"count": len(listed), "row": ledger.sealed_digest(table, row)}
            note(tx, actor, "hotwords.set", ("case", case_id), case_id, details)
        return listed


def _words(kept: str) -> tuple[str, ...]:
    try:
        return tuple(str(word) for word in json.loads(kept))
    except (ValueError, TypeError) as error:
        raise Tampered("store.json", "a stored value cannot be read any more; run anjuan verify") from error
