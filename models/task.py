"""What a model is: a synchronous, batch-first thing with a life of load, predict, close; knows no framework.

A model answers a batch with as many results as it got items; a bad item becomes an `ItemError` in its place, so that
one bad item never kills a batch. `predict` is called from one thread at a time.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from models.device import Device
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
    Transcription,
    VoiceSpans,
)

ItemT = TypeVar("ItemT", contravariant=True)
ResultT = TypeVar("ResultT", covariant=True)


class Task(StrEnum):
    """What a model can be asked to do; a manifest names one of these."""

    TRANSCRIBE = "transcribe"
    VOICE_ACTIVITY = "voice-activity"
    READ_PAGE = "read-page"
    DETECT = "detect"
    SPEAKER_SEGMENTATION = "speaker-segmentation"
    SPEAKER_EMBEDDING = "speaker-embedding"
    TRANSCRIBE_STREAM = "transcribe-stream"
    READ_PLATES = "read-plates"


STREAMING = frozenset({Task.TRANSCRIBE_STREAM})
"""Tasks whose models keep the state of a session: they run where the session lives, and no Engine serves them."""


class Material(StrEnum):
    """What comes by a manifest as weights do and is no model: nothing serves it."""

    FONT = "font"
    VOICES = "voices"
    """What test speech is made with; benchmarks keep its manifest."""


@dataclass(frozen=True, slots=True)
class ModelIdentity:
    """Which model, in the words that provenance keeps: manifest name, digest over its weights, licence."""

    name: str
    task: Task
    weights_sha256: str
    licence: str


class Model(Protocol[ItemT, ResultT]):
    """A model of one task."""

    @property
    def identity(self) -> ModelIdentity:
        """Name, task and weights digest; known before `load`."""
        ...

    def load(self, device: Device) -> None:
        """Bring the weights into memory; raises Unavailable (WeightsMissing) when they cannot be had."""
        ...

    def predict(self, batch: Sequence[ItemT]) -> Sequence[ResultT | ItemError]:
        """One result or ItemError for each item, in order."""
        ...

    def close(self) -> None:
        """Free the memory; the model may be loaded again."""
        ...


Transcriber = Model[SpeechRequest, Transcription]
VoiceActivity = Model[AudioClip, tuple[SpeechSpan, ...]]
PageReader = Model[PageImage, PageText]
Detector = Model[Frame, tuple[Detection, ...]]
PlateModel = Model[Frame, tuple[Plate, ...]]
SpeakerSegmenter = Model[AudioClip, tuple[VoiceSpans, ...]]
SpeakerEmbedder = Model[AudioClip, SpeakerEmbedding]


class VoiceActivityStream(Protocol):
    """Voice activity of sound that is still coming; one stream a session, called from one thread at a time."""

    def accept(self, samples: NDArray[np.float32]) -> list[float]:
        """Take in more sound (16 kHz); the probability of speech for each 32 ms that is now whole."""
        ...


class TranscriptionStream(Protocol):
    """One sentence that is still being spoken; called from one thread at a time."""

    def accept(self, samples: NDArray[np.float32]) -> str:
        """Take in more sound (16 kHz); the sentence so far, whose end may still change."""
        ...

    def finish(self) -> Segment | None:
        """The sentence, times in seconds from its first sample; None when no word was heard. The stream is over."""
        ...

    def close(self) -> None:
        """Let go of a sentence that nobody wants any more; nothing after `finish`."""
        ...


class StreamingVoiceActivity(VoiceActivity, Protocol):
    """A voice activity model that also follows sound as it comes."""

    def stream(self) -> VoiceActivityStream:
        """A new stream; raises Unavailable when the model is not loaded."""
        ...


class StreamingTranscriber(Protocol):
    """A model that writes down while somebody speaks; several streams may be open at once, on several threads."""

    @property
    def identity(self) -> ModelIdentity:
        """As a Model's."""
        ...

    def load(self, device: Device) -> None:
        """As a Model's."""
        ...

    def stream(self) -> TranscriptionStream:
        """A new sentence; raises Unavailable when the model is not loaded."""
        ...

    def close(self) -> None:
        """As a Model's; open streams end by themselves."""
        ...
