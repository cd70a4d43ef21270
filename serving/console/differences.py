"""How differences between a 笔录 and its recording are shown: both sides with their neighbours; pure, knows no page.

The words of the record are cut out of its paragraphs. What stands around the heard words comes from the transcript that
the list was made with; a list that wrote the recording down for itself has only the words that it names.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import chain

from cases.discrepancy import Discrepancy, DiscrepancyList, RecordingPlace
from cases.transcript import Transcript, TranscriptWord
from pipelines.speech.compare.findings import Kind, Severity
from serving.console.changes import Piece

AROUND_CHARS = 40
"""Characters of either side shown before and after the words at stake: a line of the page."""


@dataclass(frozen=True, slots=True)
class Side:
    """One side's words in pieces, those that the other side says otherwise marked, between what stands around them."""

    before: str
    pieces: tuple[Piece, ...]
    after: str


@dataclass(frozen=True, slots=True)
class Row:
    """A difference with both sides as they are shown."""

    found: Discrepancy
    written: Side
    heard: Side


@dataclass(frozen=True, slots=True)
class Tally:
    """How many differences there are of each severity (gravest first), of each kind, and of each fact at stake."""

    severities: tuple[tuple[str, int], ...]
    kinds: tuple[tuple[str, int], ...]
    facts: tuple[tuple[str, int], ...]


def rows(body: DiscrepancyList, heard: Transcript | None) -> list[Row]:
    """Every difference, gravest first and then in the order of the record."""
    words = _words(heard)
    order = {severity.value: n for n, severity in enumerate(Severity)}
    listed = sorted(body.discrepancies, key=lambda one: order.get(one.severity, len(order)))
    return [_row(one, body.paragraphs, words) for one in listed]


def tally(found: Sequence[Discrepancy]) -> Tally:
    """The counts that the filters show."""
    return Tally(
        _counted((s.value for s in Severity), Counter(one.severity for one in found)),
        _counted((k.value for k in Kind), Counter(one.kind for one in found)),
        tuple(Counter(one.fact for one in found if one.fact is not None).most_common()),
    )


def _counted(known: Iterable[str], counts: Counter[str]) -> tuple[tuple[str, int], ...]:
    """Known names in their order, then what a later version may have added; none that does not occur."""
    names = dict.fromkeys(chain(known, counts))
    return tuple((name, counts[name]) for name in names if counts[name])


def _words(heard: Transcript | None) -> dict[int, tuple[TranscriptWord, ...]]:
    return {segment.id: segment.words for segment in heard.segments} if heard else {}


def _row(one: Discrepancy, paragraphs: Sequence[str], words: dict[int, tuple[TranscriptWord, ...]]) -> Row:
    place = one.record
    whole = paragraphs[place.paragraph - 1] if 0 < place.paragraph <= len(paragraphs) else ""
    before, after = _around_words(one.recording, words)
    written, heard = _pieces(place.text, one.recording.text)
    return Row(
        one,
        Side(_tail(whole[: place.start]), written, _head(whole[place.end :])),
        Side(before, heard, after),
    )


def _pieces(written: str, heard: str) -> tuple[tuple[Piece, ...], tuple[Piece, ...]]:
    """Both texts, the characters marked that the other does not have in this place."""
    old: list[Piece] = []
    new: list[Piece] = []
    for tag, i, k, j, m in SequenceMatcher(None, written, heard, autojunk=False).get_opcodes():
        if i < k:
            old.append(Piece(written[i:k], tag != "equal"))
        if j < m:
            new.append(Piece(heard[j:m], tag != "equal"))
    return tuple(old), tuple(new)


def _around_words(place: RecordingPlace, words: dict[int, tuple[TranscriptWord, ...]]) -> tuple[str, str]:
    """What was said before and after: the words at stake may begin or end within one of the transcript's words."""
    said = [word for segment in place.segments for word in words.get(segment, ())]
    whole, heard = "".join(word.text for word in said), "".join(place.text.split("\n"))
    first = sum(len(word.text) for word in said if (word.start + word.end) / 2 < place.start)
    last = len(whole) - sum(len(word.text) for word in said if (word.start + word.end) / 2 > place.end)
    found = [at for at in range(len(whole)) if heard and whole.startswith(heard, at)]
    if found:
        first = min(found, key=lambda at: abs(at - first))
        last = first + len(heard)
    return _tail(whole[:first]), _head(whole[last:])


def _tail(text: str) -> str:
    return text if len(text) <= AROUND_CHARS else f"…{text[-AROUND_CHARS:]}"


def _head(text: str) -> str:
    return text if len(text) <= AROUND_CHARS else f"{text[:AROUND_CHARS]}…"
