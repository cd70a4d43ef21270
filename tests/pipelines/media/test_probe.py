"""What an upload is, told from its bytes: kinds and types that are taken, hints for those that are not, and limits."""

from __future__ import annotations

import io
import struct
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from models.errors import BadInput, TooLarge, Unsupported
from pipelines.media.probe import Kind, Limits, probe, tasks_for
from pipelines.media.word import DOCX


def put(tmp_path: Path, data: bytes, name: str = "upload") -> Path:
    path = tmp_path / name
    path.write_bytes(data)
    return path


def wav(seconds: float = 1.0, stated: int | None = None) -> bytes:
    body = (np.sin(np.arange(int(seconds * 8000)) / 9) * 9000).astype("<i2").tobytes()
    size = len(body) if stated is None else stated
    form = struct.pack("<IHHIIHH", 16, 1, 1, 8000, 16000, 2, 16)
    head = b"RIFF" + struct.pack("<I", min(size + 36, 0xFFFFFFFF)) + b"WAVEfmt " + form
    return head + b"data" + struct.pack("<I", size) + body


def picture(form: str, size: tuple[int, int] = (120, 80), pages: int = 1) -> bytes:
    out = io.BytesIO()
    frames = [Image.effect_noise(size, 50).convert("RGB") for _ in range(pages)]
    more = {"save_all": True, "append_images": frames[1:]} if pages > 1 else {}
    frames[0].save(out, form, **more)
    return out.getvalue()


def pdf(pages: int) -> bytes:
    from reportlab.pdfgen.canvas import Canvas

    out = io.BytesIO()
    canvas = Canvas(out)
    for _ in range(pages):
        canvas.drawString(72, 500, "page")
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def movie(container_format: str, *, sound: bool = False, video: bool = True, codec: str = "mpeg4") -> bytes:
    import av

    out = io.BytesIO()
    with av.open(out, "w", format=container_format) as container:
        # Every track is added before the first packet: the header names them all.
        stream = container.add_stream(codec, rate=10, width=64, height=48) if video else None
        track = container.add_stream("aac", rate=16000, layout="mono") if sound else None
        if stream is not None:
            for number in range(20):
                frame = av.VideoFrame.from_ndarray(np.full((48, 64, 3), number, np.uint8), format="rgb24")
                container.mux(stream.encode(frame))
            container.mux(stream.encode(None))
        if track is not None:
            for number in range(16):
                piece = (np.sin(np.arange(1024) / 7) * 0.2).astype(np.float32)[None]
                audio = av.AudioFrame.from_ndarray(piece, format="fltp", layout="mono")
                audio.sample_rate, audio.pts = 16000, number * 1024
                container.mux(track.encode(audio))
            container.mux(track.encode(None))
    return out.getvalue()


TAKEN: dict[str, tuple[Callable[[], bytes], str, Kind]] = {
    "wav": (wav, "audio/wav", Kind.AUDIO),
    "png": (lambda: picture("PNG"), "image/png", Kind.IMAGE),
    "jpeg": (lambda: picture("JPEG"), "image/jpeg", Kind.IMAGE),
    "bmp": (lambda: picture("BMP"), "image/bmp", Kind.IMAGE),
    "webp": (lambda: picture("WEBP"), "image/webp", Kind.IMAGE),
    "tiff of two pages": (lambda: picture("TIFF", pages=2), "image/tiff", Kind.IMAGE),
    "pdf": (lambda: pdf(2), "application/pdf", Kind.DOCUMENT),
    "pdf after a byte order mark": (lambda: b"\xef\xbb\xbf\n" + pdf(1), "application/pdf", Kind.DOCUMENT),
    "mp4": (lambda: movie("mp4"), "video/mp4", Kind.VIDEO),
    "avi": (lambda: movie("avi"), "video/x-msvideo", Kind.VIDEO),
    "matroska with sound": (lambda: movie("matroska", sound=True), "video/x-matroska", Kind.VIDEO),
    "h264 without a container": (lambda: movie("h264", codec="libx264"), "video/h264", Kind.VIDEO),
    # A Hikvision recorder: 40 bytes before the stream.
    "a recorder's program stream": (
        lambda: b"IMKH" + bytes(36) + movie("mpeg", codec="mpeg2video"),
        "video/mpeg",
        Kind.VIDEO,
    ),
    "mp4 with sound alone": (lambda: movie("mp4", sound=True, video=False), "audio/mp4", Kind.AUDIO),
}


