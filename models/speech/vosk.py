"""Vosk (Kaldi, a small Chinese model): a sentence written down while it is spoken; knows no session and no case.

It is the quick pass of live work: a tenth of a second of sound costs a few hundredths of a second on one core, where
Whisper pays for 30 s of silence with every look. It writes no punctuation, and its words are those of its dictionary.
Engine: alphacep/vosk-api (Apache-2.0), C++ behind a thin binding that lets other threads run while it works.
"""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, cast

import numpy as np
from numpy.typing import NDArray

from models.device import Device
from models.errors import Unavailable
from models.manifest import Manifest
from models.task import ModelIdentity
from models.values import Segment, Word
from models.weights import WeightsCache

if TYPE_CHECKING:
    import vosk

SAMPLE_RATE = 16000
SILENT = -1
"""Kaldi's messages go to nobody: it would write to stderr past our log."""


class VoskTranscriber:
    """A Vosk model; the weights are shared by all its streams."""

    def __init__(self, manifest: Manifest, cache: WeightsCache) -> None:
        self._manifest = manifest
        self._cache = cache
        self._model: vosk.Model | None = None

    @property
    def identity(self) -> ModelIdentity:
        """Manifest name and digest."""
        return self._manifest.identity

    def load(self, device: Device) -> None:
        """Bring the weights into memory (120 MB), always on the processor; raises Unavailable where Vosk is missing."""
        folder = self._cache.ensure(self._manifest)
        try:
            import vosk
        except ImportError as error:
            raise Unavailable("model.package", "the package vosk is not installed; install it for live text") from error
        vosk.SetLogLevel(SILENT)
        self._model = vosk.Model(str(folder))

    def stream(self) -> VoskSentence:
        """A new sentence; raises Unavailable when the model is not loaded."""
        import vosk

        if self._model is None:
            raise Unavailable("model.not-loaded", f"{self._manifest.name} is not loaded; call load first")
        recogniser = vosk.KaldiRecognizer(self._model, SAMPLE_RATE)
        recogniser.SetWords(True)
        return VoskSentence(recogniser)

    def close(self) -> None:
        """Free the weights once the last stream is gone."""
        self._model = None


class VoskSentence:
    """One sentence; where Kaldi ends an utterance by itself, its words are kept and the next is joined to them."""

    def __init__(self, recogniser: vosk.KaldiRecognizer) -> None:
        self._recogniser = recogniser
        self._words: list[Word] = []

    def accept(self, samples: NDArray[np.float32]) -> str:
        """The sentence so far."""
        sound = np.clip(samples * 32768.0, -32768, 32767).astype("<i2").tobytes()
        if self._recogniser.AcceptWaveform(sound):
            self._words += _words(self._recogniser.Result())
            return joined([word.text for word in self._words])
        partial = str(json.loads(self._recogniser.PartialResult()).get("partial", ""))
        return joined([*(word.text for word in self._words), *partial.split()])

    def finish(self) -> Segment | None:
        """The whole sentence; its confidence is the mean over its words."""
        self._words += _words(self._recogniser.FinalResult())
        if not self._words:
            return None
        confidence = sum(word.probability for word in self._words) / len(self._words)
        text = joined([word.text for word in self._words])
        return Segment(self._words[0].start, self._words[-1].end, text, confidence, 0.0, tuple(self._words))


def _words(answer: str) -> list[Word]:
    """The words of a result, as Vosk writes them in JSON."""
    found = cast("list[dict[str, str | float]]", json.loads(answer).get("result", []))
    return [_word(one) for one in found]


def _word(one: dict[str, str | float]) -> Word:
    confidence = float(one["conf"])
    return Word(
        str(one["word"]),
        float(one["start"]),
        float(one["end"]),
        min(1.0, confidence) if math.isfinite(confidence) else 0.0,
    )


def joined(words: list[str]) -> str:
    """Words as a line: Chinese ones touch, others keep a blank between them."""
    text = ""
    for word in words:
        if text and text[-1].isascii() and word[:1].isascii():
            text += " "
        text += word
    return text
