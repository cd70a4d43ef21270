"""Chinese numerals to numbers and figures."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.numerals import (
    LONGEST_CHARACTERS,
    amount_of,
    digits_of,
    in_characters,
    in_figures,
    one_by_one,
    value_of,
)

NUMBERS = st.lists(st.sampled_from("00012349"), min_size=1, max_size=15).map(lambda d: int("".join(d))).filter(bool)
"""Up to 15 places (a float holds them all), many of them empty, where the bridge 零 is."""


@pytest.mark.parametrize(
    ("number", "read"),
    [
        (0, "零"),
        (10, "十"),
        (12, "十二"),
        (29, "二十九"),
        (105, "一百零五"),
        (110, "一百一十"),
        (1001, "一千零一"),
        (10010, "一万零一十"),
        (20_000, "二万"),
        (1_000_001, "一百万零一"),
        (300_000_000, "三亿"),
        (100_001_000, "一亿零一千"),
        (1_200_000_000_000, "一万二千亿"),
    ],
)
def test_whole_numbers_are_read_as_spoken(number: int, read: str) -> None:
    assert in_characters(number) == read


@given(st.integers(1, 10**16 - 1) | NUMBERS)
def test_a_number_read_out_is_understood(number: int) -> None:
    assert value_of(in_characters(number)) == number


@given(st.integers(1, 9), st.integers(1, 9), st.sampled_from([("百", 100), ("千", 1000), ("万", 10**4), ("亿", 10**8)]))
def test_a_last_digit_without_a_unit_counts_in_the_next_lower_one(head: int, tail: int, unit: tuple[str, int]) -> None:
    said = f"{in_characters(head)}{unit[0]}{in_characters(tail)}"
    assert value_of(said) == head * unit[1] + tail * unit[1] // 10


@pytest.mark.parametrize(
    ("said", "value"),
    [
        ("两百零五", 205),
        ("一百十二", 112),
        ("三千零五", 3005),
        ("三千零五十", 3050),
        ("一万零五百", 10_500),
        ("一亿两千万", 120_000_000),
        ("3千5百", 3500),
        ("35万五千", 355_000),
    ],
)
def test_the_ways_people_say_a_number_are_understood(said: str, value: int) -> None:
    assert value_of(said) == value


@pytest.mark.parametrize(
    "said", ["三四十", "二十七八", "三千五六", "百八十", "一百二三十", "七八百", "一两千", "十五六"]
)
def test_an_approximation_has_no_value(said: str) -> None:
    assert value_of(said) is None


@pytest.mark.parametrize(
    "said", ["", "千", "万", "零", "二十零五", "一百零十", "三百五万", "三万五百", "十百", "五二", "点"]
)
def test_what_is_no_number_has_no_value(said: str) -> None:
    assert value_of(said) is None


@given(st.text("零一二两三四五六七八九十百千万亿", max_size=60))
def test_no_run_of_numerals_breaks_the_reader(said: str) -> None:
    value = value_of(said)
    assert value is None or (value > 0 and len(said) <= LONGEST_CHARACTERS)


@given(st.text("0123456789", min_size=1, max_size=20))
def test_digits_said_one_by_one_come_back(digits: str) -> None:
    assert digits_of(one_by_one(digits)) == digits


def test_yao_is_a_one_and_a_unit_is_no_digit() -> None:
    assert digits_of("幺三八") == "138"
    assert digits_of("一百") is None


@pytest.mark.parametrize(
    ("value", "figures"),
    [
        (3500, "3500"),
        (12_000, "12000"),
        (50_000, "5万"),
        (120_000_000, "1亿2000万"),
        (10**9, "10亿"),
        (10**8 + 1, "100000001"),
    ],
)
def test_whole_tens_of_thousands_keep_their_unit(value: int, figures: str) -> None:
    assert in_figures(value) == figures


@given(st.integers(1, 10**15) | NUMBERS)
def test_an_amount_is_the_same_in_characters_and_in_figures(number: int) -> None:
    assert amount_of(in_characters(number)) == number
    assert amount_of(f"{number:,}") == number


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("1.2万", 12_000),
        ("三点五万", 35_000),
        ("零点五", 0.5),
        ("贰佰伍拾", 250),
        ("12,000", 12_000),
        ("50万", 500_000),
        ("2千5", 2500),
        ("一四六", 146),
        ("零五", 5),
        ("08", 8),
    ],
)
def test_amounts_of_speech_and_paper_are_understood(written: str, value: float) -> None:
    assert amount_of(written) == pytest.approx(value)


@pytest.mark.parametrize("said", ["", "三四", "三四十", "二十七八", "点五", "三点", "百"])
def test_an_approximation_is_no_amount(said: str) -> None:
    assert amount_of(said) is None


@given(st.text("零一二两三四五六七八九十百千万亿点壹拾○0123456789.,，", max_size=60))
def test_no_row_of_numerals_breaks_the_wider_reader(said: str) -> None:
    value = amount_of(said)
    assert value is None or value >= 0
