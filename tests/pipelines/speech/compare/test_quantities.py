"""Numbers, sums, dates and times: one value however it is said or written, and nothing where none is meant."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.speech.compare.quantities import plain, quantities
from pipelines.speech.compare.quantity import Unit, agree
from pipelines.speech.compare.spoken import spoken


def only(text: str) -> tuple[Unit, object]:
    (found,) = quantities(plain(text))
    return found.unit, found.value


@pytest.mark.parametrize(
    ("said", "written"),
    [
        ("三千五百块钱", "3500元"),
        ("三千五", "3,500元"),
        ("一万二", "1.2万元"),
        ("两百五十块", "250元"),
        ("三千多块", "3200余元"),
        ("晚上十点二十左右", "22时20分许"),
        ("十点多", "22时20分"),
        ("下午三点半", "15:30"),
        ("半夜十二点", "0时"),
        ("三月五号", "2024年3月5日"),
        ("二零二四年三月五号", "2024年3月5日"),
        ("周三", "星期三"),
        ("三个人", "3名"),
        ("两部", "2台"),
        ("零点五克", "0.5克"),
        ("半斤", "250克"),
        ("三斤半", "3.5斤"),
        ("三米五。", "3.5米"),
        ("一米八的个子", "1.8米"),
        ("半个小时", "30分钟"),
        ("幺三八零零幺三八零零零", "13800138000"),
        ("百分之三十", "30%"),
    ],
)
def test_a_value_said_and_written_is_one(said: str, written: str) -> None:
    (a,), (b,) = quantities(plain(said)), quantities(plain(written))
    assert agree(a, b)
    assert agree(b, a)


@pytest.mark.parametrize(
    ("said", "written"),
    [
        ("三千五百块钱", "5300元"),
        ("晚上十点", "21时"),
        ("凌晨两点", "14时"),
        ("三月五号", "3月6日"),
        ("三个人", "4人"),
        ("三克", "30克"),
        ("三千多块", "4200元"),
        ("两个月", "2年"),
    ],
)
def test_a_changed_value_does_not_agree(said: str, written: str) -> None:
    (a,), (b,) = quantities(plain(said)), quantities(plain(written))
    assert not agree(a, b)


@pytest.mark.parametrize(
    "text", ["一块儿去的", "有一点疼", "千万不要", "三四个人", "一下", "福万家超市", "十分害怕", "一个"]
)
def test_words_that_only_look_like_numbers_are_none(text: str) -> None:
    assert quantities(plain(text)) == []


def test_the_room_of_an_address_is_no_date() -> None:
    assert not [q for q in quantities(plain("幸福路88号，5号楼3单元")) if q.unit is Unit.DATE]


@given(st.integers(2, 99_999))
def test_every_sum_agrees_with_the_way_it_is_said(number: int) -> None:
    (written,) = quantities(plain(f"{number}元"))
    for form in spoken(written):
        (said,) = quantities(plain(f"{form}块钱"))
        assert agree(written, said), form


@given(st.text(alphabet="零一二两三四五六七八九十百千万点元块月日号时分年个人多半第%.0123456789abc，。 ", max_size=40))
def test_quantities_lie_in_the_text_in_order_and_never_over_each_other(text: str) -> None:
    found = quantities(plain(text))
    edges = [edge for q in found for edge in (q.start, q.end)]
    assert edges == sorted(edges)
    assert all(0 <= q.start < q.end <= len(text) for q in found)


@given(st.text(max_size=60))
def test_plain_text_keeps_its_length(text: str) -> None:
    assert len(plain(text)) == len(text)


@pytest.mark.parametrize(("text", "year"), [("属马的，五四年", 1954), ("九八年的，中专", 1998), ("98年出生", 1998)])
def test_a_year_of_birth_may_be_said_without_its_century(text: str, year: int) -> None:
    (found,) = quantities(plain(text))
    assert (found.unit, found.value) == (Unit.DATE, (year, None, None, None))


@pytest.mark.parametrize("text", ["干了七八年", "住了六十年", "住了十五年", "五六年前"])
def test_how_long_is_no_year(text: str) -> None:
    assert all(found.unit is not Unit.DATE for found in quantities(plain(text)))


@pytest.mark.parametrize(("text", "count"), [("我一时冲动", 0), ("当日一时许到", 1), ("凌晨一时", 1)])
def test_for_a_moment_is_no_time(text: str, count: int) -> None:
    assert sum(found.unit is Unit.TIME for found in quantities(plain(text))) == count
