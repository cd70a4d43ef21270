"""Simplified script, character for character."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.speech.simplified import simplified, simplified_words


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
    found = simplified_words(words)
    assert [len(word) for word in found] == [len(word) for word in words]
    assert "".join(found) == simplified("".join(words))
