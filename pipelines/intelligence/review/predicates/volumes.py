"""Pages and rows of a volume: counts, catalogue, faults that cataloguing found (公安机关刑事案卷立卷规范)."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import SequenceMatcher
from typing import Final

from pipelines.intelligence.review.casefile import CaseFile, Volume
from pipelines.intelligence.review.rule import Arguments, Gap, Hit

ONE_TITLE: Final = 0.75
"""Titles of which the shorter has less of its letters in the longer are of two papers."""
SURE: Final = 0.6
"""Whether a paper that is less sure begins there at all is for a person to say first."""


def pages_agree(case: CaseFile, args: Arguments) -> Iterator[Hit | Gap]:
    """The count of pages that a paper of `on` states is the last number of its volume."""
    last = {volume.key: volume.last_page for volume in case.volumes}
    for paper in case.of(*args.texts("on")):
        fact, counted = paper.first("leaves"), last.get(paper.volume)
        if fact is None or counted is None:
            yield Gap(f"{paper.type}:leaves", paper.place)
        elif fact.value != counted:
            yield Hit(paper, fact.place, told={"paper": paper.title, "found": str(fact.value), "wanted": str(counted)})


def rows_agree(case: CaseFile, args: Arguments) -> Iterator[Hit | Gap]:
    """Catalogue and volume agree: `check` is row (its document begins on its page) or document (it has a row)."""
    for volume in case.volumes:
        if not volume.rows or not volume.starts:
            yield Gap("卷内目录", volume.place)
        elif args.text("check") == "row":
            yield from _misplaced(volume)
        else:
            yield from _without_row(case, volume)


def _misplaced(volume: Volume) -> Iterator[Hit | Gap]:
    """The first row whose document does not begin on its page; those behind it are mostly wrong for the same reason.

    A number that goes on from no neighbouring row, and from which none goes on, was misread or mistyped: a person
    looks at it.
    """
    rows = volume.rows
    for at, row in enumerate(rows):
        title = volume.starts.get(row.first)
        # A page whose number was not read tells nothing of its row.
        unread = title == "" or not row.first
        unread |= title is None and row.first not in volume.stamps and row.first <= (volume.last_page or 0)
        if unread or (title is not None and _one(title, row.title)):
            continue
        before, after = rows[at - 1] if at else None, rows[at + 1] if at + 1 < len(rows) else None
        goes_on = (before and before.last + 1 == row.first) or (after and row.last + 1 == after.first)
        rises = (not before or before.first < row.first) and (not after or not after.first or row.first < after.first)
        if not (goes_on and rises):
            yield Gap("目录页号与前后行不相接", row.place)
            continue
        yield Hit(None, row.place, f"{row.first} {row.title}", told={"name": row.title, "found": str(row.first)})
        return


def _without_row(case: CaseFile, volume: Volume) -> Iterator[Hit | Gap]:
    """Documents between the first and the last row that was read that have none; beyond them rows may be unread."""
    known = {row.first for row in volume.rows if row.first}
    last = max(row.last for row in volume.rows)
    if not known:
        return
    if volume.last_page is not None and last < volume.last_page:
        yield Gap("卷内目录的末行", volume.place)
    for paper in case.papers:
        if paper.volume != volume.key or paper.number is None or paper.confidence < SURE:
            continue
        # A row of this title whose page was read as another is that row: its page is another rule's matter.
        stray = any(_one(row.title, paper.title) and row.first not in volume.starts for row in volume.rows)
        if paper.number not in known and min(known) < paper.number < last and paper.group != "F" and not stray:
            yield Hit(paper, paper.place, told={"paper": paper.title, "found": str(paper.number)})


def _one(title: str, other: str) -> bool:
    """Whether two titles are one, an organ before it and letters that were lost or misread aside."""
    shorter, longer = sorted((title, other), key=len)
    matcher = SequenceMatcher(None, shorter, longer[-len(shorter) - 1 :], autojunk=False)
    return shorter in longer or sum(block.size for block in matcher.get_matching_blocks()) >= ONE_TITLE * len(shorter)


def page_faults(case: CaseFile, args: Arguments) -> Iterator[Hit | Gap]:
    """What cataloguing found of this `kind` (missing, duplicate, foreign, swapped)."""
    for volume in case.volumes:
        for fault in volume.faults:
            if fault.kind == args.text("kind"):
                yield Hit(None, fault.place, str(fault.place.page), told={"found": fault.explanation})


def size(case: CaseFile, args: Arguments) -> Iterator[Hit | Gap]:
    """A volume has at most `most` pages."""
    for volume in case.volumes:
        if volume.last_page is not None and volume.last_page > args.number("most"):
            yield Hit(None, volume.place, volume.key, told={"found": str(volume.last_page)})


def parts(case: CaseFile, args: Arguments) -> Iterator[Hit | Gap]:
    """Every volume that has any of its parts has the part `need` (封面, 目录, 备考表)."""
    for volume in case.volumes:
        own = [paper for paper in case.papers if paper.volume == volume.key]
        kinds = {paper.type for paper in own}
        if kinds & set(args.texts("any")) and not kinds & set(args.texts("need")):
            wanted = "、".join(args.texts("need"))
            yield Hit(own[0], own[0].place, volume.key, told={"wanted": wanted})
