"""Sums, counts and items of lists against each other."""

from __future__ import annotations

from collections.abc import Iterator

from pipelines.intelligence.review.casefile import CaseFile, Paper
from pipelines.intelligence.review.rule import Arguments, Gap, Hit


def sums_agree(case: CaseFile, args: Arguments) -> Iterator[Hit | Gap]:
    """The facts `parts` of a paper of `on` add up to its fact `total`."""
    for paper in case.of(*args.texts("on")):
        parts, total = paper.all(args.text("parts")), paper.first(args.text("total"))
        if not parts or total is None or not isinstance(total.value, int):
            yield Gap(f"{paper.type}:{args.text('parts')}、{args.text('total')}", paper.place)
            continue
        found = sum(one.value for one in parts if isinstance(one.value, int))
        if found != total.value:
            told = {"paper": paper.title, "found": str(found), "wanted": str(total.value)}
            yield Hit(paper, total.place, told=told, others=tuple(one.place for one in parts))


def numbers_agree(case: CaseFile, args: Arguments) -> Iterator[Hit | Gap]:
    """The number that a paper of `said` states is the one that a paper of `first` states, where each has just one."""
    firsts = [(p, f) for s in args.papers("first") for p in case.of(s.type) if (f := p.first(s.fact)) is not None]
    if len({fact.value for _, fact in firsts}) != 1:
        return
    source, first = firsts[0]
    for selector in args.papers("said"):
        for paper in case.of(selector.type):
            said = paper.first(selector.fact)
            if said is not None and said.value != first.value:
                told = {
                    "paper": paper.title,
                    "other": source.title,
                    "found": str(said.value),
                    "wanted": str(first.value),
                }
                yield Hit(paper, said.place, told=told, others=(first.place,))


def items_known(case: CaseFile, args: Arguments) -> Iterator[Hit | Gap]:
    """Every item on a list of `on` stands on a list of `among`."""
    known = {item for paper in case.of(*args.texts("among")) for item in paper.names("items")}
    for paper in case.of(*args.texts("on")):
        if not known or any(paper.flag("whole") is False for paper in case.of(*args.texts("among"))):
            yield Gap("、".join(args.texts("among")), paper.place)
            continue
        for fact in paper.all("items"):
            if isinstance(fact.value, str) and not any(_alike(fact.value, item) for item in known):
                yield Hit(paper, fact.place, fact.value, told={"paper": paper.title, "name": fact.value})


def _alike(one: str, other: str) -> bool:
    """Whether two names of things are one: equal but for one letter that was lost or misread, or with the quantity of
    the next cell run into it."""
    if one in other or other in one:
        return True
    if abs(len(one) - len(other)) == 1:
        shorter, longer = sorted((one, other), key=len)
        return any(longer[:n] + longer[n + 1 :] == shorter for n in range(len(longer)))
    return len(one) == len(other) > 2 and sum(a != b for a, b in zip(one, other, strict=True)) == 1


def consecutive(case: CaseFile, args: Arguments) -> Iterator[Hit | Gap]:
    """The numbers of the rows of a list follow each other from 1 (one that was not read is no gap of two)."""
    for paper in case.of(*args.texts("on")):
        facts = [fact for fact in paper.all("numbers") if isinstance(fact.value, int)]
        rows = len(paper.all("items"))
        if not facts or len(facts) != rows or paper.flag("whole") is False:
            yield Gap(f"{paper.type}:numbers", paper.place)
            continue
        yield from _jumps(paper, rows)


def _jumps(paper: Paper, rows: int) -> Iterator[Hit]:
    for at, fact in enumerate(paper.all("numbers"), start=1):
        if fact.value != at:
            told = {"paper": paper.title, "found": str(fact.value), "wanted": str(at)}
            yield Hit(paper, fact.place, told=told)
            return


def uncounted(case: CaseFile, args: Arguments) -> Iterator[Hit | Gap]:
    """Every item on a list of `on` has a quantity."""
    for paper in case.of(*args.texts("on")):
        if not paper.all("items"):
            yield Gap(f"{paper.type}:items", paper.place)
        for fact in paper.all("uncounted"):
            yield Hit(paper, fact.place, str(fact.value), told={"paper": paper.title, "name": str(fact.value)})
