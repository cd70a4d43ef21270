"""Which pages are read together, alone or not at all after the reader ended in the middle of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from models.errors import Lost, Unavailable
from pipelines.files.quarantine import NAME, TRIES_ALONE, Quarantine


class _Killed(BaseException):
    """The process ends: nothing may run any more, and nothing catches it."""


def end(scratch: Path, pages: tuple[int, ...], error: BaseException) -> None:
    with pytest.raises(type(error)), Quarantine(scratch).reading(pages):
        raise error


def test_pages_go_together_in_order_up_to_the_most(tmp_path: Path) -> None:
    assert list(Quarantine(tmp_path).groups([1, 2, 3, 5, 8], 2)) == [(1, 2), (3, 5), (8,)]


def test_pages_that_were_begun_when_the_process_ended_are_read_alone(tmp_path: Path) -> None:
    end(tmp_path, (2, 3), _Killed())
    assert list(Quarantine(tmp_path).groups([1, 2, 3, 4, 5], 4)) == [(1,), (2,), (3,), (4, 5)]


def test_a_page_that_comes_through_is_suspect_no_more(tmp_path: Path) -> None:
    end(tmp_path, (2, 3), _Killed())
    with Quarantine(tmp_path).reading([2]):
        pass
    assert list(Quarantine(tmp_path).groups([2, 3, 4], 4)) == [(2,), (3,), (4,)]
    assert list(Quarantine(tmp_path).groups([1, 2, 4], 4)) == [(1, 2, 4)]


@pytest.mark.parametrize("error", [Lost("engine.replica", "died"), _Killed()])
def test_a_page_that_ends_the_reader_too_often_is_held(tmp_path: Path, error: BaseException) -> None:
    for _ in range(TRIES_ALONE):
        end(tmp_path, (7,), error)
    assert not Quarantine(tmp_path).holds(7)
    end(tmp_path, (7,), error)
    assert Quarantine(tmp_path).holds(7)
    assert not Quarantine(tmp_path).holds(8)


def test_a_model_that_cannot_serve_says_nothing_about_the_pages(tmp_path: Path) -> None:
    for _ in range(TRIES_ALONE + 1):
        end(tmp_path, (7, 8), Unavailable("engine.lost", "Ray does not answer"))
    assert list(Quarantine(tmp_path).groups([7, 8], 4)) == [(7, 8)]


@pytest.mark.parametrize("kept", ["", "{", "[1]", '{"a": 1}', '{"1": null}'])
def test_a_list_that_was_cut_short_by_a_full_disk_is_none(tmp_path: Path, kept: str) -> None:
    (tmp_path / NAME).write_text(kept)
    assert list(Quarantine(tmp_path).groups([1, 2], 4)) == [(1, 2)]
