"""What one side says and the other nowhere: sentences of the record without a voice, answers without a line; pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from pipelines.speech.compare.facts import Fact, FactKind
from pipelines.speech.compare.findings import Finding, Kind, Severity, doubted, gravity, milder, quoted
from pipelines.speech.compare.leftover import loose, of_talk, of_turn, role_of, said_keys
from pipelines.speech.compare.lexicon import CONFESSING, WORDS_OF_CLERKS
from pipelines.speech.compare.polarity import bare_answer, denials, mind
from pipelines.speech.compare.quantity import agree
from pipelines.speech.compare.sides import Sides, Stretch
from pipelines.speech.compare.sound import best_place, closeness, syllables
from pipelines.speech.compare.spoken import spoken
from pipelines.speech.compare.written import ANSWER, QUESTION

SAID_NEARBY = 0.36
"""Coverage by the turn's own stretch and its neighbours from which a clause counts as said there."""
SAID_ANYWHERE = 0.62
"""The same for the whole recording, where chance has more room."""
SURELY_NOT = 0.24
"""Coverage below which a clause, or an answer, is surely not on the other side; between, words may be misheard."""
LEAST_TOKENS = 5
"""Tokens that a sentence must have before its absence is worth a word."""
LEAST_CONFESSED = 3
"""The same for a confession."""
LEAST_MISSING_TOKENS = 7
"""The same for talk that a summary leaves out."""
RESEMBLES = 0.4
"""Closeness in sound from which talk may be a clause that was misheard; 1 in 100 of other clauses comes so near."""
LEAST_SOUNDS = 6
"""Shorter talk sounds like too much."""
HALF_ALIKE = 0.5
"""The same for a name or a number alone, which is short."""
CONFESSED = 0.55
"""The same for a confession in words that nobody says there: it must be said, not only resemble what is."""
LEAST_ALONE = 3
"""A unit of fewer tokens is written or missing with what stands beside it: 不知道 stands everywhere."""
QUANTITY_TOKENS = 4
"""Tokens that a sum, a time or a number counts as."""
DENIAL_TOKENS = 2
"""Tokens that a denial counts as beside the words that it denies."""
_SENTENCE_ENDS = ("。", "！", "!", "？", "?", "；", ";")

LEAST_OVER = 5
"""Tokens by which more must be over on one side than on the other before it is claimed that something is gone."""
REWORDED = 0.5
"""Tokens over on the other side, for each on this one, from which a stretch is probably said there in other words."""


def is_said(sides: Sides, clause: int) -> bool:
    """Whether the recording says a clause of the record, near its place or clearly anywhere."""
    coverage = sides.clause_in_talk[clause]
    if coverage.size and float(coverage.max()) >= SAID_ANYWHERE:
        return True
    return nearby(sides, clause) >= (CONFESSED if _confesses_anew(sides, clause) else SAID_NEARBY)


def _confesses_anew(sides: Sides, clause: int) -> bool:
    """Whether a clause confesses in words that nobody says near its place."""
    one = sides.clauses[clause]
    words = confessing(one.text)
    if not words or sides.record.turns[one.owner].role != ANSWER:
        return False
    first, last = sides.stretch(one.owner, around=1) or sides.gap(one.owner)
    talk = "".join(unit.text for unit in sides.units[max(0, first - 1) : last + 2])
    return not any(word in talk for word in words)


def confessing(text: str) -> list[str]:
    """The words of a confession in `text`, none that is denied: 不知道 confesses nothing."""
    spans = [
        (match.start(), match[0])
        for word in CONFESSING
        if word not in WORDS_OF_CLERKS
        for match in re.finditer(re.escape(word), text)
    ]
    return [word for start, word in spans if text[start - 1 : start] not in ("不", "没", "未")]


def nearby(sides: Sides, clause: int) -> float:
    """How much of a clause the stretch of its turn and of the turns beside it holds."""
    turn = sides.clauses[clause].owner
    first, last = sides.stretch(turn, around=1) or sides.gap(turn)
    inside = sides.clause_in_talk[clause][max(0, first - 2) : last + 1]
    return float(inside.max()) if inside.size else 0.0


def added(sides: Sides) -> Iterator[Finding]:
    """Runs of clauses of one answer that the recording does not say."""
    for number, turn in enumerate(sides.record.turns):
        runs = list(_unsaid(sides, number))
        if turn.role != ANSWER:
            runs = [run for run in runs if len(run) == len(sides.clauses_of(number))]
        for run, reworded in _reworded(sides, number, runs):
            yield from _added(sides, number, run, reworded)


