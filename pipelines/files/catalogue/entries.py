"""What stands on the sheets that a volume is bound with, before any file format: 封面, 卷内目录, 备考表.

Pure. `sheets` and `sheets_pdf` draw them and decide no content. Source of the row and of the sheets' order:
公安机关刑事案卷立卷规范（2014版）.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import takewhile
from typing import Final

from cases.records import CaseDocument, VolumeFinding
from models.errors import BadInput
from pipelines.files.catalogue.documents import UNSURE
from pipelines.files.catalogue.taxonomy import type_named

TO_CHECK: Final = "待核对"
MOST_PAGES: Final = 200
"""What one volume holds at most."""
MACHINE_MARK: Final = "机器编目，未经人核对"
COLUMNS: Final = ("序号", "文书名称", "文号", "责任者", "日期", "页号\n(起-止)", "页数", "份数", "备注")


class Part(StrEnum):
    """The sheets, in the order in which they lie in a volume."""

    COVER = "封面"
    CATALOGUE = "卷内目录"
    REMARKS = "备考表"


@dataclass(frozen=True, slots=True)
class CatalogueEntry:
    """A row of the 卷内目录; `first_page` and `last_page` as the binding numbers them, `date` in ISO 8601."""

    number: int
    title: str
    document_number: str | None
    author: str | None
    date: str | None
    first_page: int
    last_page: int
    pages: int
    copies: int
    remark: str

    @property
    def cells(self) -> tuple[str, ...]:
        """The texts of the row, in the order of COLUMNS."""
        first, last = self.first_page, self.last_page
        return (
            str(self.number),
            self.title,
            self.document_number or "",
            self.author or "",
            self.date or "",
            str(first) if first == last else f"{first}-{last}",
            str(self.pages),
            str(self.copies),
            self.remark,
        )


@dataclass(frozen=True, slots=True)
class VolumeHeader:
    """What the cover says; what is empty or None stays a blank to be filled in by hand.

    `pages` counts those that the binding numbers. `mark` stands small on every sheet.
    """

    title: str = "刑事案件卷宗"
    case_name: str = ""
    case_no: str = ""
    suspects: str = ""
    filing_unit: str = ""
    filed_by: str = ""
    reviewed_by: str = ""
    inspected_by: str = ""
    volumes: int | None = None
    volume: int | None = None
    pages: int | None = None
    mark: str = MACHINE_MARK

    @property
    def fields(self) -> tuple[tuple[str, str], ...]:
        """Label and text of each line of the cover."""
        return (
            ("案件名称", self.case_name),
            ("案　　号", self.case_no),
            ("犯罪嫌疑人", self.suspects),
            ("立卷单位", self.filing_unit),
            ("立卷人", self.filed_by),
            ("审核人", self.reviewed_by),
        )

    @property
    def extent(self) -> str:
        """The cover's last line: how many volumes, which this is, how many pages it has."""
        return f"共{_counted(self.volumes)}卷　　第{_counted(self.volume)}卷　　{self.length}"

    @property
    def length(self) -> str:
        """How many pages the volume has."""
        return f"本卷共{_counted(self.pages)}页"


@dataclass(frozen=True, slots=True)
class Volume:
    """What the three sheets say; `remarks` are the 说明 of the 备考表 as far as the catalogue tells it."""

    header: VolumeHeader
    entries: tuple[CatalogueEntry, ...]
    remarks: tuple[str, ...]

    @property
    def signatures(self) -> tuple[tuple[str, str], ...]:
        """Label and text of the lines at the end of the 备考表."""
        return (
            ("立卷人", self.header.filed_by),
            ("检查人", self.header.inspected_by),
            ("日　　期", "　　　　年　　月　　日"),
        )


def mark_of(documents: Sequence[CaseDocument], people: Mapping[str, str]) -> str:
    """What stands on the sheets of who made the catalogue: who confirmed it, and how many rows nobody did.

    `people` are names by account; an account without one is told by its id.
    """
    rows = listed(documents)
    vouched = [one.confirmed_by for one in rows if one.confirmed_by is not None]
    if not vouched:
        return MACHINE_MARK
    names = "、".join(people.get(one, one) for one in dict.fromkeys(vouched))
    left = len(rows) - len(vouched)
    return f"{names}核对编目" if not left else f"{names}核对编目{len(vouched)}项，其余{left}项机器编目，未经人核对"


