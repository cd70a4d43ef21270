"""A record as a page shows it: a version, its case, evidence and copies, and the read of it on the trail.

Which page it becomes is the page's to say.
"""

from __future__ import annotations

from dataclasses import dataclass

from cases.records import DerivedCopy, EvidenceItem
from cases.versions import RecordVersion
from models.errors import NotFound
from serving.api.wire import known_shape
from serving.console.desk import Desk


@dataclass(frozen=True, slots=True)
class Opened:
    """A version of a record with what stands around it; `frame` is what every page of a record is given."""

    found: RecordVersion
    item: EvidenceItem
    copies: list[DerivedCopy]
    frame: dict[str, object]

    def addresses(self) -> dict[str, str]:
        """Where the content of each copy is had, by its name."""
        return {copy.name: f"/api/v1/derived/{copy.id}/content" for copy in self.copies}


async def opened(
    desk: Desk, record: str, version: int | None = None, *, of: tuple[str, NotFound] | None = None
) -> Opened:
    """The record, by the rights of who asks; None is the latest version. `of` is the kind that the page shows and what
    is raised for any other."""
    store, actor = desk.services.store, desk.actor
    found = await desk.ask(store.record, actor, known_shape(record), version)
    if of is not None and found.kind != of[0]:
        raise of[1]
    await desk.services.note_read(actor, found.case_id, "record", found.record_id)
    case = await desk.ask(store.case, actor, found.case_id)
    item = await desk.ask(store.evidence, actor, found.evidence_id)
    copies = await desk.ask(store.derived_of, actor, found.record_id)
    return Opened(found, item, copies, {"record": found, "case": case, "item": item})