def _unsaid(sides: Sides, turn: int) -> Iterator[list[int]]:
    """The runs of clauses that the recording does not say, none over the end of a sentence."""
    run: list[int] = []
    for clause in sides.clauses_of(turn):
        if is_said(sides, clause) or not sides.clauses[clause].tokens:
            yield from filter(None, [run])
            run = []
        else:
            run.append(clause)
            if sides.record.turns[turn].role == ANSWER and sides.clauses[clause].text.endswith(_SENTENCE_ENDS):
                yield run
                run = []
    yield from filter(None, [run])


def _reworded(sides: Sides, turn: int, runs: Sequence[list[int]]) -> Iterator[tuple[list[int], bool]]:
    """Each run, and whether the talk left over at its place suffices for it: confessions take what others leave."""
    over = float(of_turn(sides, turn).said)
    confessions = {n: bool(confessing("".join(sides.clauses[c].text for c in run))) for n, run in enumerate(runs)}
    for n in sorted(confessions, key=lambda n: (confessions[n], n)):
        new = _new_tokens(sides, turn, runs[n])
        yield runs[n], over >= REWORDED * max(1, new)
        over -= min(over, new)


def _added(sides: Sides, turn: int, run: Sequence[int], reworded: bool) -> Iterator[Finding]:
    clauses = [sides.clauses[n] for n in run]
    text = "".join(clause.text for clause in clauses)
    answer = sides.record.turns[turn].role == ANSWER
    fact = gravest(clauses)
    confession = answer and bool(confessing(text))
    size = sum(len(clause.tokens) for clause in clauses)
    if size < (LEAST_CONFESSED if confession else LEAST_TOKENS):
        return
    # A question in other words, with its answer in the talk, is a clerk's; with none it goes with its answer.
    severity = gravity(Kind.ADDED, fact) if answer else Severity.WORDING
    if confession:
        severity = Severity.MAJOR
    best = min(nearby(sides, n) for n in run)
    if confession and any(_confesses_anew(sides, n) for n in run):
        # Its own word is said by nobody near: what resembles the rest of it does not make it said.
        severity = Severity.MAJOR if best < SAID_NEARBY and not reworded else Severity.LISTEN
    elif reworded or _new_tokens(sides, turn, run) < LEAST_CONFESSED:
        severity = Severity.LISTEN if _graver(fact) else milder(severity, 2)
    elif best >= SURELY_NOT or _holds_a_fact(sides, turn, clauses):
        severity = milder(severity, 2)
    else:
        severity = doubted(severity) if _maybe_misheard(sides, turn, clauses) else severity
    first, last = sides.stretch(turn) or sides.gap(turn)
    what = "有罪供述" if confession else ("答话" if answer else "问话")
    yield Finding(
        Kind.ADDED,
        severity,
        fact,
        turn,
        clauses[0].start,
        clauses[-1].end,
        sides.units[first].start,
        sides.units[last].end,
        f"笔录中的{what}{quoted(sides.record.turns[turn].text[clauses[0].start : clauses[-1].end])}在录音中没有找到",
        round(min(0.95, 1.0 - best), 2),
        said=False,
    )


def _new_tokens(sides: Sides, turn: int, run: Sequence[int]) -> int:
    """How many tokens of a run nobody says at the place of its turn, in whatever word of their group."""
    here = said_keys(sides, turn)
    return sum(key not in here for clause in run for key in loose(sides.clauses[clause]))


def _graver(fact: FactKind | None) -> bool:
    """Whether other words may hide another meaning: who denied or meant what must be listened to."""
    return fact in (FactKind.INTENT, FactKind.AMOUNT)


def _maybe_misheard(sides: Sides, turn: int, clauses: Sequence[Stretch]) -> bool:
    """Whether talk near by that the record does not account for sounds like the clauses, as far as a bad ear goes.

    Their names and numbers must sound like something there: however bad the ear, 徐大勇 is not heard as 梁红.
    """
    first, last = sides.stretch(turn, around=1) or sides.gap(turn)
    units = range(max(0, first - 1), min(len(sides.units), last + 2))
    sounds = [sound for clause in clauses for sound in _said(clause)]
    near = _sounds("".join(sides.units[unit].text for unit in units))
    if any(unlike(fact, near) for clause in clauses for fact in clause.facts):
        return False
    for unit in units:
        if float(sides.unit_in_record[unit].max(initial=0.0)) < SAID_ANYWHERE:
            after = sides.units[unit + 1].text if unit + 1 < len(sides.units) else ""
            said = sides.units[unit].text
            if max(closeness(sounds, _sounds(heard)) for heard in (said, said + after)) >= RESEMBLES:
                return True
    return False


