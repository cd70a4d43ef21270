"""Where record and recording say the opposite: a denial that became an admission, intent that became an accident; pure.

A clause is held against the units of talk that speak of the same thing, negators left out. What one side denies and the
other says without denial is a contradiction, unless the talk near by says it in the record's way too. A question says
nothing itself: what was asked counts as the answer to it says, 没有 or 对.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from pipelines.speech.compare.facts import FactKind
from pipelines.speech.compare.findings import (
    MISHEARD,
    UNSURE_BELOW,
    UNSURE_WORDS,
    Finding,
    Kind,
    doubted,
    gravity,
    quoted,
)
from pipelines.speech.compare.leftover import role_of
from pipelines.speech.compare.lexicon import NEGATORS
from pipelines.speech.compare.polarity import Denied, bare_answer, denials, mind
from pipelines.speech.compare.quantities import plain
from pipelines.speech.compare.sides import Sides, Stretch, clause_spans
from pipelines.speech.compare.sound import alike, merged, syllables
from pipelines.speech.compare.synonyms import SYNONYMS
from pipelines.speech.compare.written import ANSWER, QUESTION

OF_ONE_THING = 0.34
"""Share of the lighter stretch's weight that both must hold to speak of one thing."""
ANSWERED = 0.2
"""Share of a clause's weight in an answer from which the answer says a part of it."""
BESIDE = 0.3
"""Share of the words beside a denied verb that the other side's stretch must hold too."""
REPLY_UNITS = 4
"""Units after a question among which its answer is looked for."""
EARLIER_UNITS = 6
"""Units before the question found for a turn that may hold another one, which the record puts into the same turn."""
_SOUNDS_SAME = 0.8
_NEGATING = frozenset({"bu", "mei"})
_COMPLEMENTS = frozenset("着到了过给上下完好住掉死伤走")
"""What may follow a verb without changing whether it is denied."""


@dataclass(frozen=True, slots=True)
class _Verdict:
    """Whether a unit contradicts a clause (True), agrees with it (False), or neither (None); and where.

    `head` is the verb at stake, "" where a bare answer decides; `denied` whether the record denies it, `more` whether
    it is only said that it went on.
    """

    against: bool | None
    first: int
    last: int
    head: str = ""
    denied: bool = False
    more: bool = False


def contradictions(sides: Sides) -> Iterator[Finding]:
    """Clauses of answers that the talk contradicts."""
    for number, turn in enumerate(sides.record.turns):
        if turn.role != ANSWER:
            continue
        yield from _short(sides, number)
        for index in sides.clauses_of(number):
            verdicts = [_verdict(sides, index, unit) for unit in _candidates(sides, index)]
            if any(v.against is False for v in verdicts):
                continue
            against = next((v for v in verdicts if v.against and not _held(sides, index, v)), None)
            if against is not None:
                yield _flipped(sides, number, sides.clauses[index], against)
                break


def verdicts(sides: Sides, index: int) -> list[bool | None]:
    """Of each unit near by that speaks of what a clause does: whether it contradicts it, agrees (False), or neither."""
    return [_verdict(sides, index, unit).against for unit in _candidates(sides, index)]


def _held(sides: Sides, index: int, verdict: _Verdict) -> bool:
    """Whether an answer near by says the verb at stake the way the record does."""
    clause = sides.clauses[index]
    span = sides.stretch(clause.owner, 1)
    if not verdict.head or span is None:
        return False
    stub = Denied(verdict.head, 0, 0)
    for unit in range(max(0, span[0] - 1), min(len(sides.units), span[1] + 2)):
        said = sides.units[unit]
        if role_of(sides, unit) == QUESTION or (verdict.more and not _WENT_ON.search(said.text)):
            continue
        speaks = _speaks_of(stub, said.text, list(denials(said.text)))
        if speaks is not None and speaks is verdict.denied and _shares(clause, said, verdict.head):
            return True
    return False


