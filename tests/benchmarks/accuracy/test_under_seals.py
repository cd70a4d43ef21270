"""Letters under a seal are told from those beside it, and only what stands in its place counts as read."""

from __future__ import annotations

from importlib import import_module

from benchmarks.accuracy.under_seals import SEPARATION, Tally, count, covered_letters
from cases.records import PageLine, Quad, ScannedPage, Seal
from models.values import PageText, TextLine


def box(left: float, top: float, right: float, bottom: float) -> Quad:
    return (left, top), (right, top), (right, bottom), (left, bottom)


SEAL = Seal(box(200, 0, 400, 200), "round", "某局", 1.0)
LINE = PageLine("甲乙丙丁戊己", box(0, 90, 300, 120), 1.0, "text")


def test_the_ring_covers_the_letters_whose_middle_lies_in_it() -> None:
    assert covered_letters(LINE, [SEAL]) == [False, False, False, False, True, True]
    assert not any(covered_letters(PageLine("甲乙", box(200, 0, 230, 20), 1.0, "text"), [SEAL]))


def test_what_is_read_elsewhere_or_not_at_all_does_not_count() -> None:
    page = ScannedPage(1, 500, 500, 0, 0.0, (LINE,), (), (SEAL,))
    read = PageText((TextLine("甲乙丙丁戊", box(0, 90, 250, 120), 0.9), TextLine("己", box(0, 300, 30, 330), 0.9)))
    tally = Tally()
    count(tally, page, read)
    assert (tally.under, tally.under_read, tally.beside, tally.beside_read) == (2, 1, 4, 4)
    assert (tally.lines, tally.whole) == (1, 0)


def test_what_is_taken_away_without_separation_is_where_the_reader_has_it() -> None:
    module, _, name = SEPARATION.rpartition(".")
    assert callable(getattr(import_module(module), name))
