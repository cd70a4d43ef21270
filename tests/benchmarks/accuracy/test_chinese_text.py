"""Text made comparable, and character errors."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.accuracy.chinese_text import character_errors, comparable, edit_distance, total


@pytest.mark.parametrize(
    ("written", "wanted"),
    [
        ("设定29度。", "设定二十九度"),
        ("2014年年报", "二零一四年年报"),
        ("07 1222 85，", "零七一二二二八五"),
        ("1325 326 3647", "一三二五三二六三六四七"),
        ("138-0013-8000。", "一三八零零一三八零零零"),
        ("0712285", "零七一二二八五"),
        ("零七幺", "零七一"),
        ("增长3.5%", "增长百分之三点五"),
        ("2个", "两个"),
        ("１,２００元", "一千二百元"),
        ("沉著冷靜 OK", "沉着冷静ok"),
    ],
)
def test_text_is_made_comparable(written: str, wanted: str) -> None:
    assert comparable(written) == wanted


@pytest.mark.parametrize(
    ("written", "wanted"),
    [
        ("1325元", "一千三百二十五元"),
        ("3000 5000", "三千五千"),
        ("4500 3000 800", "四千五百三千八百"),
        ("1325 326 36.5%", "一千三百二十五三百二十六百分之三十六点五"),
        ("105 07", "一百零五零七"),
        ("2010-2016", "二千零一十二千零一十六"),
    ],
)
def test_amounts_beside_each_other_stay_amounts(written: str, wanted: str) -> None:
    assert comparable(written) == wanted


@pytest.mark.parametrize(
    ("written", "edits"),
    [
        ("1325 326 3647", 0),
        ("13253263647", 0),
        ("1325 326 3648", 1),
        ("1325 362 3647", 2),
        ("1325326364", 1),
    ],
)
def test_a_wrong_digit_counts_however_a_telephone_number_is_grouped(written: str, edits: int) -> None:
    assert edit_distance(comparable("一三二五三二六三六四七"), comparable(written)) == edits


def test_errors_are_counted_by_kind() -> None:
    errors = character_errors("甲乙丙丁子丑", "甲己丁子丑戊")
    assert (errors.substitutions, errors.deletions, errors.insertions, errors.length) == (1, 1, 1, 6)
    assert errors.rate == 0.5


def test_text_where_there_should_be_none_is_wholly_wrong() -> None:
    assert character_errors("", "").rate == 0.0
    assert character_errors("", "字幕").rate == 1.0


def test_long_texts_weigh_more_in_the_total() -> None:
    assert total([character_errors("甲" * 9, "甲" * 9), character_errors("甲", "乙")]).rate == 0.1


@given(st.text("甲乙丙", max_size=12), st.text("甲乙丙", max_size=12))
def test_edits_account_for_the_lengths(reference: str, hypothesis: str) -> None:
    errors = character_errors(reference, hypothesis)
    assert errors.length - errors.deletions + errors.insertions == len(hypothesis)
    assert errors.substitutions + errors.deletions + errors.insertions <= max(len(reference), len(hypothesis))
    assert (errors.rate == 0) == (reference == hypothesis)


@given(st.text(alphabet="一二三", max_size=12), st.text(alphabet="一二三", max_size=12))
def test_the_fast_count_of_edits_is_that_of_the_slow_one(reference: str, hypothesis: str) -> None:
    slow = character_errors(reference, hypothesis)
    assert edit_distance(reference, hypothesis) == slow.substitutions + slow.deletions + slow.insertions