def _shares(clause: Stretch, said: Stretch, head: str) -> bool:
    """Whether a unit has words of a clause beside the verb itself, or nothing else at all."""
    beside = _all_keys(said) - {merged(sound) for sound in syllables(head)}
    return not beside or len(beside & _all_keys(clause)) >= BESIDE * len(beside)


def _candidates(sides: Sides, index: int) -> list[int]:
    """The units near by that speak of the same thing as a clause, likest first."""
    clause = sides.clauses[index]
    span = sides.stretch(clause.owner, 1)
    if span is None or not clause.weight:
        return []
    units = range(max(0, span[0] - 1), min(len(sides.units), span[1] + 2))
    found = []
    for unit in units:
        lighter = min(clause.weight, sides.units[unit].weight)
        if lighter > 0 and sides.alike[index, unit] >= OF_ONE_THING * lighter:
            found.append(unit)
    return sorted(found, key=lambda unit: -float(sides.alike[index, unit]))


def _verdict(sides: Sides, index: int, unit: int) -> _Verdict:
    clause, said = sides.clauses[index], sides.units[unit]
    if role_of(sides, unit) == QUESTION:
        return _asked(sides, clause, unit)
    mine, theirs = list(denials(clause.text)), list(denials(said.text))
    for own, other, stretch, rival in ((mine, theirs, clause, said), (theirs, mine, said, clause)):
        for denied in own:
            found = _speaks_of(denied, rival.text, other)
            if found is None or (found is False and not _fits(denied, stretch, rival)):
                continue
            if found is False and any(not one.scope for one in other):
                # 一句假话没有: what is denied stands before its negator.
                continue
            return _Verdict(not found, said.start, said.end, denied.scope[:2], stretch is clause, denied.more)
    return _Verdict(None, said.start, said.end)


_WENT_ON = re.compile(r"又|再|接着|继续|还")


def _fits(denied: Denied, stretch: Stretch, rival: Stretch) -> bool:
    """Whether what is denied in one stretch is what the other one says: beside the verb they share some words."""
    if denied.more and not _WENT_ON.search(rival.text):
        return False
    own = _keys(stretch, denied.start)
    head = {merged(sound) for sound in syllables(denied.scope[:2])}
    beside = own - head
    return not beside or len(beside & _all_keys(rival)) >= BESIDE * len(beside)


def _keys(stretch: Stretch, at: int) -> set[str]:
    """The keys of the part of a stretch, between marks, that holds its character `at`."""
    for start, end in clause_spans(stretch.text):
        if start <= at < end:
            return {t.key.lstrip("=") for t in stretch.tokens if start <= t.start - stretch.start < end}
    return set()


def _all_keys(stretch: Stretch) -> set[str]:
    return {token.key.lstrip("=") for token in stretch.tokens}


def _speaks_of(denied: Denied, text: str, other: Sequence[Denied]) -> bool | None:
    """Whether `text` denies what `denied` denies (True), says it (False), or does not speak of it (None)."""
    sounds = syllables(text)
    seen: bool | None = None
    for head in map(syllables, _forms(denied.scope)):
        for start in range(len(sounds) - len(head) + 1):
            if all(alike(a, b) >= _SOUNDS_SAME for a, b in zip(head, sounds[start : start + len(head)], strict=True)):
                if any(d.end <= start < d.end + 8 and not _ends_between(text, d.end, start) for d in other):
                    return True
                seen = False
    return seen


def _forms(scope: str) -> list[str]:
    """The verb of a denial in the forms that it may have on the other side: 晓得 is 知道, 撞着 is 撞到."""
    group = next((g for g in SYNONYMS if any(scope.startswith(word) for word in g)), ())
    forms = [scope[:2], *group]
    if len(scope) > 1 and scope[1] in _COMPLEMENTS:
        forms.append(scope[0])
    return [form for form in dict.fromkeys(forms) if form]


def _ends_between(text: str, start: int, end: int) -> bool:
    return any(mark in text[start:end] for mark in "，,。；;？?！!")


