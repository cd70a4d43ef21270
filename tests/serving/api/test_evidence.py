"""Evidence in and out: names, bytes, ranges, limits, full disks, and what stays behind."""

from __future__ import annotations

import errno
import hashlib
from pathlib import Path
from urllib.parse import quote

import pytest

from cases.blobs import Spooled
from cases.records import Role
from serving.api.content import Content, Span, disposition, parse_range
from serving.api.errors import RangeNotSatisfiable
from serving.api.evidence import intake


def test_what_comes_in_goes_out_byte_for_byte_with_both_digests(gateway, tone: bytes) -> None:
    headers = gateway.key()
    case = gateway.case(headers)
    answer = gateway.client.put(
        f"/api/v1/cases/{case}/evidence/{quote('讯问 录音.wav')}", headers=headers, content=tone
    )
    assert answer.status_code == 201
    item = answer.json()
    assert item["filename"] == "讯问 录音.wav"
    assert item["size"] == len(tone)
    assert item["sha256"] == hashlib.sha256(tone).hexdigest()
    assert item["sm3"] == hashlib.new("sm3", tone).hexdigest()
    assert item["media_type"] == "audio/wav"
    content = gateway.client.get(f"/api/v1/evidence/{item['id']}/content", headers=headers)
    assert content.content == tone
    assert content.headers["content-type"] == "audio/wav"
    assert content.headers["etag"] == f'"{item["sha256"]}"'
    assert gateway.client.get(f"/api/v1/cases/{case}/evidence", headers=headers).json() == [item]
    assert gateway.client.get(f"/api/v1/evidence/{item['id']}", headers=headers).json() == item


def test_the_media_type_comes_from_the_bytes(gateway, tone: bytes) -> None:
    headers = gateway.key()
    put = f"/api/v1/cases/{gateway.case(headers)}/evidence/scan.pdf"
    answer = gateway.client.put(put, headers=headers | {"content-type": "application/pdf"}, content=tone)
    assert answer.json()["media_type"] == "audio/wav"


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("..%2F..%2Fetc%2Fpasswd", "filename.path"),
        ("..%5C..%5Cboot.ini", "filename.path"),
        ("a/b.wav", "filename.path"),
        ("%2e%2e", "filename.path"),
        ("a%00.wav", "path.characters"),
        ("a%0d%0aSet-Cookie:x", "path.characters"),
        ("cod%E2%80%AEvaw.exe", "filename.characters"),
        ("%FF%FE.wav", "filename.encoding"),
        ("%20", "filename.empty"),
        ("a" * 300, "filename.too_long"),
    ],
)
def test_a_name_that_is_no_file_name_is_400_and_leaves_nothing(gateway, tone: bytes, name: str, code: str) -> None:
    headers = gateway.key()
    answer = gateway.client.put(f"/api/v1/cases/{gateway.case(headers)}/evidence/{name}", headers=headers, content=tone)
    assert (answer.status_code, answer.json()["code"]) == (400, code)
    assert gateway.files() == []


def test_what_cannot_be_read_is_refused_and_leaves_nothing(gateway) -> None:
    headers = gateway.key()
    case = gateway.case(headers)
    for content, status in ((b"", 400), (b"hello", 415), (b"RIFF\x00\x00\x00\x00WAVE", 400)):
        answer = gateway.client.put(f"/api/v1/cases/{case}/evidence/a.wav", headers=headers, content=content)
        assert answer.status_code == status, answer.text
    assert gateway.files() == []
    assert gateway.client.get(f"/api/v1/cases/{case}/evidence", headers=headers).json() == []


def test_more_bytes_than_the_limit_are_413_whatever_their_length_header_says(open_gateway, tone: bytes) -> None:
    with open_gateway(upload_max_bytes=32768) as gateway:
        headers = gateway.key()
        put = f"/api/v1/cases/{gateway.case(headers)}/evidence/a.wav"

        def pieces():
            yield tone[:20000]
            yield tone[20000:]

        for lie in ({}, {"content-length": "10"}):
            answer = gateway.client.put(put, headers=headers | lie, content=pieces())
            assert answer.status_code == 413
        assert gateway.client.put(put, headers=headers, content=tone).status_code == 413
        assert gateway.files() == []


