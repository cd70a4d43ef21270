"""What a model is: a synchronous, batch-first thing with a life of load, predict, close; knows no framework.

A model answers a batch with as many results as it got items; a bad item becomes an `ItemError` in its place, so that
one bad item never kills a batch. `predict` is called from one thread at a time.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol, TypeVar

from models.device import Device
from models.values import (
    AudioClip,
    Detection,
    Frame,
    ItemError,
    PageImage,
    PageText,
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
    SPEAK = "speak"
    """Makes test speech; benchmarks alone load such a model, and nothing serves it."""


class Material(StrEnum):
    """What comes by a manifest as weights do and is no model: nothing serves it."""

    FONT = "font"


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
SpeakerSegmenter = Model[AudioClip, tuple[VoiceSpans, ...]]
SpeakerEmbedder = Model[AudioClip, SpeakerEmbedding]
