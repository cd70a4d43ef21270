from __future__ import annotations

import json
from pathlib import Path

import pytest
import reportlab
from pypdf import PdfReader

from benchmarks.volumes import make
from benchmarks.volumes.drawing import jpeg
from benchmarks.volumes.volume import Volume
from cases.codec import from_json
from models.fonts import FONT_VARIABLE


def test_a_volume_is_written_as_a_pdf_and_its_truth(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # A typeface that is here without any download; what the pages look like is no matter of this test.
    monkeypatch.setenv(FONT_VARIABLE, str(Path(reportlab.__file__).with_name("fonts") / "Vera.ttf"))
    assert make.main(["--seed", "1", "--documents", "1", "-o", str(tmp_path)]) == 0
    (made,) = tmp_path.glob("*.pdf")
    truth = from_json(Volume, json.loads(made.with_suffix(".json").read_text(encoding="utf-8")))
    assert len(PdfReader(made).pages) == len(truth.pages) == truth.documents[-1].last_page
    assert truth.faults == ()


def test_the_pictures_of_a_cut_volume_are_its_scans_as_they_were_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(FONT_VARIABLE, str(Path(reportlab.__file__).with_name("fonts") / "Vera.ttf"))
    scans: list[bytes] = []
    monkeypatch.setattr(make, "jpeg", lambda *how: scans.append(jpeg(*how)) or scans[-1])
    file = tmp_path / "volume.pdf"
    texts = make.write_scan(3, "clean", 2, file)
    found = make.pictures(file, tmp_path)
    assert [one.name for one in found] == ["volume-001.jpg", "volume-002.jpg"]
    assert len(texts) == 2
    assert [one.read_bytes() for one in found] == scans[:2]
