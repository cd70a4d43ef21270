"""What must be there: papers by stage, marks and statements on papers, enough of something."""

from __future__ import annotations

from collections.abc import Iterator

from pipelines.intelligence.review.casefile import CaseFile, Paper, Place
from pipelines.intelligence.review.rule import Arguments, Gap, Hit


def accompanied(case: CaseFile, args: Arguments) -> Iterator[Hit | Gap]:
    """Where a paper of `when` is, one of `need` is, too; `by = "person"`: for the same person.

    Only where a paper of `stage` shows that the file is complete so far, and where some volume holds papers of the
    group `volume`: a paper that is bound in a volume that was not scanned is not missing.
    """
    triggers = [paper for paper in case.papers if paper.type in args.texts("when")]
    if not triggers:
        return
    letter = args.text("volume")
    if letter and not any(letter in volume.groups for volume in case.volumes):
        yield Gap(f"{letter}卷", triggers[0].place)
        return
    stages = args.texts("stage")
    if stages and not any(paper.type in stages for paper in case.papers):
        yield Gap("、".join(stages), triggers[0].place)
        return
    needed = [paper for paper in case.papers if paper.type in args.texts("need")]
    by_person = args.text("by") == "person"
    seen: set[str] = set()
    for paper in triggers:
        key = (paper.person or "") if by_person else ""
        if key in seen:
            continue
        seen.add(key)
        if by_person and case.suspects and paper.person not in case.suspects:
            yield Gap("当事人姓名", paper.place)
        elif not any(not by_person or one.person == paper.person or one.person not in case.suspects for one in needed):
            told = {"paper": paper.title, "wanted": "或者".join(args.texts("need")), "person": paper.person or ""}
            yield Hit(paper, paper.place, key, told=told)


def excluded(case: CaseFile, args: Arguments) -> Iterator[Hit | Gap]:
    """No paper of `groups` is bound in a volume that holds papers of the groups `beside`."""
    for volume in case.volumes:
        if not volume.groups & set(args.texts("beside")):
            continue
        for paper in case.papers:
            if paper.volume == volume.key and paper.group[:1] in args.texts("groups"):
                yield Hit(paper, paper.place, told={"paper": paper.title})


def at_most_papers(case: CaseFile, args: Arguments) -> Iterator[Hit | Gap]:
    """At most `most` papers of `on` for one person; copies with one number count once."""
    by_person: dict[str, list[Paper]] = {}
    for paper in case.of(*args.texts("on")):
        by_person.setdefault(paper.person or "", []).append(paper)
    for person, papers in by_person.items():
        days = {str(paper.when("day")) for paper in papers}
        if len(days) > args.number("most"):
            told = {"person": person, "found": str(len(days)), "paper": papers[-1].title}
            yield Hit(papers[-1], papers[-1].place, person, tuple(one.place for one in papers[:-1]), told)


def stated(case: CaseFile, args: Arguments) -> Iterator[Hit | Gap]:
    """Each paper of `on` has the fact: a flag is true, a count of `total` is not zero.

    Unknown is a gap, unless `missing = "hit"`: then what is not found is not there (seals, which are always looked
    for). `given` is a flag that must be true for the rule to speak, `title` a part of the titles that it is about.
    """
    name = args.text("fact")
    for paper in case.of(*args.texts("on")):
        given = args.text("given")
        if (given and paper.flag(given) is not True) or args.text("title") not in paper.title:
            continue
        found = paper.all(name)
        if not found and args.text("missing") == "hit":
            yield Hit(paper, _end(paper), told={"paper": paper.title, "person": paper.person or ""})
        elif not found:
            yield Gap(f"{paper.type}:{name}", paper.place)
        elif args.flag("total"):
            if not any(one.value for one in found):
                yield Hit(paper, found[-1].place, told={"paper": paper.title, "person": paper.person or ""})
        else:
            for one in found:
                if one.value is False:
                    told = {"paper": paper.title, "person": paper.person or "", "page": str(one.place.page)}
                    yield Hit(paper, one.place, str(one.place.page) if args.flag("each") else "", told=told)


def _end(paper: Paper) -> Place:
    day = paper.first("day")
    return day.place if day is not None else paper.place


def counted(case: CaseFile, args: Arguments) -> Iterator[Hit | Gap]:
    """A number that papers of `on` state, or how many names they do, is at least `least` and at most `most`."""
    name = args.text("fact")
    for paper in case.of(*args.texts("on")):
        fact = paper.first(name)
        if fact is None:
            if not args.flag("optional"):
                yield Gap(f"{paper.type}:{name}", paper.place)
            continue
        found = len(paper.names(name)) if isinstance(fact.value, tuple | str) else paper.figure(name)
        if found is None:
            continue
        if found < args.number("least") or found > args.number("most", 10**9):
            told = {
                "paper": paper.title,
                "found": str(found),
                "wanted": str(args.number("least")),
                "person": paper.person or "",
            }
            yield Hit(paper, fact.place, told=told)
