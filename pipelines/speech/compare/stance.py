"""Which way a question of yes or no is answered on both sides, in whatever words: 你喝了没有, 滴酒没沾; pure.

A clerk turns question and answer into other words, but not no into yes. So the first clause of an answer is read as a
yes or a no to its question on either side, and the two are held against each other where both speak of one thing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pipelines.speech.compare.content import tokens
from pipelines.speech.compare.facts import FactKind
from pipelines.speech.compare.findings import (
    UNSURE_BELOW,
    UNSURE_WORDS,
    Finding,
    Kind,
    doubted,
    gravity,
    quoted,
)
from pipelines.speech.compare.leftover import role_of, slot
from pipelines.speech.compare.lexicon import NEGATORS
from pipelines.speech.compare.polarity import bare_answer, denials
from pipelines.speech.compare.quantities import plain
from pipelines.speech.compare.sides import Sides
from pipelines.speech.compare.sound import syllables
from pipelines.speech.compare.written import ANSWER, QUESTION

OF_ONE_QUESTION = 0.25
"""Share of the lighter exchange's tokens that both must hold for their answers to be held against each other."""
LEAST_SHARED = 2
"""Tokens that both must hold at least: one word is shared by chance."""
LONGEST_QUESTION = 4
"""Units of talk that one question may run over, of these the last ask."""
_A_NOT_A = r"([\u4e00-\u9fff])[不没]\1"
_POLAR = re.compile(
    rf"(?<!干)吗|是否|能否|可否|有没有|有无|是不是|对不对|{_A_NOT_A}|(没有?|没得|莫得|冇得?|伐|不|不是|未|么|吧|否)[的啊呀]?[。.?？，,]?\s*$"
)
_AS_SAID = {"又没有": "有没有", "没用": "没有", "没又": "没有", "每有": "没有"}
_ASKED_BY_EAR = re.compile(r"又没有|(没用|没又|每有)(?=[。.?？]?$)")
"""What machines make of 有没有 and of 没有 at a question's end."""
_CLAUSE = re.compile(r"[，,。.；;！!？?\s:：、]+")
_EMPTY = re.compile(
    r"^(嗯|啊|哦|呃|额|唉|哎|这个|那个|那|这|就是|反正|说老实话|说实话|老实说|说实在的|讲真|警官|领导|当时|后来|报告|真的|确实|其实)*$"
)
_RHETORIC = re.compile(
    r"(哪|哪里|哪儿|哪个)(有|能|会|敢|来|懂|知道|晓得|想|用|需要|还)|谁(知道|晓得|会|敢|能)|怎么(可能|会|敢|能)|咋(可能|会|敢|能)|凭(什么|啥)|"
    r"才怪|一个(也|都)?没|想都没|没往那|谈不上|蒙在鼓里|被瞒着|滴酒|从不|从没|从来(不|没)|压根|拒绝|否认|不相干|无关|不存在|没影"
)
_HEDGED = re.compile(
    r"(没|没有|不)(怎么|太|大|多|咋|全|完全|一定|算)|没准|说不[好准定清]|不好说|差不多|有时|偶尔|看情况|记不|不记得|没印象|忘了|忘记"
)
_ASSENT = re.compile(r"^(也|都|还|我|他|她)?(没少|不少|没错|不假|不错|没问题|不得不)")
_REPLY = re.compile(r"^(能|对|会|是的|对的|嗯|好|好的)(?=没(?!有?[。，,]?$)|我|他|她|就|都|这)")
"""A yes with something of its own behind it, where the machine heard no comma."""
_IGNORANT = re.compile(r"(不知道|不清楚|不晓得|不了解|没注意|没在意|没问)")
_OF_KNOWING = re.compile(r"知|清楚|晓得|了解|明白|懂|数|注意|认识|记得|印象|问")


@dataclass(frozen=True, slots=True)
class _Exchange:
    """A question of the talk and its answer: their units, and which way the answer goes."""

    first: int
    last: int
    said: bool
    keys: frozenset[str]


def stance(asked: str, answer: str) -> bool | None:
    """True where the answer says yes to a question of yes or no, False for no; None where nothing of both is sure."""
    asked = _ASKED_BY_EAR.sub(lambda m: _AS_SAID[m[0]], asked.strip())
    if not _POLAR.search(asked):
        return None
    whole = answer.strip()
    first = next((part for part in _CLAUSE.split(whole) if part and not _EMPTY.match(part)), "")
    denied = any(True for _ in denials(asked))
    if not first:
        return None if denied or not whole else bare_answer(whole)
    if _ASSENT.match(first) or _REPLY.match(first):
        return True
    if _HEDGED.search(first) or (_IGNORANT.search(first) and not _OF_KNOWING.search(asked)):
        return None
    if first.startswith(("没有不", "没有没", "没什么不", "不是不", "没不")):
        return True
    if _RHETORIC.search(first) or any(one.start < LATEST_NO for one in denials(first)):
        # 没有 to 没喝酒吧 agrees with it, and 是 too.
        return None if denied and bare_answer(first) is None and len(first) < LEAST_OWN else False
    if denied:
        return None
    return True


LATEST_NO = 12
"""Characters of an answer within which its no stands: a machine that hears no comma runs on into the tale."""
LEAST_OWN = 3
"""Characters from which a no has words of its own."""


