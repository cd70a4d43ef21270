"""A transcript as one text whose every character knows its second, and the short units of talk in it; pure.

A unit is a clause of one speaker: what stands between marks or pauses. Who asks and who answers is taken from the
transcript where it says so, else from `pipelines.speech.roles`, and where that is unsure from the form of the words.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from cases.discrepancy import RecordingPlace
from cases.transcript import Transcript, TranscriptSegment
from pipelines.speech.compare.written import ANSWER, QUESTION
from pipelines.speech.roles import ROLE_UNSURE, with_roles

ROLES = {"question": QUESTION, "answer": ANSWER, "问": QUESTION, "答": ANSWER}
CUT = frozenset("。！？!?；;，,、：:…\n ")
LONG_UNIT = 28
"""Characters from which a unit without marks is cut at the next pause or word: machines forget their commas."""
PAUSE_S = 0.6
LEAD_S = 0.5
"""How long before a finding one starts to listen."""
_ASKING = re.compile(
    r"[？?]\s*$|(吗|呢|么|没有|不是)[。？?]?\s*$|什么|为啥|多少|谁|哪[里儿个些年天位]?|怎么|为何|几[点个次岁号月年把人天时]|"
    r"是不是|有没有|能不能|会不会|知不知道|认不认识|对不对|是否|多大|多久|多长|多高|多远"
)
_NOT_ASKING = re.compile(
    r"不知道.{0,8}(什么|谁|哪|怎么|多少|几)|没什么|不管|什么的|怎么说|谁也|谁都|哪儿?都|什么都|什么也|没有[。]?$|不是[。]?$"
)
_ASKED_ALONE = re.compile(r"[？?]\s*$|吗[。？?]?\s*$")


@dataclass(frozen=True, slots=True)
class HeardUnit:
    """Characters `first` up to `last` of the heard text, in the role of question, answer or None where unknown."""

    first: int
    last: int
    start: float
    end: float
    role: str | None


@dataclass(frozen=True, slots=True)
class HeardText:
    """The whole text; of each character its first and last second, its segment (-1: none), its probability."""

    text: str
    starts: tuple[float, ...]
    ends: tuple[float, ...]
    segments: tuple[int, ...]
    probabilities: tuple[float, ...]
    units: tuple[HeardUnit, ...]

    def place(self, first: int, last: int) -> RecordingPlace:
        """The stretch of recording of characters `first` up to `last`."""
        last = max(first + 1, min(last, len(self.text)))
        first = min(first, last - 1)
        ids = tuple(dict.fromkeys(s for s in self.segments[first:last] if s >= 0))
        return RecordingPlace(
            self.starts[first], max(self.starts[first], self.ends[last - 1]), ids, self.text[first:last]
        )

    def sure(self, first: int, last: int) -> float:
        """The least probability of a word among the characters."""
        return min(self.probabilities[first:last], default=1.0)


def asks(text: str) -> bool:
    """Whether the words have the form of a question."""
    if _ASKED_ALONE.search(text):
        return True
    return bool(_ASKING.search(text)) and not _NOT_ASKING.search(text)


def read_transcript(transcript: Transcript) -> HeardText:
    """The text and units of a transcript; segments without words keep their place in time and give nothing."""
    text: list[str] = []
    starts: list[float] = []
    ends: list[float] = []
    ids: list[int] = []
    sure: list[float] = []
    units: list[HeardUnit] = []
    roles = roles_of(transcript)
    for segment in transcript.segments:
        if not segment.text.strip():
            continue
        first = len(text)
        for character, start, end, probability in _timed(segment):
            text.append(character)
            starts.append(start)
            ends.append(end)
            ids.append(segment.id)
            sure.append(probability)
        for a, b in _cuts(text, starts, ends, first):
            units.append(HeardUnit(a, b, starts[a], ends[b - 1], roles.get(segment.id)))
        text.append("\n")
        starts.append(ends[-1])
        ends.append(ends[-1])
        ids.append(-1)
        sure.append(1.0)
    return HeardText("".join(text), tuple(starts), tuple(ends), tuple(ids), tuple(sure), tuple(units))


def roles_of(transcript: Transcript) -> dict[int, str]:
    """question or answer by segment id, as far as it can be told: what is thin is left to the form of each unit."""
    told = transcript.segments
    if not any(segment.role in ROLES for segment in told):
        told = tuple(with_roles(told, True, {}))
    return {s.id: ROLES[s.role] for s in told if s.role in ROLES and ROLE_UNSURE not in s.flags}


def _timed(segment: TranscriptSegment) -> Iterator[tuple[str, float, float, float]]:
    """Each character of a segment with start, end and probability; spread evenly over what has no words."""
    text = segment.text
    spans: list[tuple[float, float, float] | None] = [None] * len(text)
    position = 0
    for word in segment.words:
        bare = word.text.strip()
        at = text.find(bare, position) if bare else -1
        if at < 0:
            continue
        step = (word.end - word.start) / len(bare)
        for n in range(len(bare)):
            spans[at + n] = (word.start + n * step, word.start + (n + 1) * step, word.probability)
        position = at + len(bare)
    if not any(spans):
        step = (segment.end - segment.start) / len(text)
        spans = [
            (segment.start + n * step, segment.start + (n + 1) * step, segment.confidence) for n in range(len(text))
        ]
    last = segment.start
    for character, span in zip(text, spans, strict=True):
        start, end, probability = span or (last, last, 1.0)
        start, end = max(start, last), max(end, start, last)
        yield character, start, end, probability
        last = end


def _cuts(text: Sequence[str], starts: Sequence[float], ends: Sequence[float], first: int) -> Iterator[tuple[int, int]]:
    """The units among the characters from `first` on: marks stay with what stands before them."""
    begin = first
    for n in range(first, len(text)):
        following = n + 1
        marked = text[n] in CUT and (following == len(text) or text[following] not in CUT)
        paused = following < len(text) and starts[following] - ends[n] >= PAUSE_S
        long = following - begin >= LONG_UNIT and following < len(text) and starts[following] > ends[n]
        if marked or paused or long or following == len(text):
            yield begin, following
            begin = following
