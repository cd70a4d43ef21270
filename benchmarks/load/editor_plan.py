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
from cases.transcript import Transcript


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
    cut = _pieces(transcript, clips)
    texts: dict[int, list[tuple[int, int, str]]] = {}
    for row, pieces in enumerate(cut):
        for place, (clip, text) in enumerate(pieces):
            texts.setdefault(clip, []).append((row, place, text))
    fixes: dict[tuple[int, int], list[Fix]] = {}
    for clip, parts in texts.items():
        # What the machine left out altogether is written where the clip before it ends.
        after = next((n for n in range(clip + 1, len(clips)) if n in texts), len(clips))
        wanted = "".join(one.text for one in clips[clip:after])
        for (row, place, _), found in zip(parts, _fixes([text for *_, text in parts], wanted), strict=True):
            fixes[row, place] = found
    return [
        [Piece(text, clips[clip].voice, tuple(fixes[row, place])) for place, (clip, text) in enumerate(pieces)]
        for row, pieces in enumerate(cut)
    ]


def missed(transcript: Transcript, clips: Sequence[Clip]) -> list[Clip]:
    """Clips of which the machine wrote nothing that can be recognised."""
    heard = {clip for pieces in _pieces(transcript, clips) for clip, _ in pieces}
    return [clip for n, clip in enumerate(clips) if n not in heard]


def _pieces(transcript: Transcript, clips: Sequence[Clip]) -> list[list[tuple[int, str]]]:
    """Each sentence's text by clip, told by the characters that machine and truth share: times may be wrong."""
    said = [(row, c) for row, one in enumerate(transcript.segments) for c in one.text if c.isalnum()]
    wanted = [(n, c) for n, clip in enumerate(clips) for c in clip.text if c.isalnum()]
    match = SequenceMatcher(None, [c.lower() for _, c in said], [c.lower() for _, c in wanted], autojunk=False)
    of: list[int | None] = [None] * len(said)
    for a, b, size in match.get_matching_blocks():
        of[a : a + size] = [wanted[n][0] for n in range(b, b + size)]
    at, found, least = 0, [], 0
    for segment in transcript.segments:
        size = sum(c.isalnum() for c in segment.text)
        near = max(least, _nearest((segment.start + segment.end) / 2, clips))
        own = _filled(of[at : at + size], near)
        found.append(_grouped(segment.text, own) or [(near, segment.text)])
        least, at = max([least, *own]), at + size
    return found


def _filled(clips: Sequence[int | None], otherwise: int) -> list[int]:
    """The clip of each character; one that the truth does not have belongs to the one before, the first to the next."""
    known = [clip for clip in clips if clip is not None]
    found, last = [], known[0] if known else otherwise
    for clip in clips:
        last = last if clip is None else max(last, clip)
        found.append(last)
    return found


def _grouped(text: str, clips: Sequence[int]) -> list[tuple[int, str]]:
    """A text cut before each character that begins another clip; marks go with what stands before them."""
    left = list(clips)
    found: list[tuple[int, str]] = []
    for c in text:
        clip = left.pop(0) if c.isalnum() else None
        if clip is not None and (not found or found[-1][0] != clip):
            found.append((clip, c))
        elif found:
            found[-1] = (found[-1][0], found[-1][1] + c)
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
