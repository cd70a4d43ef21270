"""What models take and give: plain frozen values, arrays in, text and boxes out; knows no model and no file format.

Times are seconds from the start of the recording, boxes are pixels of the picture as given (origin top left), and
probabilities lie in 0..1.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Point = tuple[float, float]
Quad = tuple[Point, Point, Point, Point]
"""Four corners, clockwise from the top left of the text as it reads."""


@dataclass(frozen=True, slots=True)
class ItemError:
    """Why one item of a batch failed; stands in the result list where the item's result would."""

    code: str
    message: str


@dataclass(frozen=True, slots=True, eq=False)
class AudioClip:
    """Mono sound: `samples` float32 [n] in -1..1 at `sample_rate` hertz."""

    samples: NDArray[np.float32]
    sample_rate: int

    @property
    def duration(self) -> float:
        """Length in seconds."""
        return float(self.samples.shape[0]) / self.sample_rate


@dataclass(frozen=True, slots=True)
class SpeechSpan:
    """Where somebody speaks, in seconds."""

    start: float
    end: float


@dataclass(frozen=True, slots=True)
class VoiceSpans:
    """Where one voice of a clip speaks, in seconds; voices of a clip may overlap, and have no name beyond it."""

    spans: tuple[SpeechSpan, ...]


@dataclass(frozen=True, slots=True, eq=False)
class SpeakerEmbedding:
    """A voice as a `vector`, float32 [256] of length one: the dot product of two says how alike they sound."""

    vector: NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class SpeechRequest:
    """One stretch of speech to be written down; `language` None lets the model decide.

    A model may look at the clips of one `group` in a batch together, never at those of two: whoever asks has all of a
    group in one batch, so that the text depends on nothing else. Empty keeps the clip apart.
    """

    clip: AudioClip
    language: str | None = "zh"
    hotwords: tuple[str, ...] = ()
    group: str = ""


@dataclass(frozen=True, slots=True)
class Word:
    """One word (in Chinese: one or a few characters) and where it was spoken, in seconds of the clip."""

    text: str
    start: float
    end: float
    probability: float


@dataclass(frozen=True, slots=True)
class Segment:
    """One sentence or phrase; `confidence` is the mean token probability; `flags` name doubts, they never delete."""

    start: float
    end: float
    text: str
    confidence: float
    no_speech_probability: float
    words: tuple[Word, ...] = ()
    flags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Transcription:
    """What one clip says, and in which language (ISO 639-1)."""

    language: str
    segments: tuple[Segment, ...]


@dataclass(frozen=True, slots=True, eq=False)
class PageImage:
    """A page: `pixels` uint8 [height, width, 3], RGB."""

    pixels: NDArray[np.uint8]

    @property
    def width(self) -> int:
        """Pixels across."""
        return int(self.pixels.shape[1])

    @property
    def height(self) -> int:
        """Pixels down."""
        return int(self.pixels.shape[0])


@dataclass(frozen=True, slots=True)
class TextLine:
    """One line of text on a page; `kind` is text, title, table, seal or handwriting."""

    text: str
    box: Quad
    confidence: float
    kind: str = "text"


@dataclass(frozen=True, slots=True)
class SealMark:
    """A red seal: its box in pixels of the page, its shape (round, oval), and how much of its ring is there, 0 to 1.

    `text` is what its letters along the ring say, "" where they could not be read, and `confidence` how sure that is.
    """

    left: int
    top: int
    right: int
    bottom: int
    shape: str
    roundness: float
    text: str = ""
    confidence: float = 0.0


@dataclass(frozen=True, slots=True)
class GridCell:
    """A cell of a ruled table: row and column from 0, how many of each it spans, its corners on the page."""

    row: int
    column: int
    row_span: int
    column_span: int
    box: Quad


@dataclass(frozen=True, slots=True)
class TableGrid:
    """A ruled table: its corners on the page, its cells row by row."""

    box: Quad
    cells: tuple[GridCell, ...]


@dataclass(frozen=True, slots=True)
class PageText:
    """All lines of one page in reading order, read without the ink of its `seals`, and the `grids` of ruled tables.

    Boxes are pixels of the picture after it was turned clockwise by `rotation` degrees (0, 90, 180, 270) so that the
    text stands upright; where that could not be told it was not turned, and `upright` is False. On a `blank` page there
    is no ink; what shines through from its back is no text.
    """

    lines: tuple[TextLine, ...]
    seals: tuple[SealMark, ...] = ()
    rotation: int = 0
    upright: bool = True
    blank: bool = False
    grids: tuple[TableGrid, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """A video frame: `pixels` uint8 [height, width, 3] RGB, its number in the stream from 0, its time in seconds."""

    pixels: NDArray[np.uint8]
    index: int
    time: float


@dataclass(frozen=True, slots=True)
class Detection:
    """An object in a frame: left, top, right, bottom in pixels; `label` as in COCO; score in 0..1."""

    left: float
    top: float
    right: float
    bottom: float
    label: str
    score: float


@dataclass(frozen=True, slots=True)
class FrameDetections:
    """All objects of one frame."""

    index: int
    time: float
    detections: tuple[Detection, ...]


@dataclass(frozen=True, slots=True)
class TrackPoint:
    """A track in one frame; the box is the detection's, not the filter's."""

    index: int
    time: float
    detection: Detection


@dataclass(frozen=True, slots=True)
class Track:
    """One object through time; `label` is the class that most of its score speaks for."""

    id: int
    label: str
    points: tuple[TrackPoint, ...]


@dataclass(frozen=True, slots=True)
class Plate:
    """A number plate that was read: `text` as people write it, `box` its corners in the frame.

    `confidence` is how probable it is that every character is right, `characters` the same for each of them; `colour`
    is the ground's (blue, yellow, green, white, black), `kind` its format in GA 36, `rows` 1 or 2, `score` how sure the
    detector was that a plate is there.
    """

    text: str
    box: Quad
    confidence: float
    colour: str
    kind: str
    rows: int
    characters: tuple[float, ...]
    score: float
