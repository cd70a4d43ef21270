"""Key facts that differ between a turn and the stretch of talk that it stands for; pure.

A fact of the record is held when the recording says it in the turn's stretch or right beside it. One that is not held
is paired with the fact of its kind that stands in the most similar words; without such a one it is new. What sounds
alike on both sides is told as probably misheard, never dropped.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pipelines.speech.compare.facts import Fact, FactKind, place_core
from pipelines.speech.compare.findings import (
    GRAVE,
    MISHEARD,
    SAID_ELSEWHERE,
    UNSURE_BELOW,
    UNSURE_WORDS,
    Finding,
    Kind,
    Severity,
    doubted,
    fact_name,
    gravity,
    milder,
    quoted,
)
from pipelines.speech.compare.leftover import role_of
from pipelines.speech.compare.lexicon import PLACE_SUFFIXES, WORDY_SURNAMES
from pipelines.speech.compare.quantities import plain
from pipelines.speech.compare.quantity import Quantity, Unit, agree, comparable
from pipelines.speech.compare.sides import Sides, Stretch
from pipelines.speech.compare.sound import HALF, NEAR, SAME, best_place, closeness, syllables
from pipelines.speech.compare.sound import MISHEARD as SOUNDS_ALIKE
from pipelines.speech.compare.spoken import spoken
from pipelines.speech.compare.support import unlike
from pipelines.speech.compare.written import ANSWER

CONTEXT_TOKENS = 7
"""Tokens on either side that tell where a fact stands."""
PAIRED = 0.2
"""Share of the context that two facts must have in common to be each other's other form."""
RESEMBLES = 0.6
"""Closeness in sound from which words that the machine was unsure of may be the record's, misheard."""
OMITTABLE = frozenset(
    {FactKind.AMOUNT, FactKind.DATE, FactKind.TIME, FactKind.PLACE, FactKind.PERSON, FactKind.TOOL, FactKind.MEASURE}
)
"""Facts whose absence from a summary is worth a word."""
SHORT_NAME = 2
_TAKEN_BACK = re.compile(r"不对|不是|记错|说错|应该是|哦对|更正|准确地?说|大概是|不止")
_BY_LENGTH = sorted(PLACE_SUFFIXES, key=len, reverse=True)
_LONG_SUFFIXES = tuple(end for end in PLACE_SUFFIXES if len(end) > 1)
_LOCATIVE = tuple("在到去从往住于至回自经过")
_GENERIC_TOOLS = frozenset({"刀子", "小刀", "棍子", "锤子", "斧子", "酒瓶"})


@dataclass(frozen=True, slots=True)
class Said:
    """A fact of the talk and the unit that says it."""

    fact: Fact
    unit: int


def changed(sides: Sides) -> Iterator[Finding]:
    """Facts of the record that the recording says otherwise, or not at all."""
    for number, turn in enumerate(sides.record.turns):
        if sides.stretch(number) is None:
            continue
        here, near = _said(sides, number, 0), _said(sides, number, 1)
        for index in sides.clauses_of(number):
            clause = sides.clauses[index]
            for fact in clause.facts:
                if not any(same(fact, said.fact) for said in near) and not _in_words(sides, number, fact):
                    yield from _unheld(sides, (number, turn.role), clause, fact, (here, near))


def _said(sides: Sides, turn: int, around: int) -> list[Said]:
    first, last = sides.stretch(turn, around) or (0, -1)
    # The talk between two stretches belongs to neither turn and to both.
    low, high = max(0, first - 1), min(len(sides.units) - 1, last + 1)
    return [Said(fact, n) for n in range(low, high + 1) for fact in sides.units[n].facts]


def same(a: Fact, b: Fact) -> bool:
    """Whether two facts of both sides agree."""
    if a.quantity is not None and b.quantity is not None:
        return agree(a.quantity, b.quantity)
    if a.kind is not b.kind:
        return False
    if a.kind is FactKind.PLACE:
        return place_core(a.text) == place_core(b.text)
    if a.name == b.name or a.text in b.text or b.text in a.text:
        return True
    generic = bool({a.name, b.name} & _GENERIC_TOOLS)
    return a.kind is FactKind.TOOL and generic and bool(set(a.name) & set(b.name) - {"子", "小"})


