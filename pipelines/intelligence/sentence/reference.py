"""Answers what terms judgments of a corpus gave in cases like one, and why; knows no store and no file.

The answer is for a person to judge: an interval with its median, the elements found with their places, what each adds,
the law's range, and the nearest judgments. What each element adds is how the median changes when it is left out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from cases.judgment import Judgment
from cases.records import JsonObject, JsonValue
from models.errors import BadInput
from pipelines.intelligence.sentence.elements import Element, elements_in
from pipelines.intelligence.sentence.features import NAMES, element_row, text_counts
from pipelines.intelligence.sentence.leakage import fit_to_learn
from pipelines.intelligence.sentence.model import COVERAGE, MAX_FIT, Cases, SentenceModel
from pipelines.intelligence.sentence.statutes import LONGEST, SHORTEST, Statute, statutes
from pipelines.intelligence.similar import SimilarCases

FEWEST = 30
"""Judgments below which no interval can be trusted."""
CHARGES_SHOWN, CASES_SHOWN, FACTORS_SHOWN = 5, 5, 20
NOTE = "仅供参考"


@dataclass(frozen=True, slots=True)
class _Case:
    """What the model reads of a case: text, probabilities of charges and whether these are guessed, elements."""

    counts: sparse.csr_matrix
    shares: NDArray[np.float64]
    guessed: bool
    found: Sequence[Element]


@dataclass(frozen=True, slots=True)
class Asked:
    """A case at hand: its facts, and its charge where that is settled."""

    id: str
    facts: str
    charge: str | None = None


class SentenceReference:
    """A fit to the judgments that have facts, charge and months; raises BadInput where there are too few."""

    def __init__(self, judgments: Sequence[Judgment]) -> None:
        usable = [one for one in judgments if one.charge and one.months and one.facts.strip()]
        if len(usable) < FEWEST:
            message = f"the corpus holds {len(usable)} judgments with charge and months; import at least {FEWEST}"
            raise BadInput("sentence.corpus", message)
        places = np.linspace(0, len(usable) - 1, min(MAX_FIT, len(usable))).astype(int)
        self._judgments = [usable[place] for place in places]
        self._known = sorted({one.charge for one in self._judgments if one.charge})
        texts = [fit_to_learn(one.facts) for one in self._judgments]
        rows = np.array([element_row(elements_in(text)) for text in texts])
        marks = np.array([self._marks(one.charge) for one in self._judgments])
        months = np.array([float(one.months or 0) for one in self._judgments])
        self._model = SentenceModel(Cases(text_counts(texts), rows, marks), months)
        self._similar = SimilarCases(self._judgments)
        self._months = {one.id: one.months for one in self._judgments}
        self._statutes = statutes()

    def _marks(self, charge: str | None) -> NDArray[np.float64]:
        return np.array([float(charge == name) for name in self._known])

    def answer(self, asked: Asked) -> JsonObject:
        """The `sentence` shape for one case; raises BadInput for facts without text."""
        text = fit_to_learn(asked.facts)
        counts = text_counts([text])
        if not counts.nnz:
            raise BadInput("sentence.facts", f"case {asked.id} has no facts; give them as text")
        chances = self._model.charges(counts)[0]
        settled = asked.charge in self._known
        shares = self._marks(asked.charge) if settled else chances
        likely = [self._known[place] for place in np.argsort(-chances)[:CHARGES_SHOWN]]
        name = asked.charge or likely[0]
        case = _Case(counts, shares, not settled, elements_in(text))
        low, median, high = self._months_of(case, self._statutes.get(name))
        months: JsonObject = {"low": low, "median": median, "high": high, "coverage": COVERAGE}
        body: JsonObject = {
            "id": asked.id,
            "charge": [{"name": name, "probability": 1.0}]
            if asked.charge
            else [{"name": one, "probability": round(float(chances[self._known.index(one)]), 3)} for one in likely],
            "months": months,
            "statute": _statute(name, self._statutes.get(name)),
            "elements": [_element(one) for one in elements_in(asked.facts)],
            "factors": self._factors(case),
            "cases": self._cases(asked.facts),
            "disagreement": _disagreement(low, high, self._statutes.get(name)),
            "note": NOTE,
        }
        if asked.charge and not settled:
            body["warning"] = f"语料中没有{asked.charge}的判决，区间按案情最接近的罪名估计"
        elif not asked.charge:
            body["warning"] = "罪名为推测，区间按推测罪名时的误差计算；罪名确定后请重新查询"
        return body

    def _months_of(self, case: _Case, law: Statute | None) -> tuple[float, float, float]:
        cases = Cases(case.counts, element_row(case.found)[None, :], case.shares[None, :])
        terms = self._model.terms(cases, guessed=case.guessed)
        # Above the article no term is lawful; below it art. 63 allows one, down to the shortest fixed term.
        longest = law.high if law else LONGEST
        held = [float(np.clip(np.expm1(one[0]), SHORTEST, longest)) for one in (terms.low, terms.median, terms.high)]
        low, median, high = (round(one, 1) for one in held)
        return low, median, high

    def _factors(self, case: _Case) -> list[JsonValue]:
        names = list(dict.fromkeys(one.name for one in case.found))
        if not names:
            return []
        whole = element_row(case.found)
        rows = np.array([whole, *(_without(whole, name) for name in names)])
        counts = sparse.csr_matrix(sparse.vstack([case.counts] * len(rows)))
        cases = Cases(counts, rows, np.tile(case.shares, (len(rows), 1)))
        medians = np.expm1(self._model.terms(cases, guessed=case.guessed).median)
        changes = medians[0] - medians[1:]
        order = np.argsort(-np.abs(changes))[:FACTORS_SHOWN]
        return [{"name": names[place], "months": round(float(changes[place]), 1)} for place in order]

    def _cases(self, facts: str) -> list[JsonValue]:
        near = self._similar.rank(facts, limit=CASES_SHOWN)
        return [{"id": one.id, "months": self._months[one.id], "why": list(one.why)} for one in near]


def _without(row: NDArray[np.float64], name: str) -> NDArray[np.float64]:
    left: NDArray[np.float64] = row.copy()
    left[[place for place, column in enumerate(NAMES) if column.partition("/")[0] == name]] = 0.0
    return left


def _element(one: Element) -> JsonObject:
    return {"name": one.name, "value": one.value, "unit": one.unit, "start": one.start, "end": one.end}


def _statute(charge: str, law: Statute | None) -> JsonObject:
    if law is None:
        return {"article": None, "range": None, "note": f"未收录{charge}的法定刑，请查阅刑法条文"}
    steps: list[JsonValue] = [{"text": one.text, "low": one.low, "high": one.high} for one in law.spans]
    return {"article": law.article, "range": {"low": law.low, "high": law.high}, "steps": steps, "source": law.source}


def _disagreement(low: float, high: float, law: Statute | None) -> str | None:
    if law is None:
        return None
    if low < law.low:
        return f"区间下限低于法定最低刑{law.low}个月：须有法定减轻处罚情节，或者依刑法第六十三条第二款核准"
    steps = [one for one in law.spans if one.low <= high and low <= one.high]
    return "区间跨越多个法定刑幅度：请先确定适用的幅度" if len(steps) > 1 else None
