"""Cues of asking and answering in single sentences."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.speech.cues import LIMIT, asks_by_form, both_sides, leaning, stands_aside


@pytest.mark.parametrize(
    "text",
    [
        "我们是城东派出所的民警，现在依法对你进行讯问。",
        "你应当如实回答我们的提问。",
        "本次讯问全程同步录音录像。",
        "你叫什么名字？",
        "你把那天的经过讲一下。",
        "你有没有前科？",
        "请你核对笔录，然后签名捺印。",
        "继续说。",
        "你要不要申请回避？",
    ],
)
def test_notices_questions_and_requests_lean_to_asking(text: str) -> None:
    assert leaning(text) > 1


@pytest.mark.parametrize(
    "text",
    [
        "听清楚了。",
        "没有。",
        "是的，就是我。",
        "我当时喝了酒，就跟他打起来了。",
        "他先动的手，我用木棍打了他两下。",
        "13812345678。",
        "我很后悔，愿意赔钱。",
    ],
)
def test_replies_and_telling_of_oneself_lean_to_answering(text: str) -> None:
    assert leaning(text) < -1


@pytest.mark.parametrize("text", ["警官，我会不会坐牢？", "我能不能见见我老婆？"])
def test_a_suspect_who_asks_the_officer_is_not_taken_for_one_who_asks(text: str) -> None:
    assert asks_by_form(text)
    assert leaning(text) <= 0


@pytest.mark.parametrize(
    ("text", "wanted"), [("多少钱？", True), ("钱呢", True), ("你有谁知道", True), ("就这些。", False)]
)
def test_the_form_of_a_question_needs_no_question_mark(text: str, wanted: bool) -> None:
    assert asks_by_form(text) is wanted


def test_a_sentence_that_holds_a_question_and_its_answer_is_seen() -> None:
    assert both_sides("你去那里干什么我去买烟")
    assert not both_sides("你去过没有？")
    assert not both_sides("我没去过。")


def test_a_guardian_stands_aside() -> None:
    assert stands_aside("我是他的监护人。")
    assert not stands_aside("我是自己去的。")


@given(st.text(max_size=200))
def test_no_sentence_says_more_than_the_limit_and_none_is_too_odd(text: str) -> None:
    assert -LIMIT <= leaning(text) <= LIMIT
