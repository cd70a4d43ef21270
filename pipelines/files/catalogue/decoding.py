"""Joins what the rules and the learned judge say of the pages of a volume into documents; pure, reads no text itself.

The rules' answers and the judge's are both evidence: a begin is weighed by the log-odds of both, a type by the judge's
probabilities and by the title that the rules found, with weights learned by `training.catalogue` on volumes that the
network was not trained on. The most likely division is found over the whole volume (Viterbi 1967), and how sure a
document is follows from its begin, its end, its inside and its type.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from pipelines.files.catalogue.judge import Opinion

MOST_ODDS: Final = 8.0
"""Log-odds beyond which nothing becomes surer."""
FIRM_BEGIN: Final = 0.95
"""A rule that is as sure as this of a begin, or of none, is right whatever the judge says: forms were learned from
invented volumes, titles and counted pages mean the same in all."""
FIRM_KIND: Final = 0.8
"""The same for a type."""
SUREST: Final = 0.99
"""A rule is never taken to be surer than this."""
LATER: Final = 0.5
"""How much a later page says of the type while the division is looked for, beside what the mean of all later ones says
once it is found: their number must not drown the begins."""
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class RuleVote:
    """What the rules say of a page: the sureness that a document begins (0 to 1, below a half: that none does), and the
    class of its type, None where no rule knows it, with its sureness; `among` are the classes that bear a title that
    was read for sure, and of which alone it can be one."""

    begins: float
    kind: int | None
    sureness: float
    among: tuple[int, ...] = ()

    @property
    def firm_begin(self) -> bool:
        """Whether the rules decide alone if a document begins here."""
        return max(self.begins, 1 - self.begins) >= FIRM_BEGIN - 1e-9

    @property
    def firm_kind(self) -> bool:
        """Whether the rules decide the type alone."""
        return self.kind is not None and self.sureness >= FIRM_KIND


@dataclass(frozen=True, slots=True)
class Weights:
    """`joint`: judge's and rules' log-odds of a begin, and what is added. `typed`: the judge's log-probabilities of the
    first page and the mean of later ones, and the rules' log-odds. `sure`: of the numbers of `sureness_numbers`."""

    joint: Sequence[float]
    typed: Sequence[float]
    sure: Sequence[float]


JUDGE_ALONE: Final = Weights((1.0, 0.0, 0.0), (1.0, 0.5, 0.0), (0.25, 0.25, 0.25, 0.5, 0.0, 0.0, -3.0))
"""No rule counts; how sure it is is not learned but only in order."""


@dataclass(frozen=True, slots=True)
class Span:
    """A document: its first page and the one behind its last, as indices, its class, how sure pages and class are, and
    how likely the class is alone (0 to 1)."""

    first: int
    end: int
    kind: int
    sureness: float
    likely: float


def log_odds(sureness: float) -> float:
    """Log-odds of a probability, within what a rule may be sure of."""
    held = min(SUREST, max(1 - SUREST, sureness))
    return float(np.log(held / (1 - held)))


def begin_odds(rules: Sequence[RuleVote], opinion: Opinion, weights: Weights) -> Floats:
    """[pages]: joined log-odds that a document begins; the first page always begins one."""
    ours, theirs, added = weights.joint
    said = np.array([log_odds(one.begins) for one in rules])
    odds = ours * np.clip(opinion.begins.astype(np.float64), -MOST_ODDS, MOST_ODDS) + theirs * said + added
    if theirs:
        firm = np.array([one.firm_begin for one in rules])
        odds[firm] = np.sign(said[firm]) * MOST_ODDS
    odds[:1] = MOST_ODDS
    return np.asarray(np.clip(odds, -MOST_ODDS, MOST_ODDS))


def divided(rules: Sequence[RuleVote], opinion: Opinion, weights: Weights) -> list[int]:
    """The first pages of the documents in the likeliest division."""
    odds = begin_odds(rules, opinion, weights)
    # Begins are weighed by chances, so the judge's types count here as the chances that they are, unsharpened.
    first, later, theirs = (one / weights.typed[0] for one in weights.typed)
    yes, no = -np.logaddexp(0.0, -odds), -np.logaddexp(0.0, odds)
    types = opinion.types.astype(np.float64)
    score = np.full(types.shape[1], -np.inf)
    fresh, best = np.zeros(types.shape, np.bool_), np.zeros(len(types), np.int64)
    for at, one in enumerate(rules):
        best[at] = score.argmax()
        begun = first * types[at] + yes[at] + (score[best[at]] if at else 0.0)
        if one.kind is not None and theirs:
            # What speaks for a type speaks against the others, not for a begin.
            told = max(theirs, float(one.firm_kind)) * max(0.0, log_odds(one.sureness))
            begun -= told
            begun[one.kind] += told
        gone_on = score + LATER * later * types[at] + no[at]
        fresh[at] = begun >= gone_on
        score = np.maximum(begun, gone_on)
    found: list[int] = []
    kind = int(score.argmax())
    for at in range(len(rules) - 1, -1, -1):
        if fresh[at, kind]:
            found.append(at)
            kind = int(best[at])
    return found[::-1]


def spans(
    begins: Sequence[int], kinds: Sequence[RuleVote], odds: Floats, opinion: Opinion, weights: Weights
) -> list[Span]:
    """The documents that begin at these pages; `kinds` are the rules' votes, each for the whole text of a document."""
    ends = [*begins[1:], len(odds)]
    return [
        _span(first, end, rule, odds, opinion, weights) for first, end, rule in zip(begins, ends, kinds, strict=True)
    ]


def type_scores(first: int, end: int, rule: RuleVote, opinion: Opinion, weights: Weights) -> Floats:
    """[classes]: log-probabilities of the type of the document of these pages."""
    own, later, theirs = weights.typed
    types = opinion.types.astype(np.float64)
    score = own * types[first]
    if end > first + 1:
        score = score + later * types[first + 1 : end].mean(axis=0)
    if rule.kind is not None and theirs:
        score[rule.kind] += theirs * log_odds(rule.sureness)
    if rule.among and theirs:
        score[np.setdiff1d(np.arange(len(score)), rule.among)] -= MOST_ODDS
    score -= np.logaddexp.reduce(score)
    if rule.kind is not None and rule.firm_kind and theirs:
        held = min(SUREST, rule.sureness)
        others = np.delete(score, rule.kind)
        score = np.insert(others - np.logaddexp.reduce(others) + np.log(1 - held), rule.kind, np.log(held))
    return np.asarray(score)


def sureness_numbers(first: int, end: int, rule: RuleVote, odds: Floats, scores: Floats) -> Floats:
    """[7]: how clear the begin, the end, the inside and the type of a document are, whether the rules know a type and
    whether it is the one taken; the last is always 1."""
    ended = odds[end] if end < len(odds) else MOST_ODDS
    inner = -odds[first + 1 : end].max() if end > first + 1 else MOST_ODDS
    second, best = np.partition(scores, -2)[-2:]
    margin = min(MOST_ODDS, best - second)
    agreed = rule.kind is not None and rule.kind == int(scores.argmax())
    return np.array([odds[first], ended, inner, margin, float(rule.kind is not None), float(agreed), 1.0])


def _span(first: int, end: int, rule: RuleVote, odds: Floats, opinion: Opinion, weights: Weights) -> Span:
    scores = type_scores(first, end, rule, opinion, weights)
    sure = float(sureness_numbers(first, end, rule, odds, scores) @ np.asarray(weights.sure))
    kind = int(scores.argmax())
    return Span(first, end, kind, 1 / (1 + float(np.exp(-sure))), float(np.exp(scores[kind])))
