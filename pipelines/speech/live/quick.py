"""The quick pass over one session: sound in, growing and closed sentences out; knows no file, no clock and no wire.

Bounded: it holds the sound of the lead-in, of a sentence's first second and what voice activity has not judged yet,
never a sentence. Sound that nobody speaks in never reaches the recogniser, so that an idle room costs next to nothing
and writes nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.task import TranscriptionStream, VoiceActivityStream
from models.values import Segment
from pipelines.speech.live.endpoints import LEAD, RATE, Began, Ended, Endpoint, Endpoints

KEPT = 2 * LEAD
"""Samples kept behind the newest one: the lead-in of a sentence that is only recognised some windows later."""
LOOKS = tuple(round(s * RATE) for s in (0.58, 0.74, 0.9, 1.1))
"""Sound of a sentence, its lead-in with it, after which it is looked at as if it had ended there, until the recogniser
shows a word by itself. It says a word only once the next one makes it sure, a second after a long one began; a look
before the first of these mostly hears half a syllable."""


@dataclass(frozen=True, slots=True)
class Partial:
    """A sentence that is still being spoken, from sample `first`; the first `stable` characters came twice alike."""

    first: int
    text: str
    stable: int


@dataclass(frozen=True, slots=True)
class Closed:
    """A sentence that has ended: samples `first` to `last`, and what the quick pass heard (None: no word)."""

    first: int
    last: int
    heard: Segment | None


Heard = Partial | Closed


class Unheard:
    """A sentence that no recogniser hears: it has no words."""

    def accept(self, _samples: NDArray[np.float32]) -> str:
        """Nothing yet."""
        return ""

    def finish(self) -> Segment | None:
        """Nothing at all."""
        return None

    def close(self) -> None:
        """Nothing is held."""


def agreed(before: str, now: str) -> int:
    """How many characters two looks have in common from the start (LocalAgreement-2; Liu et al. 2020)."""
    for number, (a, b) in enumerate(zip(before, now, strict=False)):
        if a != b:
            return number
    return min(len(before), len(now))


class QuickPass:
    """One session's; `begin` opens a sentence at the recogniser, `at` is the sample at which the sound goes on."""

    def __init__(self, voice: VoiceActivityStream, begin: Callable[[], TranscriptionStream], at: int = 0) -> None:
        self._voice = voice
        self._begin = begin
        self._endpoints = Endpoints(at)
        self._sound = np.zeros(0, np.float32)
        self._from = at
        self._sentence: TranscriptionStream | None = None
        self._first = self._fed = at
        self._shown = ""
        self._looks = LOOKS

    @property
    def at(self) -> int:
        """The sample up to which sound has come."""
        return self._from + self._sound.size

    @property
    def open(self) -> bool:
        """Whether a sentence is being spoken."""
        return self._sentence is not None

    def accept(self, samples: NDArray[np.float32]) -> list[Heard]:
        """Take in more sound (16 kHz) and say what is new."""
        self._sound = np.concatenate((self._sound, samples))
        found = self._follow(self._endpoints.accept(self._voice.accept(samples)))
        if self._sentence is not None:
            text = self._feed(self._sentence, self.at) or self._look()
            if text and text != self._shown:
                found.append(Partial(self._first, text, agreed(self._shown, text)))
                self._shown = text
        self._forget()
        return found

    def finish(self) -> list[Heard]:
        """The sound is over: close what is open."""
        return self._follow(self._endpoints.finish(self.at))

    def close(self) -> None:
        """Let go of what is open at the recogniser."""
        if self._sentence is not None:
            self._sentence.close()
            self._sentence = None

    def _follow(self, endpoints: list[Endpoint]) -> list[Heard]:
        found: list[Heard] = []
        for endpoint in endpoints:
            if isinstance(endpoint, Began):
                self._sentence = self._begin()
                self._first = self._fed = endpoint.first
                self._shown = ""
                self._looks = LOOKS
            elif self._sentence is not None:
                found += self._close(self._sentence, endpoint)
        return found

    def _close(self, sentence: TranscriptionStream, end: Ended) -> list[Heard]:
        self._feed(sentence, end.last)
        heard = sentence.finish()
        self._sentence = None
        if heard is None and not end.spoken and not self._shown:
            return []
        return [Closed(self._first, min(end.last, self.at), heard)]

    def _feed(self, sentence: TranscriptionStream, last: int) -> str | None:
        """Hand on the sound up to sample `last`; the text so far, None when there was nothing to hand on."""
        piece = self._sound[self._fed - self._from : max(0, last - self._from)]
        if not piece.size:
            return None
        self._fed += piece.size
        return sentence.accept(piece)

    def _look(self) -> str:
        """What the sentence would be if it ended here, where that is due; a second recogniser is asked."""
        spoken = self.at - self._first
        if self._shown or not self._looks or spoken < self._looks[0]:
            return ""
        self._looks = tuple(look for look in self._looks if look > spoken)
        ended = self._begin()
        ended.accept(self._sound[self._first - self._from :])
        heard = ended.finish()
        return heard.text if heard else ""

    def _forget(self) -> None:
        """Let go of sound that no sentence can want any more."""
        wanted = self.at - KEPT
        if self._sentence is not None:
            wanted = min(self._fed, wanted)
            if self._looks and not self._shown:
                wanted = min(self._first, wanted)
        if wanted > self._from:
            self._sound = self._sound[wanted - self._from :].copy()
            self._from = wanted
