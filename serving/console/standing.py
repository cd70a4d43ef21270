"""What stands around a version of a record that people correct: the other versions, names, and who may write."""

from __future__ import annotations

from dataclasses import dataclass

from cases.store import RecordVersion
from cases.versions import RecordSummary
from serving.console.desk import Desk


@dataclass(frozen=True, slots=True)
class Standing:
    """All versions, oldest first, the names of accounts, and whether the visitor writes in the case."""

    versions: list[RecordSummary]
    people: dict[str, str]
    may_write: bool

    @property
    def latest(self) -> int:
        """The number of the latest version."""
        return self.versions[-1].version


async def standing_of(desk: Desk, found: RecordVersion) -> Standing:
    """For the visitor of `desk`."""
    store = desk.services.store
    versions = await desk.ask(store.versions_of, desk.actor, found.record_id)
    people = {account.id: account.display_name or account.name for account in await desk.ask(store.accounts.list)}
    return Standing(versions, people, await desk.writes_in(found.case_id))
