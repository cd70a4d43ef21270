"""Chinese numerals to numbers and figures."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.accuracy.chinese_text import cardinal
from pipelines.speech.numerals import LONGEST_CHARACTERS, amount_of, digits_of, in_characters, in_figures, value_of


@given(st.integers(1, 10**12 - 1))
def test_a_number_read_out_is_understood(number: int) -> None:
    assert value_of(cardinal(number)) == number


@given(st.integers(1, 9), st.integers(1, 9), st.sampled_from([("百", 100), ("千", 1000), ("万", 10**4), ("亿", 10**8)]))
def test_a_last_digit_without_a_unit_counts_in_the_next_lower_one(head: int, tail: int, unit: tuple[str, int]) -> None:
    said = f"{cardinal(head)}{unit[0]}{cardinal(tail)}"
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
    assert digits_of("".join("零一二三四五六七八九"[int(d)] for d in digits)) == digits


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


@given(st.integers(1, 10**12 - 1))
def test_a_number_in_characters_is_the_one_that_is_read_out(number: int) -> None:
    assert in_characters(number) == cardinal(number)
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
