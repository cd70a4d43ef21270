"""Rules on people: nobody in two places at once, who may witness, guardians of minors, identity numbers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import combinations
from typing import Final

from pipelines.intelligence.review.casefile import CaseFile, Identity, Paper, When
from pipelines.intelligence.review.people import age_on, birthday_of, check_holds, near, sex_of
from pipelines.intelligence.review.rule import Arguments, Gap, Hit

FULL_AGE: Final = 18
ONE_DAY: Final = timedelta(hours=24)


def one_place(case: CaseFile, args: Arguments) -> Iterator[Hit | Gap]:
    """Nobody named by `who` is in two papers of `on` at one time; a copy of a paper is that paper."""
    papers = [paper for paper in case.of(*args.texts("on")) if paper.all(args.text("who"))]
    spans = [(paper, _span(paper)) for paper in papers]
    for paper, span in spans:
        if span is None:
            yield Gap(f"{paper.type}:start、end", paper.place)
    known = [(paper, span) for paper, span in spans if span is not None]
    for (one, mine), (other, theirs) in combinations(known, 2):
        if mine[0].earliest >= theirs[1].earliest or theirs[0].earliest >= mine[1].earliest:
            continue
        if (mine == theirs and one.type == other.type and one.person == other.person) or not _apart(one, other, args):
            continue
        for name in sorted(set(one.names(args.text("who"))) & set(other.names(args.text("who")))):
            told = {"name": name, "from": str(theirs[0]), "to": str(mine[0]), "paper": other.title, "other": one.title}
            first, second = one.all("start")[0].place, other.all("start")[0].place
            yield Hit(other, second, f"{name} {one.key}", (first,), told)


def _apart(one: Paper, other: Paper, args: Arguments) -> bool:
    """Whether the types make the pair that the rule is about: `pair` names one side, else any two."""
    side = args.texts("pair")
    return not side or (one.type in side) != (other.type in side)


def _span(paper: Paper) -> tuple[When, When] | None:
    start, end = paper.when("start"), paper.when("end")
    if start is None or end is None or not (start.is_exact and end.is_exact) or not start <= end <= _longest(start):
        return None
    return start, end


def _longest(start: When) -> When:
    """The latest end of one sitting: a longer one was misread, or is another rule's matter."""
    return When.at(start.latest + ONE_DAY)


def fit_witness(case: CaseFile, args: Arguments) -> Iterator[Hit | Gap]:
    """The witness to an act (见证人) is none of those whom 规定 194 shuts out: `who` is officer, party or minor."""
    born = _birthdays(case)
    officers = {name for paper in case.papers for name in paper.names("officers")}
    victims = {p.person for p in case.of("询问笔录（被害人）") if p.person}
    for paper in case.papers:
        fact = paper.first("witness")
        if fact is None or not isinstance(fact.value, str):
            continue
        name, day = fact.value, _day(paper)
        shut = {
            "officer": name in officers,
            "party": name in victims or name in case.suspects,
            "minor": name in born and day is not None and age_on(born[name], day) < FULL_AGE,
        }[args.text("who")]
        if shut:
            yield Hit(paper, fact.place, name, told={"name": name, "paper": paper.title})


def guardian_present(case: CaseFile, args: Arguments) -> Iterator[Hit | Gap]:
    """Who is under 18 when heard in a paper of `on` has a guardian or another adult there (刑诉法 281)."""
    born = _birthdays(case)
    for paper in case.of(*args.texts("on")):
        day = _day(paper)
        if paper.person is None or paper.person not in born or day is None:
            yield Gap("出生日期", paper.place)
        elif (age := age_on(born[paper.person], day)) < FULL_AGE and paper.flag("guardian") is False:
            yield Hit(paper, paper.all("speaker")[0].place if paper.all("speaker") else paper.place, paper.person,
                      told={"person": paper.person, "found": str(age), "paper": paper.title})  # fmt: skip


def inside_detention(case: CaseFile, args: Arguments) -> Iterator[Hit | Gap]:
    """Once somebody was delivered to the detention centre, they are interrogated inside it (刑诉法 118)."""
    for paper in case.of("讯问笔录"):
        spot, start = paper.first("spot"), paper.when("start")
        sent = [
            when
            for one in case.of("拘留证", "逮捕证")
            if one.person == paper.person and (when := one.when("delivered")) is not None
        ]
        if spot is None or start is None or not sent:
            yield Gap("讯问笔录:spot、拘留证:delivered", paper.place)
        elif min(sent).latest < start.earliest and "看守所" not in str(spot.value):
            yield Hit(
                paper, spot.place, told={"person": paper.person or "", "found": str(spot.value), "from": str(min(sent))}
            )


def valid_identity(case: CaseFile, args: Arguments) -> Iterator[Hit | Gap]:
    """An identity number agrees with itself and with what stands beside it: `check` is digit, birthday or sex."""
    check = args.text("check")
    for paper in case.papers:
        for one in paper.identities:
            if one.number is None:
                continue
            told = {"name": one.name, "number": one.number, "paper": paper.title}
            holds = check_holds(one.number)
            if check == "digit" and not holds:
                yield Hit(paper, one.place, f"{one.name} {one.number}", told=told)
            elif check == "birthday" and holds and one.born and birthday_of(one.number) != one.born:
                yield Hit(paper, one.place, f"{one.name} {one.born}", told=told | {"found": one.born.isoformat()})
            elif check == "sex" and holds and one.sex and sex_of(one.number) != one.sex:
                yield Hit(paper, one.place, f"{one.name} {one.sex}", told=told | {"found": one.sex})


def one_identity(case: CaseFile, args: Arguments) -> Iterator[Hit | Gap]:
    """A name goes with one number (`check = "number"`), or a number with one name (`check = "name"`), in all papers.

    Whatever most papers say is taken for right; a number without a true check digit is another rule's matter, and a
    name that lost a letter in reading is that name.
    """
    found = [
        (paper, one)
        for paper in case.papers
        for one in paper.identities
        if one.number is not None and check_holds(one.number)
    ]
    by_number = args.text("check") == "number"
    groups: dict[str, list[tuple[Paper, Identity]]] = {}
    for paper, one in found:
        groups.setdefault(one.name if by_number else one.number or "", []).append((paper, one))
    for key, group in groups.items():
        counts = Counter((one.number or "") if by_number else one.name for _, one in group)
        usual = counts.most_common(1)[0][0]
        where = next(one.place for _, one in group if usual in (one.number, one.name))
        for paper, one in group:
            value = (one.number or "") if by_number else one.name
            if value != usual and (by_number or len(value) == len(usual) or not near(value, usual)):
                told = {
                    "name": one.name,
                    "number": one.number or "",
                    "found": value,
                    "wanted": usual,
                    "paper": paper.title,
                }
                yield Hit(paper, one.place, f"{key} {value}", (where,), told)


def _birthdays(case: CaseFile) -> dict[str, date]:
    """Birthdays by name, as the most numbers with a true check digit tell them; else as papers write them."""
    seen: dict[str, Counter[date]] = {}
    for paper in case.papers:
        for one in paper.identities:
            day = birthday_of(one.number) if one.number and check_holds(one.number) else one.born
            if day is not None:
                seen.setdefault(one.name, Counter())[day] += 1
    return {name: counts.most_common(1)[0][0] for name, counts in seen.items()}


def _day(paper: Paper) -> date | None:
    when = paper.when("start") or paper.when("day")
    return when.earliest.date() if when is not None else None
