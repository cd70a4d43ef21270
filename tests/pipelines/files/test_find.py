"""Words of a volume are found however a scan put them apart, and each hit says where it stands."""

from __future__ import annotations

import pytest

from cases.records import PageLine, ScannedPage
from models.errors import BadInput
from pipelines.files.find import QUERY_CHARS, Piece, found

BOX = ((0.0, 0.0), (9.0, 0.0), (9.0, 9.0), (0.0, 9.0))


def page(number: int, *texts: str) -> ScannedPage:
    return ScannedPage(number, 100, 100, 0, 0.0, tuple(PageLine(text, BOX, 0.9, "text") for text in texts))


def test_a_hit_says_page_line_place_and_what_is_around_it() -> None:
    (hit,) = found([page(1, "封面"), page(2, "时间：2026年", "被讯问人：张伟，男")], "张伟").hits
    assert (hit.page, hit.pieces, hit.before, hit.text, hit.after) == (
        2,
        (Piece(1, 5, 7),),
        "被讯问人：",
        "张伟",
        "，男",
    )


@pytest.mark.parametrize("query", ["讯问笔录", "讯问 笔录", "讯问笔\u3000录"])
def test_blanks_count_for_nothing_on_either_side(query: str) -> None:
    (hit,) = found([page(1, "  讯 问 笔 录 ")], query).hits
    assert hit.pieces == (Piece(0, 2, 9),)
    assert hit.text == "讯 问 笔 录"


@pytest.mark.parametrize(
    ("text", "query"), [("车牌沪ＡＢ123", "ab１２３"), ("面积90㎡左右", "90M2"), ("第①项", "第1项")]
)
def test_wide_and_narrow_upper_and_lower_are_alike(text: str, query: str) -> None:
    assert found([page(1, text)], query).total == 1


def test_a_phrase_that_runs_into_the_next_line_is_one_hit_of_two_pieces() -> None:
    (hit,) = found([page(1, "住在滨河市滨", "河路十八号")], "滨河路").hits
    assert hit.pieces == (Piece(0, 5, 6), Piece(1, 0, 2))
    assert (hit.before, hit.text, hit.after) == ("住在滨河市", "滨河路", "十八号")


def test_no_hit_runs_from_page_to_page() -> None:
    assert found([page(1, "滨"), page(2, "河路")], "滨河").total == 0


def test_matches_do_not_overlap_and_all_are_counted_beyond_those_told() -> None:
    hits = found([page(1, "哈" * 5), page(2, "哈哈")], "哈哈", most=2)
    assert (hits.total, [hit.pieces[0].start for hit in hits.hits]) == (3, [0, 2])


def test_what_is_around_a_hit_is_cut_on_a_long_line() -> None:
    (hit,) = found([page(1, "前" * 40 + "案" + "后" * 40)], "案").hits
    assert (hit.before, hit.after) == ("…" + "前" * 14, "后" * 14 + "…")


@pytest.mark.parametrize("query", ["", " \u3000", "长" * (QUERY_CHARS + 1)])
def test_nothing_and_too_much_are_not_looked_for(query: str) -> None:
    with pytest.raises(BadInput, match="1 to 100"):
        found([page(1, "字")], query)
