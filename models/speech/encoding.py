"""Whisper's encoder on clips of any length up to 30 s, and what its decoder gets to read; knows no text and no request.

Whisper was trained on windows of exactly 30 s, and a clip of 5 s that is padded to them costs as much as six. So
several clips lie in one window with silence between them, and the decoder gets each clip's own states: it cannot write
what another clip says, and a sentence left out is left out of one clip. What it also needs is the silence that told it
in training that all was read, or it reads a clip again and again: the end of an encoded silent window follows it.

The encoder's attention does see all of a window. So only clips of one group lie in one: what one person says never
touches, by however little, what is written for another case.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import ctranslate2
    from faster_whisper import WhisperModel

FRAMES = 3000
"""Spectrogram frames of 10 ms in the 30 s that the network takes at most."""
FRAMES_PER_SECOND = 100
FRAMES_PER_STATE = 2
"""The encoder gives one state for 20 ms."""
STATES = FRAMES // FRAMES_PER_STATE
SLACK_FRAMES = 60
"""Silence behind each clip: its last syllable must not lie at the next one's first."""
SILENCE_STATES = 400
"""States of a silent window's end behind each clip: 8 s. Clips of 60 utterances then have 42 characters read twice, 75
with 4 s, 29 with 14 s; a second look finds them. With no such silence most clips are read again and again."""
WINDOWS_CPU = 1
"""Windows encoded at once on a processor: of four each takes a quarter more time, since less stays in the caches."""
WINDOWS_CUDA = 4
"""The same on a card, of which one fills most."""

Features: TypeAlias = NDArray[np.float32]
"""Log-mel spectrogram, [mels, frames]."""
States: TypeAlias = NDArray[np.generic]
"""What the encoder gives for one clip, [states, width]; float32, or float16 on a card."""
WindowNetwork: TypeAlias = Callable[[Features], States]
"""The encoder itself: spectrograms of whole windows, [windows, mels, FRAMES], to [windows, STATES, width]."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a clip lies in a window: states `first` up to `last`, its slack included."""

    clip: int
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Encoded:
    """The states of one clip; `alone` when no other clip was in its window.

    What the decoder says of silence (its probability that nobody speaks) holds for such a clip only: later in a window
    it is 0.7 for clear speech that gets 0.2 alone.
    """

    states: States
    alone: bool


def lay_out(frames: Sequence[int], groups: Sequence[str]) -> list[list[Place]]:
    """Windows for clips of so many frames: longest first, each into the first window of its group that has room.

    A clip without an group has a window of its own.
    """
    windows: list[tuple[str, list[Place]]] = []
    for clip in sorted(range(len(frames)), key=lambda number: (-frames[number], number)):
        need = min(STATES, math.ceil((frames[clip] + SLACK_FRAMES) / FRAMES_PER_STATE))
        for group, places in windows:
            if group and group == groups[clip] and places[-1].last + need <= STATES:
                places.append(Place(clip, places[-1].last, places[-1].last + need))
                break
        else:
            windows.append((groups[clip], [Place(clip, 0, need)]))
    return [places for _, places in windows]


def with_silence(clips: Sequence[States], silence: States, states: int) -> States:
    """One array for the decoder, [clips, states, width]: each clip, then the end of `silence` ([STATES, width]).

    All are as long as clips of up to `states` with their silence need, and no longer than a window.
    """
    length = min(STATES, max(states, *(clip.shape[0] for clip in clips)) + SILENCE_STATES)
    made = np.empty((len(clips), length, silence.shape[1]), silence.dtype)
    for row, clip in zip(made, clips, strict=True):
        row[: clip.shape[0]] = clip
        row[clip.shape[0] :] = silence[STATES - (length - clip.shape[0]) :]
    return made


class ClipEncoder:
    """Clips to their states by `network`, `windows` at once; makes its silent window at the start."""

    def __init__(self, network: WindowNetwork, mels: int, windows: int) -> None:
        self._network = network
        self._windows = windows
        (self._silence,) = network(np.zeros((1, mels, FRAMES), np.float32))

    def encode(self, clips: Sequence[Features], groups: Sequence[str]) -> list[Encoded]:
        """The states of each clip, those of the slack behind it included."""
        found: dict[int, Encoded] = {}
        windows = lay_out([clip.shape[1] for clip in clips], groups)
        for number in range(0, len(windows), self._windows):
            some = windows[number : number + self._windows]
            features = np.zeros((len(some), clips[0].shape[0], FRAMES), np.float32)
            for row, places in zip(features, some, strict=True):
                for place in places:
                    first = place.first * FRAMES_PER_STATE
                    row[:, first : first + clips[place.clip].shape[1]] = clips[place.clip]
            for states, places in zip(self._network(features), some, strict=True):
                if len(places) == 1:
                    # Nobody to keep apart: the decoder reads the whole window, as in Whisper's training.
                    found[places[0].clip] = Encoded(states, alone=True)
                    continue
                found.update({p.clip: Encoded(states[p.first : p.last], alone=False) for p in places})
        return [found[number] for number in range(len(clips))]

    def for_decoder(self, clips: Sequence[Encoded], seconds: float) -> ctranslate2.StorageView:
        """What the decoder reads: each clip and silence behind it, as for clips of `seconds`."""
        import ctranslate2

        states = (math.ceil(seconds * FRAMES_PER_SECOND) + SLACK_FRAMES) // FRAMES_PER_STATE + 1
        return ctranslate2.StorageView.from_array(with_silence([clip.states for clip in clips], self._silence, states))


def by_ctranslate2(model: WhisperModel) -> WindowNetwork:
    """The encoder of a loaded model, as CTranslate2 runs it."""
    import ctranslate2

    def encode(features: Features) -> States:
        # On the processor's side: the states are cut and joined there, and a batch of them is a few megabytes.
        return np.array(model.model.encode(ctranslate2.StorageView.from_array(features), to_cpu=True))

    return encode
