"""Sixty kinds of bad input through the real gateway: each gets a clear 4xx with a code, and nothing is left behind."""

from __future__ import annotations

import io
import struct
import wave
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import quote

import numpy as np
import pytest
from PIL import Image
from pypdf import PdfWriter
from reportlab.pdfgen.canvas import Canvas
from starlette.testclient import TestClient

from cases.blobs import LocalBlobs
from cases.records import Role
from cases.store import Store
from pipelines.inline import InlineEngine
from serving.app import create_app
from serving.security.api_keys import make_key
from serving.settings import Settings

MAX_BYTES = 4 << 20


# --- what people, scanners and attackers send ------------------------------------------------------------------------
def wav(seconds: float = 1.0, rate: int = 16000, channels: int = 1, stated_bytes: int | None = None) -> bytes:
    """A tone; `stated_bytes` makes the header lie about its length."""
    samples = (np.sin(np.arange(int(seconds * rate)) / 20) * 8000).astype("<i2").repeat(channels)
    body = samples.tobytes()
    stated = len(body) if stated_bytes is None else stated_bytes
    form = struct.pack("<HHIIHH", 1, channels, rate, rate * channels * 2, channels * 2, 16)
    head = b"RIFF" + struct.pack("<I", min(stated + 36, 0xFFFFFFFF)) + b"WAVEfmt " + struct.pack("<I", 16) + form
    return head + b"data" + struct.pack("<I", stated) + body