def _in_words(sides: Sides, turn: int, fact: Fact) -> bool:
    """Whether the words of a named fact stand in the talk as they are, whatever kind they were taken for there."""
    talk = _talk(sides, turn)[1]
    if fact.quantity is not None:
        return _one_of_them(fact.text, fact.quantity, talk)
    if fact.kind is FactKind.PLACE and any(piece in talk for piece in _named_part(fact.text)):
        return True
    return fact.text in talk or (fact.kind is FactKind.PLACE and place_core(fact.text) in talk)


def _one_of_them(text: str, quantity: Quantity, talk: str) -> bool:
    """Whether the talk has the 一只 that the record writes as 1只: in talk it is an article and counts nothing."""
    return quantity.unit is Unit.COUNT and quantity.value == 1 and f"一{text.lstrip('1')}" in talk


def _named_part(place: str) -> list[str]:
    """What in a place's name, before its suffix, is long enough to be known again: 计算机 of 计算机专业大学."""
    left = next((place.removesuffix(end) for end in _BY_LENGTH if place.endswith(end)), place)
    return [left[n : n + 3] for n in range(len(left) - 2)]


def _talk(sides: Sides, turn: int) -> tuple[int, str]:
    """Where the talk around a turn begins, and its text in plain characters."""
    first, last = sides.stretch(turn, 1) or (0, -1)
    start, end = sides.units[max(0, first - 1)].start, sides.units[min(len(sides.units) - 1, last + 1)].end
    return start, plain(sides.heard.text[start:end])


def _unheld(
    sides: Sides, turn: tuple[int, str], clause: Stretch, fact: Fact, talk: tuple[Sequence[Said], Sequence[Said]]
) -> Iterator[Finding]:
    alike = _sounding_alike(sides, turn[0], fact)
    if alike is not None:
        yield _misheard(sides, turn[0], fact, alike, talk[1])
        return
    other = _other_form(sides, clause, fact, talk[0]) or _other_form(sides, clause, fact, talk[1])
    if other is not None:
        yield _other(sides, turn[0], fact, other)
    elif turn[1] == ANSWER and fact.kind not in (FactKind.MEANS, FactKind.PROPERTY, FactKind.COUNT):
        yield _new(sides, turn[0], fact)


@dataclass(frozen=True, slots=True)
class _Alike:
    """The characters of the talk that sound like a fact: how alike on the whole, and whether in every syllable."""

    first: int
    last: int
    score: float
    throughout: bool


def _sounding_alike(sides: Sides, turn: int, fact: Fact) -> _Alike | None:
    begin, text = _talk(sides, turn)
    if fact.quantity is not None:
        # Of a number each syllable counts: 三千五 and 三千六 sound alike on the whole.
        forms, thresholds = spoken(fact.quantity), [NEAR]
    elif fact.kind is FactKind.MEANS or len(fact.text) < 2:
        return None
    else:
        forms, thresholds = [place_core(fact.text) if fact.kind is FactKind.PLACE else fact.text], [HALF, 0.0]
    for least in thresholds:
        places = (best_place(syllables(form), syllables(text), least=least) for form in forms if len(form) > 1)
        score, first, last = max(places, default=(0.0, 0, 0))
        if score >= SOUNDS_ALIKE:
            return _Alike(begin + first, begin + last, score, least >= HALF)
    return None


def _misheard(sides: Sides, turn: int, fact: Fact, alike: _Alike, near: Sequence[Said]) -> Finding:
    first, last, score = alike.first, alike.last, alike.score
    heard = sides.heard.text[first:last]
    # 金鼎大厦 beside 金源大厦 is a place of its own; 晶圆大厦 sounds like it throughout, 金圆大下 is none.
    rival = any(_of_a_kind(fact, s.fact) and s.fact.start < last and first < s.fact.end for s in near)
    if rival and not alike.throughout:
        severity = milder(gravity(Kind.CHANGED_FACT, fact.kind))
    elif score == SAME or fact.kind not in GRAVE:
        severity = Severity.WORDING
    else:
        severity = Severity.LISTEN
    return Finding(
        Kind.CHANGED_FACT,
        severity,
        fact.kind,
        turn,
        fact.start,
        fact.end,
        first,
        last,
        f"{fact_name(fact.kind)}：笔录为{quoted(fact.text)}，录音识别为{quoted(heard)}，"
        "读音相近，可能是识别误差，请回听确认",
        round(0.5 * (1.0 - score) + 0.2, 2),
        (MISHEARD, *_unsure(sides, first, last)),
    )


