"""Records over HTTP: the shape that programs rely on, versions, exports, copies, and the trail of who read what."""

from __future__ import annotations

import io
import zipfile
from itertools import pairwise

import docx
import openpyxl
import pytest
from pypdf import PdfReader
from reportlab.pdfgen.canvas import Canvas

from cases.audit import GENESIS, AuditEntry, entry_faults
from cases.codec import to_json_object
from cases.records import CaseDocument, PageLine, Provenance, Role, ScannedPage, ScanRecord
from cases.transcript import Transcript, TranscriptSegment, TranscriptWord
from pipelines.files.tables.cells import Cell, scanned_table

PROVENANCE = Provenance("transcribe", "1", "0", (), {}, "cpu", "0" * 64, "2026-01-01T00:00:00Z", "2026-01-01T00:00:01Z")
TRANSCRIPT = Transcript(
    "zh",
    2.0,
    (),
    (TranscriptSegment(0, 0.0, 1.5, None, None, "我没有去过。", 0.9, (), (TranscriptWord(0.0, 0.5, "我", 0.9),)),),
    "我没有去过。",
    PROVENANCE,
)


@pytest.fixture
def record(gateway, tone: bytes):
    """A done transcription: its key, case and record id."""
    headers = gateway.key()
    case = gateway.case(headers)
    body = {"task": "transcribe", "evidence": gateway.evidence(headers, case, tone)}
    assert gateway.client.post(f"/api/v1/cases/{case}/jobs", headers=headers, json=body).status_code == 202
    lease = gateway.store.claim("a test", ["transcribe"], 60.0)
    with gateway.app.state.services.blobs.receive() as incoming:
        incoming.write(b"%PDF-copy")
        blob = incoming.commit()
    derived = [("副本.pdf", "application/pdf", blob)]
    return headers, case, gateway.store.finish(lease, "transcribe", to_json_object(TRANSCRIPT), derived).record_id


def test_a_record_is_its_own_json_and_says_what_it_is(gateway, record) -> None:
    headers, case, record_id = record
    body = gateway.client.get(f"/api/v1/records/{record_id}", headers=headers).json()
    assert {"language", "duration", "speakers", "segments", "text", "provenance"} <= set(body)
    assert body["segments"][0]["words"][0] == {
        "start": 0.0,
        "end": 0.5,
        "text": "我",
        "probability": 0.9,
        "human": False,
    }
    about = body["record"]
    assert (about["id"], about["case"], about["version"], about["author"]) == (record_id, case, 1, "machine")
    assert [copy["name"] for copy in about["derived"]] == ["副本.pdf"]


def test_a_correction_is_a_new_version_and_the_machines_stays(gateway, record) -> None:
    headers, _, record_id = record
    url = f"/api/v1/records/{record_id}"
    body = gateway.client.get(url, headers=headers).json()
    body["segments"][0]["text"] = body["text"] = "我去过。"
    answer = gateway.client.post(f"{url}/versions", headers=headers, json={"base_version": 1, "body": body})
    assert answer.status_code == 201, answer.text
    assert (answer.json()["version"], answer.json()["author"]) == (2, "human")
    assert gateway.client.get(url, headers=headers).json()["text"] == "我去过。"
    assert gateway.client.get(url, headers=headers, params={"version": 1}).json()["text"] == "我没有去过。"
    assert [v["version"] for v in gateway.client.get(f"{url}/versions", headers=headers).json()] == [1, 2]
    again = gateway.client.post(f"{url}/versions", headers=headers, json={"base_version": 1, "body": body})
    assert again.status_code == 409


def test_a_correction_keeps_shape_and_provenance(gateway, record) -> None:
    headers, _, record_id = record
    url = f"/api/v1/records/{record_id}"
    good = gateway.client.get(url, headers=headers).json()
    broken = {**good, "segments": [{"text": "x"}]}
    forged = {**good, "provenance": {**good["provenance"], "device": "a better one"}}
    for body in (broken, forged):
        answer = gateway.client.post(f"{url}/versions", headers=headers, json={"base_version": 1, "body": body})
        assert answer.status_code == 400
    assert gateway.client.get(url, headers=headers).json()["record"]["version"] == 1


def test_edits_are_a_version_too_and_need_no_words(gateway, record) -> None:
    headers, _, record_id = record
    url = f"/api/v1/records/{record_id}"
    edit = {"first": 0, "last": 0, "sentences": [{"text": "我没去过！", "role": "answer", "confirmed": True}]}
    answer = gateway.client.post(f"{url}/versions", headers=headers, json={"base_version": 1, "edits": [edit]})
    assert answer.status_code == 201, answer.text
    body = gateway.client.get(url, headers=headers).json()
    (segment,) = body["segments"]
    assert (segment["text"], segment["role"], body["text"]) == ("我没去过！", "answer", "我没去过！")
    assert segment["words"][0] == {"start": 0.0, "end": 0.5, "text": "我", "probability": 0.9, "human": False}
    assert all(word["human"] for word in segment["words"][1:])
    assert segment["confirmed_by"] == body["record"]["created_by"]


