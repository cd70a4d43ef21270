"""Names, numbers and ages out of a paper's words."""

from __future__ import annotations

from datetime import date

import pytest

from cases.records import PageLine, ScannedPage
from pipelines.intelligence.review.people import age_on, check_holds, identities_in, near, sex_of, suspects_in
from pipelines.intelligence.review.wording import Wording, wording_of

NUMBER = "110101199005060010"


def wording(*texts: str, width: int = 1654) -> Wording:
    """A page of these lines, from the left margin down."""
    lines = []
    for n, text in enumerate(texts):
        right = 220.0 + 36 * len(text)
        box = ((220.0, 200.0 + 60 * n), (right, 200.0 + 60 * n), (right, 236.0 + 60 * n), (220.0, 236.0 + 60 * n))
        lines.append(PageLine(text, box, 0.97, "text"))
    return wording_of([ScannedPage(1, width, 2339, 0, 0.0, tuple(lines))], "rec")


def test_a_check_digit_is_held_to_the_standard() -> None:
    assert check_holds("11010519491231002X")
    assert not check_holds("110105194912310021")
    assert not check_holds("1101051949123100")


def test_somebody_is_found_with_number_birthday_and_sex() -> None:
    (one,) = identities_in(wording("兹证明张三，男，汉族，1990年5月6日出生，公民身份号码", f"{NUMBER}，系我辖区居民。"))
    assert (one.name, one.number, one.born, one.sex) == ("张三", NUMBER, date(1990, 5, 6), "男")
    assert one.place.page == 1
    assert sex_of(NUMBER) == "男"


def test_letters_that_readers_take_digits_for_are_digits() -> None:
    (one,) = identities_in(wording("证人：张三，男，身份证号码", NUMBER.replace("5", "S").replace("1", "l")))
    assert one.number == NUMBER


def test_a_suspect_whose_name_was_misread_once_is_no_second_one() -> None:
    texts = ["犯罪嫌疑人张三丰，男，1990年5月6日出生", "犯罪嫌疑人张三丰，男，", "犯罪嫌疑人张二丰，男，"]
    assert suspects_in(wording(text) for text in texts) == ("张三丰",)


@pytest.mark.parametrize(
    ("one", "other", "is_near"), [("张三丰", "张三", True), ("张三", "李四", False), ("张三", "张四", True)]
)
def test_names_that_differ_by_one_letter_are_near(one: str, other: str, is_near: bool) -> None:
    assert near(one, other) is is_near


def test_a_birthday_counts_from_the_day_after_it() -> None:
    assert age_on(date(2006, 3, 1), date(2024, 3, 1)) == 17
    assert age_on(date(2006, 3, 1), date(2024, 3, 2)) == 18
