"""Hard pages are the same for the same seed, and each is what its name says."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import reportlab
from PIL import Image

from benchmarks.volumes.hard import blank_page, hard_pages

KINDS = ["digits", "few words", "stamp alone", "picture", "blank", "vertical", "wide table"]


@pytest.fixture(scope="module")
def font() -> Path:
    """A typeface that is here without any download: it draws letters, for Chinese its empty box."""
    return Path(reportlab.__file__).with_name("fonts") / "Vera.ttf"


@pytest.fixture(scope="module")
def pages(font: Path) -> dict[str, tuple[Image.Image, bool]]:
    return {kind: (picture, headless) for kind, picture, headless in hard_pages(7, font)}


def test_there_is_one_of_each_and_those_without_a_head_say_so(pages: dict[str, tuple[Image.Image, bool]]) -> None:
    assert list(pages) == KINDS
    assert [kind for kind, (_, headless) in pages.items() if headless] == ["stamp alone", "picture", "blank"]


def test_a_wide_table_is_wider_than_high_and_nothing_else_is(pages: dict[str, tuple[Image.Image, bool]]) -> None:
    assert [kind for kind, (picture, _) in pages.items() if picture.width > picture.height] == ["wide table"]


def test_nothing_is_printed_on_a_blank_page(font: Path) -> None:
    darkest = [int(np.percentile(np.asarray(blank_page(seed, font).convert("L")), 1)) for seed in (7, 7, 8)]
    assert darkest[0] == darkest[1]
    assert min(darkest) > 128
