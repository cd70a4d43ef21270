"""The review of a scan over HTTP: lines and documents as a version by a person, with conflicts, on the trail."""

from __future__ import annotations

import io
from dataclasses import replace

import docx
import pytest

from cases.codec import to_json_object
from cases.records import PageLine, Provenance, ScannedPage, ScanRecord
from pipelines.files.catalogue.documents import documents_of
from pipelines.files.page import volume_text

MADE = Provenance("scan", "3", "0", (), {}, "cpu", "0" * 64, "2026-01-01T00:00:00Z", "2026-01-01T00:00:01Z")


def sheet(number: int, title: str, *body: str) -> ScannedPage:
    """A page of a title in the middle and lines under it."""
    rows = [(title, 280.0, 52.0, 700.0), *((text, 480.0 + 60 * n, 32.0, 220.0) for n, text in enumerate(body))]
    lines = []
    for text, top, height, left in rows:
        right = left + height * len(text)
        box = ((left, top), (right, top), (right, top + height), (left, top + height))
        lines.append(PageLine(text, box, 0.9, "text"))
    return ScannedPage(number, 1654, 2339, 0, 0.0, tuple(lines))


@pytest.fixture
def scan(gateway, tone: bytes):
    """A read volume of two documents: the headers of a key, and the address of the record."""
    headers = gateway.key()
    case = gateway.case(headers)
    pages = (
        sheet(1, "立案决定书", "犯罪嫌疑人：张三", "2024年3月15日"),
        sheet(2, "拘留证", "犯罪嫌疑人：张三", "2024年3月16日"),
    )
    record = ScanRecord(pages, documents_of(pages), volume_text(pages), replace(MADE, source_sha256="1" * 64))
    body = {"task": "transcribe", "evidence": gateway.evidence(headers, case, tone)}
    assert gateway.client.post(f"/api/v1/cases/{case}/jobs", headers=headers, json=body).status_code == 202
    lease = gateway.store.claim("a test", ["transcribe"], 60.0)
    kept = gateway.store.finish(lease, "scan", to_json_object(record), [])
    return headers, f"/api/v1/records/{kept.record_id}"


FIX = {"page": 2, "line": 1, "was": "犯罪嫌疑人：张三", "text": "犯罪嫌疑人：张山"}


def send(gateway, scan, **given: object):
    headers, url = scan
    return gateway.client.post(f"{url}/versions", headers=headers, json={"base_version": 1, **given})


def documents(gateway, scan) -> list[dict[str, object]]:
    """The documents of the latest version as a review sends them."""
    headers, url = scan
    found = gateway.client.get(url, headers=headers).json()["documents"]
    return [{name: value for name, value in one.items() if name not in ("confidence", "confirmed_by")} for one in found]


def test_a_corrected_line_is_a_persons_version_and_the_machines_stays(gateway, scan) -> None:
    headers, url = scan
    answer = send(gateway, scan, review={"lines": [FIX]})
    assert answer.status_code == 201, answer.text
    assert (answer.json()["version"], answer.json()["author"]) == (2, "human")
    body = gateway.client.get(url, headers=headers).json()
    line = body["pages"][1]["lines"][1]
    assert (line["text"], line["confirmed_by"]) == ("犯罪嫌疑人：张山", body["record"]["created_by"])
    assert "张山" in body["text"]
    first = gateway.client.get(url, headers=headers, params={"version": 1}).json()
    assert first["pages"][1]["lines"][1]["text"] == "犯罪嫌疑人：张三"
    assert "张山" not in first["text"]


def test_a_review_of_an_older_version_is_refused_until_it_is_carried_onto_the_latest(gateway, scan) -> None:
    headers, url = scan
    other = {"page": 1, "line": 1, "was": "犯罪嫌疑人：张三", "text": "犯罪嫌疑人：张叁"}
    assert send(gateway, scan, review={"lines": [other]}).status_code == 201
    assert send(gateway, scan, review={"lines": [FIX]}).status_code == 409
    assert send(gateway, scan, review={"lines": [FIX]}, onto_version=2).status_code == 201
    pages = gateway.client.get(url, headers=headers).json()["pages"]
    assert [page["lines"][1]["text"] for page in pages] == ["犯罪嫌疑人：张叁", "犯罪嫌疑人：张山"]


def test_documents_that_both_decided_are_not_merged(gateway, scan) -> None:
    mine, theirs = documents(gateway, scan), documents(gateway, scan)
    theirs[0]["title"], mine[1]["title"] = "立案决定书（副本）", "拘留证（副本）"
    assert send(gateway, scan, review={"documents": theirs}).status_code == 201
    answer = send(gateway, scan, review={"documents": mine}, onto_version=2)
    assert (answer.status_code, answer.json()["code"]) == (409, "review.documents")