@pytest.mark.parametrize("name", TAKEN)
def test_what_is_taken_is_told_from_its_bytes(tmp_path: Path, name: str) -> None:
    build, media_type, kind = TAKEN[name]
    found = probe(put(tmp_path, build(), "misleading.exe"))
    assert (found.media_type, found.kind) == (media_type, kind)


def test_facts_tell_duration_pages_and_size(tmp_path: Path) -> None:
    assert probe(put(tmp_path, wav(1.5))).facts["duration"] == pytest.approx(1.5, abs=0.01)
    assert probe(put(tmp_path, pdf(3))).facts["pages"] == 3
    facts = probe(put(tmp_path, picture("PNG", (120, 80)))).facts
    assert (facts["width"], facts["height"]) == (120, 80)
    facts = probe(put(tmp_path, movie("mp4"))).facts
    assert facts["duration"] == pytest.approx(2.0, abs=0.1)


@pytest.mark.parametrize(
    ("head", "hint"),
    [
        (b"PK\x03\x04", "ZIP"),
        (b"Rar!\x1a", "archive"),
        (b"GIF89a", "PNG"),
        (b"#EXTM3U\n", "playlist"),
        (b"hello", "unknown"),
    ],
)
def test_what_is_not_taken_comes_with_a_hint(tmp_path: Path, head: bytes, hint: str) -> None:
    with pytest.raises(Unsupported, match=hint):
        probe(put(tmp_path, head + bytes(100)))


def test_an_empty_file_is_told_so(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="empty"):
        probe(put(tmp_path, b""))


@pytest.mark.parametrize(
    ("build", "limits"),
    [
        (lambda: wav(2), Limits(max_seconds=1)),
        (lambda: wav(2), Limits(max_bytes=1000)),
        (lambda: pdf(3), Limits(max_pages=2)),
        (lambda: picture("PNG"), Limits(max_pixels=100)),
        (lambda: picture("PNG"), Limits(max_page_px=100)),
        (lambda: movie("mp4"), Limits(max_seconds=1)),
    ],
)
def test_every_limit_is_held(tmp_path: Path, build: Callable[[], bytes], limits: Limits) -> None:
    with pytest.raises(TooLarge):
        probe(put(tmp_path, build()), limits)


def test_a_recording_cut_short_is_refused_unless_it_is_meant(tmp_path: Path) -> None:
    path = put(tmp_path, wav(1, stated=36000 * 16000))
    with pytest.raises(BadInput, match="states 36000 s and holds 1 s"):
        probe(path)
    assert probe(path, cut_short_is_meant=True).facts["duration"] == pytest.approx(1.0, abs=0.01)


@pytest.mark.parametrize("stated", [0, 0xFFFFFFFF])
def test_recorders_that_never_mend_their_header_are_believed_by_their_samples(tmp_path: Path, stated: int) -> None:
    assert probe(put(tmp_path, wav(6, stated=stated))).kind is Kind.AUDIO


def test_tasks_follow_the_kind() -> None:
    assert tasks_for("audio/wav") == ("transcribe",)
    assert tasks_for("video/mp4")[0] == "traffic"
    assert tasks_for("application/pdf") == tasks_for("image/png") == ("scan", "compare")
    assert tasks_for(DOCX) == ("compare",)
    assert tasks_for("text/plain") == ()


@pytest.mark.parametrize("form", ["PNG", "JPEG", "BMP"])
def test_a_picture_cut_short_is_refused_unless_it_is_meant(tmp_path: Path, form: str) -> None:
    whole = picture(form, (400, 300))
    path = put(tmp_path, whole[: len(whole) * 2 // 3])
    with pytest.raises(BadInput, match="ends before"):
        probe(path)
    assert probe(path, cut_short_is_meant=True).facts["width"] == 400


def test_a_picture_too_small_to_read_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="1 x 1"):
        probe(put(tmp_path, picture("PNG", (1, 1))))
