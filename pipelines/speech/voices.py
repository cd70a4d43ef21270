"""The voices of a stretch of recording: ten-second windows, who speaks when in each, and what each voice sounds like.

Asks the Engine for both and decides nothing: whether the first voice of one window is the second of the next is found
over the whole recording, by `pipelines.speech.diarize`. Windows depend on the plan alone, so that a resumed run hears
the same ones.
"""

from __future__ import annotations

import base64
import logging
from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from models.values import ItemError, SpeakerEmbedding, VoiceSpans
from pipelines.engine import AudioPieces, AudioSpan
from pipelines.speech.chunks import RATE, Chunk, Span

log = logging.getLogger(__name__)

WINDOW = 10 * RATE
"""What the segmentation network hears at once."""
HOP = 5 * RATE
"""From window to window: every moment is heard twice, once near the middle of a window."""
MATERIAL = 4 * RATE
"""Most sound that a voice is known by in one window: more costs time and tells nothing new."""
ENOUGH = 2 * RATE
"""With this much from the middle of the window, its edges, which the windows beside it hear too, are left alone."""
LEAST = RATE // 4
"""Less sound than this is no voice to know."""

SegmentSpeakers = Callable[[Sequence[AudioSpan]], Sequence[tuple[VoiceSpans, ...] | ItemError]]
EmbedSpeakers = Callable[[Sequence[AudioPieces]], Sequence[SpeakerEmbedding | ItemError]]


@dataclass(frozen=True, slots=True)
class LocalVoice:
    """One voice of one window: where it speaks, in samples of the recording, and what it sounds like.

    `embedding` is base64 of float16 [256], empty where there was too little sound; `seconds` is how much sound, with
    nobody else in it, it was made from.
    """

    spans: tuple[Span, ...]
    embedding: str
    seconds: float

    @property
    def vector(self) -> NDArray[np.float32]:
        """The embedding, float32 [256] of length one; empty where there is none."""
        vector = np.frombuffer(base64.b64decode(self.embedding), "<f2").astype(np.float32)
        return vector / np.float32(np.linalg.norm(vector)) if vector.size else vector


@dataclass(frozen=True, slots=True)
class VoiceWindow:
    """Samples `first` to `last` of the recording and the voices in them."""

    first: int
    last: int
    voices: tuple[LocalVoice, ...]


def window_spans(parts: Sequence[Sequence[Chunk]], samples: int) -> list[tuple[Span, ...]]:
    """For each part of the plan the windows that belong to it; each window with speech belongs to exactly one part.

    Windows start at multiples of HOP; one belongs to the part that its middle lies in.
    """
    speech = [span for chunks in parts for chunk in chunks for span in chunk.speech]
    starts = {
        start
        for first, last in speech
        for start in range(max(0, first - WINDOW) // HOP * HOP, last, HOP)
        if start + WINDOW > first
    }
    begins = [chunks[0].first for chunks in parts[1:]]
    found: list[list[Span]] = [[] for _ in parts]
    for start in sorted(starts):
        found[bisect_right(begins, start + WINDOW // 2)].append((start, min(start + WINDOW, samples)))
    return [tuple(spans) for spans in found]


def hear_voices(
    sound: Path, spans: Sequence[Span], segment: SegmentSpeakers, embed: EmbedSpeakers
) -> tuple[VoiceWindow, ...]:
    """The voices of these windows; a window that a model fails on has none, and its words go to whoever is near."""
    heard: list[list[tuple[Span, ...]]] = []
    for span, answer in zip(spans, segment([AudioSpan(sound, *span) for span in spans]), strict=True):
        if isinstance(answer, ItemError):
            log.warning("who speaks could not be told in ten seconds: %s", answer.code)
            answer = ()
        heard.append([_placed(voice, span) for voice in answer])
    asked = [
        material(voice, _others(voices, voice), span)
        for span, voices in zip(spans, heard, strict=True)
        for voice in voices
    ]
    answers = iter(_embedded(sound, asked, embed))
    return tuple(
        VoiceWindow(*span, tuple(LocalVoice(voice, *next(answers)) for voice in voices))
        for span, voices in zip(spans, heard, strict=True)
    )


@dataclass(frozen=True, slots=True)
class Material:
    """Which sound a voice is known by, and whether the voice is alone in it."""

    pieces: tuple[Span, ...]
    alone: bool

    @property
    def samples(self) -> int:
        """Length of all pieces."""
        return sum(last - first for first, last in self.pieces)


def material(voice: Sequence[Span], others: Sequence[Span], window: Span) -> Material:
    """What to know `voice` by: where it speaks alone, best in the middle of the window; with others only if it must."""
    alone = without(voice, others)
    if _length(alone) < LEAST:
        return Material(_most(voice, window, _length(voice)), alone=False)
    return Material(_most(alone, window, _length(alone)), alone=True)


def _most(pieces: Sequence[Span], window: Span, length: int) -> tuple[Span, ...]:
    """Up to MATERIAL of `pieces`: a stretch around the middle of the window, as wide as ENOUGH asks for."""
    middle = (window[0] + window[1]) // 2
    reach = HOP // 2
    within = inside(pieces, (middle - reach, middle + reach))
    while _length(within) < min(ENOUGH, length) and reach < WINDOW:
        reach += HOP // 4
        within = inside(pieces, (middle - reach, middle + reach))
    left = MATERIAL
    taken: list[Span] = []
    for first, last in sorted(within, key=lambda piece: piece[0] - piece[1]):
        if left > 0:
            taken.append((first, min(last, first + left)))
            left -= last - first
    return tuple(sorted(taken))


def without(spans: Sequence[Span], others: Sequence[Span]) -> list[Span]:
    """What of `spans` lies in none of `others`; both in order."""
    found: list[Span] = []
    for first, last in spans:
        for start, end in others:
            if end <= first or start >= last:
                continue
            if start > first:
                found.append((first, start))
            first = max(first, end)
        if first < last:
            found.append((first, last))
    return found


def inside(spans: Sequence[Span], limits: Span) -> list[Span]:
    """What of `spans` lies in `limits`."""
    cut = [(max(first, limits[0]), min(last, limits[1])) for first, last in spans]
    return [(first, last) for first, last in cut if last > first]


def _length(spans: Sequence[Span]) -> int:
    return sum(last - first for first, last in spans)


def _placed(voice: VoiceSpans, window: Span) -> tuple[Span, ...]:
    return tuple(
        (window[0] + round(s.start * RATE), min(window[0] + round(s.end * RATE), window[1])) for s in voice.spans
    )


def _others(voices: Sequence[tuple[Span, ...]], voice: tuple[Span, ...]) -> list[Span]:
    return sorted(span for other in voices if other is not voice for span in other)


def _embedded(sound: Path, asked: Sequence[Material], embed: EmbedSpeakers) -> list[tuple[str, float]]:
    """Embedding and seconds for each material, in order."""
    wanted = [number for number, one in enumerate(asked) if one.samples >= LEAST]
    found = [("", 0.0)] * len(asked)
    answers = embed([AudioPieces(sound, asked[number].pieces) for number in wanted])
    for number, answer in zip(wanted, answers, strict=True):
        if isinstance(answer, ItemError):
            log.warning("a voice could not be known: %s", answer.code)
            continue
        seconds = asked[number].samples / RATE if asked[number].alone else 0.0
        found[number] = (base64.b64encode(answer.vector.astype("<f2").tobytes()).decode("ascii"), round(seconds, 3))
    return found
