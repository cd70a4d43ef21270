"""Where sentences begin and end in sound that is still coming, from one probability of speech for each 32 ms; pure.

The thresholds are those of recorded sound (`models.speech.vad`). A sentence is closed by a pause; the longer it gets
the shorter a pause will do, and before it outgrows what the second pass hears at once it is cut wherever it is.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from models.speech.vad import ENTER, LEAVE, SPEECH_WINDOWS, WINDOW

RATE = 16000
LEAD = 8 * WINDOW
"""Sound before the first certain window that belongs to a sentence (256 ms): soft consonants begin below the
threshold."""
TAIL = 6 * WINDOW
"""Sound after the last certain window (192 ms)."""
PAUSE_WINDOWS = 19
"""The pause that ends a sentence (608 ms): pauses between phrases are mostly shorter, a listener's patience is not."""
SHORT_PAUSE_WINDOWS = 8
"""The pause that ends a long one (256 ms)."""
LONG_WINDOWS = 375
"""From here on (12 s) a short pause does: the reader of a live line wants it settled."""
LONGEST_WINDOWS = 860
"""Here (27.5 s) a sentence is cut: with LEAD and TAIL it stays below the 30 s that Whisper hears at once."""


@dataclass(frozen=True, slots=True)
class Began:
    """Somebody speaks, from sample `first` on."""

    first: int


@dataclass(frozen=True, slots=True)
class Ended:
    """The sentence is over at sample `last`; `spoken` false: it was shorter than any word, a click or a cough."""

    last: int
    spoken: bool


Endpoint = Began | Ended


class Endpoints:
    """Finds them; `offset` is the sample at which the first window begins."""

    def __init__(self, offset: int = 0) -> None:
        self._offset = offset
        self._window = 0
        self._start: int | None = None
        self._quiet: int | None = None
        self._floor = offset

    @property
    def open(self) -> bool:
        """Whether a sentence is being spoken."""
        return self._start is not None

    def accept(self, probabilities: Iterable[float]) -> list[Endpoint]:
        """What the next windows show, in order; sentences never overlap."""
        found: list[Endpoint] = []
        for probability in probabilities:
            found += self._next(probability)
            self._window += 1
        return found

    def finish(self, last: int) -> list[Endpoint]:
        """The end of the sound at sample `last` ends what is open."""
        if self._start is None:
            return []
        until = self._window if self._quiet is None else self._quiet
        return [self._end(until, last)]

    def _next(self, probability: float) -> list[Endpoint]:
        if probability >= ENTER:
            self._quiet = None
            if self._start is None:
                return [self._begin()]
        elif self._start is not None and probability < LEAVE and self._quiet is None:
            self._quiet = self._window
        if self._start is None:
            return []
        length = self._window + 1 - self._start
        if self._quiet is not None and self._window + 1 - self._quiet >= _pause(length):
            return [self._end(self._quiet, self._sample(self._quiet) + TAIL)]
        if length >= LONGEST_WINDOWS:
            here = self._window + 1
            ended = self._end(here, self._sample(here))
            # The voice goes on: so does the text, in a new sentence.
            self._start = here
            return [ended, Began(self._floor)]
        return []

    def _begin(self) -> Began:
        self._start = self._window
        return Began(max(self._floor, self._sample(self._window) - LEAD))

    def _end(self, until: int, last: int) -> Ended:
        spoken = self._start is not None and until - self._start >= SPEECH_WINDOWS
        self._start = self._quiet = None
        self._floor = last
        return Ended(last, spoken)

    def _sample(self, window: int) -> int:
        return self._offset + window * WINDOW


def _pause(length: int) -> int:
    return PAUSE_WINDOWS if length < LONG_WINDOWS else SHORT_PAUSE_WINDOWS