def _asked(sides: Sides, clause: Stretch, unit: int) -> _Verdict:
    """What the answer to a question makes of it, held against a clause that speaks of what was asked."""
    asked = sides.units[unit]
    nothing = _Verdict(None, asked.start, asked.end)
    if float(sides.alike[sides.clauses.index(clause), unit]) < 0.5 * clause.weight or any(
        True for _ in denials(asked.text)
    ):
        return nothing
    reply = answer_to(sides, unit)
    if reply is None:
        return nothing
    yes, at = reply
    denied = any(_speaks_of(d, asked.text, ()) is not None or not d.scope for d in denials(clause.text))
    return _Verdict(yes == denied, asked.start, sides.units[at].end)


def answer_to(sides: Sides, unit: int) -> tuple[bool, int] | None:
    """What the talk after a question answers, yes or no, and the unit that does; None for neither."""
    for later in range(unit + 1, min(len(sides.units), unit + 1 + REPLY_UNITS)):
        if role_of(sides, later) == QUESTION:
            if sides.units[later].role == QUESTION or sides.units[later].tokens:
                return None
            continue
        if sides.units[later].text.strip():
            said = bare_answer(sides.units[later].text)
            return None if said is None else (said, later)
    return None


def _short(sides: Sides, number: int) -> Iterator[Finding]:
    """An answer that begins with yes or no, held against the reply to the question that stands before it."""
    turn = sides.record.turns[number]
    if number == 0 or sides.record.turns[number - 1].role != QUESTION:
        return
    own = sides.stretch(number)
    span = sides.stretch(number - 1) or sides.gap(number - 1)
    written = bare_answer(turn.text)
    if written is None and own is not None and not any(True for _ in denials(turn.text)):
        # 发生了事故 to a question that was answered 没有: words of its own, which nobody said.
        clauses = sides.clauses_of(number)
        written = True if clauses and not any(_answered(sides, n, own) for n in clauses) else None
    if written is None:
        return
    questions = [u for u in range(span[0], span[1] + 1) if role_of(sides, u) == QUESTION and sides.units[u].tokens]
    replies = [reply for u in questions if (reply := answer_to(sides, u)) is not None]
    if not replies or any(said == written for said, _ in replies):
        return
    # The record may ask two things at once, of which the talk answers this one before: then somebody has to listen.
    before = [u for u in range(max(0, span[0] - EARLIER_UNITS), span[0]) if role_of(sides, u) == QUESTION]
    earlier = [reply for u in before if sides.units[u].tokens and (reply := answer_to(sides, u)) is not None]
    unit = replies[-1][1]
    # 没有 to a question about a denial agrees with it: which way a reply goes is then open.
    if any(True for u in questions for _ in denials(sides.units[u].text)):
        return
    end = min((n for n, c in enumerate(turn.text) if c in "，,。；;" and n), default=len(turn.text))
    verdict = _Verdict(True, sides.units[questions[-1]].start, sides.units[unit].end)
    stub = Stretch(number, 0, end, turn.text[:end], (), frozenset(), 0.0, (), None)
    yield _flipped(sides, number, stub, verdict, sure=not any(said == written for said, _ in earlier))


def _answered(sides: Sides, index: int, span: tuple[int, int]) -> bool:
    """Whether an answer of the stretch says a part of a clause."""
    weight = sides.clauses[index].weight
    units = [u for u in range(span[0], span[1] + 1) if role_of(sides, u) == ANSWER]
    return not weight or any(float(sides.alike[index, u]) >= ANSWERED * weight for u in units)


