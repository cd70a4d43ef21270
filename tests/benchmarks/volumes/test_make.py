from __future__ import annotations

import json
from pathlib import Path

import pytest
import reportlab
from pypdf import PdfReader

from benchmarks.volumes.make import main
from benchmarks.volumes.volume import Volume
from cases.codec import from_json
from models.fonts import FONT_VARIABLE


def test_a_volume_is_written_as_a_pdf_and_its_truth(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # A typeface that is here without any download; what the pages look like is no matter of this test.
    monkeypatch.setenv(FONT_VARIABLE, str(Path(reportlab.__file__).with_name("fonts") / "Vera.ttf"))
    assert main(["--seed", "1", "--documents", "1", "-o", str(tmp_path)]) == 0
    (made,) = tmp_path.glob("*.pdf")
    truth = from_json(Volume, json.loads(made.with_suffix(".json").read_text(encoding="utf-8")))
    assert len(PdfReader(made).pages) == len(truth.pages) == truth.documents[-1].last_page
    assert truth.faults == ()
