"""Silero voice activity detection (v6, ONNX): where somebody speaks in a clip; knows nothing of files or transcripts.

The network gives one probability for each 32 ms; two thresholds turn them into spans. The thresholds lean towards
keeping speech: what this model drops is never heard again, what it keeps in vain costs only time.
Network and windowing: snakers4/silero-vad (MIT), the ONNX file that ships inside the faster-whisper wheel.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, cast

import numpy as np
from numpy.typing import NDArray

from models.device import Device, DeviceKind
from models.errors import Unavailable
from models.speech.network import OnnxNetwork
from models.values import AudioClip, ItemError, SpeechSpan

if TYPE_CHECKING:
    import onnxruntime

SAMPLE_RATE = 16000
WINDOW = 512
"""Samples that one probability stands for (32 ms)."""
CONTEXT = 64
"""Samples of the window before that the network sees too."""
STATE = 128
"""Size of the network's memory, which runs on through a clip and starts empty with the next."""
WINDOWS_PER_CALL = 4000
"""Windows that go to the network at once: two minutes of sound, 9 MB."""

ENTER = 0.5
"""Probability at which speech begins."""
LEAVE = 0.35
"""Probability below which speech may end; between the two, what was goes on."""
PAUSE_WINDOWS = 7
"""Windows below LEAVE that make a pause (224 ms): shorter ones lie between syllables."""
SPEECH_WINDOWS = 4
"""Windows that make speech (128 ms): a cough or a click is shorter, the shortest 嗯 is not."""
PAD = 0.1
"""Seconds kept before and after a span: soft consonants at its edges stay below the threshold."""


def speech_windows(probabilities: NDArray[np.float32]) -> list[tuple[int, int]]:
    """First and last (exclusive) window of each stretch of speech, by hysteresis between ENTER and LEAVE."""
    found: list[tuple[int, int]] = []
    start: int | None = None
    quiet: int | None = None
    for number, probability in enumerate(probabilities.tolist()):
        if probability >= ENTER:
            start = number if start is None else start
            quiet = None
        elif start is not None and probability < LEAVE:
            quiet = number if quiet is None else quiet
            if number + 1 - quiet >= PAUSE_WINDOWS:
                found.append((start, quiet))
                start = quiet = None
    if start is not None:
        found.append((start, len(probabilities) if quiet is None else quiet))
    return [(first, last) for first, last in found if last - first >= SPEECH_WINDOWS]


def spans(probabilities: NDArray[np.float32], duration: float) -> tuple[SpeechSpan, ...]:
    """Padded spans in seconds, inside 0..`duration`, in order and without overlap."""
    step = WINDOW / SAMPLE_RATE
    found: list[SpeechSpan] = []
    for first, last in speech_windows(probabilities):
        start, end = max(0.0, first * step - PAD), min(duration, last * step + PAD)
        if found and found[-1].end > start:
            start = found.pop().start
        found.append(SpeechSpan(start, end))
    return tuple(span for span in found if span.end > span.start)


class SileroVad(OnnxNetwork):
    """Where somebody speaks; always on the processor, where one core does some hundred seconds of sound a second."""

    threads = 1
    """The network is a chain in time: more do not help."""
    keeps_memory = False

    def load(self, device: Device) -> None:
        """Open the network on the processor of `device`."""
        super().load(replace(device, kind=DeviceKind.CPU))

    def predict(self, batch: Sequence[AudioClip]) -> list[tuple[SpeechSpan, ...] | ItemError]:
        """The spans of each clip; ItemError for a clip that is not 16 kHz."""
        return [self._one(clip) for clip in batch]

    def _one(self, clip: AudioClip) -> tuple[SpeechSpan, ...] | ItemError:
        if clip.sample_rate != SAMPLE_RATE:
            return ItemError("audio.rate", f"voice activity takes {SAMPLE_RATE} Hz, not {clip.sample_rate} Hz")
        if not clip.samples.size:
            return ()
        return spans(self.probabilities(clip.samples), clip.duration)

    def probabilities(self, samples: NDArray[np.float32]) -> NDArray[np.float32]:
        """The probability of speech for each WINDOW of `samples` (float32 [n], 16 kHz), the last one padded."""
        count = -(-samples.size // WINDOW)
        padded = np.zeros(CONTEXT + count * WINDOW, np.float32)
        padded[CONTEXT : CONTEXT + samples.size] = samples
        views = np.lib.stride_tricks.sliding_window_view(padded, CONTEXT + WINDOW)[::WINDOW]
        h = c = np.zeros((1, 1, STATE), np.float32)
        answers: list[NDArray[np.float32]] = []
        for first in range(0, count, WINDOWS_PER_CALL):
            feed = {"input": np.ascontiguousarray(views[first : first + WINDOWS_PER_CALL]), "h": h, "c": c}
            probability, h, c = cast("list[NDArray[np.float32]]", self.network.run(None, feed))
            answers.append(probability.reshape(-1))
        return np.concatenate(answers)

    def stream(self) -> SileroStream:
        """A stream with a memory of its own, for sound that is still coming."""
        if self._session is None:
            raise Unavailable("model.not-loaded", f"{self._manifest.name} is not loaded; call load first")
        return SileroStream(self._session)


class SileroStream:
    """The network over sound as it comes: what `probabilities` gives for the whole, in pieces of any length."""

    def __init__(self, session: onnxruntime.InferenceSession) -> None:
        self._session = session
        self._h = self._c = np.zeros((1, 1, STATE), np.float32)
        self._pending = np.zeros(CONTEXT, np.float32)

    def accept(self, samples: NDArray[np.float32]) -> list[float]:
        """The probability of speech for each WINDOW that is now whole."""
        sound = np.concatenate((self._pending, samples))
        count = (sound.size - CONTEXT) // WINDOW
        self._pending = sound[count * WINDOW :]
        if not count:
            return []
        views = np.lib.stride_tricks.sliding_window_view(sound, CONTEXT + WINDOW)[::WINDOW][:count]
        found: list[float] = []
        for first in range(0, count, WINDOWS_PER_CALL):
            feed = {
                "input": np.ascontiguousarray(views[first : first + WINDOWS_PER_CALL]),
                "h": self._h,
                "c": self._c,
            }
            answer = cast("list[NDArray[np.float32]]", self._session.run(None, feed))
            self._h, self._c = answer[1], answer[2]
            found += answer[0].reshape(-1).tolist()
        return found