def stances(sides: Sides) -> Iterator[Finding]:
    """Answers of the record that go the other way than those of the talk to the same question."""
    for number, turn in enumerate(sides.record.turns):
        if turn.role != ANSWER or not number or sides.record.turns[number - 1].role != QUESTION:
            continue
        asked = plain(sides.record.turns[number - 1].text)
        written = stance(asked, plain(turn.text))
        if written is None:
            continue
        if _bare(turn.text) in {_bare(sides.units[n].text) for n in _answers(sides, number)}:
            continue
        keys = frozenset(token.key for token in tokens(asked)) | _first_keys(plain(turn.text))
        found = [(shared_keys(keys, one.keys), one) for one in _exchanges(sides, number)]
        if not found or any(one.said is written and shared >= LEAST_SHARED for shared, one in found):
            continue
        shared, against = max(found, key=lambda pair: pair[0])
        if against.said is not written:
            alike = shared >= LEAST_SHARED and shared >= OF_ONE_QUESTION * min(len(keys), len(against.keys))
            misheard = against.said and _sounds_denied(_answer(sides, against))
            yield _turned(sides, number, against, sure=alike and not misheard)


def _bare(text: str) -> str:
    return re.sub(r"\W", "", plain(text))


def _answers(sides: Sides, turn: int) -> list[int]:
    first, last = slot(sides, turn)
    return [unit for unit in range(first, last + 1) if role_of(sides, unit) == ANSWER]


def agreed(sides: Sides) -> frozenset[int]:
    """The turns whose answer goes the same way on both sides."""
    found = set()
    for number, turn in enumerate(sides.record.turns):
        if turn.role == ANSWER and number and sides.record.turns[number - 1].role == QUESTION:
            written = stance(plain(sides.record.turns[number - 1].text), plain(turn.text))
            if written is not None and any(one.said is written for one in _exchanges(sides, number)):
                found.add(number)
    return frozenset(found)


def ways(sides: Sides, turn: int) -> tuple[bool | None, bool | None]:
    """Which way an answer goes in the record, and in the talk at its place; None where that is open."""
    if not turn or sides.record.turns[turn - 1].role != QUESTION:
        return None, None
    written = stance(plain(sides.record.turns[turn - 1].text), plain(sides.record.turns[turn].text))
    said = {one.said for one in _exchanges(sides, turn)}
    return written, said.pop() if len(said) == 1 else None


def shared_keys(a: frozenset[str], b: frozenset[str]) -> int:
    """How many tokens both exchanges hold."""
    return len(a & b)


def _first_keys(text: str) -> frozenset[str]:
    return frozenset(token.key for token in tokens(text[:24]))


def _exchanges(sides: Sides, turn: int) -> Iterator[_Exchange]:
    """The questions of yes or no at the place of a turn that the talk answers with yes or no."""
    first, last = slot(sides, turn)
    unit = first
    while unit <= last:
        if role_of(sides, unit) != ANSWER or (unit > first and role_of(sides, unit - 1) == ANSWER):
            unit += 1
            continue
        end = unit
        while end + 1 < len(sides.units) and role_of(sides, end + 1) == ANSWER:
            end += 1
        begin = unit
        while begin > 0 and unit - begin < LONGEST_QUESTION and role_of(sides, begin - 1) == QUESTION:
            begin -= 1
        asked, answer = _text(sides, range(begin, unit)), _text(sides, range(unit, end + 1))
        said = stance(asked, answer) if begin < unit else None
        if said is not None:
            keys = {token.key for one in sides.units[begin:unit] for token in one.tokens}
            yield _Exchange(begin, min(end, last), said, frozenset(keys) | _first_keys(answer))
        unit = end + 1


def _text(sides: Sides, units: Sequence[int]) -> str:
    """The words of some units, with a mark between them where the machine heard a pause alone."""
    return "，".join(sides.units[unit].text.strip().rstrip("，,") for unit in units)


def _answer(sides: Sides, exchange: _Exchange) -> str:
    units = range(exchange.first, exchange.last + 1)
    return _text(sides, [unit for unit in units if role_of(sides, unit) == ANSWER][:2])


def _sounds_denied(answer: str) -> bool:
    """Whether a character sounds like 不 or 没 and is none: 补知道 may have been 不知道."""
    sounds = syllables(answer)
    return any(s in ("bu", "mei") and c not in NEGATORS for s, c in zip(sounds, answer, strict=True))


def _turned(sides: Sides, turn: int, against: _Exchange, *, sure: bool) -> Finding:
    text = sides.record.turns[turn].text
    end = next((n for n, c in enumerate(text) if c in "，,。；;" and n), len(text))
    first, last = sides.units[against.first].start, sides.units[against.last].end
    unsure = (UNSURE_WORDS,) if sides.heard.sure(first, last) < UNSURE_BELOW else ()
    severity = gravity(Kind.FLIPPED_NEGATION, FactKind.NEGATION)
    return Finding(
        Kind.FLIPPED_NEGATION,
        severity if sure else doubted(severity),
        FactKind.NEGATION,
        turn,
        0,
        end,
        first,
        last,
        f"肯定与否定相反：笔录为{quoted(text[:end])}，录音中说的是{quoted(sides.heard.text[first:last])}",
        0.7 if sure and not unsure else 0.5,
        unsure,
    )
