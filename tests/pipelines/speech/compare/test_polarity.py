"""What is denied, what a bare answer says, what is said about the mind."""

from __future__ import annotations

import pytest

from pipelines.speech.compare.polarity import affirms, bare_answer, denials, is_bare, mind
from pipelines.speech.compare.written import ANSWER, QUESTION


@pytest.mark.parametrize(
    ("text", "scopes"),
    [
        ("我没有打他", ["打他"]),
        ("我未参与", ["参与"]),
        ("旁边没有人", ["人"]),
        ("你有没有打人", []),
        ("知不知道", []),
        ("差不多三千", []),
        ("不过我去了", []),
        ("没有了我希望能和解", [""]),
        ("我莫得办法", ["办法"]),
        ("屋头有冇得人", []),
        ("没有他没还手", ["", "还手"]),
    ],
)
def test_what_a_negator_denies(text: str, scopes: list[str]) -> None:
    assert [denied.scope for denied in denials(text)] == scopes


def test_not_going_on_is_told_from_not_doing() -> None:
    (denied,) = denials("我没再打他")
    assert denied.more


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("嗯。", True),
        ("对,", True),
        ("有。", True),
        ("没有。", False),
        ("不是。", False),
        ("我去了超市", None),
        ("", None),
    ],
)
def test_bare_answers(text: str, says: bool | None) -> None:
    assert bare_answer(text) is says


def test_a_long_answer_is_not_bare() -> None:
    assert is_bare("嗯,对")
    assert not is_bare("对,我在超市门口等他")


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("我是故意的", True),
        ("我不是故意的", False),
        ("我不小心碰到的", False),
        ("我去了超市", None),
        ("他存心的", True),
    ],
)
def test_intent_is_told_with_its_negation(text: str, meant: bool | None) -> None:
    assert mind(text, ANSWER).deliberate is meant


def test_a_question_says_nothing_about_the_mind() -> None:
    assert mind("你是故意的吗", QUESTION).deliberate is None


def test_a_tale_that_begins_like_a_yes_does_not_affirm() -> None:
    assert affirms("是，卖过。")
    assert not affirms("就是今年七月十八号那天晚上我在公园")
    assert not affirms("没有。")


def test_two_negators_are_no_bare_no() -> None:
    assert bare_answer("没有不懂的") is None
    assert list(denials("没有不懂的")) == []
    assert list(denials("我刹车不及")) == []
