"""The number layer of a sentence: finds what is a number, writes it in figures, and maps places and times across.

The raw text never changes: a `NumberSpan` lies over some of its characters. What is no number for certain stays in
characters, since a wrong figure in a record is worse than a spoken one. The rules follow GB/T 15835-2011 (numerals in
print), but leave the words around a number as they were said: 三千五百块 is 3500块, not ￥3,500.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from cases.transcript import NumberSpan, Transcript, TranscriptSegment, TranscriptWord
from pipelines.speech.itn.clock import days, hours, years
from pipelines.speech.itn.codes import numbered, plates, strings
from pipelines.speech.itn.lexicon import FIXED, NUMERALS
from pipelines.speech.itn.quantities import composed, counts, decimals, measures, prices, ranges, shares, sizes
from pipelines.speech.itn.reading import CLAIMED, Reading, Rule
from pipelines.speech.sentences import full_text

RULES: tuple[Rule, ...] = (
    *(plates, shares, years, days, hours, sizes, decimals, numbered),
    *(strings, ranges, prices, composed, measures, counts),
)
"""Each sees what the ones before it left: the surest first."""


def number_spans(text: str, names: Iterable[str] = ()) -> tuple[NumberSpan, ...]:
    """The numbers of `text`, in order; none overlaps another, a fixed word or one of `names` (of the case)."""
    return _found(text, _protected(names))


def _found(text: str, protected: re.Pattern[str]) -> tuple[NumberSpan, ...]:
    free = _without(text, (Reading(m.start(), m.end()) for m in protected.finditer(text)))
    found: list[NumberSpan] = []
    for rule in RULES:
        readings = list(rule(free))
        found.extend(span for one in readings for span in one.spans)
        free = _without(free, readings)
    return tuple(_apart(sorted(found, key=lambda span: span.start)))


def _apart(spans: Sequence[NumberSpan]) -> Iterator[NumberSpan]:
    """The spans without those that would run two numbers together: 三块五一斤 is 3块5一斤."""
    last: NumberSpan | None = None
    for span in spans:
        if last is None or span.start > last.end or not (last.text[-1].isdigit() and span.text[0].isdigit()):
            yield span
            last = span


def with_numbers(segments: Iterable[TranscriptSegment], names: Iterable[str] = ()) -> tuple[TranscriptSegment, ...]:
    """The segments with their number layer."""
    pattern = _protected(names)
    return tuple(replace(segment, numbers=_found(segment.text, pattern)) for segment in segments)


def figured(transcript: Transcript) -> Transcript:
    """The transcript to read: numbers in figures in the text itself, and no words, since theirs are the raw ones."""
    segments = tuple(
        replace(segment, text=in_figures(segment.text, segment.numbers), numbers=(), words=())
        for segment in transcript.segments
    )
    return replace(transcript, segments=segments, text=full_text(segments))


def _protected(names: Iterable[str]) -> re.Pattern[str]:
    """What no rule may touch: fixed words, and names that hold a numeral, of which a case with hundreds has few."""
    listed = sorted((name for name in names if any(c in NUMERALS for c in name)), key=len, reverse=True)
    return re.compile("|".join([*map(re.escape, listed), FIXED.pattern]))


def _without(text: str, readings: Iterable[Reading]) -> str:
    characters = list(text)
    for one in readings:
        characters[one.start : one.end] = CLAIMED * (one.end - one.start)
    return "".join(characters)


def holds(text: str, span: NumberSpan) -> bool:
    """Whether the span still fits the text: a person may have corrected it since."""
    return text[span.start : span.end] == span.raw


def in_figures(text: str, spans: Sequence[NumberSpan]) -> str:
    """`text` with its numbers in figures; spans that fit it no more are left out."""
    pieces: list[str] = []
    position = 0
    for span in spans:
        if span.start >= position and holds(text, span):
            pieces += [text[position : span.start], span.text]
            position = span.end
    return "".join([*pieces, text[position:]])


def raw_place(spans: Sequence[NumberSpan], start: int, end: int) -> tuple[int, int]:
    """Characters `start` up to `end` of the text in figures as characters of the raw text, whole numbers always."""
    return _raw(spans, start, closing=False), _raw(spans, end, closing=True)


def _raw(spans: Sequence[NumberSpan], place: int, *, closing: bool) -> int:
    shift = 0
    for span in spans:
        first = span.start + shift
        last = first + len(span.text)
        if place <= first:
            break
        if place < last:
            return span.end if closing else span.start
        shift = last - span.end
    return place - shift


def seconds_of(segment: TranscriptSegment, span: NumberSpan) -> tuple[float, float]:
    """When the words of a span were said; the whole sentence's time where it has no words."""
    inside: list[TranscriptWord] = []
    position = 0
    for word in segment.words:
        first = segment.text.find(word.text, position)
        if first < 0:
            continue
        position = first + len(word.text)
        if first < span.end and position > span.start:
            inside.append(word)
    return (inside[0].start, inside[-1].end) if inside else (segment.start, segment.end)
