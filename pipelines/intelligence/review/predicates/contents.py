"""What papers say: the article that they rest on, whose seal they bear, who approved, and text that was copied."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from itertools import combinations
from typing import Final

from pipelines.intelligence.review.casefile import CaseFile, Paper, Utterance
from pipelines.intelligence.review.rule import Arguments, Gap, Hit
from pipelines.numerals import value_of

IN_FORCE: Final = datetime.combine(date(2018, 10, 26), datetime.min.time())
"""From this day on the articles have the numbers that rules name (2018 amendment of 刑事诉讼法)."""
RUN: Final = 3
"""So many answers in a row that are the same, letter for letter, were copied; single ones are how people talk."""
LONG: Final = 12
"""Letters that an answer of such a run has at least."""
ALIKE: Final = 0.94
"""Share of two answers' pairs of letters that both hold, so that a misread letter does not hide a copy."""
MOST_PAIRS: Final = 4000
"""Pairs of 笔录 that are compared in one case at most."""


def cites(case: CaseFile, args: Arguments) -> Iterator[Hit | Gap]:
    """A paper of `on` names one of `articles` of 刑事诉讼法, by the numbers in force on its day."""
    wanted = {int(text) for text in args.texts("articles")}
    for paper in case.of(*args.texts("on")):
        facts, day = paper.all("articles"), paper.when("day")
        read = [value for fact in facts if isinstance(fact.value, str) and (value := value_of(fact.value)) is not None]
        if not read or day is None or day.earliest < IN_FORCE:
            yield Gap(f"{paper.type}:articles", paper.place)
        elif not wanted & set(read):
            named = "、".join(f"第{number}条" for number in sorted(wanted))
            told = {"paper": paper.title, "found": f"第{read[0]}条", "wanted": named}
            yield Hit(paper, facts[0].place, told=told)


def seal_of_issuer(case: CaseFile, args: Arguments) -> Iterator[Hit | Gap]:
    """A seal on a paper of `on` is of the organ that issued it."""
    for paper in case.of(*args.texts("on")):
        seals = [fact for fact in paper.all("seals") if isinstance(fact.value, str) and fact.value]
        if not seals or not paper.unit:
            yield Gap(f"{paper.type}:seals", paper.place)
            continue
        for fact in seals:
            if _share(str(fact.value), paper.unit) < 0.5:
                told = {"paper": paper.title, "found": str(fact.value), "wanted": paper.unit}
                yield Hit(paper, fact.place, told=told)


def higher_organ(case: CaseFile, args: Arguments) -> Iterator[Hit | Gap]:
    """Who issues papers of `on` is another organ than who issued those of `below` (上一级人民检察院)."""
    below = {paper.unit for paper in case.of(*args.texts("below")) if paper.unit}
    for paper in case.of(*args.texts("on")):
        if not below or not paper.unit:
            yield Gap("责任者", paper.place)
        elif paper.unit in below:
            yield Hit(paper, paper.place, told={"paper": paper.title, "found": paper.unit})


def not_copied(case: CaseFile, args: Arguments) -> Iterator[Hit | Gap]:
    """No run of answers stands word for word in two papers of `on`; `people` is same or other: whose they are."""
    papers = [paper for paper in case.of(*args.texts("on")) if paper.answers and paper.person]
    same = args.text("people") == "same"
    for count, (one, other) in enumerate(combinations(papers, 2)):
        if count >= MOST_PAIRS:
            yield Gap("笔录过多")
            return
        if (one.person == other.person) != same or _is_copy(one, other):
            continue
        run = _longest_run(one.answers, other.answers)
        if len(run) >= RUN:
            told = {"paper": other.title, "other": one.title, "person": other.person or "", "name": one.person or ""}
            told |= {"found": str(len(run)), "text": run[0][1].text[:30]}
            yield Hit(other, run[0][1].place, one.key, (run[0][0].place,), told)


def _is_copy(one: Paper, other: Paper) -> bool:
    """Whether both are one paper that was scanned twice."""
    return one.person == other.person and one.when("start") == other.when("start") and one.when("start") is not None


def _longest_run(mine: tuple[Utterance, ...], theirs: tuple[Utterance, ...]) -> list[tuple[Utterance, Utterance]]:
    """The longest run of long answers that are the same in both, in order."""
    pairs = [_pairs(one.text) for one in mine]
    others = [_pairs(one.text) for one in theirs]
    best: list[tuple[Utterance, Utterance]] = []
    lengths: dict[tuple[int, int], int] = {}
    for i, one in enumerate(pairs):
        for j, other in enumerate(others):
            if min(len(mine[i].text), len(theirs[j].text)) < LONG or not _same(one, other):
                continue
            lengths[i, j] = length = lengths.get((i - 1, j - 1), 0) + 1
            if length > len(best):
                best = list(zip(mine[i - length + 1 : i + 1], theirs[j - length + 1 : j + 1], strict=True))
    return best


def _same(one: frozenset[str], other: frozenset[str]) -> bool:
    shorter, longer = sorted((len(one), len(other)))
    if not longer or shorter / longer < ALIKE - 0.1:
        return False
    return 2 * len(one & other) / (shorter + longer) >= ALIKE


def _pairs(text: str) -> frozenset[str]:
    return frozenset(text[n : n + 2] for n in range(len(text) - 1))


def _share(one: str, other: str) -> float:
    """The share of letters of the shorter that the longer has, too."""
    shorter, longer = sorted((one, other), key=len)
    return sum(letter in longer for letter in shorter) / max(len(shorter), 1)