def test_edits_of_an_older_version_go_onto_the_latest_when_that_is_asked_for(gateway, record) -> None:
    headers, _, record_id = record
    url = f"/api/v1/records/{record_id}/versions"
    first = {"first": 0, "last": 0, "sentences": [{"text": "我没有去过的。"}]}
    mine = {"first": 0, "last": 0, "sentences": [{"text": "我没有去过。", "role": "answer"}]}
    assert gateway.client.post(url, headers=headers, json={"base_version": 1, "edits": [first]}).status_code == 201
    late = gateway.client.post(url, headers=headers, json={"base_version": 1, "edits": [mine]})
    assert late.status_code == 409
    onto = gateway.client.post(url, headers=headers, json={"base_version": 1, "onto_version": 2, "edits": [mine]})
    assert (onto.status_code, onto.json()["version"]) == (201, 3)
    assert [v["version"] for v in gateway.client.get(url, headers=headers).json()] == [1, 2, 3]


@pytest.mark.parametrize(
    ("given", "status"),
    [
        ({"base_version": 1}, 422),
        ({"base_version": 1, "edits": [], "body": {}}, 422),
        ({"base_version": 1, "body": {}, "onto_version": 2}, 422),
        ({"base_version": 1, "edits": [{"first": 0, "last": 9, "sentences": [{"text": "x"}]}]}, 400),
        ({"base_version": 1, "edits": [{"first": 0, "last": 0, "sentences": [{"text": "a\u202eb"}]}]}, 422),
    ],
)
def test_a_version_that_does_not_fit_is_refused(gateway, record, given: dict[str, object], status: int) -> None:
    headers, _, record_id = record
    answer = gateway.client.post(f"/api/v1/records/{record_id}/versions", headers=headers, json=given)
    assert answer.status_code == status, answer.text


@pytest.mark.parametrize(
    "change",
    [
        {"start": -1.0},
        {"start": 1.9, "end": 1.6},
        {"end": 99.0},
        {"role": "judge"},
        {"words": [{"start": 0.4, "end": 0.2, "text": "我没有去过。", "probability": 1.0}]},
        {"words": [{"start": 1.8, "end": 1.9, "text": "我没有去过。", "probability": 1.0}]},
    ],
)
def test_a_corrected_sentence_keeps_to_the_recording(gateway, record, change: dict[str, object]) -> None:
    headers, _, record_id = record
    url = f"/api/v1/records/{record_id}"
    body = gateway.client.get(url, headers=headers).json()
    body["segments"][0] |= change
    answer = gateway.client.post(f"{url}/versions", headers=headers, json={"base_version": 1, "body": body})
    assert answer.status_code == 400, answer.text
    assert answer.json()["code"].startswith("revision.")


@pytest.mark.parametrize("version", ["0", "-1", "2.5", "x", "99999999999"])
def test_a_version_that_is_no_number_of_a_version_is_422(gateway, record, version: str) -> None:
    headers, _, record_id = record
    answer = gateway.client.get(f"/api/v1/records/{record_id}", headers=headers, params={"version": version})
    assert answer.status_code == 422
    assert answer.json()["details"]["fields"][0]["where"] == "query.version"


def test_a_version_that_is_not_there_is_404(gateway, record) -> None:
    headers, _, record_id = record
    assert gateway.client.get(f"/api/v1/records/{record_id}?version=7", headers=headers).status_code == 404


@pytest.mark.parametrize(
    ("format", "media_type", "text"),
    [
        ("txt", "text/plain", "我没有去过。\n"),
        ("srt", "application/x-subrip", "00:00:00,000 --> 00:00:01,500"),
        ("vtt", "text/vtt", "WEBVTT"),
    ],
)
def test_a_transcript_is_exported(gateway, record, format: str, media_type: str, text: str) -> None:
    headers, _, record_id = record
    answer = gateway.client.get(f"/api/v1/records/{record_id}/export?format={format}", headers=headers)
    assert answer.headers["content-type"].startswith(media_type)
    assert text in answer.text
    assert record_id in answer.headers["content-disposition"]


def test_a_transcript_is_exported_in_figures_and_stays_as_it_was(gateway, record) -> None:
    headers, _, record_id = record
    body = gateway.client.get(f"/api/v1/records/{record_id}", headers=headers).json()
    body.pop("record")
    body["segments"][0] |= {
        "text": "给了三千块。",
        "numbers": [{"start": 2, "end": 4, "raw": "三千", "text": "3000", "kind": "money", "flags": []}],
    }
    wrapped = {"base_version": 1, "body": body}
    added = gateway.client.post(f"/api/v1/records/{record_id}/versions", headers=headers, json=wrapped)
    assert added.status_code == 201, added.text
    url = f"/api/v1/records/{record_id}/export"
    assert gateway.client.get(f"{url}?figures=true", headers=headers).text == "给了3000块。\n"
    assert gateway.client.get(url, headers=headers).text == "给了三千块。\n"


