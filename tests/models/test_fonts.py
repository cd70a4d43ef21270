"""The font of PDF files: named, brought by its manifest, or an error that says what to do."""

from __future__ import annotations

from pathlib import Path

import pytest

from models.errors import BadInput, Defect, WeightsMissing
from models.fonts import font_path
from models.manifest import load_manifest
from models.weights import WeightsCache


def test_a_named_file_is_used_as_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    named = tmp_path / "fang.ttf"
    named.write_bytes(b"font")
    monkeypatch.setenv("ANJUAN_FONT", str(named))
    assert font_path(WeightsCache(tmp_path, offline=True)) == named
    named.unlink()
    with pytest.raises(BadInput, match="ANJUAN_FONT"):
        font_path(WeightsCache(tmp_path, offline=True))


@pytest.mark.parametrize("fetch", [True, False])
def test_a_font_that_cannot_be_had_is_an_error_that_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fetch: bool
) -> None:
    monkeypatch.delenv("ANJUAN_FONT", raising=False)
    monkeypatch.delenv("ANJUAN_WEIGHTS_BUNDLE", raising=False)
    with pytest.raises(WeightsMissing, match="droid-sans-fallback"):
        font_path(WeightsCache(tmp_path, offline=True), fetch=fetch)


def test_a_font_is_no_model() -> None:
    with pytest.raises(Defect, match="no model"):
        _ = load_manifest("droid-sans-fallback").identity
