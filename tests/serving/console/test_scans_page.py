"""The dashboard counts what is in work, what waits for a person and what failed, each with what to do."""

from __future__ import annotations

from dataclasses import replace

import pytest
from starlette.testclient import TestClient

from cases.records import CaseDocument, JobState, ScanRecord, VolumeFinding
from pipelines.files.page import QUARANTINED
from serving.console.scans_page import KEPT, LookedInto, UnreadPage, VolumeState, state_of
from tests.serving.console.conftest import Office, add_file, keep, page_picture, provenance

DOCUMENTS = (
    CaseDocument("卷宗封面", "卷宗封面", None, None, None, 1, 1, 1.0, "u1"),
    CaseDocument("其他材料", "其他材料", None, None, None, 2, 3, 0.2),
)


def volume() -> ScanRecord:
    """Three pages, the third of which ended its reader, two documents, one of them decided."""
    pages = [page_picture(number)[1] for number in (1, 2, 3)]
    pages[2] = replace(pages[2], lines=(), flags=(QUARANTINED,))
    return ScanRecord(
        tuple(pages), DOCUMENTS, "", provenance("scan", "1" * 64, ()), (VolumeFinding("missing", 2, "缺"),)
    )


def test_what_a_volume_leaves_to_do() -> None:
    state = state_of(volume())
    assert (state.pages, state.documents, state.confirmed, state.to_check, state.findings) == (3, 2, 1, 1, 1)
    assert state.unread == (UnreadPage(3, QUARANTINED),)
    assert state.lines_waiting > 0


def test_only_the_last_versions_that_were_asked_for_are_remembered(office: Office) -> None:
    case = office.store.create_case(office.officer, "统计案")
    item = add_file(office, case, "卷.pdf", b"%PDF-1.4\n%%EOF\n", "application/pdf", {"pages": 3})
    record = keep(office, case, "scan", item, volume(), {})
    (one,) = office.store.versions_of(office.officer, record)
    known, state = LookedInto(), VolumeState(1, 1, 0, 0, 0, 0, ())
    assert known.get(one) is None
    for version in range(1, KEPT + 2):
        known.put(replace(one, version=version), state)
    assert known.get(one) is None
    assert known.get(replace(one, version=KEPT + 1)) is state


@pytest.fixture
def busy(office: Office):
    """A case with a read volume, one in work at two pages of ten, one that waits, and one that failed."""
    case = office.store.create_case(office.officer, "张伟涉嫌盗窃案（扫描）")
    pdf = b"%PDF-1.4\n%%EOF\n"
    done = add_file(office, case, "读毕卷.pdf", pdf, "application/pdf", {"pages": 3})
    record = keep(office, case, "scan", done, volume(), {})
    names = ("坏卷.pdf", "在读卷.pdf", "排队卷.pdf")
    items = [add_file(office, case, name, pdf + name.encode(), "application/pdf", {"pages": 10}) for name in names]
    jobs = [office.store.submit_job(office.officer, case.id, item.id, "scan", {}, "1") for item in items]
    bad = office.store.claim("test", ["scan"], 60)
    office.store.fail(bad, "pdf.password", "the PDF has a password", retry=False)
    lease = office.store.claim("test", ["scan"], 60)
    for part in range(2):
        office.store.checkpoint(lease, part, 10, {})
    yield record
    # Which of them the queue gave first is its own affair.
    for job in jobs:
        if office.store.job(office.officer, job.id).state in (JobState.QUEUED, JobState.RUNNING):
            office.store.cancel_job(office.officer, job.id)


def test_the_dashboard_shows_stages_unread_pages_and_failures(clerk: TestClient, busy: str) -> None:
    page = " ".join(clerk.get("/scans").text.split())
    assert "2 / 10" in page
    assert "PDF 有密码保护，请先解除密码再上传。" in page
    assert f"/records/{busy}?page=3" in page
    assert "图像保留，文字请人工录入" in page
    assert f"/records/{busy}/catalogue" in page
