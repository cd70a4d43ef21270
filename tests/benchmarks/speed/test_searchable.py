"""The volume that writing is timed on: each scan other bytes, each page its text."""

from __future__ import annotations

import io
from pathlib import Path

import pikepdf
from PIL import Image

from benchmarks.speed.searchable import SIDE, original, read_pages, scan, write


def picture() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", SIDE, "white").save(out, "JPEG")
    return out.getvalue()


def test_no_two_scans_share_their_bytes_and_all_are_pictures(tmp_path: Path) -> None:
    one, two = scan(1, picture()), scan(2, picture())
    assert one != two
    assert Image.open(io.BytesIO(one)).size == SIDE
    original(tmp_path / "original.pdf", 3, picture())
    with pikepdf.open(tmp_path / "original.pdf") as opened:
        assert len(opened.pages) == 3


def test_writing_tells_seconds_bytes_and_memory(tmp_path: Path) -> None:
    original(tmp_path / "original.pdf", 3, picture())
    for page in read_pages(3, tmp_path):
        assert page.picture is not None
        page.picture.write_bytes(picture())
    for how in ("original", "pictures", "split"):
        seconds, size, child, own = write(how, tmp_path, 3)
        assert size > 3 * len(picture())
        assert min(seconds, child, own) > 0
