"""What a clerk has to do to a machine transcript until it says what was said: pure, knows no browser and no service.

The truth is a list of clips (who, from when to when, which words). Each sentence is cut where its words belong to
another clip; within a clip the fewest edits of sounding characters turn what the machine wrote into what was said.
Numerals and punctuation stay as they are when they read the same: nobody corrects 29度 to 二十九度.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from benchmarks.accuracy.chinese_text import comparable
from cases.records import Transcript, TranscriptSegment


@dataclass(frozen=True, slots=True)
class Clip:
    """What one voice said, in seconds of the recording."""

    voice: str
    start: float
    end: float
    text: str


@dataclass(frozen=True, slots=True)
class Fix:
    """Characters `first` to `last` of a piece become `text`."""

    first: int
    last: int
    text: str


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a sentence that belongs to one clip, and the fixes that it needs, in order."""

    text: str
    voice: str
    fixes: tuple[Fix, ...]


def plan(transcript: Transcript, clips: Sequence[Clip]) -> list[list[Piece]]:
    """For each sentence its pieces; more than one: it has to be split there."""
    cut = [_pieces(segment, clips) for segment in transcript.segments]
    texts: dict[int, list[tuple[int, int, str]]] = {}
    for row, pieces in enumerate(cut):
        for place, (clip, text) in enumerate(pieces):
            texts.setdefault(clip, []).append((row, place, text))
    fixes: dict[tuple[int, int], list[Fix]] = {}
    for clip, parts in texts.items():
        for (row, place, _), found in zip(parts, _fixes([text for *_, text in parts], clips[clip].text), strict=True):
            fixes[row, place] = found
    return [
        [Piece(text, clips[clip].voice, tuple(fixes[row, place])) for place, (clip, text) in enumerate(pieces)]
        for row, pieces in enumerate(cut)
    ]


def missed(transcript: Transcript, clips: Sequence[Clip]) -> list[Clip]:
    """Clips that no sentence belongs to: a clerk would have to write them from nothing."""
    heard = {clip for segment in transcript.segments for clip, _ in _pieces(segment, clips)}
    return [clip for n, clip in enumerate(clips) if n not in heard]


def _pieces(segment: TranscriptSegment, clips: Sequence[Clip]) -> list[tuple[int, str]]:
    """The sentence's text by clip; a word belongs to the clip that is nearest to its middle."""
    if not segment.words:
        return [(_nearest((segment.start + segment.end) / 2, clips), segment.text)]
    found: list[tuple[int, str]] = []
    at = 0
    for word in segment.words:
        stop = segment.text.index(word.text, at) + len(word.text)
        clip = _nearest((word.start + word.end) / 2, clips)
        if found and (found[-1][0] == clip or not any(c.isalnum() for c in word.text)):
            found[-1] = (found[-1][0], found[-1][1] + segment.text[at:stop])
        else:
            found.append((clip, segment.text[at:stop]))
        at = stop
    return found


def _nearest(time: float, clips: Sequence[Clip]) -> int:
    def distance(n: int) -> float:
        return max(clips[n].start - time, time - clips[n].end, 0.0)

    return min(range(len(clips)), key=distance)


def _fixes(texts: Sequence[str], truth: str) -> list[list[Fix]]:
    """The fixes of each of several texts that together shall say `truth`."""
    found: list[list[Fix]] = [[] for _ in texts]
    places = [(n, at) for n, text in enumerate(texts) for at, c in enumerate(text) if c.isalnum()]
    said = [texts[n][at] for n, at in places]
    wanted = [c for c in truth if c.isalnum()]
    if comparable("".join(said)) == comparable(truth):
        return found
    match = SequenceMatcher(None, [c.lower() for c in said], [c.lower() for c in wanted], autojunk=False)
    for tag, i, k, j, m in match.get_opcodes():
        new = "".join(wanted[j:m])
        if tag == "equal" or comparable("".join(said[i:k])) == comparable(new):
            continue
        if i == k:
            n, at = places[i] if i < len(places) else (places[-1][0], places[-1][1] + 1) if places else (0, 0)
            found[n].append(Fix(at, at, new))
            continue
        for n in sorted({places[x][0] for x in range(i, k)}):
            own = [places[x][1] for x in range(i, k) if places[x][0] == n]
            # The first of several pieces takes all that is new.
            found[n].append(Fix(own[0], own[-1] + 1, new))
            new = ""
    return found
