"""Deterministic stand-ins with the protocols of the real models, for tests and for trying the service without weights.

What they answer follows from the input alone: a fake transcriber tells the length and loudness of a clip, a fake reader
the size of a page, a fake detector a box that moves with the frame number. Nothing here pretends to recognise.
"""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256

import numpy as np
from numpy.typing import NDArray

from models.device import Device
from models.errors import BadInput
from models.task import Model, ModelIdentity, Task
from models.values import (
    AudioClip,
    Detection,
    Frame,
    ItemError,
    PageImage,
    PageText,
    Plate,
    Segment,
    SpeakerEmbedding,
    SpeechRequest,
    SpeechSpan,
    TextLine,
    Transcription,
    VoiceSpans,
    Word,
)

LOUD = 0.01
"""Root mean square above which the fakes hear something."""


def _identity(name: str, task: Task) -> ModelIdentity:
    return ModelIdentity(name, task, sha256(name.encode()).hexdigest(), "Apache-2.0")


class _Fake:
    """Life cycle shared by the fakes; counts what tests want to know."""

    def __init__(self, identity: ModelIdentity) -> None:
        self.identity = identity
        self.loaded = False
        self.batches: list[int] = []

    def load(self, device: Device) -> None:
        """Nothing to load."""
        self.loaded = True

    def close(self) -> None:
        """Nothing to free."""
        self.loaded = False


def _loudness(clip: AudioClip) -> float:
    return float(np.sqrt(np.mean(np.square(clip.samples)))) if clip.samples.size else 0.0


class FakeTranscriber(_Fake):
    """Says 有声 once a second of a loud clip, and nothing for a quiet one."""

    def __init__(self, name: str = "fake-transcriber") -> None:
        super().__init__(_identity(name, Task.TRANSCRIBE))

    def predict(self, batch: Sequence[SpeechRequest]) -> list[Transcription | ItemError]:
        """One segment a clip; an empty clip is an ItemError."""
        self.batches.append(len(batch))
        return [self._one(request) for request in batch]

    def _one(self, request: SpeechRequest) -> Transcription | ItemError:
        clip = request.clip
        if not clip.samples.size:
            return ItemError("audio.empty", "the clip holds no sound")
        if _loudness(clip) < LOUD:
            return Transcription(request.language or "zh", ())
        seconds = max(1, int(clip.duration))
        step = clip.duration / seconds
        words = tuple(Word("有声", n * step, (n + 1) * step, 0.9) for n in range(seconds))
        text = "".join(word.text for word in words) + "。"
        return Transcription(request.language or "zh", (Segment(0.0, clip.duration, text, 0.9, 0.01, words),))


class FakeVoiceActivity(_Fake):
    """Finds the half seconds that are loud."""

    def __init__(self, name: str = "fake-voice-activity") -> None:
        super().__init__(_identity(name, Task.VOICE_ACTIVITY))

    def predict(self, batch: Sequence[AudioClip]) -> list[tuple[SpeechSpan, ...] | ItemError]:
        """Loud half seconds, neighbours joined."""
        self.batches.append(len(batch))
        return [self._one(clip) for clip in batch]

    def _one(self, clip: AudioClip) -> tuple[SpeechSpan, ...]:
        step = clip.sample_rate // 2
        spans: list[SpeechSpan] = []
        for first in range(0, clip.samples.size, step):
            piece = AudioClip(clip.samples[first : first + step], clip.sample_rate)
            if _loudness(piece) < LOUD:
                continue
            start = first / clip.sample_rate
            if spans and spans[-1].end == start:
                spans[-1] = SpeechSpan(spans[-1].start, start + piece.duration)
            else:
                spans.append(SpeechSpan(start, start + piece.duration))
        return tuple(spans)

    def stream(self) -> FakeVoiceStream:
        """Follows loudness, 32 ms at a time."""
        return FakeVoiceStream()


