"""The papers of a scanned volume, as review knows them, from the pages and documents that a scan keeps; pure.

Fingerprints come as boxes from whoever looked for them (`Marks`). Nobody did where there are none of them: then what
needs fingerprints is unknown, not missing.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Final

from cases.records import CaseDocument, Quad, ScannedPage, VolumeFinding
from pipelines.files.catalogue.documents import UNSURE
from pipelines.files.catalogue.marks import stamp_of
from pipelines.files.catalogue.taxonomy import type_named
from pipelines.intelligence.review.casefile import (
    CaseFile,
    Fact,
    PageFault,
    Paper,
    Place,
    Utterance,
    Volume,
    When,
)
from pipelines.intelligence.review.lists import catalogue_rows, list_facts
from pipelines.intelligence.review.patterns import REFUSED, facts_in
from pipelines.intelligence.review.people import first_named, identities_in, near, suspects_in
from pipelines.intelligence.review.times import moment_in
from pipelines.intelligence.review.wording import Wording, wording_of

Marks = Mapping[int, tuple[Quad, ...]]
"""Fingerprints by page of a volume that was looked through for them."""
PARTS: Final = "F"
STATED: Final = ("讯问笔录", "询问笔录（被害人）", "询问笔录（证人）", "亲笔供词", "亲笔证词")
SHIFT: Final = 4
"""Pages that were left out, let in or scanned twice shift numbers by so many at most."""
_ORGAN = re.compile(r"(?:公安局|分局|派出所|支队|大队|人民检察院|人民法院)$")
_STRANGER = re.compile(r"所涉(.{2,4})不见于")
_ANSWER = re.compile(r"答：(.*?)(?=问：|以上[笔记]录|$)", re.DOTALL)
_FOOT = re.compile(r"(?:被.?问人(?:签名)?|.问人签名)：[\u4e00-\u9fff·]{1,5}")
_EMPTY_FOOT = re.compile(r"被[讯询]问人(?:签名)?：(?=[讯询]问人|（|$)")


@dataclass(frozen=True, slots=True)
class ScannedVolume:
    """One scan of a case: its record and what is kept in it; `marks` None where nobody looked for fingerprints."""

    record: str
    pages: tuple[ScannedPage, ...]
    documents: tuple[CaseDocument, ...]
    findings: tuple[VolumeFinding, ...] = ()
    marks: Marks | None = None


@dataclass(frozen=True, slots=True)
class _Read:
    volume: ScannedVolume
    document: CaseDocument
    pages: tuple[ScannedPage, ...]
    wording: Wording


def casefile_of(volumes: Sequence[ScannedVolume], others: Sequence[Paper] = ()) -> CaseFile:
    """The case that these volumes are of; `others` are papers that came otherwise, as 笔录 made here."""
    read = [
        _Read(volume, one, pages, wording_of(pages, volume.record))
        for volume in volumes
        for one, pages in _spans(volume)
    ]
    suspects = suspects_in(one.wording for one in read)
    told = tuple(dict.fromkeys((*suspects, *(p.person for p in others if p.person and p.type == "讯问笔录"))))
    units = {volume.record: _unit(volume.documents) for volume in volumes}
    numbers = {volume.record: _stamps(volume) for volume in volumes}
    papers = [_paper(one, told, units[one.volume.record], numbers[one.volume.record]) for one in read]
    return CaseFile((*papers, *others), tuple(_volume(volume, told) for volume in volumes), told)


def _spans(volume: ScannedVolume) -> list[tuple[CaseDocument, tuple[ScannedPage, ...]]]:
    return [
        (one, tuple(page for page in volume.pages if one.first_page <= page.number <= one.last_page))
        for one in volume.documents
    ]


def _paper(one: _Read, suspects: tuple[str, ...], unit: str, numbers: Mapping[int, int]) -> Paper:
    document, record = one.document, one.volume.record
    kind = type_named(document.type)
    facts = facts_in(document.type, one.wording) | list_facts(document.type, one.pages, record)
    head = one.wording.place(0)
    day = moment_in(_dashed(document.date)) if document.date else None
    if day is not None:
        facts["day"] = (Fact(day, _place_of_day(one, day)),)
    for name, found in (("seals", _seals(one)), ("pages_signed", _signed(one)), ("prints", _prints(one))):
        if found:
            facts[name] = found
    speaker = facts.get("speaker")
    person = str(speaker[0].value) if speaker else first_named(suspects, one.wording.text)
    return Paper(
        key=f"{record}:{document.first_page}",
        type=document.type,
        title=document.title,
        place=head,
        group=kind.group if kind is not None else "",
        volume=record,
        unit=document.author if document.author and _ORGAN.search(document.author) else unit,
        person=person,
        pages=(document.first_page, document.last_page),
        number=numbers.get(document.first_page),
        facts=facts,
        identities=tuple(identities_in(one.wording)),
        answers=tuple(_answers(one.wording)) if document.type in STATED else (),
        confidence=document.confidence,
    )


def _dashed(iso: str) -> str:
    year, month, day = iso.split("-")
    return f"{year}年{month}月{day}日"


def _place_of_day(one: _Read, day: When) -> Place:
    """Where the day stands last; the head of the paper where it is written in characters."""
    at = one.wording.text.rfind(str(day))
    return one.wording.place(at) if at >= 0 else one.wording.place(len(one.wording.text))


def _seals(one: _Read) -> tuple[Fact, ...]:
    """The text of every seal, its box as place."""
    return tuple(
        Fact(seal.text, Place(one.volume.record, page.number, seal.box, confidence=seal.confidence))
        for page in one.pages
        for seal in page.seals
    )


def _signed(one: _Read) -> tuple[Fact, ...]:
    """For each page of a 笔录 whether the subject's name stands in its foot or close; unknown where no page has one."""
    if one.document.type not in STATED[:3]:
        return ()
    feet = [_foot(page) for page in one.pages]
    if all(foot is None for foot in feet) or REFUSED.search(one.wording.text):
        return ()
    return tuple(
        Fact(signed, _end(one, page)) for page, signed in zip(one.pages, feet, strict=True) if signed is not None
    )


