"""转写文本 as a case keeps it, and what lies over its sentences; values only.

Field names are the JSON names that other programs rely on: add fields, never rename. Times are seconds of the
recording, `start` and `end` of what lies over a text are characters of it.
"""

from __future__ import annotations

from dataclasses import dataclass

from cases.records import Provenance


@dataclass(frozen=True, slots=True)
class TranscriptWord:
    """A word and its place in the recording; `human`: a person wrote it, and its times are interpolated."""

    start: float
    end: float
    text: str
    probability: float
    human: bool = False


@dataclass(frozen=True, slots=True)
class NumberSpan:
    """数字规整: characters `start` up to `end` of a sentence's text, which say `raw`, as `text` in figures.

    `kind` is one of pipelines.speech.itn's; `flags` name doubts. The span holds as long as the text still says `raw`.
    """

    start: int
    end: int
    raw: str
    text: str
    kind: str
    flags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class HotwordSuggestion:
    """热词: characters `start` up to `end` of a sentence, which say `text`, sound like `hotword`; a person decides.

    `distance` is 0 for the same sound, and grows with each tone, regional confusion and other syllable.
    """

    start: int
    end: int
    text: str
    hotword: str
    distance: float


@dataclass(frozen=True, slots=True)
class TranscriptSegment:
    """A sentence, its place, who said it (None until somebody or something tells) and what is doubtful about it.

    `text` is what the machine heard and `words` are its words; `numbers` and `suggestions` lie over the text and never
    change it.
    `role` is question, answer or aside (问, 答, 旁). `resolved` are the flags that a person has dealt with, which stay
    among `flags`; `confirmed_by` is the account that vouches for the sentence, None for machine text.
    """

    id: int
    start: float
    end: float
    speaker: str | None
    role: str | None
    text: str
    confidence: float
    flags: tuple[str, ...]
    words: tuple[TranscriptWord, ...]
    numbers: tuple[NumberSpan, ...] = ()
    suggestions: tuple[HotwordSuggestion, ...] = ()
    resolved: tuple[str, ...] = ()
    confirmed_by: str | None = None


@dataclass(frozen=True, slots=True)
class SpeakerTurn:
    """Where one speaker speaks, in seconds, by voice alone; turns of different speakers may overlap."""

    speaker: str
    start: float
    end: float


@dataclass(frozen=True, slots=True)
class Transcript:
    """转写文本; `turns` are there when speakers were told apart by their voices."""

    language: str
    duration: float
    speakers: tuple[str, ...]
    segments: tuple[TranscriptSegment, ...]
    text: str
    provenance: Provenance
    turns: tuple[SpeakerTurn, ...] = ()
