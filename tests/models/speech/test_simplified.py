"""Simplified script, character for character."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.speech.simplified import chinese_marks, cut_like, simplified


@pytest.mark.parametrize(
    ("written", "wanted"),
    [
        ("隨著近年來基金行業的不斷發展", "随着近年来基金行业的不断发展"),
        ("看著他", "看着他"),
        ("著名的著作", "著名的著作"),
        ("編著者", "编著者"),
        ("訊問筆錄 OK", "讯问笔录 OK"),
        ("已经是简体", "已经是简体"),
        ("", ""),
    ],
)
def test_traditional_characters_become_simplified(written: str, wanted: str) -> None:
    assert simplified(written) == wanted


@given(st.text(alphabet="髮發乾幹著裏後里面只隻臺灣abc 12，。", max_size=30))
def test_no_character_is_lost_or_added(text: str) -> None:
    assert len(simplified(text)) == len(text)


@given(st.lists(st.text(alphabet="訊問筆錄髮發乾著，", max_size=4), max_size=8))
def test_words_keep_their_lengths_and_together_are_the_text(words: list[str]) -> None:
    whole = simplified("".join(words))
    found = cut_like(whole, words)
    assert [len(word) for word in found] == [len(word) for word in words]
    assert "".join(found) == whole


@pytest.mark.parametrize(
    ("written", "wanted"),
    [
        ("好,首先说一下.", "好，首先说一下。"),
        ("是吗?对!", "是吗？对！"),
        ("下午3:30到3.5公里", "下午3:30到3.5公里"),
        ("他说ok, fine.", "他说ok, fine."),
        ("网址是a.cn", "网址是a.cn"),
        ("等等...", "等等..."),
    ],
)
def test_marks_after_chinese_characters_become_chinese(written: str, wanted: str) -> None:
    assert chinese_marks(written) == wanted
