"""The voices of a stretch of recording: ten-second windows, who speaks when in each, and what each voice sounds like.

Asks the Engine for both and decides nothing: whether the first voice of one window is the second of the next is found
over the whole recording, by `pipelines.speech.diarize`. Windows depend on the plan alone, so that a resumed run hears
the same ones.
"""

from __future__ import annotations

import base64
import logging
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from models.values import ItemError, SpeakerEmbedding, VoiceSpans
from pipelines.engine import AudioPieces, AudioSpan
from pipelines.speech.chunks import RATE, Chunk, Span
from pipelines.speech.material import LEAST, Material, Stretch, common, materials, stretches

log = logging.getLogger(__name__)

WINDOW = 10 * RATE
"""What the segmentation network hears at once."""
HOP = 5 * RATE
"""From window to window: every moment is heard twice, once in the middle half of a window."""

SegmentSpeakers = Callable[[Sequence[AudioSpan]], Sequence[tuple[VoiceSpans, ...] | ItemError]]
EmbedSpeakers = Callable[[Sequence[AudioPieces]], Sequence[SpeakerEmbedding | ItemError]]


@dataclass(frozen=True, slots=True)
class LocalVoice:
    """One stretch of one voice of one window: where it speaks, in samples of the recording, and what it sounds like.

    `voice` numbers the window's voices: the network thinks that stretches of one number are one person, which is mostly
    right. `embedding` is base64 of float16 [256], empty where nothing was asked or there was too little sound;
    `seconds` is how much sound, with nobody else in it, it was made from.
    """

    voice: int
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


@dataclass(frozen=True, slots=True)
class SpeakerVoice:
    """What one speaker of a recording sounds like (float32 [256] of length one), and seconds of speech of theirs."""

    vector: NDArray[np.float32]
    seconds: float


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
    sound: Path, spans: Sequence[Span], speech: Sequence[Span], segment: SegmentSpeakers, embed: EmbedSpeakers
) -> tuple[VoiceWindow, ...]:
    """The voices of these windows within `speech`, which voice activity found in the whole recording, in order.

    A window that a model fails on has no voices, and its words go to whoever is near.
    """
    heard: list[list[Stretch]] = []
    for span, answer in zip(spans, segment([AudioSpan(sound, *span) for span in spans]), strict=True):
        if isinstance(answer, ItemError):
            log.warning("who speaks could not be told in ten seconds: %s", answer.code)
            answer = ()
        # Both networks find speech; where they differ it is the end of an echo or a breath.
        placed = [common(_placed(voice, span), _near(speech, span)) for voice in answer]
        heard.append(stretches([tuple(voice) for voice in placed if voice]))
    asked = [one for span, some in zip(spans, heard, strict=True) for one in materials(some, span, middle(span))]
    answers = iter(_embedded(sound, asked, embed))
    return tuple(
        VoiceWindow(*span, tuple(LocalVoice(one.voice, one.spans, *next(answers)) for one in some))
        for span, some in zip(spans, heard, strict=True)
    )


def middle(window: Span) -> Span:
    """The part of a window that no other window hears better: its middle half, from 0 on for the first."""
    return (window[0] + HOP // 2 if window[0] else 0, window[0] + HOP // 2 + HOP)


def _near(speech: Sequence[Span], window: Span) -> Sequence[Span]:
    """The spans of `speech` that reach into the window."""
    first = bisect_right(speech, window[0], key=lambda span: span[1])
    return speech[first : bisect_left(speech, window[1], key=lambda span: span[0])]


def _placed(voice: VoiceSpans, window: Span) -> tuple[Span, ...]:
    return tuple(
        (window[0] + round(s.start * RATE), min(window[0] + round(s.end * RATE), window[1])) for s in voice.spans
    )


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
