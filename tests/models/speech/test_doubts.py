"""Flags on doubtful text."""

from __future__ import annotations

import pytest

from models.speech import doubts as d

NUMBER = "二二二四零三二零"
OTHERS = "他说他不知道这件事我也不知道"


@pytest.mark.parametrize(
    "text",
    [
        "90 90 90 90 90 90 90 90",
        "谢谢谢谢谢谢谢谢谢谢",
        "我不知道啊我不知道啊我不知道啊",
        "好" * 40,
        "打开爱情路，打开爱情路。",
        "22240320 22240320",
        "说的这个小狗狗狗狼狼狼狗狼狗狗狠狠狠狗狠狼狠狠狼狼狠 狼狗 狠狗狼狠",
    ],
)
def test_text_that_goes_round_in_circles_is_flagged(text: str) -> None:
    assert d.REPETITION in d.doubts(text, 0.9)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "对对对，是这样的",
        "知道知道",
        "好的好的",
        "一二二三三三四四四四",
        "他说他不知道，我也不知道",
        "甚至出现交易几乎停滞的情况",
        "身份证号是一一零一零一一九九零零一零一一二三四",
    ],
)
def test_ordinary_text_is_not(text: str) -> None:
    assert d.REPETITION not in d.doubts(text, 0.9)


@pytest.mark.parametrize(
    "text",
    [
        "字幕由 Amara.org 社群提供",
        "请不吝点赞 订阅 转发 打赏支持明镜与点点栏目",
        "中文字幕志愿者 李宗盛",
        "优优独播剧场——YoYo Television Series Exclusive",
        "谢谢观看",
        "Thanks for watching!",
    ],
)
def test_subtitle_credits_that_whisper_invents_are_flagged(text: str) -> None:
    assert d.doubts(text, 0.95) == (d.CREDIT,)


@pytest.mark.parametrize("text", ["谢谢你们的配合", "我在明镜小区住", "这份订阅合同是他签的", "作词的人是我"])
def test_ordinary_words_are_no_credits(text: str) -> None:
    assert not d.is_credit(text)


def test_a_piece_of_the_hint_is_an_echo_unless_it_is_short() -> None:
    assert d.echoes("张三，李四，王五。", ["张三李四王五"])
    assert not d.echoes("张三，李四", ["张三李四王五"])
    assert not d.echoes("张三李四都来了吧", ["张三李四王五"])


def test_low_confidence_and_silence_are_flagged() -> None:
    assert d.doubts("你好", 0.2, 0.9) == (d.LOW_CONFIDENCE, d.NO_SPEECH)
    assert d.doubts("你好", 0.9, 0.1) == ()


@pytest.mark.parametrize(
    "text",
    [
        "打开爱情路打开爱情路",
        "打开爱情路，打开爱情路。打开爱",
        "好的好的",
        "九零后购房人九零后购房人九零后购",
        "二二二四零三二零二二二二四零三二零",
    ],
)
def test_a_text_that_is_one_phrase_again_is_known(text: str) -> None:
    assert d.said_again(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "好",
        "好的",
        "打开爱情路打开",
        "他说打开爱情路打开爱情路",
        "对对",
        "一三二五三二六三六四七",
        "他说他不知道这件事我也不知道",
    ],
)
def test_a_text_that_says_more_than_one_phrase_is_not_one_again(text: str) -> None:
    assert not d.said_again(text)
