"""A process that grows is told from one that only works."""

from __future__ import annotations

import mmap
from collections.abc import Iterator

import pytest

from serving.growth import MIB, STATM, GrowthWatch, resident_bytes


def watch(*sizes_mib: int, most_mib: int = 100) -> GrowthWatch:
    """A watch over a process that has these sizes, look after look."""
    sizes: Iterator[int] = iter(size * MIB for size in sizes_mib)
    return GrowthWatch(most_mib * MIB, lambda: next(sizes))


def test_a_process_that_grew_too_much_is_complained_of_with_the_figure() -> None:
    grown = watch(500, 650)
    grown.look()
    assert grown.complaint == "grown by 150 MiB since it was warm, more than 100 MiB"


def test_what_the_warm_process_holds_does_not_count() -> None:
    warm = watch(5000, 5100)
    warm.look()
    assert warm.complaint is None


def test_a_process_that_gave_its_memory_back_is_good_again() -> None:
    grown = watch(500, 650, 510)
    grown.look()
    grown.look()
    assert grown.complaint is None


@pytest.mark.skipif(not STATM.exists(), reason="Linux tells it in /proc")
def test_memory_that_is_touched_is_seen() -> None:
    before = resident_bytes()
    # Pages of its own: the heap may hold as much that other tests gave back, and would grow by nothing.
    with mmap.mmap(-1, 64 * MIB) as held:
        held.write(b"x" * (64 * MIB))
        assert resident_bytes() - before > 48 * MIB


def test_where_the_system_does_not_tell_nothing_grows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("serving.growth.STATM", STATM.parent / "nowhere")
    assert resident_bytes() == 0