def _unsure(sides: Sides, first: int, last: int) -> tuple[str, ...]:
    return (UNSURE_WORDS,) if sides.heard.sure(first, last) < UNSURE_BELOW else ()


def _other_form(sides: Sides, clause: Stretch, fact: Fact, talk: Sequence[Said]) -> Said | None:
    """The fact of the same kind in the most similar words; None when none stands in similar words."""
    context = _context(clause, fact, None)
    best: tuple[float, Said | None] = (PAIRED, None)
    for said in talk:
        if not _of_a_kind(fact, said.fact):
            continue
        words = _context(sides.units[said.unit], said.fact, (sides, said.unit))
        if any(same(said.fact, own) for own in clause.facts if own is not fact):
            continue
        score = len(context & words) / max(1, min(len(context), len(words)))
        if score > best[0]:
            best = (score, said)
    if best[1] is None:
        if fact.kind in (FactKind.MEANS, FactKind.PROPERTY):
            return None
        rivals = [s for s in talk if _of_a_kind(fact, s.fact) and not any(same(s.fact, own) for own in clause.facts)]
        return rivals[0] if len(rivals) == 1 else None
    return best[1]


def _of_a_kind(a: Fact, b: Fact) -> bool:
    if a.quantity is not None and b.quantity is not None:
        return comparable(a.quantity, b.quantity)
    return a.kind is b.kind


def _context(stretch: Stretch, fact: Fact, around: tuple[Sides, int] | None) -> set[str]:
    """The keys of the tokens beside a fact; of talk also those of the units next to it."""
    row = list(stretch.tokens)
    if around is not None:
        sides, unit = around
        row = [token for one in sides.units[max(0, unit - 1) : unit + 2] for token in one.tokens]
    before = [t.key for t in row if t.end <= fact.start][-CONTEXT_TOKENS:]
    after = [t.key for t in row if t.start >= fact.end][:CONTEXT_TOKENS]
    return {*before, *after}


def _is_firm(sides: Sides, fact: Fact, text: str) -> bool:
    """Whether a name of `text` is surely one: 曾转 with a surname that is a word as well, seen once, may be none.

    A place with a suffix of one character is one behind 在, 到 and their like: 无人员探路 holds none.
    """
    if fact.kind is FactKind.PLACE and not fact.text.endswith(_LONG_SUFFIXES):
        firm = text[: fact.start].endswith(_LOCATIVE)
    else:
        firm = fact.kind is not FactKind.PERSON or fact.name[:1] not in WORDY_SURNAMES or len(fact.name) != SHORT_NAME
    return firm or _seen(sides, fact.text) > 1


def _on_both(sides: Sides, fact: Fact, said: Fact) -> bool:
    """Whether the talk knows the name that the record has here, or the record the one of the talk."""
    return fact.text in sides.heard.text or any(said.text in turn.text for turn in sides.record.turns)


def _seen(sides: Sides, words: str) -> int:
    """How often both sides together hold some words."""
    return sum(turn.text.count(words) for turn in sides.record.turns) + sides.heard.text.count(words)


def _resembles(a: Fact, b: Fact) -> bool:
    """Whether two facts sound so much alike that one may be the other, misheard."""
    forms = [(spoken(one.quantity) if one.quantity is not None else []) or [one.text] for one in (a, b)]
    return any(closeness(syllables(x), syllables(y)) >= RESEMBLES for x in forms[0] for y in forms[1])


def _other(sides: Sides, turn: int, fact: Fact, said: Said) -> Finding:
    first, last = said.fact.start, said.fact.end
    unsure = _unsure(sides, first, last)
    written, spoken = sides.record.turns[turn].text[fact.start : fact.end], sides.heard.text[first:last]
    # What is misheard sounds like what was said, or has lost a syllable (赵国平, 赵平): words of another sound differ,
    # however unsure the machine was of them.
    lost = fact.quantity is None and len(fact.text) != len(said.fact.text)
    doubtful = ((bool(unsure) or lost) and _resembles(fact, said.fact)) or _is_vague(fact) or _is_vague(said.fact)
    severity = gravity(Kind.CHANGED_FACT, fact.kind)
    # Two persons of one case, each named on both sides, are seldom one that was changed into the other.
    doubtful = doubtful or (fact.kind in (FactKind.PERSON, FactKind.PLACE) and _on_both(sides, fact, said.fact))
    doubtful = doubtful or not (
        _is_firm(sides, fact, sides.record.turns[turn].text) and _is_firm(sides, said.fact, sides.heard.text)
    )
    return Finding(
        Kind.CHANGED_FACT,
        doubted(severity) if doubtful else severity,
        fact.kind,
        turn,
        fact.start,
        fact.end,
        first,
        last,
        f"{fact_name(fact.kind)}不一致：笔录为{quoted(written)}，录音中说的是{quoted(spoken)}",
        0.6 if unsure else 0.85,
        unsure,
    )