class FakeVoiceStream:
    """Certain of a voice where 32 ms are loud."""

    def __init__(self) -> None:
        self._pending = np.zeros(0, np.float32)

    def accept(self, samples: NDArray[np.float32]) -> list[float]:
        """1 or 0 for each 512 samples that are whole."""
        sound = np.concatenate((self._pending, samples))
        count = sound.size // 512
        self._pending = sound[count * 512 :]
        pieces = sound[: count * 512].reshape(-1, 512)
        return [1.0 if _loudness(AudioClip(piece, 16000)) >= LOUD else 0.0 for piece in pieces]


class FakeStreamingTranscriber(_Fake):
    """Says 有声 for each half second of loud sound, as it comes."""

    def __init__(self, name: str = "fake-streaming-transcriber") -> None:
        super().__init__(_identity(name, Task.TRANSCRIBE_STREAM))

    def stream(self) -> FakeSentence:
        """A new sentence."""
        return FakeSentence()


class FakeSentence:
    """Counts loud half seconds."""

    def __init__(self) -> None:
        self._loud = 0
        self._samples = 0

    def accept(self, samples: NDArray[np.float32]) -> str:
        """有声 as often as half a second was loud so far."""
        self._samples += samples.size
        self._loud += int(np.count_nonzero(np.abs(samples) >= LOUD))
        return self._text

    def finish(self) -> Segment | None:
        """The same as one segment over all that came."""
        if not self._text:
            return None
        end = self._samples / 16000
        return Segment(0.0, end, self._text, 0.8, 0.0, (Word(self._text, 0.0, end, 0.8),))

    def close(self) -> None:
        """Nothing is held."""

    @property
    def _text(self) -> str:
        return "有声" * (self._loud // 8000)


class FakePageReader(_Fake):
    """Reads the size of the page, and a second line when there is any ink."""

    def __init__(self, name: str = "fake-page-reader") -> None:
        super().__init__(_identity(name, Task.READ_PAGE))

    def predict(self, batch: Sequence[PageImage]) -> list[PageText | ItemError]:
        """One or two lines a page."""
        self.batches.append(len(batch))
        return [self._one(page) for page in batch]

    def _one(self, page: PageImage) -> PageText:
        w, h = float(page.width), float(page.height)
        lines = [TextLine(f"页面 {page.width}×{page.height}", ((0, 0), (w, 0), (w, h / 8), (0, h / 8)), 0.9)]
        if page.pixels.size and int(page.pixels.min()) < 128:
            lines.append(TextLine("有字", ((0, h / 4), (w, h / 4), (w, h / 2), (0, h / 2)), 0.8))
        return PageText(tuple(lines))


class FakeDetector(_Fake):
    """Sees one car that moves two pixels a frame, in every frame that is not black."""

    def __init__(self, name: str = "fake-detector") -> None:
        super().__init__(_identity(name, Task.DETECT))

    def predict(self, batch: Sequence[Frame]) -> list[tuple[Detection, ...] | ItemError]:
        """One or no detection a frame."""
        self.batches.append(len(batch))
        return [self._one(frame) for frame in batch]

    def _one(self, frame: Frame) -> tuple[Detection, ...]:
        if not int(frame.pixels.max(initial=0)):
            return ()
        left = float(2 * frame.index)
        return (Detection(left, 10.0, left + 40.0, 40.0, "car", 0.9),)


class FakePlates(_Fake):
    """Reads the number of the frame off one plate, in every frame that is not black."""

    def __init__(self, name: str = "fake-read-plates") -> None:
        super().__init__(_identity(name, Task.READ_PLATES))

    def predict(self, batch: Sequence[Frame]) -> list[tuple[Plate, ...] | ItemError]:
        """One or no plate a frame."""
        self.batches.append(len(batch))
        return [self._one(frame) for frame in batch]

    def _one(self, frame: Frame) -> tuple[Plate, ...]:
        if not int(frame.pixels.max(initial=0)):
            return ()
        box = ((10.0, 10.0), (54.0, 10.0), (54.0, 24.0), (10.0, 24.0))
        text = f"京A{frame.index % 100_000:05d}"
        return (Plate(text, box, 0.9, "blue", "ordinary", 1, (0.98,) * len(text), 0.9),)


class FakeSpeakerSegmenter(_Fake):
    """Tells voices apart by pitch: the sign of a clip's samples changes often for a high one."""

    def __init__(self, name: str = "fake-speaker-segmentation") -> None:
        super().__init__(_identity(name, Task.SPEAKER_SEGMENTATION))

    def predict(self, batch: Sequence[AudioClip]) -> list[tuple[VoiceSpans, ...] | ItemError]:
        """Loud half seconds, put together by pitch."""
        self.batches.append(len(batch))
        return [self._one(clip) for clip in batch]

    def _one(self, clip: AudioClip) -> tuple[VoiceSpans, ...]:
        step = clip.sample_rate // 2
        voices: dict[int, list[SpeechSpan]] = {}
        for first in range(0, clip.samples.size, step):
            piece = AudioClip(clip.samples[first : first + step], clip.sample_rate)
            if _loudness(piece) < LOUD:
                continue
            start = first / clip.sample_rate
            voices.setdefault(_pitch(piece), []).append(SpeechSpan(start, start + piece.duration))
        return tuple(VoiceSpans(tuple(spans)) for spans in voices.values())


class FakeSpeakerEmbedder(_Fake):
    """A voice is its pitch: one axis an octave."""

    def __init__(self, name: str = "fake-speaker-embedding") -> None:
        super().__init__(_identity(name, Task.SPEAKER_EMBEDDING))

    def predict(self, batch: Sequence[AudioClip]) -> list[SpeakerEmbedding | ItemError]:
        """One vector a clip; an empty clip is an ItemError."""
        self.batches.append(len(batch))
        return [self._one(clip) for clip in batch]

    def _one(self, clip: AudioClip) -> SpeakerEmbedding | ItemError:
        if not clip.samples.size:
            return ItemError("audio.too-short", "the clip holds no sound")
        vector = np.zeros(256, np.float32)
        vector[_pitch(clip)] = 1.0
        return SpeakerEmbedding(vector)


def _pitch(clip: AudioClip) -> int:
    """The octave of a tone: 0 up to 125 Hz, then one more each time the frequency doubles."""
    changes = int(np.count_nonzero(np.diff(np.signbit(clip.samples))))
    hertz = changes / 2 / max(clip.duration, 1e-6)
    return max(0, int(np.ceil(np.log2(max(hertz, 1.0) / 125.0))))


_AnyFake = type[
    FakeTranscriber
    | FakeVoiceActivity
    | FakePageReader
    | FakeDetector
    | FakeSpeakerSegmenter
    | FakeSpeakerEmbedder
    | FakeStreamingTranscriber
    | FakePlates
]
FAKES: dict[Task, _AnyFake] = {
    Task.TRANSCRIBE: FakeTranscriber,
    Task.VOICE_ACTIVITY: FakeVoiceActivity,
    Task.READ_PAGE: FakePageReader,
    Task.DETECT: FakeDetector,
    Task.SPEAKER_SEGMENTATION: FakeSpeakerSegmenter,
    Task.SPEAKER_EMBEDDING: FakeSpeakerEmbedder,
    Task.TRANSCRIBE_STREAM: FakeStreamingTranscriber,
    Task.READ_PLATES: FakePlates,
}


def fake_names(task: Task) -> tuple[str, ...]:
    """The fakes' names, in the shape of `models.registry.names`."""
    return (f"fake-{task.value}",)


def build_fake(name: str) -> Model[object, object]:
    """A fake by name, in the shape of `models.registry.build`; raises BadInput for any other name."""
    for task, kind in FAKES.items():
        if name == f"fake-{task.value}":
            return kind(name)  # type: ignore[return-value]  # narrower item types than object, by design
    raise BadInput("model.unknown", f"no fake is called {name!r}")
