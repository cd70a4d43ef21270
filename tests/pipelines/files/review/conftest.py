"""A small read volume whose documents the machine found."""

from __future__ import annotations

import pytest

from cases.records import Provenance, ScanRecord
from pipelines.files.catalogue.checks import findings
from pipelines.files.catalogue.documents import documents_of
from pipelines.files.page import volume_text
from tests.pipelines.files.catalogue.conftest import CLOSING, TALK, sheet

MADE = Provenance("scan", "1", "0", (), {}, "cpu", "0" * 64, "2026-01-01T00:00:00Z", "2026-01-01T00:00:01Z")


@pytest.fixture
def volume() -> ScanRecord:
    """Cover, a decision, an interrogation of two pages."""
    pages = (
        sheet(1, "犯罪嫌疑人张三", title="刑事侦查卷宗"),
        sheet(2, *CLOSING, above="江州市公安局", title="立案决定书", right="江公立字〔2024〕7号"),
        sheet(3, "2024年3月16日", "犯罪嫌疑人：张三", *TALK, title="讯问笔录", foot="第1页 共2页"),
        sheet(4, *TALK, foot="第2页 共2页"),
    )
    documents = documents_of(pages)
    return ScanRecord(pages, documents, volume_text(pages), MADE, findings(pages, documents))