def listed(documents: Sequence[CaseDocument]) -> tuple[CaseDocument, ...]:
    """The documents that are rows of the catalogue, by their pages: the volume's own parts are left out."""
    return tuple(one for one in _by_page(documents) if not _is_part(one))


def entries(
    documents: Sequence[CaseDocument], *, unnumbered: int | None = None, blank: Collection[int] = ()
) -> tuple[CatalogueEntry, ...]:
    """The rows of the 卷内目录.

    `unnumbered` is how many pages of the scan lie before the one that the binding numbers 1; None counts up to the
    end of cover and catalogue. Pages that are `blank`, by their numbers in the scan, bear no number. Raises BadInput
    when a document would begin before page 1.
    """
    rows = listed(documents)
    before = _front_pages(documents, rows) if unnumbered is None else unnumbered
    if before < 0 or (rows and rows[0].first_page <= before):
        raise BadInput("catalogue.pages", f"page {before + 1} of the scan cannot be page 1 of the volume")
    empty = sorted(page for page in set(blank) if page > before)
    return tuple(_entry(number, one, before, empty) for number, one in enumerate(rows, 1))


def volume_of(
    documents: Sequence[CaseDocument],
    header: VolumeHeader | None = None,
    *,
    findings: Sequence[VolumeFinding] = (),
    unnumbered: int | None = None,
    blank: Collection[int] = (),
) -> Volume:
    """The sheets' content, the number of pages told by the last row where the header does not tell it.

    `findings` become 说明 of the 备考表, `unnumbered` and `blank` are as in `entries`. Raises BadInput where there is
    no document to list.
    """
    rows = entries(documents, unnumbered=unnumbered, blank=blank)
    if not rows:
        raise BadInput("catalogue.empty", "the record names no documents, so there is no catalogue to write")
    given = header or VolumeHeader()
    filled = given if given.pages is not None else replace(given, pages=max(row.last_page for row in rows))
    return Volume(filled, rows, tuple(_remarks(filled, rows, findings)))


def _remarks(header: VolumeHeader, rows: Sequence[CatalogueEntry], findings: Sequence[VolumeFinding]) -> Iterator[str]:
    doubtful = [str(row.number) for row in rows if row.remark == TO_CHECK]
    if doubtful:
        yield f"目录第{'、'.join(doubtful)}项由机器编目时把握不足，{TO_CHECK}。"
    for finding in findings:
        yield f"扫描件第{finding.page}页：{finding.explanation}，{TO_CHECK}。"
    if header.pages is not None and header.pages > MOST_PAGES:
        yield f"本卷{header.pages}页，超过每卷{MOST_PAGES}页的上限，应分卷。"


def _entry(number: int, one: CaseDocument, before: int, blank: Sequence[int]) -> CatalogueEntry:
    """The row; `blank` pages are in order."""
    first, last = (page - before - bisect_right(blank, page) for page in (one.first_page, one.last_page))
    return CatalogueEntry(
        number=number,
        title=one.title or one.type,
        document_number=one.number,
        author=one.author,
        date=one.date,
        first_page=first,
        last_page=last,
        pages=last - first + 1,
        copies=1,
        remark=TO_CHECK if one.confidence < UNSURE else "",
    )


def _front_pages(documents: Sequence[CaseDocument], rows: Sequence[CaseDocument]) -> int:
    """Pages up to the end of the parts that lie before the first document, whatever a person says about its pages."""
    front = max((one.last_page for one in takewhile(_is_part, _by_page(documents))), default=0)
    return min(front, rows[0].first_page - 1) if rows else front


def _by_page(documents: Sequence[CaseDocument]) -> list[CaseDocument]:
    return sorted(documents, key=lambda one: (one.first_page, one.last_page))


def _is_part(one: CaseDocument) -> bool:
    known = type_named(one.type)
    return known is not None and known.is_part_of_volume


def _counted(count: int | None) -> str:
    return f" {count} " if count is not None else "＿＿＿"
