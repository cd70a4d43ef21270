"""Resumable uploads: pieces, broken lines, restarts, repeated ends, other people's uploads."""

from __future__ import annotations

import hashlib

import pytest


def announce(gateway, headers, case: str, tone: bytes, **more: object):
    body = {"filename": "录音.wav", "size": len(tone), **more}
    return gateway.client.post(f"/api/v1/cases/{case}/uploads", headers=headers, json=body)


def send(gateway, headers, upload: str, offset: int, content: bytes):
    return gateway.client.patch(
        f"/api/v1/uploads/{upload}", headers=headers | {"upload-offset": str(offset)}, content=content
    )


def test_pieces_become_the_evidence_that_one_body_would(gateway, tone: bytes) -> None:
    headers = gateway.key()
    case = gateway.case(headers)
    upload = announce(gateway, headers, case, tone, sha256=hashlib.sha256(tone).hexdigest()).json()["id"]
    for first in range(0, len(tone), 10_000):
        piece = tone[first : first + 10_000]
        answer = send(gateway, headers, upload, first, piece)
        assert answer.headers["upload-offset"] == str(first + len(piece))
    assert answer.status_code == 201
    assert answer.json()["sha256"] == hashlib.sha256(tone).hexdigest()
    assert answer.json()["filename"] == "录音.wav"
    assert answer.headers["location"] == f"/api/v1/evidence/{answer.json()['id']}"
    content = gateway.client.get(f"/api/v1/evidence/{answer.json()['id']}/content", headers=headers)
    assert content.content == tone


def test_an_upload_goes_on_after_a_restart_where_it_stopped(open_gateway, tone: bytes) -> None:
    with open_gateway() as gateway:
        headers = gateway.key()
        case = gateway.case(headers)
        upload = announce(gateway, headers, case, tone).json()["id"]
        assert send(gateway, headers, upload, 0, tone[:30_000]).status_code == 204
    with open_gateway() as gateway:
        head = gateway.client.head(f"/api/v1/uploads/{upload}", headers=headers)
        assert head.headers["upload-offset"] == "30000"
        answer = send(gateway, headers, upload, 30_000, tone[30_000:])
        assert answer.status_code == 201
        assert answer.json()["sha256"] == hashlib.sha256(tone).hexdigest()


def test_the_end_may_be_asked_for_again_and_is_the_same_evidence(open_gateway, tone: bytes) -> None:
    with open_gateway() as gateway:
        headers = gateway.key()
        case = gateway.case(headers)
        upload = announce(gateway, headers, case, tone).json()["id"]
        first = send(gateway, headers, upload, 0, tone).json()["id"]
        assert send(gateway, headers, upload, len(tone), b"").json()["id"] == first
    with open_gateway() as gateway:
        assert send(gateway, headers, upload, len(tone), b"").json()["id"] == first
        head = gateway.client.head(f"/api/v1/uploads/{upload}", headers=headers)
        assert head.headers["upload-offset"] == str(len(tone))
        assert len(gateway.client.get(f"/api/v1/cases/{case}/evidence", headers=headers).json()) == 1


def test_a_wrong_offset_is_409_and_names_the_right_one(gateway, tone: bytes) -> None:
    headers = gateway.key()
    upload = announce(gateway, headers, gateway.case(headers), tone).json()["id"]
    send(gateway, headers, upload, 0, tone[:1000])
    answer = send(gateway, headers, upload, 500, tone[500:])
    assert answer.status_code == 409
    assert answer.json()["details"] == {"offset": 1000}
    assert answer.headers["upload-offset"] == "1000"


def test_bytes_past_the_announced_end_are_refused_and_the_upload_stays_whole(gateway, tone: bytes) -> None:
    headers = gateway.key()
    upload = announce(gateway, headers, gateway.case(headers), tone).json()["id"]
    assert send(gateway, headers, upload, 0, tone + b"x").status_code == 413

    def pieces():
        yield tone
        yield b"x"

    assert send(gateway, headers, upload, 0, pieces()).status_code == 413
    offset = int(gateway.client.head(f"/api/v1/uploads/{upload}", headers=headers).headers["upload-offset"])
    assert offset <= len(tone)


def test_what_is_not_what_was_announced_does_not_become_evidence(gateway, tone: bytes) -> None:
    headers = gateway.key()
    case = gateway.case(headers)
    upload = announce(gateway, headers, case, tone, sha256="0" * 64).json()["id"]
    answer = send(gateway, headers, upload, 0, tone)
    assert (answer.status_code, answer.json()["code"]) == (400, "upload.digest")
    assert gateway.client.get(f"/api/v1/cases/{case}/evidence", headers=headers).json() == []
    assert gateway.files() == []


def test_what_cannot_be_read_leaves_nothing(gateway) -> None:
    headers = gateway.key()
    case = gateway.case(headers)
    text = b"just text"
    upload = announce(gateway, headers, case, text).json()["id"]
    assert send(gateway, headers, upload, 0, text).status_code == 415
    assert gateway.files() == []
    assert send(gateway, headers, upload, 0, text).status_code == 404


def test_another_account_does_not_see_the_upload(gateway, tone: bytes) -> None:
    mine, theirs = gateway.key("wang"), gateway.key("zhao")
    upload = announce(gateway, mine, gateway.case(mine), tone).json()["id"]
    assert gateway.client.head(f"/api/v1/uploads/{upload}", headers=theirs).status_code == 404
    assert send(gateway, theirs, upload, 0, tone).status_code == 404
    assert gateway.client.delete(f"/api/v1/uploads/{upload}", headers=theirs).status_code == 404


def test_a_dropped_upload_leaves_nothing(gateway, tone: bytes) -> None:
    headers = gateway.key()
    upload = announce(gateway, headers, gateway.case(headers), tone).json()["id"]
    send(gateway, headers, upload, 0, tone[:5000])
    assert gateway.client.delete(f"/api/v1/uploads/{upload}", headers=headers).status_code == 204
    assert gateway.files() == []
    assert gateway.client.head(f"/api/v1/uploads/{upload}", headers=headers).status_code == 404


def test_one_account_has_a_bounded_number_of_uploads_open(open_gateway, tone: bytes) -> None:
    with open_gateway(uploads_open_per_account=2) as gateway:
        headers = gateway.key()
        case = gateway.case(headers)
        answers = [announce(gateway, headers, case, tone) for _ in range(3)]
        assert [a.status_code for a in answers] == [201, 201, 429]
        assert len([name for name in gateway.files() if "incoming" in name]) == 2
        gateway.client.delete(f"/api/v1/uploads/{answers[0].json()['id']}", headers=headers)
        assert announce(gateway, headers, case, tone).status_code == 201


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"size": 0}, 422),
        ({"size": -5}, 422),
        ({"size": 1 << 61}, 413),
        ({"filename": "../x.wav"}, 400),
        ({"filename": "a\u0000b"}, 400),
        ({"sha256": "xyz"}, 422),
        ({"surprise": 1}, 422),
    ],
)
def test_an_announcement_that_cannot_be_is_refused(
    gateway, tone: bytes, change: dict[str, object], status: int
) -> None:
    headers = gateway.key()
    assert announce(gateway, headers, gateway.case(headers), tone, **change).status_code == status
    assert gateway.files() == []


@pytest.mark.parametrize("upload", ["up_00000000000000000000", "..%2F..%2Fetc", "up_zz", "x" * 100])
def test_an_upload_that_never_was_is_404(gateway, upload: str) -> None:
    assert gateway.client.head(f"/api/v1/uploads/{upload}", headers=gateway.key()).status_code == 404