def _foot(page: ScannedPage) -> bool | None:
    """Whether the foot of the page is signed; None where it is not read at all."""
    low = [line.text.replace(" ", "") for line in page.lines if line.box[0][1] > 0.88 * page.height]
    if any(_FOOT.search(text.replace(":", "：")) for text in low):
        return True
    return False if any(_EMPTY_FOOT.search(text.replace(":", "：")) for text in low) else None


def _end(one: _Read, page: ScannedPage) -> Place:
    return Place(one.volume.record, page.number, page.lines[-1].box if page.lines else None)


def _prints(one: _Read) -> tuple[Fact, ...]:
    """For each page how many fingerprints are on it; nothing where nobody looked."""
    marks = one.volume.marks
    if marks is None:
        return ()
    return tuple(Fact(len(marks.get(page.number, ())), _end(one, page)) for page in one.pages)


def _answers(wording: Wording) -> list[Utterance]:
    return [Utterance(re.sub(r"\s", "", found[1]), wording.place(found.start())) for found in wording.find(_ANSWER)]


def _stamps(volume: ScannedVolume) -> dict[int, int]:
    """The stamped numbers by page, without those far off from what the others tell: they were misread."""
    read = {page.number: stamp for page in volume.pages if (stamp := stamp_of(page)) is not None}
    if not read:
        return {}
    usual = median(page - stamp for page, stamp in read.items())
    return {page: stamp for page, stamp in read.items() if abs(page - stamp - usual) <= SHIFT}


def _unit(documents: Sequence[CaseDocument]) -> str:
    """The organ that issued most papers of a volume."""
    organs = Counter(one.author for one in documents if one.author and _ORGAN.search(one.author))
    return organs.most_common(1)[0][0] if organs else ""


def _volume(volume: ScannedVolume, suspects: tuple[str, ...]) -> Volume:
    by_number = {page.number: page for page in volume.pages}
    stamps = _stamps(volume)
    starts = {
        stamp: one.title if one.confidence >= UNSURE else ""
        for one in volume.documents
        if (stamp := stamps.get(one.first_page)) is not None and _group(one) != PARTS
    }
    rows = [
        row for one, pages in _spans(volume) if one.type == "卷内目录" for row in catalogue_rows(pages, volume.record)
    ]
    first = next(iter(volume.pages), None)
    return Volume(
        key=volume.record,
        place=Place(
            volume.record, first.number if first else None, first.lines[0].box if first and first.lines else None
        ),
        groups=frozenset(_group(one)[:1] for one in volume.documents),
        last_page=max(stamps.values(), default=None),
        rows=tuple(rows),
        starts=starts,
        stamps=frozenset(stamps.values()),
        faults=tuple(
            PageFault(one.kind, one.explanation, _page_place(volume.record, by_number.get(one.page), one.page))
            for one in volume.findings
            if not _of_a_suspect(one.explanation, suspects)
        ),
    )


def _of_a_suspect(explanation: str, suspects: tuple[str, ...]) -> bool:
    """Whether the stranger that cataloguing names is a suspect whose name lost or won a letter in reading."""
    found = _STRANGER.search(explanation)
    return found is not None and any(name.startswith(found[1][:2]) or near(name, found[1]) for name in suspects)


def _page_place(record: str, page: ScannedPage | None, number: int) -> Place:
    if page is None:
        return Place(record, number)
    wide, high = float(page.width), float(page.height)
    return Place(record, number, ((0.0, 0.0), (wide, 0.0), (wide, high), (0.0, high)))


def _group(one: CaseDocument) -> str:
    kind = type_named(one.type)
    return kind.group if kind is not None else ""
