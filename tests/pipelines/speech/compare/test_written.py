"""Lines of paper to turns: marks, running on, head and end, page numbers between, and the place of every character."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.errors import BadInput
from pipelines.speech.compare.written import ANSWER, MAX_CHARACTERS, QUESTION, WrittenLine, read_turns


def lines(*texts: str, page: int = 1) -> list[WrittenLine]:
    return [WrittenLine(page, n, text) for n, text in enumerate(texts, start=1)]


def test_turns_are_told_by_their_marks_and_run_on_over_lines() -> None:
    found = read_turns(lines("问：你叫什么", "名字？", "答：我叫王建军，", "今年三十岁。"))
    assert [(t.role, t.text) for t in found.turns] == [
        (QUESTION, "你叫什么名字？"),
        (ANSWER, "我叫王建军，今年三十岁。"),
    ]
    assert found.paragraphs == ("问：你叫什么名字？", "答：我叫王建军，今年三十岁。")


def test_two_turns_on_one_line_are_two() -> None:
    found = read_turns(lines("问：去过吗？答：没有。问：真的？"))
    assert [t.text for t in found.turns] == ["去过吗？", "没有。", "真的？"]


def test_head_closing_signatures_and_page_numbers_are_no_talk() -> None:
    head = ("讯问笔录", "时间：2024年3月5日", "被讯问人姓名：王建军")
    talk = ("问：你说一下经过。", "第 1 页 共 3 页", "被讯问人（签名）：", "答：是我拿的。")
    found = read_turns(lines(*head, *talk, "以上笔录我看过，和我说的相符。", "王建军 2024年3月5日"))
    assert [t.text for t in found.turns] == ["你说一下经过。", "是我拿的。"]
    assert "王建军" in found.head


def test_a_mark_misread_by_ocr_still_begins_a_question() -> None:
    assert [t.role for t in read_turns(lines("间:你去哪了", "答;回家。")).turns] == [QUESTION, ANSWER]


def test_a_turn_over_two_pages_keeps_both_places() -> None:
    found = read_turns([*lines("答：我先去了超市，", page=1), *lines("后来回家了。", page=2)])
    (turn,) = found.turns
    place = turn.place(turn.text.index("后来"), len(turn.text))
    assert (place.page, place.line, place.text) == (2, 1, "后来回家了。")
    assert found.paragraphs[place.paragraph - 1][place.start : place.end] == place.text


def test_paper_without_turns_and_paper_without_end_are_refused() -> None:
    with pytest.raises(BadInput, match="问: and 答:"):
        read_turns(lines("关于某案的情况说明"))
    with pytest.raises(BadInput, match="one record"):
        read_turns(lines("答：" + "长" * MAX_CHARACTERS))


WORDS = st.text(alphabet="我你他在超市打了人钱3千元，。？：问答 第页", max_size=20)


@given(st.lists(st.tuples(WORDS, st.booleans()), max_size=12), st.integers(0, 50), st.integers(0, 50))
def test_every_place_is_what_stands_in_its_paragraph(rows: list[tuple[str, bool]], start: int, end: int) -> None:
    made = [WrittenLine(1, n, text, whole=whole) for n, (text, whole) in enumerate(rows, start=1)]
    made.append(WrittenLine(2, 1, "答：好。"))
    found = read_turns(made)
    for turn in found.turns:
        place = turn.place(start, end)
        assert found.paragraphs[place.paragraph - 1][place.start : place.end] == place.text
