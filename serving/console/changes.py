"""What differs between two versions of a transcript, sentence by sentence and character by character; pure.

Both are cut where sentences of both begin at the same second, so that a merged or split sentence is one place and not
two. It knows no page; `gone` and `added` count characters without spaces.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from cases.transcript import Transcript, TranscriptSegment
from pipelines.speech.retime import bare
from pipelines.speech.revision import stretches


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text; `differs` where the other version says something else there."""

    text: str
    differs: bool


@dataclass(frozen=True, slots=True)
class Line:
    """A sentence of one version: who, as which part, and its text in pieces."""

    speaker: str | None
    role: str | None
    confirmed: bool
    pieces: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Change:
    """One place that differs, from its second on; `gone` and `added` are 0 where only marks differ."""

    start: float
    old: tuple[Line, ...]
    new: tuple[Line, ...]
    gone: int
    added: int


def changed(old: Transcript, new: Transcript) -> list[Change]:
    """Every place where the versions differ, in the order of the recording."""
    if not old.segments or not new.segments:
        return []
    found = []
    for stretch in stretches(old, new):
        if not stretch.same:
            before = old.segments[stretch.first : stretch.last + 1]
            after = new.segments[stretch.new_first : stretch.new_last + 1]
            found.append(_change(before, after))
    return found


def _change(before: Sequence[TranscriptSegment], after: Sequence[TranscriptSegment]) -> Change:
    old, new = _text(before), _text(after)
    blocks = SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    gone = [(i, k) for tag, i, k, _, _ in blocks if tag != "equal"]
    added = [(j, m) for tag, _, _, j, m in blocks if tag != "equal"]
    return Change(
        start=min(segment.start for segment in (*before, *after)),
        old=_lines(before, gone),
        new=_lines(after, added),
        gone=sum(len(bare(old[i:k])) for i, k in gone),
        added=sum(len(bare(new[j:m])) for j, m in added),
    )


def _text(segments: Sequence[TranscriptSegment]) -> str:
    return "".join(segment.text for segment in segments)


def _lines(segments: Sequence[TranscriptSegment], spans: Sequence[tuple[int, int]]) -> tuple[Line, ...]:
    lines, at = [], 0
    for one in segments:
        pieces = _pieces(one.text, at, spans)
        lines.append(Line(one.speaker, one.role, one.confirmed_by is not None, pieces))
        at += len(one.text)
    return tuple(lines)


def _pieces(text: str, offset: int, spans: Sequence[tuple[int, int]]) -> tuple[Piece, ...]:
    found, at = [], 0
    for first, last in spans:
        begin, end = max(first - offset, 0), min(last - offset, len(text))
        if begin >= end:
            continue
        if begin > at:
            found.append(Piece(text[at:begin], False))
        found.append(Piece(text[begin:end], True))
        at = end
    if at < len(text):
        found.append(Piece(text[at:], False))
    return tuple(found)
