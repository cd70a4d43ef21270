"""pyannote segmentation 3.0: who of up to three voices speaks when in ten seconds; knows no recording and no name.

Each frame is one of seven answers: nobody, one of three voices, or two of them at once (the powerset of Plaquet and
Bredin, Interspeech 2023). Voices are numbered within a clip only: the first of one clip may be the third of the next.
Network and frames: pyannote/segmentation-3.0 (MIT).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

import numpy as np
from numpy.typing import NDArray

from models.speech.network import OnnxNetwork
from models.values import AudioClip, ItemError, SpeechSpan, VoiceSpans

SAMPLE_RATE = 16000
CLIP_SAMPLES = 10 * SAMPLE_RATE
"""What the network was trained on; shorter clips are padded with silence."""
FRAME_STEP = 270
FRAME_FIELD = 991
"""Samples from frame to frame, and what a frame sees."""
CLASSES: tuple[tuple[int, ...], ...] = ((), (0,), (1,), (2,), (0, 1), (0, 2), (1, 2))
"""Which voices speak in each of the seven answers."""
VOICES = 3
CLIPS_PER_CALL = 4
"""Clips that go to the network at once: 2.5 MB of sound; more is no faster."""
MAX_THREADS = 1
"""The network is a chain in time after its first layers: a second thread costs a third more and gains nothing."""


def active(logits: NDArray[np.float32]) -> NDArray[np.bool_]:
    """Who speaks in each frame: bool [frames, VOICES] from logits [frames, 7]."""
    table = np.zeros((len(CLASSES), VOICES), np.bool_)
    for row, voices in enumerate(CLASSES):
        table[row, list(voices)] = True
    return np.asarray(table[logits.argmax(axis=1)], np.bool_)


def voice_spans(speaking: NDArray[np.bool_], duration: float) -> tuple[VoiceSpans, ...]:
    """Where each voice speaks, in seconds within 0..`duration`, voices by their first word; silent ones left out."""
    found = [VoiceSpans(spans) for voice in speaking.T if (spans := _spans(voice, duration))]
    return tuple(sorted(found, key=lambda voice: voice.spans[0].start))


def _spans(voice: NDArray[np.bool_], duration: float) -> tuple[SpeechSpan, ...]:
    edges = np.flatnonzero(np.diff(np.concatenate([[False], voice, [False]]).astype(np.int8)))
    # A frame stands for its step around the middle of what it sees.
    times = [float(edge * FRAME_STEP + (FRAME_FIELD - FRAME_STEP) / 2) / SAMPLE_RATE for edge in edges]
    spans = [
        SpeechSpan(max(0.0, start) if first else 0.0, min(end, duration))
        for first, start, end in zip(edges[::2], times[::2], times[1::2], strict=True)
    ]
    return tuple(span for span in spans if span.end > span.start)


class PyannoteSegmentation(OnnxNetwork):
    """Who speaks when in clips of at most ten seconds."""

    threads = MAX_THREADS

    def predict(self, batch: Sequence[AudioClip]) -> list[tuple[VoiceSpans, ...] | ItemError]:
        """The voices of each clip; ItemError for a clip that is too long or not 16 kHz."""
        results: dict[int, tuple[VoiceSpans, ...] | ItemError] = {}
        for number, clip in enumerate(batch):
            if (fault := _fault(clip)) is not None:
                results[number] = fault
        sound = [(number, clip) for number, clip in enumerate(batch) if number not in results]
        for first in range(0, len(sound), CLIPS_PER_CALL):
            some = sound[first : first + CLIPS_PER_CALL]
            answers = self._logits([clip for _, clip in some])
            for (number, clip), logits in zip(some, answers, strict=True):
                results[number] = voice_spans(active(logits), clip.duration)
        return [results[number] for number in range(len(batch))]

    def _logits(self, clips: Sequence[AudioClip]) -> NDArray[np.float32]:
        """Float32 [clips, frames, 7]."""
        sound = np.zeros((len(clips), 1, CLIP_SAMPLES), np.float32)
        for row, clip in enumerate(clips):
            sound[row, 0, : clip.samples.size] = clip.samples
        (answer,) = cast("list[NDArray[np.float32]]", self.network.run(None, {"input_values": sound}))
        return answer


def _fault(clip: AudioClip) -> ItemError | None:
    if clip.sample_rate != SAMPLE_RATE:
        return ItemError("audio.rate", f"speakers are told apart at {SAMPLE_RATE} Hz, not {clip.sample_rate} Hz")
    if clip.samples.size > CLIP_SAMPLES:
        return ItemError("audio.too-long", f"speakers are told apart in 10 s at most, not {clip.duration:.1f} s")
    return None
