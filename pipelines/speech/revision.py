"""Whether a whole transcript that a person sends back may stand as a version; edits carried onto a newer version.

Pure: it knows two transcripts and who corrects. What the machine wrote is taken as it was; what differs must keep to
the recording: times that are finite, in order and inside it, words that say what their sentence says.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from cases.transcript import Transcript, TranscriptSegment, TranscriptWord
from models.errors import BadInput
from pipelines.speech.edit import MARKED, ROLES, Edit, Sentence, check_edits, whole
from pipelines.speech.layers import layered_as
from pipelines.speech.retime import bare, joined, retimed

SLACK_SECONDS = 0.05
"""Words may lie this much outside their sentence, and a sentence outside the recording: engines round."""


def revised(base: Transcript, given: Transcript, by: str) -> Transcript:
    """`given` as it will be kept: a version by the account `by` of `base`; raises BadInput where it does not hold.

    A sentence whose text was changed and whose words were not has its words timed anew. Words that `base` does not have
    are marked as a person's. Every flag of the machine must still stand on a sentence at its time.
    """
    if (given.duration, given.language) != (base.duration, base.language):
        raise BadInput("revision.media", "a correction keeps the duration and the language of the recording")
    untouched = {replace(segment, id=0) for segment in base.segments}
    heard = {(word.start, word.end, word.text): word for segment in base.segments for word in segment.words}
    segments: list[TranscriptSegment] = []
    for place, segment in enumerate(given.segments):
        if replace(segment, id=0) in untouched:
            segments.append(segment)
            continue
        _check_segment(segment, place, given.duration)
        segments += layered_as([_stamped(segment, heard, by)], base.language, base.provenance.parameters)
    _check_order(segments)
    _check_flags(base, segments)
    return whole(base, segments)


def carried(base: Transcript, newer: Transcript, edits: Sequence[Edit]) -> tuple[list[Edit], int]:
    """Edits of `base` as edits of `newer`, and how many stretches of sentences both changed.

    In such a stretch the edits count, and what else `base` said there; the rest of `newer` stays as it is. Raises
    BadInput for edits that do not fit `base`.
    """
    check_edits(base, edits)
    found: list[Edit] = []
    clashes = 0
    for stretch, own in _meeting(stretches(base, newer), edits):
        if stretch.same:
            shift = stretch.new_first - stretch.first
            found += [replace(edit, first=edit.first + shift, last=edit.last + shift) for edit in own]
            continue
        clashes += 1
        sentences = _applied(base.segments, (stretch.first, stretch.last), own)
        found.append(Edit(stretch.new_first, stretch.new_last, sentences))
    return found, clashes


# --- carrying over ---------------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Stretch:
    """Sentences `first` to `last` of the base, `new_first` to `new_last` of the newer version: the same sound."""

    first: int
    last: int
    new_first: int
    new_last: int
    same: bool


def stretches(base: Transcript, newer: Transcript) -> list[Stretch]:
    """Both versions cut wherever a sentence of both begins at the same second; the times of whole runs never move."""
    marks = _marks([s.start for s in base.segments], [s.start for s in newer.segments])
    ends = [*marks[1:], (len(base.segments), len(newer.segments))]
    found = []
    for (i, j), (k, m) in zip(marks, ends, strict=True):
        same = [_said(s) for s in base.segments[i:k]] == [_said(s) for s in newer.segments[j:m]]
        found.append(Stretch(i, k - 1, j, m - 1, same))
    return found


def _marks(old: Sequence[float], new: Sequence[float]) -> list[tuple[int, int]]:
    found = [(0, 0)]
    i = j = 1
    while i < len(old) and j < len(new):
        if old[i] == new[j]:
            found.append((i, j))
        step = (old[i] <= new[j], new[j] <= old[i])
        i, j = i + step[0], j + step[1]
    return found


def _said(segment: TranscriptSegment) -> TranscriptSegment:
    return replace(segment, id=0)


def _meeting(stretches: Sequence[Stretch], edits: Sequence[Edit]) -> Iterator[tuple[Stretch, list[Edit]]]:
    """The stretches that edits touch, those that one edit spans as one, each with its edits."""
    left = list(edits)
    queue = list(stretches)
    while left and queue:
        stretch = queue.pop(0)
        own: list[Edit] = []
        while left and left[0].first <= stretch.last:
            own.append(left.pop(0))
            while own[-1].last > stretch.last:
                more = queue.pop(0)
                same = stretch.same and more.same
                stretch = Stretch(stretch.first, more.last, stretch.new_first, more.new_last, same)
        if own:
            yield stretch, own


def _applied(
    segments: Sequence[TranscriptSegment], stretch: tuple[int, int], edits: Sequence[Edit]
) -> tuple[Sentence, ...]:
    """What a stretch of the base says with the edits in it."""
    found: list[Sentence] = []
    at = stretch[0]
    for edit in edits:
        found += [_as_was(segment) for segment in segments[at : edit.first]]
        found += edit.sentences
        at = edit.last + 1
    return (*found, *(_as_was(segment) for segment in segments[at : stretch[1] + 1]))


def _as_was(segment: TranscriptSegment) -> Sentence:
    return Sentence(segment.text, segment.speaker, segment.role, segment.resolved, MARKED in segment.flags)


# --- a whole record ------------------------------------------------------------------------------------------------
def _check_segment(segment: TranscriptSegment, place: int, duration: float) -> None:
    times = [segment.start, segment.end, *(t for word in segment.words for t in (word.start, word.end))]
    if not all(math.isfinite(t) for t in times):
        raise BadInput("revision.times", f"segment {place}: times must be numbers")
    if not 0 <= segment.start <= segment.end <= duration + SLACK_SECONDS:
        raise BadInput("revision.times", f"segment {place} must lie inside the recording, 0 to {duration} s")
    inside = (segment.start - SLACK_SECONDS, segment.end + SLACK_SECONDS)
    if any(not inside[0] <= word.start <= word.end <= inside[1] for word in segment.words):
        raise BadInput("revision.times", f"segment {place}: its words must lie inside it, none ending before it begins")
    if any(later.start < earlier.start for earlier, later in pairwise(segment.words)):
        raise BadInput("revision.times", f"segment {place}: its words must be in the order of their times")
    if segment.role not in ROLES:
        raise BadInput("revision.role", f"segment {place}: a role is question, answer, aside or null")
    if not set(segment.resolved) <= set(segment.flags):
        raise BadInput("revision.flags", f"segment {place}: only its own flags can be resolved")


def _check_order(segments: Sequence[TranscriptSegment]) -> None:
    for earlier, later in pairwise(segments):
        if later.start < earlier.start:
            raise BadInput("revision.times", "segments must be in the order of their times")


def _check_flags(base: Transcript, segments: Sequence[TranscriptSegment]) -> None:
    """Every flag of the machine still stands on a sentence that touches its time."""
    standing: dict[str, list[tuple[float, float]]] = {}
    for segment in segments:
        for flag in segment.flags:
            standing.setdefault(flag, []).append((segment.start, segment.end))
    for old in base.segments:
        for flag in old.flags:
            spans = standing.get(flag, [])
            if flag != MARKED and not any(start <= old.end and old.start <= end for start, end in spans):
                raise BadInput("revision.flags", f"the flag {flag} at {old.start} s is gone; resolve it instead")


def _stamped(
    segment: TranscriptSegment, heard: Mapping[tuple[float, float, str], TranscriptWord], by: str
) -> TranscriptSegment:
    """With words that say its text, a person's marked as such, and confirmed by nobody but `by`."""
    words = segment.words
    if words and joined(words) != bare(segment.text):
        words = retimed(words, segment.text, segment.start, segment.end)
    words = tuple(heard.get((word.start, word.end, word.text), replace(word, human=True)) for word in words)
    mine = None if segment.confirmed_by is None else by
    return replace(segment, words=words, confirmed_by=mine)
