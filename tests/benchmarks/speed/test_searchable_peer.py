"""The race of searchable PDFs: what is left out is named, and the text of a PDF is compared page by page."""

from __future__ import annotations

import pytest

from benchmarks.speed import searchable_peer
from benchmarks.speed.searchable_peer import Made, commands, table


def test_a_peer_that_is_not_here_is_left_out_by_name(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert list(commands(None, 1)) == ["ours"]
    assert "OCRmyPDF is left out" in capsys.readouterr().err
    monkeypatch.setattr(searchable_peer, "has_chinese", lambda: True)
    assert commands("ocrmypdf", 2)["ocrmypdf"][:5] == ["ocrmypdf", "-l", "chi_sim", "--jobs", "2"]


def test_a_ratio_above_one_means_that_ours_is_faster() -> None:
    made = {"ours": [Made(4.0, 3.0, 1, 100)], "ocrmypdf": [Made(8.0, 9.0, 3, 100)]}
    row = table(made, 8).splitlines()[-1].split()
    assert row == ["ocrmypdf", "1.000", "8.0", "9.0", "2.00", "3.00", "3.00"]
