"""Vosk (Kaldi, a small Chinese model): a sentence written down while it is spoken; knows no session and no case.

It is the quick pass of live work: a tenth of a second of sound costs a hundredth or two of a second on one core, where
Whisper pays for 30 s of silence with every look. It writes no punctuation, and its words are those of its dictionary.
Engine: alphacep/vosk-api (Apache-2.0), C++ behind a thin binding that lets other threads run while it works.

A recogniser composes its graph while it decodes and keeps what it composed. One that has heard a sentence before costs
a third of a new one until the first word, so recognisers are used again; after `FinalResult` nothing of the sentence
is left in them (Vosk makes a new feature pipeline), only their clock runs on. What they keep grows, so one that has
heard enough is replaced by another, which hears the beginning of the last sentence ahead of its first.
"""

from __future__ import annotations

import json
import math
import tempfile
import threading
from collections.abc import Callable
from pathlib import Path
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
CHUNK_FRAMES = 9
"""Frames of 10 ms that the network computes at once (`--frames-per-chunk`, 20 where nobody says): text waits for a
whole chunk, and with the frames that the network looks ahead (14 of this model) that is its share of the delay."""
MODEL_CONF = Path("conf/model.conf")
IDLE_RECOGNISERS = 4
"""Recognisers that wait for their next sentence; the last one to come is the first to go, so that few grow."""
REUSED_SAMPLES = 60 * SAMPLE_RATE
"""Sound after which a recogniser is replaced: its graph has taken some 110 MiB by then, 160 MiB after twice as much."""
VOICE_SAMPLES = 3 * SAMPLE_RATE
"""Of the beginning of its last sentence, what its successor hears ahead: half a second of work, and nobody waits."""
SILENCE = 160
"""Samples of nothing after which Kaldi is in an utterance again."""
WARMING_S = 1.0
"""Noise that a first recogniser hears before anybody speaks: the widest part of the graph is composed with it."""


class VoskTranscriber:
    """A Vosk model; the weights are shared by all its streams."""

    def __init__(self, manifest: Manifest, cache: WeightsCache) -> None:
        self._manifest = manifest
        self._cache = cache
        self._model: vosk.Model | None = None
        self._idle: list[Recogniser] = []
        self._lock = threading.Lock()

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
        with tempfile.TemporaryDirectory(prefix="vosk-") as name:
            # Vosk reads its options from the model's folder, and all of it before it returns.
            self._model = vosk.Model(str(with_options(folder, Path(name), f"--frames-per-chunk={CHUNK_FRAMES}")))
        self._renew(np.random.default_rng(0).normal(0, 0.02, round(WARMING_S * SAMPLE_RATE)).astype(np.float32))

    def stream(self) -> VoskSentence:
        """A new sentence; raises Unavailable when the model is not loaded."""
        if self._model is None:
            raise Unavailable("model.not-loaded", f"{self._manifest.name} is not loaded; call load first")
        with self._lock:
            recogniser = self._idle.pop() if self._idle else None
        return VoskSentence(recogniser or Recogniser(self._model), self._take_back)

    def close(self) -> None:
        """Free the weights once the last stream is gone."""
        with self._lock:
            self._model = None
            self._idle.clear()

    def _take_back(self, recogniser: Recogniser, voice: NDArray[np.float32]) -> None:
        if recogniser.samples < REUSED_SAMPLES:
            self._keep(recogniser)
        else:
            threading.Thread(target=self._renew, args=(voice,), name="vosk-renew", daemon=True).start()

    def _renew(self, voice: NDArray[np.float32]) -> None:
        """Put another recogniser in the place of an old one, its graph composed for what `voice` says."""
        model = self._model
        if model is not None:
            recogniser = Recogniser(model)
            VoskSentence(recogniser, lambda one, _voice: self._keep(one)).hear(voice)

    def _keep(self, recogniser: Recogniser) -> None:
        with self._lock:
            if self._model is not None and len(self._idle) < IDLE_RECOGNISERS:
                self._idle.append(recogniser)


