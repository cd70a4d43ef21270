"""A transcript as one text whose every character knows its second, and the short units of talk in it; pure.

A unit is a clause of one speaker: what stands between marks or pauses. Who asks and who answers is taken from the
transcript where it says so, else from `pipelines.speech.roles`, and where that is unsure from the form of the words.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from cases.discrepancy import RecordingPlace
from cases.transcript import Transcript, TranscriptSegment
from pipelines.speech.attribution import SPEAKER_UNSURE
from pipelines.speech.compare.written import ANSWER, QUESTION
from pipelines.speech.roles import ROLE_UNSURE, with_roles

DOUBTED = frozenset({ROLE_UNSURE, SPEAKER_UNSURE})
"""Flags of a sentence whose speaker may be another than is said."""
ROLES = {"question": QUESTION, "answer": ANSWER, "问": QUESTION, "答": ANSWER}
CUT = frozenset("。！？!?；;，,、：:…\n ")
LONG_UNIT = 28
"""Characters from which a unit without marks is cut at the next pause or word: machines forget their commas."""
PAUSE_S = 0.28
"""Where one stops to breathe or another begins: people answer within a third of a second."""
REPLIES = frozenset("是对有没嗯啊好行能会不")
LEAD_S = 0.5
"""How long before a finding one starts to listen."""
_ASKING = re.compile(
    r"[？?]\s*$|(吗|呢|么|没有|不是)[。？?]?\s*$|什么|为啥|多少|谁|哪[里儿个些年天位]?|怎么|为何|几[点个次岁号月年把人天时]|"
    r"是不是|有没有|能不能|会不会|知不知道|认不认识|对不对|是否|多大|多久|多长|多高|多远"
)
_NOT_ASKING = re.compile(
    r"不知道.{0,8}(什么|谁|哪|怎么|多少|几)|没什么|不管|什么的|怎么说|谁也|谁都|哪儿?都|什么都|什么也|没有[。]?$|不是[。]?$"
)
_OF_ONESELF = re.compile(r"我(?!们)")
_ADDRESSED = re.compile(r"[你您]")
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
    """Whether the words have the form of a question; who speaks of himself alone does not ask, whatever 吗 is heard."""
    if _OF_ONESELF.search(text) and not _ADDRESSED.search(text) and not text.rstrip().endswith(("?", "？")):
        return False
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
    breaths: list[TranscriptSegment] = []
    cuts: list[tuple[int, int, int]] = []
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
        begin = first
        for a, b in _cuts(text, starts, ends, first):
            if a > first and starts[a] - ends[a - 1] >= PAUSE_S:
                breaths.append(_breath(segment, "".join(text[begin:a])))
                begin = a
            cuts.append((a, b, len(breaths)))
        breaths.append(_breath(segment, "".join(text[begin:])))
        text.append("\n")
        starts.append(ends[-1])
        ends.append(ends[-1])
        ids.append(-1)
        sure.append(1.0)
    roles = roles_of(breaths)
    units = [HeardUnit(a, b, starts[a], ends[b - 1], roles[breath]) for a, b, breath in cuts]
    return HeardText("".join(text), tuple(starts), tuple(ends), tuple(ids), tuple(sure), tuple(units))


def _breath(segment: TranscriptSegment, text: str) -> TranscriptSegment:
    """What is said in one breath as a sentence of its own, with the role or voice of the whole where that is sure."""
    told = segment.role if segment.role in ROLES else None
    sure = not DOUBTED.intersection(segment.flags) - set(segment.resolved)
    return replace(segment, text=text, words=(), speaker=told or segment.speaker if sure else None, flags=())


def roles_of(breaths: Sequence[TranscriptSegment]) -> list[str | None]:
    """question or answer of each, as far as it can be told: what is thin is left to the form of the words.

    What a person confirmed, and a role told of one breath alone, stands. Where a sentence has several, each is weighed
    by its own words too: 没有 in the midst of questions is an answer that the machine gave to the wrong voice.
    """
    whole = Counter(breath.id for breath in breaths)
    told = with_roles([replace(breath, role=None) for breath in breaths], True, {})
    found: list[str | None] = []
    for breath, one in zip(breaths, told, strict=True):
        stands = breath.speaker is not None and (breath.confirmed_by is not None or whole[breath.id] == 1)
        if stands and breath.role in ROLES:
            found.append(ROLES[breath.role])
        else:
            found.append(ROLES.get(one.role or "") if ROLE_UNSURE not in one.flags else None)
    return found


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
        # A lone character that is no reply is the next word's: aligners stretch it over what was not made out.
        lone = following - begin == 1 and text[n] not in REPLIES
        paused = following < len(text) and not lone and starts[following] - ends[n] >= PAUSE_S
        long = following - begin >= LONG_UNIT and following < len(text) and starts[following] > ends[n]
        if marked or paused or long or following == len(text):
            yield begin, following
            begin = following