def unlike(fact: Fact, near: Sequence[str]) -> bool:
    """Whether nothing near sounds even half like a name or a number."""
    if fact.quantity is None and fact.kind not in (FactKind.PERSON, FactKind.PLACE, FactKind.TOOL):
        return False
    forms = spoken(fact.quantity) if fact.quantity is not None else [fact.text]
    long = [form for form in forms if len(form) > 1]
    return bool(long) and all(best_place(_sounds(form), near)[0] < HALF_ALIKE for form in long)


def _said(stretch: Stretch) -> list[str]:
    """The syllables of a stretch as it would be said: 22时20分 is 十点二十."""
    text, position = "", 0
    for fact in stretch.facts:
        forms = spoken(fact.quantity) if fact.quantity is not None else []
        start, end = fact.start - stretch.start, fact.end - stretch.start
        if forms and start >= position:
            text += stretch.text[position:start] + min(forms, key=len)
            position = end
    return _sounds(text + stretch.text[position:])


def _sounds(text: str) -> list[str]:
    return [sound for sound in syllables(text) if sound.isalnum()]


def _holds_a_fact(sides: Sides, turn: int, clauses: Sequence[Stretch]) -> bool:
    """Whether a number of the clauses is said about the turn's place: then the rest is said in other words."""
    span = sides.stretch(turn, 1) or sides.gap(turn)
    said = [f.quantity for unit in sides.units[span[0] : span[1] + 1] for f in unit.facts if f.quantity is not None]
    counted = [f.quantity for clause in clauses for f in clause.facts if f.quantity is not None]
    return any(agree(mine, theirs) for mine in counted for theirs in said)


def gravest(stretches: Sequence[Stretch]) -> FactKind | None:
    """The kind of the gravest fact that stretches speak of: intent and denial before things counted."""
    text = "".join(stretch.text for stretch in stretches)
    said = mind(text, ANSWER)
    if said.deliberate is not None:
        return FactKind.INTENT
    if any(denied.scope for denied in denials(text)):
        return FactKind.NEGATION
    kinds = [fact.kind for stretch in stretches for fact in stretch.facts]
    order = list(FactKind)
    return min(kinds, key=order.index) if kinds else None


# --- the other way round ---------------------------------------------------------------------------------------------
def missing(sides: Sides) -> Iterator[Finding]:
    """Runs of talk with at least an answer in them that the record does not hold."""
    run: list[int] = []
    for unit in range(len(sides.units)):
        if len(sides.units[unit].tokens) < LEAST_ALONE and sides.alignment.turn_of[unit] is None:
            if run or not _inside(sides, unit):
                run.append(unit)
        elif is_written(sides, unit):
            yield from _missing(sides, run)
            run = []
        else:
            run.append(unit)
    yield from _missing(sides, run)


def _says(stretch: Stretch) -> int:
    """How much a stretch says, in tokens: a sum, a time or a denial says as much as some words."""
    counted = sum(QUANTITY_TOKENS if token.key.startswith("#") else 1 for token in stretch.tokens)
    return counted + DENIAL_TOKENS * sum(1 for _ in denials(stretch.text))


def is_written(sides: Sides, unit: int) -> bool:
    """Whether the record holds a unit of talk."""
    coverage = sides.unit_in_record[unit]
    if coverage.size and float(coverage.max()) >= SAID_ANYWHERE:
        return True
    one = sides.units[unit]
    if one.facts and len(one.tokens) - len(one.facts) < LEAST_TOKENS and _inside(sides, unit):
        # Little more than facts, which are compared one by one.
        return True
    turns = _turns_near(sides, unit)
    near = [n for n, clause in enumerate(sides.clauses) if clause.owner in turns]
    return bool(near) and float(coverage[near[0] : near[-1] + 1].max()) >= SAID_NEARBY


def _inside(sides: Sides, unit: int) -> bool:
    return any(span is not None and span[0] <= unit <= span[1] for span in sides.alignment.stretches)