DOCUMENTS = (
    CaseDocument("卷宗封面", "刑事侦查卷宗", None, None, None, 1, 1, 0.9),
    CaseDocument("立案决定书", "立案决定书", "滨公立字〔2026〕1号", "2026-10-04", "滨河市公安局", 2, 3, 0.9),
)


@pytest.fixture
def scanned(gateway, tone: bytes):
    """Keeps a read volume with some documents; gives the key's headers and the address of its export."""
    headers = gateway.key()
    case = gateway.case(headers)

    def keep(*documents: CaseDocument, pages: tuple[ScannedPage, ...] = ()):
        evidence = gateway.evidence(headers, case, tone)
        gateway.store.submit_job(gateway.actor(), case, evidence, "scan", {}, "1")
        lease = gateway.store.claim("a test", ["scan"], 60.0)
        body = to_json_object(ScanRecord(pages, documents, "", PROVENANCE))
        return headers, f"/api/v1/records/{gateway.store.finish(lease, 'scan', body, []).record_id}/export"

    return keep


def test_the_catalogue_of_a_scan_is_exported_with_the_case_on_its_cover(gateway, scanned, font, monkeypatch) -> None:
    monkeypatch.setenv("ANJUAN_FONT", str(font))
    headers, url = scanned(*DOCUMENTS)
    word = gateway.client.get(f"{url}?format=docx", headers=headers)
    assert word.headers["content-type"].endswith("wordprocessingml.document")
    document = docx.Document(io.BytesIO(word.content))
    assert "案件名称： 张三盗窃案" in "".join(paragraph.text for paragraph in document.paragraphs)
    assert [cell.text for cell in document.tables[0].rows[1].cells][:2] == ["1", "立案决定书"]
    pdf = gateway.client.get(f"{url}?format=pdf", headers=headers)
    assert pdf.headers["content-type"] == "application/pdf"
    assert len(PdfReader(io.BytesIO(pdf.content)).pages) == 3


