"""A small volume with every part, for the tests of its sheets."""

from __future__ import annotations

from cases.records import CaseDocument
from pipelines.files.catalogue.entries import Volume, VolumeHeader, volume_of

DOCUMENTS = (
    CaseDocument("卷宗封面", "刑事侦查卷宗", None, None, None, 1, 1, 0.99),
    CaseDocument("卷内目录", "卷内目录", None, None, None, 2, 2, 0.99),
    CaseDocument("立案决定书", "立案决定书", "滨公（刑）立字〔2026〕0187号", "2026-10-04", "滨河市公安局", 3, 3, 0.98),
    CaseDocument("讯问笔录", "讯问笔录（第一次）", None, "2026-10-05", "王敏、李强", 4, 8, 0.9),
    CaseDocument("户籍证明", "", None, None, None, 9, 10, 0.41),
    CaseDocument("备考表", "备考表", None, None, None, 11, 11, 0.99),
)
HEADER = VolumeHeader(case_name="张伟涉嫌盗窃案", case_no="A3301", suspects="张伟", volumes=3, volume=1)


def volume(documents: tuple[CaseDocument, ...] = DOCUMENTS, header: VolumeHeader = HEADER) -> Volume:
    return volume_of(documents, header)


def statements(count: int) -> tuple[CaseDocument, ...]:
    """So many 笔录 of a page each."""
    return tuple(
        CaseDocument("询问笔录", f"证人陈某某询问笔录（第{n}次）", None, "2026-10-12", "王敏", n, n, 0.9)
        for n in range(1, count + 1)
    )
