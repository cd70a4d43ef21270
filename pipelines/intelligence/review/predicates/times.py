"""Terms and the order of dates. A moment told as a day alone is late or early only where every hour of it is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise

from pipelines.intelligence.review.calendar import Term, end_of
from pipelines.intelligence.review.casefile import CaseFile, Paper, Place, When
from pipelines.intelligence.review.rule import Arguments, Gap, Hit, Selector


@dataclass(frozen=True, slots=True)
class Told:
    """A moment, and the paper and place that tell it."""

    when: When
    paper: Paper
    place: Place


def within(case: CaseFile, args: Arguments) -> Iterator[Hit | Gap]:
    """`finish` comes within the term from `start`, for each person (`by = "paper"`: in one paper).

    `given` must be there and `unless` must not, else the rule has nothing to say. `restart` begins the count anew
    (重新计算), `plus` adds the months that papers grant. `custody`: the end is not moved by days off (art. 105).
    """
    for group in _groups(case, args):
        starts = list(_told(group, args.papers("start")))
        if not starts or not _applies(group, case, args):
            continue
        start = min(starts, key=lambda one: one.when)
        ends = sorted(_told(group, args.papers("finish")), key=lambda one: one.when)
        finish = next((one for one in ends if one.when.latest >= start.when.earliest), None)
        if finish is None:
            yield Gap("、".join(args.texts("finish")), start.place)
            continue
        again = [one for one in _told(group, args.papers("restart")) if start.when < one.when <= finish.when]
        start = max((start, *again), key=lambda one: one.when)
        term = _with_grants(args, group)
        late = finish.when.earliest > end_of(start.when.latest, term, args.flag("custody"))
        if late and args.text("by", "person") == "person" and _unread(case, args):
            # A paper whose hour or person was not read may be the one that came in time.
            yield Gap("、".join(args.texts("finish")), start.place)
        elif late:
            told = {
                "person": finish.paper.person or "",
                "from": str(start.when),
                "to": str(finish.when),
                "limit": str(term),
            }
            yield Hit(finish.paper, finish.place, finish.paper.person or "", (start.place,), told)


def _unread(case: CaseFile, args: Arguments) -> bool:
    """Whether some paper that could be the finish tells no moment, or is about nobody whom the case knows."""
    for selector in args.papers("finish"):
        for paper in case.of(selector.type):
            told = any(paper.when(s.fact or "day") is not None for s in args.papers("finish") if s.type == paper.type)
            if not told or (case.suspects and paper.person not in case.suspects):
                return True
    return False


def _with_grants(args: Arguments, group: Iterable[Paper]) -> Term:
    term = args.term()
    granted = sum(
        paper.figure(selector.fact) or 1
        for paper in group
        for selector in args.papers("plus")
        if paper.type == selector.type
    )
    return Term(term.hours, term.days, term.months + granted)


def _applies(group: Iterable[Paper], case: CaseFile, args: Arguments) -> bool:
    """Whether all of `given` and none of `unless` is there; a paper about nobody whom the case knows is anybody's."""
    papers = [*group, *(paper for paper in case.papers if paper.person not in case.suspects)]
    given, unless = args.papers("given"), args.papers("unless")
    return all(any(_is(p, s) for p in papers) for s in given) and not any(_is(p, s) for p in papers for s in unless)


def _is(paper: Paper, selector: Selector) -> bool:
    return paper.type == selector.type and (not selector.fact or paper.flag(selector.fact) is True)


def in_order(case: CaseFile, args: Arguments) -> Iterator[Hit | Gap]:
    """The first of `later` is not before the first of `earlier`, for each person (`by`: person, case, paper).

    `same_day`: only the hours of one day are compared; two days of one sitting are a misreading more often than not.
    """
    for group in _groups(case, args):
        earlier, later = list(_told(group, args.papers("earlier"))), list(_told(group, args.papers("later")))
        if not earlier or not later:
            continue
        first, second = min(earlier, key=lambda one: one.when), min(later, key=lambda one: one.when)
        same_day = first.when.earliest.date() == second.when.earliest.date()
        if second.when.latest < first.when.earliest and (same_day or not args.flag("same_day")):
            told = {"person": second.paper.person or "", "from": str(first.when), "to": str(second.when)}
            told |= {"paper": second.paper.title, "other": first.paper.title}
            yield Hit(second.paper, second.place, second.paper.person or "", (first.place,), told)


def same_moment(case: CaseFile, args: Arguments) -> Iterator[Hit | Gap]:
    """What `said` tells is when `first` says that it was, for each person."""
    for group in _groups(case, args):
        first = min(_told(group, args.papers("first")), key=lambda one: one.when, default=None)
        if first is None:
            continue
        for said in _told(group, args.papers("said")):
            if said.when.latest < first.when.earliest or said.when.earliest > first.when.latest:
                told = {"person": said.paper.person or "", "from": str(first.when), "to": str(said.when)}
                told |= {"paper": said.paper.title, "other": first.paper.title}
                yield Hit(said.paper, said.place, said.paper.person or "", (first.place,), told)


def not_repeated(case: CaseFile, args: Arguments) -> Iterator[Hit | Gap]:
    """No two stays of one person (`start` to `finish` of a paper) follow each other within `hours`."""
    for group in _groups(case, args):
        stays = []
        for paper in group:
            began = next(_told([paper], args.papers("start")), None)
            ended = next(_told([paper], args.papers("finish")), None)
            if began is not None and ended is not None:
                stays.append((began, ended))
        stays.sort(key=lambda stay: stay[0].when)
        for (_, before), (after, _) in pairwise(stays):
            apart = after.when.earliest - before.when.latest
            if before.when.is_exact and timedelta(0) <= apart < timedelta(hours=args.number("hours")):
                told = {"person": after.paper.person or "", "from": str(before.when), "to": str(after.when)}
                yield Hit(after.paper, after.place, after.paper.person or "", (before.place,), told)


def _groups(case: CaseFile, args: Arguments) -> Iterator[list[Paper]]:
    how = args.text("by", "person")
    if how == "case":
        yield list(case.papers)
    elif how == "paper":
        yield from ([paper] for paper in case.papers)
    else:
        people = dict.fromkeys(paper.person for paper in case.papers if paper.person)
        yield from ([paper for paper in case.papers if paper.person == person] for person in people)


def _told(group: Iterable[Paper], selectors: Iterable[Selector]) -> Iterator[Told]:
    """Moments that papers of these types tell by the fact named, `day` when none is; of several facts of one type the
    first that a paper tells counts."""
    listed = list(selectors)
    for paper in group:
        for selector in listed:
            fact = paper.first(selector.fact or "day") if paper.type == selector.type else None
            if fact is not None and isinstance(fact.value, When):
                yield Told(fact.value, paper, fact.place)
                break
