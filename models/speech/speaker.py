"""WeSpeaker ResNet34: a voice as 256 numbers, near each other for one person; knows no recording and no name.

Network and features: wenet-e2e/wespeaker, trained on VoxCeleb; weights under CC-BY-4.0. What comes out has length one,
so that the cosine of two voices is their dot product.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

import numpy as np
from numpy.typing import NDArray

from models.speech.fbank import FRAME, SAMPLE_RATE, fbank
from models.speech.network import OnnxNetwork
from models.values import AudioClip, ItemError, SpeakerEmbedding

LEAST_SAMPLES = 8 * FRAME
"""Shorter than 0.2 s there is no voice to tell."""
LONGEST_SECONDS = 30.0
"""More of one voice makes the numbers no better and the memory no smaller."""
MAX_THREADS = 1
"""Voices are listened to beside the words: a second thread here costs core seconds and takes them from there."""


def features(clip: AudioClip) -> NDArray[np.float32]:
    """What the network hears, float32 [frames, 80]: energies without their mean, which is the microphone's."""
    energies = fbank(clip.samples)
    return np.asarray(energies - energies.mean(axis=0, keepdims=True), np.float32)


class WeSpeaker(OnnxNetwork):
    """The voice of each clip; a clip holds one person's speech and nothing else."""

    threads = MAX_THREADS

    def predict(self, batch: Sequence[AudioClip]) -> list[SpeakerEmbedding | ItemError]:
        """One voice a clip, one after another: clips differ in length, and padding would change the numbers."""
        return [self._one(clip) for clip in batch]

    def _one(self, clip: AudioClip) -> SpeakerEmbedding | ItemError:
        if clip.sample_rate != SAMPLE_RATE:
            return ItemError("audio.rate", f"voices are told apart at {SAMPLE_RATE} Hz, not {clip.sample_rate} Hz")
        if clip.samples.size < LEAST_SAMPLES:
            return ItemError("audio.too-short", f"{clip.duration:.2f} s are too short to know a voice by")
        if clip.duration > LONGEST_SECONDS:
            return ItemError("audio.too-long", f"a voice is known from {LONGEST_SECONDS:.0f} s at most")
        (answer,) = cast("list[NDArray[np.float32]]", self.network.run(None, {"feats": features(clip)[None]}))
        vector = answer[0]
        length = float(np.linalg.norm(vector))
        if not np.isfinite(length) or not length:
            return ItemError("speaker.silent", "the clip holds no voice")
        return SpeakerEmbedding(vector / np.float32(length))
