"""Opens references and asks a model, right where the model lives; both runtimes call it and it knows neither.

A reference that cannot be opened becomes an `ItemError` in its place, so that one bad file never fails its neighbours.
Video spans are the exception to one item, one value: a span is many frames, and they go to the detector in batches.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import islice
from typing import Generic, TypeVar, cast

from models.errors import AnjuanError
from models.task import Detector, Model, PlateModel, Task
from models.values import Frame, FrameDetections, ItemError, PageImage, Plate, Quad, SpeechRequest
from pipelines.engine import (
    AudioPieces,
    AudioSpan,
    FramePart,
    FrameParts,
    OutT,
    PageRef,
    RefT,
    SpeechGroup,
    SpeechPieces,
    TaskKind,
    VideoSpan,
)

FRAMES_PER_BATCH = 8
"""Frames that wait in memory for one call of the detector: 8 frames of 4K are 200 MB."""

ValueT = TypeVar("ValueT")


def open_item(kind: TaskKind[RefT, OutT], ref: object) -> object:
    """The value a model of `kind` takes for `ref`; raises BadInput when the file behind it cannot be read."""
    from pipelines.media.audio import read_pieces, read_span
    from pipelines.media.pdf import read_picture

    if isinstance(ref, AudioSpan):
        return read_span(ref.path, ref.first, ref.last)
    if isinstance(ref, SpeechPieces):
        return SpeechRequest(read_pieces(ref.path, ref.pieces), ref.language, ref.hotwords)
    if isinstance(ref, AudioPieces):
        return read_pieces(ref.path, ref.pieces)
    if isinstance(ref, PageRef):
        return read_picture(ref.path)
    raise TypeError(f"{kind.task} takes no {type(ref).__name__}")


class TaskRunner(Generic[RefT, OutT]):
    """One model with the task it serves; call from one thread at a time."""

    def __init__(self, kind: TaskKind[RefT, OutT], model: Model[object, object]) -> None:
        self.kind = kind
        self.model = model

    def run(self, refs: Sequence[RefT]) -> list[OutT | ItemError]:
        """A result or ItemError for each reference, in order."""
        if self.kind.task is Task.DETECT:
            return [cast("OutT | ItemError", self._detect(cast(VideoSpan, ref))) for ref in refs]
        if self.kind.task is Task.READ_PLATES:
            return [cast("OutT | ItemError", self._plates(cast(FrameParts, ref))) for ref in refs]
        results = [value for number, ref in enumerate(refs) for value in self._values(ref, str(number))]
        places = [place for place, value in enumerate(results) if not isinstance(value, ItemError)]
        if places:
            answers = self.model.predict([results[place] for place in places])
            for place, answer in zip(places, answers, strict=True):
                results[place] = answer
        found = iter(results)
        return [
            cast(
                "OutT | ItemError",
                tuple(next(found) for _ in ref.clips) if isinstance(ref, SpeechGroup) else next(found),
            )
            for ref in refs
        ]

    def _values(self, ref: RefT, group: str) -> list[object]:
        """What the model takes for a reference: one value, or one for each clip of a group; errors in their places."""
        if isinstance(ref, SpeechGroup):
            opened = [self._value(clip) for clip in ref.clips]
            return [replace(one, group=group) if isinstance(one, SpeechRequest) else one for one in opened]
        return [self._value(ref)]

    def _value(self, ref: object) -> object:
        try:
            return open_item(self.kind, ref)
        except AnjuanError as error:
            return ItemError(error.code, error.message)

    def _detect(self, span: VideoSpan) -> tuple[FrameDetections, ...] | ItemError:
        try:
            return tuple(self._detections(span))
        except AnjuanError as error:
            return ItemError(error.code, error.message)

    def _detections(self, span: VideoSpan) -> Iterator[FrameDetections]:
        from pipelines.media.video import read_frames

        detector = cast(Detector, self.model)
        frames = iter(read_frames(span.path, span.first, span.last, span.stride))
        while batch := list(islice(frames, FRAMES_PER_BATCH)):
            for frame, answer in zip(batch, detector.predict(batch), strict=True):
                found = () if isinstance(answer, ItemError) else answer
                yield FrameDetections(frame.index, frame.time, found)

    def _plates(self, asked: FrameParts) -> tuple[tuple[Plate, ...], ...] | ItemError:
        try:
            return tuple(self._plates_of(asked))
        except AnjuanError as error:
            return ItemError(error.code, error.message)

    def _plates_of(self, asked: FrameParts) -> Iterator[tuple[Plate, ...]]:
        """Frame by frame, so that only one is in memory."""
        from pipelines.media.video import chosen_frames

        reader = cast(PlateModel, self.model)
        frames = chosen_frames(asked.path, sorted({part.frame for part in asked.parts}))
        newest: Frame | None = None
        for part in asked.parts:
            while newest is None or newest.index < part.frame:
                newest = next(frames, None)
                if newest is None:
                    break
            found: tuple[Plate, ...] | ItemError = ()
            if newest is not None and newest.index == part.frame:
                (found,) = reader.predict([_cut(newest, part)])
            yield () if isinstance(found, ItemError) else tuple(_placed(plate, part) for plate in found)


def _cut(frame: Frame, part: FramePart) -> Frame:
    left, top, right, bottom = part.box
    return Frame(frame.pixels[max(0, top) : max(0, bottom), max(0, left) : max(0, right)], frame.index, frame.time)


def _placed(plate: Plate, part: FramePart) -> Plate:
    """The plate with its corners in pixels of the whole frame."""
    left, top = max(0, part.box[0]), max(0, part.box[1])
    return replace(plate, box=cast(Quad, tuple((x + left, y + top) for x, y in plate.box)))


def warm_up_value(task: Task) -> object:
    """A real input of `task`, so that a model's first caller does not pay for its first run; the size of a common one
    where memory grows with it, so that what the model needs is seen at the start and not in the middle of a night."""
    return _full_page() if task is Task.READ_PAGE else probe_value(task)


def probe_value(task: Task) -> object:
    """A tiny real input of `task`, to ask whether the model still answers."""
    import numpy as np

    from models.values import AudioClip, Frame

    if task in (Task.VOICE_ACTIVITY, Task.SPEAKER_SEGMENTATION):
        return AudioClip(np.zeros(16000, np.float32), 16000)
    if task is Task.SPEAKER_EMBEDDING:
        return AudioClip(np.sin(np.arange(16000, dtype=np.float32) / 10), 16000)
    if task is Task.TRANSCRIBE:
        return SpeechRequest(AudioClip(np.zeros(16000, np.float32), 16000))
    if task is Task.READ_PAGE:
        return PageImage(np.full((64, 64, 3), 255, np.uint8))
    return Frame(np.zeros((64, 64, 3), np.uint8), 0, 0.0)


def _full_page() -> PageImage:
    """A4 at 200 dots an inch with some lines of print, in the letters that OpenCV draws without a font."""
    import cv2
    import numpy as np

    pixels = np.full((2339, 1654, 3), 255, np.uint8)
    for foot in range(300, 2200, 160):
        cv2.putText(pixels, "0123456789 ABCDEFGHIJKLMNOPQRSTUVWXYZ " * 2, (180, foot), 0, 0.9, (0, 0, 0), 2)
    return PageImage(pixels)
