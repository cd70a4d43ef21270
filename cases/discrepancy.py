"""差异清单 as a case keeps it: where a 笔录 and its recording say different things; values only.

Times are seconds of the recording; places in the 笔录 are paragraphs and characters, counted as `RecordPlace` says.
"""

from __future__ import annotations

from dataclasses import dataclass

from cases.records import Provenance


@dataclass(frozen=True, slots=True)
class RecordPlace:
    """A place in a 笔录: characters `start` up to `end` of paragraph `paragraph` (from 1), which begins on `page`.

    `page` is None where the document does not tell; `line` counts from 1 on the page; `turn` is the number of the 问 or
    答 (from 1). An empty `text` is the place where words are missing.
    """

    page: int | None
    paragraph: int
    line: int
    start: int
    end: int
    turn: int
    text: str


@dataclass(frozen=True, slots=True)
class RecordingPlace:
    """A stretch of a recording in seconds, the ids of its transcript segments, and what the machine heard there.

    An empty `text` is the stretch where words of the 笔录 should have been said.
    """

    start: float
    end: float
    segments: tuple[int, ...]
    text: str


@dataclass(frozen=True, slots=True)
class Discrepancy:
    """差异: what 笔录 and recording say differently; `fact` names the kind of key fact at stake, None for none.

    `severity` is major, substantive, listen, minor or wording; `jump` the second from which to listen; `flags` name
    doubts.
    """

    id: int
    kind: str
    severity: str
    fact: str | None
    record: RecordPlace
    recording: RecordingPlace
    jump: float
    explanation: str
    confidence: float
    flags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ComparedTurn:
    """A 问 or 答 of the 笔录, the stretch of recording that it stands for (None: none), and how much of it is there."""

    number: int
    role: str
    place: RecordPlace
    start: float | None
    end: float | None
    coverage: float


@dataclass(frozen=True, slots=True)
class DiscrepancyList:
    """差异清单 (检察院刑诉规则 264), in the order of the 笔录; the machine proposes, a person confirms each.

    `transcript` is the record id of the transcript used, None when the recording was written down for this list;
    `recording_sha256` the digest of the recording that was heard.
    """

    discrepancies: tuple[Discrepancy, ...]
    turns: tuple[ComparedTurn, ...]
    paragraphs: tuple[str, ...]
    duration: float
    transcript: str | None
    recording_sha256: str
    flags: tuple[str, ...]
    provenance: Provenance
