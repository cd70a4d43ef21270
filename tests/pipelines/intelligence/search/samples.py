"""Small records of each kind."""

from __future__ import annotations

from cases.records import CaseDocument, PageLine, Provenance, Quad, ScannedPage, ScanRecord, Seal
from cases.traffic import TrafficRecord, Violation
from cases.transcript import Transcript, TranscriptSegment

MADE = Provenance("test", "1", "0", (), {}, "cpu", "0" * 64, "2026-01-01T00:00:00Z", "2026-01-01T00:00:01Z")


def box(top: float) -> Quad:
    """A line's box at this height."""
    return ((10.0, top), (90.0, top), (90.0, top + 8), (10.0, top + 8))


def page(number: int, *lines: str, seals: tuple[Seal, ...] = ()) -> ScannedPage:
    """A page of these lines."""
    placed = tuple(PageLine(text, box(20.0 * n), 0.9, "print") for n, text in enumerate(lines))
    return ScannedPage(number, 100, 200, 0, 0.0, placed, seals=seals)


VOLUME = ScanRecord(
    (
        page(
            1,
            "起诉意见书",
            "犯罪嫌疑人张伟，男，住河滨市",
            "场后门",
            seals=(Seal(box(150), "round", "示范市公安局", 0.9),),
        ),
        page(2, "第二页的文字"),
        page(3, "不属于任何文书"),
    ),
    (CaseDocument("起诉意见书", "起诉意见书", "公诉字〔2026〕12号", "2026-10-05", "示范市公安局", 1, 2, 0.9),),
    "",
    MADE,
)
TALK = Transcript(
    "zh",
    9.0,
    ("S1", "张伟"),
    (
        TranscriptSegment(0, 0.5, 3.0, "S1", "question", "手包里有什么", 0.9, (), ()),
        TranscriptSegment(1, 3.5, 8.0, "张伟", "answer", "有一些现金", 0.9, (), ()),
    ),
    "",
    MADE,
)
STREET = TrafficRecord(
    9.0,
    25.0,
    225,
    3,
    (),
    (),
    (
        Violation("red_light", "1625", 7, "L1", 4.2, 5.0, "京A12345", None, None, ()),
        Violation("speeding", "1352", 8, None, 6.0, 7.0, None, 71.0, 60.0, ()),
    ),
    MADE,
)