class Recogniser:
    """Vosk's, with the samples that it has heard since it was made: where its clock stands."""

    def __init__(self, model: vosk.Model) -> None:
        import vosk

        self.inner = vosk.KaldiRecognizer(model, SAMPLE_RATE)
        self.inner.SetWords(True)
        self.samples = 0


class VoskSentence:
    """One sentence; where Kaldi ends an utterance by itself, its words are kept and the next is joined to them."""

    def __init__(self, recogniser: Recogniser, give_back: Callable[[Recogniser, NDArray[np.float32]], None]) -> None:
        self._recogniser: Recogniser | None = recogniser
        self._give_back = give_back
        self._began = recogniser.samples
        self._words: list[Word] = []
        self._ended = False
        self._voice: list[NDArray[np.float32]] = []

    def accept(self, samples: NDArray[np.float32]) -> str:
        """The sentence so far."""
        recogniser = self._open()
        sound = np.clip(samples * 32768.0, -32768, 32767).astype("<i2").tobytes()
        if recogniser.samples - self._began < VOICE_SAMPLES:
            self._voice.append(samples[:VOICE_SAMPLES])
        recogniser.samples += samples.size
        self._ended = bool(recogniser.inner.AcceptWaveform(sound))
        if self._ended:
            self._words += self._heard(recogniser.inner.Result())
            return joined([word.text for word in self._words])
        partial = str(json.loads(recogniser.inner.PartialResult()).get("partial", ""))
        return joined([*(word.text for word in self._words), *partial.split()])

    def finish(self) -> Segment | None:
        """The whole sentence; its confidence is the mean over its words."""
        if self._ended:
            # Between two utterances `FinalResult` does nothing, and the next sentence would go on from this voice.
            self.accept(np.zeros(SILENCE, np.float32))
        recogniser = self._open()
        self._words += self._heard(recogniser.inner.FinalResult())
        self._recogniser = None
        self._give_back(recogniser, np.concatenate((np.zeros(0, np.float32), *self._voice)))
        if not self._words:
            return None
        confidence = sum(word.probability for word in self._words) / len(self._words)
        text = joined([word.text for word in self._words])
        return Segment(self._words[0].start, self._words[-1].end, text, confidence, 0.0, tuple(self._words))

    def close(self) -> None:
        """Let go of the sentence; a recogniser in the middle of one is not used again."""
        recogniser, self._recogniser = self._recogniser, None
        if recogniser is not None and recogniser.samples == self._began:
            self._give_back(recogniser, np.zeros(0, np.float32))

    def hear(self, samples: NDArray[np.float32]) -> Segment | None:
        """The sentence that all of `samples` are."""
        self.accept(samples)
        return self.finish()

    def _open(self) -> Recogniser:
        # A recogniser that is used after its end takes the process with it.
        if self._recogniser is None:
            raise Unavailable("model.stream", "this sentence is over; begin another")
        return self._recogniser

    def _heard(self, answer: str) -> list[Word]:
        """The words of a result, as Vosk writes them in JSON, in seconds of this sentence."""
        found = cast("list[dict[str, str | float]]", json.loads(answer).get("result", []))
        return [_word(one, self._began / SAMPLE_RATE) for one in found]


def with_options(folder: Path, scratch: Path, *options: str) -> Path:
    """The model in `folder` with more options in its configuration, put together in `scratch` from links."""
    for path in sorted(folder.rglob("*")):
        at = scratch / path.relative_to(folder)
        if path.is_dir():
            at.mkdir()
        elif at != scratch / MODEL_CONF:
            at.symlink_to(path)
    given = (folder / MODEL_CONF).read_text(encoding="utf-8")
    (scratch / MODEL_CONF).write_text("\n".join((given.rstrip("\n"), *options, "")), encoding="utf-8")
    return scratch


def _word(one: dict[str, str | float], began_s: float) -> Word:
    confidence = float(one["conf"])
    return Word(
        str(one["word"]),
        max(0.0, float(one["start"]) - began_s),
        max(0.0, float(one["end"]) - began_s),
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
