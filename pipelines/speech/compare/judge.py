"""How likely a clause of the record is altered, learned from records altered on purpose; claims follow from it.

A small network (`judge.json`, written by `training.paraphrase`) weighs the numbers of `evidence`. A difference that the
searches found keeps its place and its words; how it is told, as claimed, to be listened to, or in small print, is for
the probability to say. Sums, dates, times and tools said otherwise need no judge: they are read, not reworded. Pure,
but for its file.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

from models.errors import Defect
from pipelines.speech.compare.evidence import NAMES_OF_NUMBERS
from pipelines.speech.compare.facts import FactKind
from pipelines.speech.compare.findings import MISHEARD, Finding, Kind, Severity, doubted, gravity, quoted
from pipelines.speech.compare.leftover import of_turn
from pipelines.speech.compare.sides import Sides
from pipelines.speech.compare.support import gravest
from pipelines.speech.compare.written import ANSWER

WEIGHTS = "judge.json"
LARGEST_WEIGHTS = 2_000_000
LIMIT = 6.0
"""Scales from the mean at which a number counts no more."""
SPARE = 0.15
"""Tokens of the talk, for each of the record, that may be over at a place where an addition is claimed."""
JUDGED = frozenset({Kind.ADDED, Kind.ADDED_FACT, Kind.CHANGED_FACT, Kind.FLIPPED_NEGATION, Kind.CHANGED_INTENT})
"""Kinds that a rewording is taken for."""


@dataclass(frozen=True, slots=True)
class Judge:
    """Networks of one hidden layer whose answers are averaged, over numbers brought to one scale.

    `hidden` [networks, units, numbers + 1], `out` [networks, units + 1]; the last column of both is the bias. The log
    odds are stretched and shifted by `calibration` (Platt 1999), fitted on hands that the networks had not seen. From
    `claimed` of its kind on a difference is claimed, from `suspected` on a clause that no search found is one to listen
    to, from `heard` on so is any difference.
    """

    mean: NDArray[np.float64]
    scale: NDArray[np.float64]
    hidden: NDArray[np.float64]
    out: NDArray[np.float64]
    calibration: tuple[float, float]
    claimed: Mapping[Kind, float]
    suspected: float
    heard: float

    def probabilities(self, rows: NDArray[np.float32]) -> NDArray[np.float64]:
        """[clauses]: how likely each row of `evidence` is that of an altered clause."""
        scaled = np.clip((rows - self.mean) / self.scale, -LIMIT, LIMIT)
        inner = np.tanh(np.einsum("nuf,cf->ncu", self.hidden[:, :, :-1], scaled) + self.hidden[:, None, :, -1])
        logits = np.einsum("ncu,nu->nc", inner, self.out[:, :-1]) + self.out[:, None, -1]
        slope, shift = self.calibration
        return _odds_on(slope * logits.mean(axis=0) + shift)


def _odds_on(logits: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(1.0 / (1.0 + np.exp(-logits)))


@cache
def shipped_judge() -> Judge:
    """The judge that ships with the product; raises Defect where its file is damaged or made for other numbers."""
    text = (files("pipelines.speech.compare") / WEIGHTS).read_text(encoding="utf-8")
    if len(text) > LARGEST_WEIGHTS:
        raise Defect("judge.size", f"{WEIGHTS} is larger than {LARGEST_WEIGHTS} characters")
    return read_judge(text)


def read_judge(text: str) -> Judge:
    """A judge of the text that `training.paraphrase` writes; raises Defect where it measures other numbers."""
    held = json.loads(text)
    if tuple(held["numbers"]) != NAMES_OF_NUMBERS:
        raise Defect("judge.numbers", f"{WEIGHTS} was trained on other numbers; run training.paraphrase again")
    mean, scale, hidden, out = (np.asarray(held[name], np.float64) for name in ("mean", "scale", "hidden", "out"))
    slope, shift = held["calibration"]
    claimed = {kind: float(held["claimed"][kind.value]) for kind in JUDGED}
    return Judge(
        *(mean, scale, hidden, out),
        (float(slope), float(shift)),
        claimed,
        float(held["suspected"]),
        float(held["heard"]),
    )


@dataclass(frozen=True, slots=True)
class Likely:
    """The probability of each clause of the answers, by the clause's index."""

    of_clause: dict[int, float]
    judge: Judge

    def over(self, sides: Sides, found: Finding) -> float | None:
        """The probability of the likeliest clause that a finding is over; None where it is over none."""
        clauses = [n for n in sides.clauses_of(found.turn) if _meets(sides, n, found)]
        return max((self.of_clause[n] for n in clauses if n in self.of_clause), default=None)