def test_the_sheets_of_a_decided_catalogue_name_who_decided(gateway, scan) -> None:
    headers, url = scan
    wanted = [{**one, "confirmed": True} for one in documents(gateway, scan)]
    assert send(gateway, scan, review={"documents": wanted}).status_code == 201
    heads = []
    for version in (1, 2):
        answer = gateway.client.get(f"{url}/export", headers=headers, params={"format": "docx", "version": version})
        heads.append(docx.Document(io.BytesIO(answer.content)).sections[0].header.paragraphs[0].text)
    assert "机器编目，未经人核对" in heads[0]
    assert "核对编目" in heads[1]
    assert "机器" not in heads[1]


@pytest.mark.parametrize(
    ("review", "status", "code"),
    [
        ({"lines": [{**FIX, "was": "别的字"}]}, 400, "review.was"),
        ({"lines": [{**FIX, "page": 9}]}, 400, "review.place"),
        ({"lines": [{**FIX, "text": ""}]}, 422, None),
        ({"documents": [{"type": "拘留证", "title": "拘留证", "first_page": 1, "last_page": 1}]}, 400, "review.pages"),
        ({"documents": [{"type": "无", "title": "无", "first_page": 1, "last_page": 2}]}, 400, "review.type"),
    ],
)
def test_a_review_that_does_not_fit_is_refused_and_leaves_no_version(gateway, scan, review, status, code) -> None:
    headers, url = scan
    answer = send(gateway, scan, review=review)
    assert answer.status_code == status, answer.text
    assert code is None or answer.json()["code"] == code
    assert len(gateway.client.get(f"{url}/versions", headers=headers).json()) == 1


def test_nobody_vouches_in_the_name_of_another_account(gateway, scan) -> None:
    headers, url = scan
    body = gateway.client.get(url, headers=headers).json()
    body["pages"][0]["lines"][0]["confirmed_by"] = "somebody-else"
    answer = send(gateway, scan, body=body)
    assert (answer.status_code, answer.json()["code"]) == (400, "record.vouched")


def test_only_scans_take_a_review(gateway, scan) -> None:
    assert send(gateway, scan, review={"lines": [FIX]}, edits=[]).status_code == 422


def test_a_decision_is_taken_back_as_a_version_and_nobody_vouches_for_what_the_machine_proposed(gateway, scan) -> None:
    headers, url = scan
    proposed = gateway.client.get(url, headers=headers).json()
    first, second = documents(gateway, scan)
    joined = [{**first, "last_page": second["last_page"]}]
    assert send(gateway, scan, review={"documents": joined}).status_code == 201
    review = {"documents": [first, {**second, "confirmed": True}], "documents_of": 1, "lines": [FIX]}
    back = gateway.client.post(f"{url}/versions", headers=headers, json={"base_version": 2, "review": review})
    assert back.json()["version"] == 3
    now = gateway.client.get(url, headers=headers).json()
    assert now["documents"][0] == proposed["documents"][0]
    assert now["documents"][1]["confirmed_by"] == back.json()["created_by"]
    assert (now["findings"], now["pages"][1]["lines"][1]["text"]) == (proposed["findings"], "犯罪嫌疑人：张山")
    assert len(gateway.client.get(f"{url}?version=2", headers=headers).json()["documents"]) == 1


def test_a_version_to_take_back_from_must_be_there_and_goes_with_documents(gateway, scan) -> None:
    assert send(gateway, scan, review={"documents": documents(gateway, scan), "documents_of": 9}).status_code == 404
    assert send(gateway, scan, review={"documents_of": 1}).status_code == 422


def test_words_are_found_with_their_place_and_lie_in_a_version(gateway, scan) -> None:
    headers, url = scan
    found = gateway.client.post(f"{url}/find", headers=headers, json={"text": "张 三"}).json()
    assert found["total"] == 2
    assert found["hits"][1] == {
        "page": 2, "pieces": [{"line": 1, "start": 6, "end": 8}], "before": "犯罪嫌疑人：", "text": "张三", "after": ""
    }  # fmt: skip
    assert gateway.client.post(f"{url}/find", headers=headers, json={"text": " "}).json()["code"] == "find.query"
    assert gateway.client.post(f"{url}/find", headers=headers, json={"text": "x", "version": 9}).status_code == 404