def test_a_scan_without_documents_says_that_it_has_no_catalogue(gateway, scanned) -> None:
    headers, url = scanned(DOCUMENTS[0])
    answer = gateway.client.get(f"{url}?format=docx", headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (400, "catalogue.empty")
    assert "names no documents" in answer.text
    answer = gateway.client.get(f"{url}?format=srt", headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (400, "export.format")
    assert "docx or pdf" in answer.text


@pytest.fixture
def volume(gateway, tmp_path):
    """A read volume of two pages over the picture of a PDF: the key's headers and the address of its export."""
    headers = gateway.key()
    case = gateway.case(headers)
    lines = tuple(PageLine(f"第{n}页", ((60, 100), (300, 100), (300, 130), (60, 130)), 0.9, "text") for n in (1, 2))
    pages = tuple(ScannedPage(n, 600, 800, 0, 0.0, (lines[n - 1],), image=f"page-000{n}.jpg") for n in (1, 2))
    documents = tuple(CaseDocument("讯问笔录", f"讯问笔录/{n}", None, None, None, n, n, 0.9) for n in (1, 2))
    canvas = Canvas(str(tmp_path / "o.pdf"), pagesize=(300, 400))
    for _ in pages:
        canvas.rect(10, 10, 50, 50)
        canvas.showPage()
    canvas.save()
    evidence = gateway.evidence(headers, case, (tmp_path / "o.pdf").read_bytes(), name="卷宗.pdf")
    gateway.store.submit_job(gateway.actor(), case, evidence, "scan", {}, "1")
    lease = gateway.store.claim("a test", ["scan"], 60.0)
    body = to_json_object(ScanRecord(pages, documents, "", PROVENANCE))
    return headers, f"/api/v1/records/{gateway.store.finish(lease, 'scan', body, []).record_id}"


def test_the_searchable_pdf_is_made_of_the_version_that_is_asked_for(gateway, volume) -> None:
    headers, url = volume
    body = gateway.client.get(url, headers=headers).json()
    body["pages"][0]["lines"][0]["text"] = "改过的字"
    corrected = {"base_version": 1, "body": body}
    assert gateway.client.post(f"{url}/versions", headers=headers, json=corrected).status_code == 201
    found = {}
    for version in (1, 2):
        answer = gateway.client.get(f"{url}/export?format=searchable&version={version}", headers=headers)
        assert (answer.status_code, answer.headers["content-type"]) == (200, "application/pdf")
        found[version] = PdfReader(io.BytesIO(answer.content)).pages[0].extract_text().strip()
    assert found == {1: "第1页", 2: "改过的字"}
    assert list(gateway.app.state.services.settings.work_dir.glob("job-export-*")) == []


def test_a_volume_is_split_into_a_zip_of_one_pdf_a_document(gateway, volume) -> None:
    headers, url = volume
    answer = gateway.client.get(f"{url}/export?format=split", headers=headers)
    assert answer.headers["content-type"] == "application/zip"
    assert "v1.zip" in answer.headers["content-disposition"]
    with zipfile.ZipFile(io.BytesIO(answer.content)) as packed:
        assert packed.namelist() == ["001-讯问笔录_1-1.pdf", "002-讯问笔录_2-2.pdf"]
        assert PdfReader(packed.open("002-讯问笔录_2-2.pdf")).pages[0].extract_text().strip() == "第2页"


def test_what_has_no_documents_or_is_no_scan_is_not_split(gateway, scanned, record) -> None:
    headers, url = scanned()
    answer = gateway.client.get(f"{url}?format=split", headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (400, "split.empty")
    answer = gateway.client.get(f"/api/v1/records/{record[2]}/export?format=searchable", headers=record[0])
    assert (answer.status_code, answer.json()["code"]) == (400, "export.format")


def test_the_tables_of_a_scan_are_exported_as_a_workbook(gateway, scanned) -> None:
    box = ((0.0, 0.0), (9.0, 0.0), (9.0, 9.0), (0.0, 9.0))
    table = scanned_table(box, [Cell(0, 0, 1, 1, "编号", box), Cell(0, 1, 1, 1, "=1+1", box)])
    headers, url = scanned(pages=(ScannedPage(4, 10, 10, 0, 0.0, (), (table,)),))
    answer = gateway.client.get(f"{url}?format=xlsx", headers=headers)
    assert answer.headers["content-type"].endswith("spreadsheetml.sheet")
    (sheet,) = openpyxl.load_workbook(io.BytesIO(answer.content)).worksheets
    assert [(cell.value, cell.data_type) for cell in sheet[1]] == [("编号", "s"), ("=1+1", "s")]


def test_a_scan_without_tables_has_no_workbook(gateway, scanned) -> None:
    headers, url = scanned(*DOCUMENTS)
    answer = gateway.client.get(f"{url}?format=xlsx", headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (400, "tables.none")


def test_a_copy_has_content_with_ranges_for_those_who_may_read(gateway, record) -> None:
    headers, _, record_id = record
    (copy,) = gateway.client.get(f"/api/v1/records/{record_id}/derived", headers=headers).json()
    url = f"/api/v1/derived/{copy['id']}/content"
    assert gateway.client.get(url, headers=headers).content == b"%PDF-copy"
    assert gateway.client.get(url, headers=headers | {"range": "bytes=1-3"}).content == b"PDF"
    stranger = gateway.key("zhao")
    assert gateway.client.get(url, headers=stranger).status_code == 404
    assert gateway.client.get(f"/api/v1/records/{record_id}", headers=stranger).status_code == 404


def test_the_trail_tells_every_act_and_its_hashes_chain(gateway, record) -> None:
    headers, case, record_id = record
    gateway.client.get(f"/api/v1/records/{record_id}", headers=headers)
    trail = gateway.client.get(f"/api/v1/cases/{case}/audit", headers=headers).json()
    entries = [AuditEntry(**entry) for entry in trail["entries"]]
    assert {"case.created", "evidence.added", "job.submitted", "record.created", "record.read"} <= {
        e.act for e in entries
    }
    assert entries[0].previous_hash == GENESIS
    assert all(later.previous_hash == earlier.hash for earlier, later in pairwise(entries))
    assert [fault for entry in entries for fault in entry_faults(entry, None, None)] == []


def test_the_trail_comes_in_pages(gateway, record) -> None:
    headers, case, _ = record
    whole = gateway.client.get(f"/api/v1/cases/{case}/audit", headers=headers).json()
    seen, after = [], 0
    while after is not None:
        page = gateway.client.get(f"/api/v1/cases/{case}/audit?after={after}&limit=2", headers=headers).json()
        seen += page["entries"]
        after = page["next"]
    assert [e["hash"] for e in seen][: len(whole["entries"])] == [e["hash"] for e in whole["entries"]]


def test_an_administrator_reads_but_is_on_the_trail(gateway, record) -> None:
    headers, case, record_id = record
    admin = gateway.key("root", Role.ADMIN)
    assert gateway.client.get(f"/api/v1/records/{record_id}", headers=admin).status_code == 200
    trail = gateway.client.get(f"/api/v1/cases/{case}/audit", headers=headers).json()["entries"]
    assert ("record.read", "root") in {(e["act"], e["actor_name"]) for e in trail}
