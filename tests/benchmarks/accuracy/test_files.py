"""The measure of reading: fitted distance and normalisation, checked against cases worked out by hand."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from benchmarks.accuracy.files import Score, edits, fitted_distance, normalised, table


def test_a_block_is_matched_where_it_fits_best() -> None:
    page = "序言第一条为了惩罚犯罪第二条保护人民"
    assert fitted_distance("为了惩罚犯罪", page) == 0
    assert fitted_distance("为了惩罚犯非", page) == 1
    assert fitted_distance("为惩罚犯罪", page) == 1
    assert fitted_distance("为了惩罚那犯罪", page) == 1
    assert fitted_distance("abc", page) == 3
    assert fitted_distance("abc", "") == 3


def test_width_quotes_spaces_and_tex_do_not_count_as_errors() -> None:
    assert normalised("“你好”， （１２）  $ ^{3} $") == normalised("'你好',(12)3")
    assert normalised("a——b…… c", letters_only=True) == "abc"
    assert normalised("第一。") != normalised("第二。")


def test_edits_are_counted_over_all_blocks() -> None:
    assert edits(["甲乙丙", "丁戊"], "丁戊庚 甲乙丁") == (1, 5)


@given(st.text("abc", min_size=1, max_size=12), st.text("abc", max_size=12), st.text("abc", max_size=12))
def test_a_block_that_stands_on_the_page_has_no_error(block: str, before: str, after: str) -> None:
    assert fitted_distance(block, before + block + after) == 0
    assert fitted_distance(block, before) <= len(block)


def test_the_table_tells_the_rate_over_all_pages() -> None:
    scores = [Score("one", 100, 1, 90, 0, 2.0, 10, 0.0), Score("two", 300, 7, 280, 2, 2.0, 10, 0.0)]
    assert table(scores).splitlines()[-1].split() == ["all", "400", "2.00"]