def png_bomb(side: int) -> bytes:
    """A black one-bit picture of `side` squared pixels in a few kilobytes."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    packer = zlib.compressobj(9)
    row = bytes(1 + (side + 7) // 8)
    data = b"".join(packer.compress(row) for _ in range(side)) + packer.flush()
    head = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


def picture(form: str, size: tuple[int, int] = (200, 100)) -> bytes:
    out = io.BytesIO()
    Image.effect_noise(size, 60).convert("RGB").save(out, form)
    return out.getvalue()


def pdf(pages: int = 1, size: tuple[float, float] = (595, 842), password: str | None = None) -> bytes:
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=size)
    for number in range(pages):
        canvas.drawString(72, size[1] / 2, f"page {number}")
        canvas.showPage()
    canvas.save()
    if password is None:
        return out.getvalue()
    writer = PdfWriter(clone_from=io.BytesIO(out.getvalue()))
    writer.encrypt(password)
    locked = io.BytesIO()
    writer.write(locked)
    return locked.getvalue()


def pdf_without_pages() -> bytes:
    writer, out = PdfWriter(), io.BytesIO()
    writer.write(out)
    return out.getvalue()


def zip_bomb() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("../../../etc/cron.d/evil", bytes(50_000_000))
    return out.getvalue()


def odd_codec() -> bytes:
    return wav()[:20] + struct.pack("<H", 0x7A7A) + wav()[22:]


def movie(kind: str) -> bytes:
    """An MP4 with its index lost, or its pictures lost."""
    import av

    out = io.BytesIO()
    with av.open(out, "w", format="mp4") as container:
        stream = container.add_stream("mpeg4", rate=25)
        stream.width, stream.height = 64, 48
        for number in range(10):
            frame = av.VideoFrame.from_ndarray(np.full((48, 64, 3), number * 20, np.uint8), format="rgb24")
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    whole = out.getvalue()
    index = whole.find(b"moov") - 4
    return whole[:index] if kind == "no index" else whole[: whole.find(b"mdat") - 4]


FILES: dict[str, tuple[Callable[[], bytes], set[int]]] = {
    "empty": (lambda: b"", {400}),
    "one byte": (lambda: b"\x00", {415}),
    "plain text": (lambda: "今天天气很好".encode(), {415}),
    "a web page": (lambda: b"<!doctype html><title>x</title>", {415}),
    "a script": (lambda: b"#!/bin/sh\nrm -rf /\n", {415}),
    "a program": (lambda: b"\x7fELF\x02\x01\x01" + bytes(200), {415}),
    "a zip bomb with a path that escapes": (zip_bomb, {415}),
    "gzip": (lambda: b"\x1f\x8b\x08" + bytes(50), {415}),
    "rar": (lambda: b"Rar!\x1a\x07\x01\x00" + bytes(50), {415}),
    "an office file": (lambda: b"PK\x03\x04" + bytes(200), {415}),
    "an old office file": (lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), {415}),
    "a playlist": (lambda: b"#EXTM3U\n#EXTINF:10,\nfile:///etc/passwd\n", {415}),
    "a concat script": (lambda: b"ffconcat version 1.0\nfile '/etc/passwd'\n", {415}),
    "svg": (lambda: b"<svg xmlns='http://www.w3.org/2000/svg'/>", {415}),
    "gif": (lambda: b"GIF89a" + bytes(30), {415}),
    "random bytes": (lambda: np.random.default_rng(7).bytes(5000).replace(b"%PDF", b"xxxx"), {400, 415}),
    "wav: header alone": (lambda: wav(0), {400}),
    "wav: cut inside the header": (lambda: wav()[:30], {400}),
    "wav: ten hours stated, one second there": (lambda: wav(1, stated_bytes=10 * 3600 * 32000), {400}),
    "wav: no sampling rate": (lambda: wav()[:24] + bytes(4) + wav()[28:], {400}),
    "wav: absurd sampling rate": (lambda: wav()[:24] + struct.pack("<I", 2_000_000_000) + wav()[28:], {400}),
    "wav: a thousand channels": (lambda: wav()[:22] + struct.pack("<H", 1000) + wav()[24:], {400}),
    "wav: no channels": (lambda: wav()[:22] + struct.pack("<H", 0) + wav()[24:], {400}),
    "wav: odd codec": (odd_codec, {400}),
    "mp3: a tag and no sound": (lambda: b"ID3\x04\x00\x00\x00\x00\x00\x0a" + bytes(400), {400, 415}),
    "mp3: sync words and noise": (lambda: b"\xff\xfb\x90\x00" + b"\xaa" * 50, {400}),
    "flac: mark alone": (lambda: b"fLaC", {400}),
    "ogg: first page broken": (lambda: b"OggS\x00\x02" + bytes(100), {400}),
    "amr: mark alone": (lambda: b"#!AMR\n", {400}),
    "mp4: index lost": (lambda: movie("no index"), {400}),
    "mp4: pictures lost": (lambda: movie("no data"), {400}),
    "mp4: box that claims too much": (lambda: b"\xff\xff\xff\xffftypisom" + bytes(50), {400}),
    "avi: header alone": (lambda: b"RIFF\x00\x10\x00\x00AVI LIST", {400}),
    "matroska: mark alone": (lambda: b"\x1a\x45\xdf\xa3" + bytes(40), {400}),
    "png: cut short": (lambda: picture("PNG")[:200], {400}),
    "png: mark alone": (lambda: b"\x89PNG\r\n\x1a\n", {400}),
    "png: 30,000 pixels a side": (lambda: png_bomb(30_000), {413}),
    "png: one pixel": (lambda: picture("PNG", (1, 1)), {400}),
    "jpeg: mark alone": (lambda: b"\xff\xd8\xff\xe0", {400}),
    "jpeg: cut short": (lambda: picture("JPEG")[:150], {400}),
    "bmp: header that lies": (
        lambda: picture("BMP")[:18] + struct.pack("<ii", 1 << 28, 1 << 28) + bytes(90),
        {400, 413},
    ),
    "tiff: directory that points at itself": (
        lambda: b"II*\x00\x08\x00\x00\x00\x00\x00\x08\x00\x00\x00",
        {400},
    ),
    "tiff: mark alone": (lambda: b"MM\x00*", {400}),
    "webp: cut short": (lambda: picture("WEBP")[:40], {400}),
    "pdf: mark alone": (lambda: b"%PDF-1.7\n", {400}),
    "pdf: cut in the middle of its first page": (lambda: pdf(3)[:250], {400}),
    "pdf: no pages": (pdf_without_pages, {400}),
    "pdf: behind a password": (lambda: pdf(password="秘密"), {400}),
    "pdf: more pages than a volume has": (lambda: pdf(31), {413}),
    "larger than the limit": (lambda: wav(1) + bytes(MAX_BYTES), {413}),
}

NAMES = {
    "climbs out": "../../etc/passwd.wav",
    "climbs out, backwards": "..\\..\\boot.ini.wav",
    "dot dot": "..",
    "control characters": "a\x00b\x1b[31m.wav",
    "line break": "a\r\nSet-Cookie: x.wav",
    "far too long": "案" * 300 + ".wav",
    "text direction trick": "证据\u202egpj.exe",
}

JOBS: dict[str, tuple[dict[str, object], set[int]]] = {
    "unknown task": ({"task": "divine"}, {400}),
    "no task": ({}, {400, 422}),
    "task that does not suit the file": ({"task": "scan"}, {400, 415, 422}),
    "parameters that are no object": ({"task": "transcribe", "params": [1]}, {400, 422}),
    "unknown parameter": ({"task": "transcribe", "params": {"colour": "red"}}, {400}),
    "parameter of the wrong type": ({"task": "transcribe", "params": {"language": 7}}, {400}),
    "unknown model": ({"task": "transcribe", "params": {"model": "oracle-9000"}}, {400, 404}),
    "unknown evidence": ({"task": "transcribe", "evidence": "ev_nothere"}, {404}),
}


# --- the gateway over fakes ------------------------------------------------------------------------------------------
@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "data"


@pytest.fixture
def client(data: Path, fake_engine: InlineEngine) -> Iterator[TestClient]:
    data.mkdir()
    settings = Settings(data_dir=data, upload_max_bytes=MAX_BYTES, media_max_pages=30, console=False)
    store = Store.open(settings.store_url)
    account = store.accounts.add("clerk", Role.OFFICER, None)
    key = make_key()
    store.accounts.add_key(account.id, "test", key.prefix, key.key_hash, None)
    app = create_app(settings, fake_engine, store, LocalBlobs(data / "blobs"))
    with TestClient(app, headers={"Authorization": f"Bearer {key.text}"}) as client:
        yield client
    store.close()


@pytest.fixture
def case(client: TestClient) -> str:
    answer = client.post("/api/v1/cases", json={"name": "张三盗窃案"})
    assert answer.status_code == 201
    return str(answer.json()["id"])


def files_left(data: Path) -> list[str]:
    return sorted(
        str(f.relative_to(data)) for folder in ("blobs", "work") for f in (data / folder).rglob("*") if f.is_file()
    )


def assert_refused(status: int, body: dict[str, object], expected: set[int]) -> None:
    assert status in expected, body
    assert set(body) >= {"code", "message", "request_id"}
    message = str(body["message"])
    assert "." in str(body["code"]) or "_" in str(body["code"])
    assert len(message) > 10
    assert "Traceback" not in message
    assert "Errno" not in message


@pytest.mark.parametrize("kind", FILES)
def test_a_bad_file_is_refused_and_leaves_nothing(client: TestClient, case: str, data: Path, kind: str) -> None:
    build, expected = FILES[kind]
    answer = client.put(f"/api/v1/cases/{case}/evidence/file.wav", content=build())
    assert_refused(answer.status_code, answer.json(), expected)
    assert client.get(f"/api/v1/cases/{case}/evidence").json() == []
    assert files_left(data) == []


@pytest.mark.parametrize("kind", NAMES)
def test_a_name_that_is_no_file_name_is_refused_and_leaves_nothing(
    client: TestClient, case: str, data: Path, kind: str
) -> None:
    answer = client.put(f"/api/v1/cases/{case}/evidence/{quote(NAMES[kind], safe='')}", content=wav())
    assert 400 <= answer.status_code < 500
    assert "code" in answer.json()
    assert files_left(data) == []


@pytest.mark.parametrize("kind", JOBS)
def test_a_job_that_cannot_be_is_refused_before_it_is_queued(client: TestClient, case: str, kind: str) -> None:
    evidence = client.put(f"/api/v1/cases/{case}/evidence/a.wav", content=wav()).json()["id"]
    body, expected = JOBS[kind]
    answer = client.post(f"/api/v1/cases/{case}/jobs", json={"evidence": evidence, **body})
    assert_refused(answer.status_code, answer.json(), expected)
    assert client.get(f"/api/v1/cases/{case}/jobs").json() == []


def test_a_recording_that_really_broke_off_is_taken_when_the_clerk_says_so(client: TestClient, case: str) -> None:
    broken_off = wav(1, stated_bytes=10 * 3600 * 32000)
    path = f"/api/v1/cases/{case}/evidence/a.wav"
    assert client.put(path, content=broken_off).json()["code"] == "media.cut-short"
    assert client.put(path, params={"cut_short": "true"}, content=broken_off).status_code == 201


def test_a_good_file_is_taken_whatever_its_name_and_header_say(client: TestClient, case: str) -> None:
    answer = client.put(
        f"/api/v1/cases/{case}/evidence/{quote('讯问录音 1.pdf')}", content=wav(), headers={"Content-Type": "image/png"}
    )
    assert answer.status_code == 201
    assert answer.json()["media_type"] == "audio/wav"


@pytest.mark.parametrize(
    "kind", ["empty", "plain text", "wav: header alone", "png: one pixel", "larger than the limit"]
)
def test_openai_clients_get_openai_errors_for_what_is_not_audio(client: TestClient, data: Path, kind: str) -> None:
    files = {"file": ("a.wav", FILES[kind][0](), "audio/wav")}
    answer = client.post("/v1/audio/transcriptions", files=files, data={"model": "fake-transcribe"})
    assert answer.status_code in {400, 413}
    assert {"message", "type", "param", "code"} <= set(answer.json()["error"])
    assert files_left(data) == []


def test_a_wave_module_reads_what_the_builder_writes() -> None:
    with wave.open(io.BytesIO(wav(0.5)), "rb") as file:
        assert file.getnframes() == 8000