def _is_vague(fact: Fact) -> bool:
    """Whether a sum is a guess: 十来万元 beside a sum of another thing is more often two sums than one."""
    return fact.kind is FactKind.AMOUNT and fact.quantity is not None and fact.quantity.vague


def _unlike_all(sides: Sides, turn: int, fact: Fact) -> bool:
    """Whether nothing that is said around a turn sounds even half like a fact."""
    return unlike(fact, [sound for sound in syllables(_talk(sides, turn)[1]) if sound.isalnum()])


def _new(sides: Sides, turn: int, fact: Fact) -> Finding:
    first, last = sides.stretch(turn) or sides.gap(turn)
    elsewhere = next((f for unit in sides.units for f in unit.facts if same(fact, f)), None)
    start, end = sides.units[first].start, sides.units[last].end
    where = ""
    if elsewhere is not None:
        start, end, where = elsewhere.start, elsewhere.end, "，但录音其他位置出现过"
    severity = gravity(Kind.ADDED_FACT, fact.kind)
    if not _is_firm(sides, fact, sides.record.turns[turn].text):
        severity = doubted(severity)
    if elsewhere is None and _unsure(sides, start, end) and not _unlike_all(sides, turn, fact):
        severity = doubted(severity)
    return Finding(
        Kind.ADDED_FACT,
        milder(severity) if elsewhere is not None else severity,
        fact.kind,
        turn,
        fact.start,
        fact.end,
        start,
        end,
        f"{fact_name(fact.kind)}：笔录中的{quoted(fact.text)}在对应录音中没有说到{where}",
        0.5 if elsewhere is not None else 0.7,
        (SAID_ELSEWHERE,) if elsewhere is not None else (),
        said=elsewhere is not None,
    )


# --- the other way round ---------------------------------------------------------------------------------------------
def omitted(sides: Sides, told: Sequence[Finding]) -> Iterator[Finding]:
    """Facts of answers that the record does not hold; talk that is told as missing has its facts told with it."""
    written = [fact for clause in sides.clauses for fact in clause.facts]
    seen: list[Fact] = []
    for index, unit in enumerate(sides.units):
        if not unit.facts or role_of(sides, index) != ANSWER:
            continue
        for fact in unit.facts:
            if fact.kind not in OMITTABLE or any(same(fact, f) for f in (*written, *seen)):
                continue
            if any(finding.first < fact.end and fact.start < finding.last and finding.said for finding in told):
                continue
            if _taken_back(sides, fact) or _heard_in_record(sides, fact):
                continue
            seen.append(fact)
            yield _left_out(sides, index, fact)


def _taken_back(sides: Sides, fact: Fact) -> bool:
    """Whether the speaker corrects the fact at once, or says it as a guess."""
    after = sides.heard.text[fact.end : fact.end + 12]
    return bool(_TAKEN_BACK.search(after)) or bool(fact.quantity is not None and fact.quantity.vague)


def _heard_in_record(sides: Sides, fact: Fact) -> bool:
    """Whether the record holds the words, or what sounds like them."""
    if fact.quantity is not None:
        return False
    sounds = syllables(fact.text)
    return any(
        fact.text in turn.text or best_place(sounds, syllables(turn.text))[0] >= SOUNDS_ALIKE
        for turn in sides.record.turns
    )


def _left_out(sides: Sides, unit: int, fact: Fact) -> Finding:
    turn = next((t for t in sides.alignment.turn_of[unit::-1] if t is not None), 0)
    end = len(sides.record.turns[turn].text)
    return Finding(
        Kind.OMITTED_FACT,
        gravity(Kind.OMITTED_FACT, fact.kind),
        fact.kind,
        turn,
        end,
        end,
        fact.start,
        fact.end,
        f"{fact_name(fact.kind)}：录音中说到的{quoted(fact.text)}在笔录中没有记载",
        0.5,
    )