def _meets(sides: Sides, clause: int, found: Finding) -> bool:
    one = sides.clauses[clause]
    return one.start < found.end and found.start < one.end


def weighed(sides: Sides, found: Sequence[Finding], likely: Likely) -> list[Finding]:
    """The findings, each as grave as its probability allows; what is no matter of wording stays as it is."""
    return [_weighed(sides, one, likely) for one in found]


def _weighed(sides: Sides, one: Finding, likely: Likely) -> Finding:
    if one.kind is Kind.CHANGED_FACT and one.fact is FactKind.PROPERTY:
        # 银行卡 and 手机 stand in one tale as two things more often than as one.
        one = replace(one, severity=doubted(one.severity))
    if one.kind not in JUDGED or sides.record.turns[one.turn].role != ANSWER:
        return one
    chance = likely.over(sides, one)
    if chance is None:
        return one
    severity = _severity(one, chance, likely.judge)
    if one.kind in (Kind.ADDED, Kind.ADDED_FACT) and not _accounted_for(sides, one.turn):
        severity = doubted(severity)
    return replace(one, severity=severity, confidence=round(min(0.99, chance), 2))


def _accounted_for(sides: Sides, turn: int) -> bool:
    """Whether the record holds what the talk says at a turn's place: who adds a sentence leaves nothing of it over.

    However far a clerk goes from the words, what he rewords is over on both sides, and no judge has met every clerk.
    """
    over = of_turn(sides, turn)
    return over.said <= SPARE * over.written


def suspected(sides: Sides, found: Sequence[Finding], likely: Likely) -> Iterator[Finding]:
    """Clauses that are as likely altered as what is claimed and that no search has found: a person should listen."""
    for index, chance in likely.of_clause.items():
        clause = sides.clauses[index]
        if chance < likely.judge.suspected or any(f.turn == clause.owner and _meets(sides, index, f) for f in found):
            continue
        first, last = sides.stretch(clause.owner) or sides.gap(clause.owner)
        written = sides.record.turns[clause.owner].text[clause.start : clause.end]
        yield Finding(
            Kind.ADDED,
            Severity.LISTEN,
            gravest([clause]),
            clause.owner,
            clause.start,
            clause.end,
            sides.units[first].start,
            sides.units[last].end,
            f"笔录中的{quoted(written)}与对应录音可能不一致，请回听确认",
            round(min(0.99, chance), 2),
            said=False,
        )


READ = frozenset({FactKind.AMOUNT, FactKind.DATE, FactKind.TIME, FactKind.MEASURE, FactKind.TOOL})
"""Facts that are read and not reworded: one that is said otherwise is told as it is, whatever the words around it."""
NAMED = frozenset({FactKind.PERSON, FactKind.PLACE})
"""Facts that a clerk copies; what looks like one may be a word, and is then one to listen to."""
_GRAVE = (Severity.MAJOR, Severity.SUBSTANTIVE)


def _severity(one: Finding, chance: float, judge: Judge) -> Severity:
    """As grave as the rules say where it is likely, to be listened to where it may be, else small print."""
    grave = one.severity in _GRAVE
    bound = judge.claimed[one.kind]
    if one.kind is Kind.CHANGED_FACT and (one.fact in READ or MISHEARD in one.flags):
        return one.severity
    if one.kind is Kind.CHANGED_FACT and one.fact in NAMED:
        return Severity.LISTEN if grave and chance < bound else one.severity
    # A changed fact that is doubtful is so for the ear's sake, which no wording mends.
    may_rise = one.severity is Severity.LISTEN and one.kind is not Kind.CHANGED_FACT
    if chance >= bound and (grave or may_rise):
        return one.severity if grave else gravity(one.kind, one.fact)
    if grave or one.severity is Severity.LISTEN:
        return Severity.LISTEN if chance >= judge.heard else Severity.MINOR
    return Severity.LISTEN if chance >= judge.suspected else one.severity