def test_a_body_that_stops_before_its_announced_end_is_refused(gateway, tone: bytes) -> None:
    headers = gateway.key()
    put = f"/api/v1/cases/{gateway.case(headers)}/evidence/a.wav"
    longer = headers | {"content-length": str(len(tone) + 5)}
    answer = gateway.client.put(put, headers=longer, content=iter([tone]))
    assert (answer.status_code, answer.json()["code"]) == (408, "upload.short")
    assert gateway.files() == []


def test_a_body_without_room_on_the_disk_is_refused_before_it_is_read(open_gateway, tone: bytes) -> None:
    with open_gateway(disk_reserve_bytes=1 << 40) as gateway:
        headers = gateway.key()
        answer = gateway.client.put(
            f"/api/v1/cases/{gateway.case(headers)}/evidence/a.wav", headers=headers, content=tone
        )
        assert (answer.status_code, answer.json()["code"]) == (503, "disk.full")
        assert "retry-after" in answer.headers
        assert gateway.client.get("/readyz").status_code == 503


def test_a_disk_that_fills_up_on_the_way_is_503_and_leaves_nothing(gateway, tone: bytes, monkeypatch) -> None:
    class FullFile:
        def __init__(self, file) -> None:
            self.file = file

        def write(self, data: bytes) -> int:
            raise OSError(errno.ENOSPC, "No space left on device")

        def __getattr__(self, name: str) -> object:
            return getattr(self.file, name)

    taken_up = Spooled._take_up

    def full(spooled: Spooled) -> None:
        taken_up(spooled)
        spooled._file = FullFile(spooled._file)

    monkeypatch.setattr(Spooled, "_take_up", full)
    headers = gateway.key()
    answer = gateway.client.put(f"/api/v1/cases/{gateway.case(headers)}/evidence/a.wav", headers=headers, content=tone)
    assert answer.status_code == 503
    assert "Errno" not in answer.text
    assert gateway.files() == []


def test_too_many_uploads_at_once_are_429_with_a_wait(gateway, tone: bytes) -> None:
    headers = gateway.key()
    case = gateway.case(headers)
    gate = gateway.app.state.services.uploads
    for _ in range(gateway.settings.uploads_max_concurrent):
        gate.take()
    answer = gateway.client.put(f"/api/v1/cases/{case}/evidence/a.wav", headers=headers, content=tone)
    assert answer.status_code == 429
    assert int(answer.headers["retry-after"]) >= 1
    assert answer.json()["details"]["retry_after_s"] >= 1
    gate.give()
    assert gateway.evidence(headers, case, tone)


@pytest.mark.parametrize(
    ("asked", "status", "first", "end"),
    [
        ("bytes=0-0", 206, 0, 1),
        ("bytes=10-19", 206, 10, 20),
        ("bytes=100-", 206, 100, None),
        ("bytes=-10", 206, -10, None),
        ("bytes=5-999999999", 206, 5, None),
        ("bytes=-999999999", 206, 0, None),
        ("bytes=0-1,5-6", 200, 0, None),
        ("bytes=9-5", 200, 0, None),
        ("lines=1-2", 200, 0, None),
        ("bytes=-", 200, 0, None),
        ("bytes=a-b", 200, 0, None),
    ],
)
def test_one_range_is_honoured(gateway, tone: bytes, asked: str, status: int, first: int, end: int | None) -> None:
    headers = gateway.key()
    item = gateway.evidence(headers, gateway.case(headers), tone)
    answer = gateway.client.get(f"/api/v1/evidence/{item}/content", headers=headers | {"range": asked})
    assert answer.status_code == status
    assert answer.content == tone[first:end]
    if status == 206:
        start = len(tone) + first if first < 0 else first
        assert answer.headers["content-range"] == f"bytes {start}-{start + len(answer.content) - 1}/{len(tone)}"


