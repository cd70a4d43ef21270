"""Numbers that name: identity cards, telephones, plates, rooms."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases.transcript import NumberSpan
from pipelines.speech.itn.codes import CHECK_DIGIT, is_valid_identity, kind_of
from pipelines.speech.itn.layer import number_spans

SPOKEN = "零一二三四五六七八九"


def only(text: str) -> NumberSpan:
    (found,) = number_spans(text)
    return found


def test_an_identity_number_is_known_by_its_date_of_birth() -> None:
    found = only("身份证号码是四四零一零二一九八五零三零五一二三七")
    assert (found.text, found.kind, found.flags) == ("440102198503051237", "id-card", ())


def test_an_identity_number_that_fails_its_check_is_flagged_and_still_shown() -> None:
    found = only("四四零一零二一九八五零三零五一二三四")
    assert (found.text, found.flags) == ("440102198503051234", (CHECK_DIGIT,))


@pytest.mark.parametrize("last", ["X", "x", "叉"])
def test_the_x_at_the_end_belongs_to_the_identity_number(last: str) -> None:
    assert only(f"幺幺零幺零五幺九四九幺二三幺零零二{last}").text == "11010519491231002X"


@given(st.text("0123456789", min_size=17, max_size=17))
def test_exactly_one_check_character_fits(first: str) -> None:
    assert sum(is_valid_identity(first + last) for last in "0123456789X") == 1


@given(st.integers(3, 9), st.text("0123456789", min_size=9, max_size=9))
def test_a_mobile_number_read_out_comes_back(second: int, rest: str) -> None:
    number = f"1{second}{rest}"
    found = only("电话" + "".join(SPOKEN[int(d)] for d in number))
    assert (found.text, found.kind) == (number, "phone")


def test_digits_as_the_radio_says_them_are_understood() -> None:
    assert only("幺八六洞洞幺幺两三三四").text == "18600112334"


def test_the_same_characters_are_words_elsewhere() -> None:
    assert number_spans("拐了三两次") == ()


@pytest.mark.parametrize(
    ("said", "plate"), [("京A一二三四五", "京A12345"), ("粤B幺二D三四", "粤B12D34"), ("沪A D零六六七八", "沪A D06678")]
)
def test_a_plate_keeps_its_letters(said: str, plate: str) -> None:
    found = only(said)
    assert said[: found.start] + found.text + said[found.end :] == plate


def test_a_plate_is_named_a_plate() -> None:
    assert only("豫A九八七六五").kind == "plate"


@pytest.mark.parametrize("said", ["一二三", "七八九岁", "三二一"])
def test_counting_and_guessing_stay(said: str) -> None:
    assert number_spans(said) == ()


def test_the_same_digits_are_a_number_where_a_word_says_so() -> None:
    assert only("尾号一二三四").text == "1234"


@pytest.mark.parametrize(
    ("digits", "kind"),
    [
        ("110", "phone"),
        ("01082345678", "phone"),
        ("440102198513051237", "number"),
        ("503", "number"),
        ("13800138000", "phone"),
    ],
)
def test_a_row_of_digits_is_named_by_its_form(digits: str, kind: str) -> None:
    assert kind_of(digits) == kind
