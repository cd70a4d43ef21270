"""The dictionary that settles doubts holds common words and no rare ones."""

from __future__ import annotations

from models.text.words import common_words


def test_common_words_are_there_and_what_is_none_is_not() -> None:
    words = common_words()
    assert {"为了", "度假", "嫌疑人", "审判员", "证据"} <= words
    assert not {"为3", "了度", "的", "AA制", "中华人民共和国"} & words


def test_there_are_enough_and_not_all() -> None:
    assert 40_000 < len(common_words()) < 60_000