def test_a_range_outside_is_416_and_names_the_size(gateway, tone: bytes) -> None:
    headers = gateway.key()
    item = gateway.evidence(headers, gateway.case(headers), tone)
    for asked in (f"bytes={len(tone)}-", "bytes=-0"):
        answer = gateway.client.get(f"/api/v1/evidence/{item}/content", headers=headers | {"range": asked})
        assert answer.status_code == 416
        assert answer.headers["content-range"] == f"bytes */{len(tone)}"


def test_a_range_of_another_version_gives_the_whole(gateway, tone: bytes) -> None:
    headers = gateway.key()
    item = gateway.evidence(headers, gateway.case(headers), tone)
    url, tag = f"/api/v1/evidence/{item}/content", f'"{hashlib.sha256(tone).hexdigest()}"'
    asked = headers | {"range": "bytes=0-9"}
    assert gateway.client.get(url, headers=asked | {"if-range": tag}).status_code == 206
    assert gateway.client.get(url, headers=asked | {"if-range": '"other"'}).content == tone
    assert gateway.client.get(url, headers=headers | {"if-none-match": f'"x", {tag}'}).status_code == 304
    head = gateway.client.head(url, headers=headers)
    assert (head.status_code, head.headers["content-length"], head.content) == (200, str(len(tone)), b"")


def test_each_reading_of_content_is_on_the_trail(gateway, tone: bytes) -> None:
    headers = gateway.key()
    case = gateway.case(headers)
    item = gateway.evidence(headers, case, tone)
    gateway.client.get(f"/api/v1/evidence/{item}/content", headers=headers | {"range": "bytes=1-"})
    trail = gateway.client.get(f"/api/v1/cases/{case}/audit", headers=headers).json()["entries"]
    read = [entry for entry in trail if entry["act"] == "evidence.read"]
    assert [(entry["subject_id"], entry["actor_name"]) for entry in read] == [(item, "wang")]
    assert read[0]["via"].startswith("key:")


def test_many_ranges_of_one_player_are_one_entry(open_gateway, tone: bytes) -> None:
    with open_gateway(read_note_s=60) as gateway:
        headers, other = gateway.key("wang"), gateway.key("root", role=Role.ADMIN)
        case = gateway.case(headers)
        item = gateway.evidence(headers, case, tone)
        for start in range(5):
            for who in (headers, other):
                asked = who | {"range": f"bytes={start}-"}
                assert gateway.client.get(f"/api/v1/evidence/{item}/content", headers=asked).status_code == 206
        trail = gateway.client.get(f"/api/v1/cases/{case}/audit", headers=headers).json()["entries"]
        assert sorted(e["actor_name"] for e in trail if e["act"] == "evidence.read") == ["root", "wang"]


def test_a_download_is_named_for_old_and_new_clients() -> None:
    named = disposition('证据"1%.pdf', inline=False)
    assert named == "attachment; filename=\"___1_.pdf\"; filename*=UTF-8''%E8%AF%81%E6%8D%AE%221%25.pdf"
    assert "\n" not in disposition("a\nb", inline=True)


def test_ranges_are_parsed_as_the_standard_says() -> None:
    assert parse_range(None, 10) is None
    assert parse_range("bytes=2-4", 10) == Span(2, 5)
    assert parse_range("bytes=" + "9" * 30 + "-", 10) is None
    with pytest.raises(RangeNotSatisfiable):
        parse_range("bytes=0-", 0)
    assert Content("ab", 1, "audio/wav", "a").etag == '"ab"'


def test_probing_happens_where_the_blob_store_takes_bytes_in(gateway, tone: bytes) -> None:
    services = gateway.app.state.services
    with services.blobs.receive() as incoming:
        incoming.write(tone)
        assert Path(intake.path_of(incoming, services)).read_bytes() == tone