def _flipped(sides: Sides, turn: int, clause: Stretch, against: _Verdict, *, sure: bool = True) -> Finding:
    written = sides.record.turns[turn].text[clause.start : clause.end]
    spoken = sides.heard.text[against.first : against.last]
    unsure = (UNSURE_WORDS,) if sides.heard.sure(against.first, against.last) < UNSURE_BELOW else ()
    misheard = (MISHEARD,) if _sounds_negated(spoken, against.head) else ()
    severity = gravity(Kind.FLIPPED_NEGATION, FactKind.NEGATION)
    return Finding(
        Kind.FLIPPED_NEGATION,
        severity if sure and not misheard else doubted(severity),
        FactKind.NEGATION,
        turn,
        clause.start,
        clause.end,
        against.first,
        against.last,
        f"肯定与否定相反：笔录为{quoted(written)}，录音中说的是{quoted(spoken)}",
        0.6 if unsure or misheard else 0.8,
        (*misheard, *unsure),
    )


def _sounds_negated(text: str, verb: str) -> bool:
    """Whether a character before the verb sounds like 不 or 没 and is none: 补熟 is 不熟, misheard; 补充 is a word."""
    sounds, head = syllables(plain(text)), syllables(verb)
    return bool(head) and any(
        sounds[n] in _NEGATING and text[n] not in NEGATORS and sounds[n + 1] == head[0] for n in range(len(sounds) - 1)
    )


# --- states of mind --------------------------------------------------------------------------------------------------
def minds(sides: Sides) -> Iterator[Finding]:
    """Answers whose intent the talk says otherwise or not at all, and accidents that the record does not speak of."""
    everywhere = [_minds_said(sides, range(len(sides.units)))]
    for number, turn in enumerate(sides.record.turns):
        if turn.role != ANSWER:
            continue
        span = sides.stretch(number, 1)
        if span is None:
            continue
        written = mind(turn.text, ANSWER)
        said = _minds_said(sides, range(max(0, span[0] - 1), min(len(sides.units), span[1] + 2)))
        values = {value for value, _ in said}
        if written.deliberate is None or written.deliberate in values:
            continue
        first, last = sides.stretch(number) or span
        place = next((unit for value, unit in said if value is not written.deliberate), None)
        if place is None and any(value == written.deliberate for value, _ in everywhere[0]):
            continue
        yield _mind(sides, number, written.deliberate_at, (first, last), place)


def _minds_said(sides: Sides, units: range) -> list[tuple[bool, int]]:
    """Every statement about intent among the units, and where; of a question what its answer makes of it."""
    found: list[tuple[bool, int]] = []
    for unit in units:
        text = sides.units[unit].text
        if role_of(sides, unit) == ANSWER:
            value = mind(text, ANSWER).deliberate
        else:
            asked = mind(text.replace("是不是", "是").replace("有没有", "有"), ANSWER).deliberate
            reply = answer_to(sides, unit)
            value = None if asked is None or reply is None else asked == reply[0]
        if value is not None:
            found.append((value, unit))
    return found


def _mind(sides: Sides, turn: int, words: tuple[int, int], span: tuple[int, int], place: int | None) -> Finding:
    written = sides.record.turns[turn].text[words[0] : words[1]]
    first, last = (place, place) if place is not None else span
    start, end = sides.units[first].start, sides.units[last].end
    spoken = sides.heard.text[start:end]
    explanation = (
        f"主观心态不一致：笔录为{quoted(written)}，录音中说的是{quoted(spoken)}"
        if place is not None
        else f"主观心态：笔录中的{quoted(written)}在对应录音中没有说到"
    )
    return Finding(
        Kind.CHANGED_INTENT,
        gravity(Kind.CHANGED_INTENT, FactKind.INTENT),
        FactKind.INTENT,
        turn,
        words[0],
        words[1],
        start,
        end,
        explanation,
        0.8 if place is not None else 0.6,
        said=place is not None,
    )


def mean_alike(sides: Sides) -> float:
    """How much of the record's clauses the talk holds on the whole, 0 to 1: low where they do not belong together."""
    if not sides.clause_in_talk.size:
        return 0.0
    weights = np.array([clause.weight for clause in sides.clauses])
    best = sides.clause_in_talk.max(axis=1)
    return float((best * weights).sum() / max(weights.sum(), 1e-9))
