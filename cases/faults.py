"""What an examination of the store finds, and where it keeps it; knows no table."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that is not as it was stored: `where` names the row, entry or blob, `what` says what is wrong."""

    where: str
    what: str


@dataclass(frozen=True, slots=True)
class Report:
    """What an examination looked at and found.

    `notes` are no faults (a blob that no row names: a crash leaves those).
    """

    faults: tuple[Fault, ...]
    notes: tuple[Fault, ...]
    entries: int
    rows: int
    blobs: int


@dataclass(slots=True)
class Findings:
    """What is being found while an examination runs."""

    faults: list[Fault] = field(default_factory=list)
    notes: list[Fault] = field(default_factory=list)
    entries: int = 0
    rows: int = 0
    blobs: int = 0

    def fault(self, where: str, what: str) -> None:
        """Add a fault."""
        self.faults.append(Fault(where, what))

    def report(self) -> Report:
        """What was found."""
        return Report(tuple(self.faults), tuple(self.notes), self.entries, self.rows, self.blobs)


@dataclass(slots=True)
class Vouched:
    """What the audit trail says of rows: their digests, by table and key (`last`: the newest entry that was read)."""

    last: int = 0
    rows: dict[tuple[str, str], str] = field(default_factory=dict)
    derived: dict[str, str] = field(default_factory=dict)
