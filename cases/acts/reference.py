"""Acts on reference material, which belongs to no case: its import and use are written down; knows no corpus."""

from __future__ import annotations

from cases.acts.base import Acts, note
from cases.records import Actor, JsonObject


class ReferenceActs(Acts):
    """语料 and 量刑参考: who imported, who asked, how much; never what was asked."""

    def note_reference(self, actor: Actor, act: str, subject: tuple[str, str], details: JsonObject) -> None:
        """Write `act` (`corpus.imported`, `sentence.consulted`) into the audit trail of the installation."""
        with self._writing() as tx:
            note(tx, actor, act, subject, None, details)