def _turns_near(sides: Sides, unit: int) -> range:
    """The turns that stand for the stretch around a unit, one more on either side."""
    before = next((t for t in sides.alignment.turn_of[unit::-1] if t is not None), 0)
    after = next((t for t in sides.alignment.turn_of[unit:] if t is not None), len(sides.record.turns) - 1)
    low, high = min(before, after), max(before, after)
    return range(max(0, low - 1), min(len(sides.record.turns), high + 2))


def _missing(sides: Sides, run: Sequence[int]) -> Iterator[Finding]:
    answers = [sides.units[n] for n in run if role_of(sides, n) == ANSWER]
    if sum(_says(unit) for unit in answers) < LEAST_MISSING_TOKENS:
        return
    told = [sides.units[n] for n in run if sides.units[n].tokens]
    turn = next((t for t in sides.alignment.turn_of[run[0] :: -1] if t is not None), 0)
    fact = gravest([replace(unit, facts=_unwritten(sides, unit)) for unit in answers])
    if fact is FactKind.INTENT and _same_mind(sides, turn, answers):
        fact = None
    if fact is FactKind.NEGATION and _is_part(sides, run):
        # A clerk who writes the gist leaves out turns of speech with a negator in them.
        fact = None
    end = len(sides.record.turns[turn].text)
    best = min(float(sides.unit_in_record[unit.owner].max(initial=0.0)) for unit in answers if unit.tokens)
    severity = gravity(Kind.MISSING, fact)
    over = of_talk(sides, run)
    if over.written >= REWORDED * max(1, over.said) or over.said - over.written < LEAST_OVER:
        # The record has words of its own there, which nobody is heard to say: it says this in other words.
        severity = Severity.WORDING
    elif best >= SURELY_NOT:
        severity = milder(severity)
    elif _maybe_written(sides, answers):
        severity = doubted(severity)
    quoting = sides.heard.text[told[0].start : told[-1].end]
    yield Finding(
        Kind.MISSING,
        severity,
        fact,
        turn,
        end,
        end,
        told[0].start,
        told[-1].end,
        f"录音中的{quoted(quoting)}在笔录中没有记载",
        round(min(0.95, 1.0 - best), 2),
    )


def _is_part(sides: Sides, run: Sequence[int]) -> bool:
    """Whether the record holds another part of the answer that a run ends within: no exchange as a whole is gone."""
    asked = next((n for n, unit in enumerate(run) if role_of(sides, unit) == QUESTION), None)
    if (
        asked is not None
        and sum(_says(sides.units[u]) for u in run[asked:] if role_of(sides, u) == ANSWER) >= LEAST_MISSING_TOKENS
    ):
        return False
    beside = [unit for unit in (run[0] - 1, run[-1] + 1) if 0 <= unit < len(sides.units)]
    return any(role_of(sides, unit) == ANSWER and sides.units[unit].tokens for unit in beside)


def _unwritten(sides: Sides, unit: Stretch) -> tuple[Fact, ...]:
    """The facts of a unit that stand nowhere in the record."""
    written = [fact for clause in sides.clauses for fact in clause.facts]
    return tuple(fact for fact in unit.facts if not any(_are_one(fact, other) for other in written))


def _are_one(a: Fact, b: Fact) -> bool:
    if a.quantity is not None and b.quantity is not None:
        return agree(a.quantity, b.quantity)
    return a.kind is b.kind and a.name == b.name


def _same_mind(sides: Sides, turn: int, answers: Sequence[Stretch]) -> bool:
    """Whether the answers of the record near by say the same about intent as the talk that is not in it."""
    meant = mind("".join(unit.text for unit in answers), ANSWER).deliberate
    near = sides.record.turns[max(0, turn - 1) : turn + 3]
    return any(mind(one.text, ANSWER).deliberate is meant for one in near if one.role == ANSWER)


def _maybe_written(sides: Sides, units: Sequence[Stretch]) -> bool:
    """Whether the record near by holds what sounds like each of the units that are long enough to tell."""
    long = [unit for unit in units if len(_sounds(unit.text)) >= LEAST_SOUNDS]
    return bool(long) and all(_sounds_written(sides, unit) for unit in long)


def _sounds_written(sides: Sides, unit: Stretch) -> bool:
    turns, sounds = _turns_near(sides, unit.owner), _sounds(unit.text)
    near = (clause for clause in sides.clauses if clause.owner in turns)
    return any(closeness(sounds, _said(clause)) >= RESEMBLES for clause in near)


def is_assent(text: str) -> bool:
    """Whether a unit says yes and nothing more."""
    return bare_answer(text) is True and len(text.strip("。，！!？?,. ")) <= 4
