"""The one seam between pipelines and models: "run this task on these inputs, by reference"; knows no runtime.

Inputs name places on disk (a span of normalised sound, a page picture, a span of video), never bytes, so that the same
pipeline runs on threads in this process (`pipelines.inline`) and on Ray Serve replicas (`serving.ray_engine`).
`open_item` turns a reference into the value that a model takes; both runtimes call it right where the model lives.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Generic, Protocol, TypeVar

from cases.records import ModelUse
from models.task import Task
from models.values import (
    FrameDetections,
    ItemError,
    PageText,
    Plate,
    SpeakerEmbedding,
    SpeechSpan,
    Transcription,
    VoiceSpans,
)

RefT = TypeVar("RefT")
OutT = TypeVar("OutT")


class Lane(StrEnum):
    """Interactive work and archive work run on separate deployments, so that night jobs never starve a person."""

    LIVE = "live"
    BATCH = "batch"


@dataclass(frozen=True, slots=True)
class AudioSpan:
    """A stretch of normalised sound: a WAV file, 16 kHz mono 16-bit, from sample `first` up to `last`."""

    path: Path
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class AudioPieces:
    """Stretches of normalised sound that are taken as one: samples `first` up to `last` of each, in order."""

    path: Path
    pieces: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class SpeechPieces:
    """Speech to be written down: stretches of normalised sound that are heard as one clip, as in AudioPieces.

    `language` None lets the model decide; `hotwords` are names and terms of the case.
    """

    path: Path
    pieces: tuple[tuple[int, int], ...]
    language: str | None = "zh"
    hotwords: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SpeechGroup:
    """Clips that a model may look at together, which saves most of the time of short ones.

    Their texts may hang on each other by little, and on nothing else: the same group gives the same texts.
    """

    clips: tuple[SpeechPieces, ...]


@dataclass(frozen=True, slots=True)
class PageRef:
    """A page picture on disk (PNG or JPEG, RGB or grey, upright as stored)."""

    path: Path


@dataclass(frozen=True, slots=True)
class VideoSpan:
    """A stretch of a video file: frames `first` up to `last` by number, every `stride`-th of them.

    Frame numbers count decoded frames from 0.
    """

    path: Path
    first: int
    last: int
    stride: int


@dataclass(frozen=True, slots=True)
class FramePart:
    """A part of one frame of a video file: the frame's number, and left, top, right, bottom in pixels."""

    frame: int
    box: tuple[int, int, int, int]


@dataclass(frozen=True, slots=True)
class FrameParts:
    """Parts of frames of one video file in which plates are sought, in order of their frames."""

    path: Path
    parts: tuple[FramePart, ...]


@dataclass(frozen=True, slots=True)
class TaskKind(Generic[RefT, OutT]):
    """A task with the types of its reference and result."""

    task: Task


TRANSCRIBE: TaskKind[SpeechPieces, Transcription] = TaskKind(Task.TRANSCRIBE)
TRANSCRIBE_GROUP: TaskKind[SpeechGroup, tuple[Transcription | ItemError, ...]] = TaskKind(Task.TRANSCRIBE)
VOICE_ACTIVITY: TaskKind[AudioSpan, tuple[SpeechSpan, ...]] = TaskKind(Task.VOICE_ACTIVITY)
READ_PAGE: TaskKind[PageRef, PageText] = TaskKind(Task.READ_PAGE)
DETECT: TaskKind[VideoSpan, tuple[FrameDetections, ...]] = TaskKind(Task.DETECT)
READ_PLATES: TaskKind[FrameParts, tuple[tuple[Plate, ...], ...]] = TaskKind(Task.READ_PLATES)
"""The plates of each part, in pixels of the whole frame; none where a part cannot be read."""
SPEAKER_SEGMENTATION: TaskKind[AudioSpan, tuple[VoiceSpans, ...]] = TaskKind(Task.SPEAKER_SEGMENTATION)
SPEAKER_EMBEDDING: TaskKind[AudioPieces, SpeakerEmbedding] = TaskKind(Task.SPEAKER_EMBEDDING)


class Engine(Protocol):
    """Runs tasks; safe to call from several threads."""

    def run(
        self,
        kind: TaskKind[RefT, OutT],
        items: Sequence[RefT],
        *,
        model: str | None = None,
        lane: Lane = Lane.BATCH,
    ) -> list[OutT | ItemError]:
        """A result or ItemError for each item, in order; `model` None is the task's default.

        Raises Unavailable (Busy when a queue is full) when the task cannot be served now, and BadInput when no model of
        that name serves the task.
        """
        ...

    def model(self, task: Task, name: str | None = None) -> ModelUse:
        """Which model answers for `task`, in the words of provenance; raises as `run`."""
        ...

    def models(self, task: Task) -> tuple[str, ...]:
        """The names of the models that serve `task` here, default first."""
        ...

    @property
    def device(self) -> str:
        """Where the models run and why, in words, for provenance."""
        ...

    def close(self) -> None:
        """Stop accepting work and free what is held."""
        ...


class BorrowedEngine:
    """Another Engine, asked in another way by those who override `run`; it stays its owner's to close."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def run(
        self,
        kind: TaskKind[RefT, OutT],
        items: Sequence[RefT],
        *,
        model: str | None = None,
        lane: Lane = Lane.BATCH,
    ) -> list[OutT | ItemError]:
        """As the engine's."""
        return self._engine.run(kind, items, model=model, lane=lane)

    def model(self, task: Task, name: str | None = None) -> ModelUse:
        """As the engine's."""
        return self._engine.model(task, name)

    def models(self, task: Task) -> tuple[str, ...]:
        """As the engine's."""
        return self._engine.models(task)

    @property
    def device(self) -> str:
        """As the engine's."""
        return self._engine.device

    def close(self) -> None:
        """Nothing: the engine is not its own."""
