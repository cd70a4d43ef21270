"""The race of page readers: what its figures mean, and that an engine that ends is told."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from benchmarks.accuracy.files import Page
from benchmarks.speed.pages import Contender, Reading, Stack, table


def test_a_ratio_above_one_means_that_ours_is_faster() -> None:
    ours = [Reading("a", 1, 2.0, 3.0, 1, 1, 100), Reading("b", 1, 2.0, 3.0, 0, 0, 100)]
    peer = [Reading("a", 1, 4.0, 3.0, 3, 1, 100), Reading("b", 1, 4.0, 3.0, 3, 1, 100)]
    row = table({"ours": ours, "peer": peer}).splitlines()[-1].split()
    assert row == ["peer", "0.250", "8.0", "6.0", "2.00", "1.00", "3.00", "1.00"]


def test_an_engine_that_ends_is_named() -> None:
    contender = Contender("no-such-engine", sys.executable, 1)
    try:
        with pytest.raises((RuntimeError, BrokenPipeError)):
            contender.read(Stack("page", (Page("page", Path("page.png"), ()),)))
    finally:
        contender.close()
