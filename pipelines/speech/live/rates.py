"""Sound of other rates to the 16 kHz that models hear, as it comes or a stretch at once; knows no file.

Second t of what comes out is second t of what went in.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from pipelines.speech.live.endpoints import RATE

if TYPE_CHECKING:
    import av

FULL_SCALE = 32768.0


def as_float(samples: NDArray[np.int16]) -> NDArray[np.float32]:
    """Samples in -1..1."""
    return samples.astype(np.float32) / FULL_SCALE


class Rates:
    """A running conversion from `rate` to 16 kHz; some milliseconds are held back until `finish`."""

    def __init__(self, rate: int) -> None:
        self._rate = rate
        self._inner: av.AudioResampler | None = None

    def accept(self, samples: NDArray[np.int16]) -> NDArray[np.float32]:
        """What is ready after `samples`."""
        if self._rate == RATE:
            return as_float(samples)
        import av

        if self._inner is None:
            self._inner = av.AudioResampler(format="s16", layout="mono", rate=RATE)
        frame = av.AudioFrame.from_ndarray(samples.reshape(1, -1), format="s16", layout="mono")
        frame.sample_rate = self._rate
        frame.pts = None
        return _joined(self._inner.resample(frame))

    def finish(self) -> NDArray[np.float32]:
        """What was held back."""
        if self._inner is None:
            return np.zeros(0, np.float32)
        rest = _joined(self._inner.resample(None))
        self._inner = None
        return rest


def at_once(samples: NDArray[np.int16], rate: int) -> NDArray[np.int16]:
    """A whole stretch at 16 kHz."""
    if rate == RATE or not samples.size:
        return samples
    from scipy.signal import resample_poly

    made = resample_poly(samples.astype(np.float32), RATE, rate)
    return np.clip(np.rint(made), -32768, 32767).astype(np.int16)


def _joined(frames: list[av.AudioFrame]) -> NDArray[np.float32]:
    if not frames:
        return np.zeros(0, np.float32)
    return as_float(np.concatenate([frame.to_ndarray().reshape(-1) for frame in frames]))
