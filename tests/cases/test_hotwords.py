"""What a list of hotwords may hold."""

from __future__ import annotations

import pytest

from cases.hotwords import MAX_HOTWORD_CHARACTERS, MAX_HOTWORDS, cleaned, joined
from models.errors import BadInput


def test_words_are_cleaned_and_kept_in_order() -> None:
    assert cleaned([" 张三 ", "", "李  四", "张三"]) == ("张三", "李 四")


@pytest.mark.parametrize("words", [["长" * (MAX_HOTWORD_CHARACTERS + 1)], [str(n) for n in range(MAX_HOTWORDS + 1)]])
def test_too_many_or_too_long_ones_are_refused(words: list[str]) -> None:
    with pytest.raises(BadInput):
        cleaned(words)


def test_a_jobs_own_words_stand_first_and_the_whole_is_bounded() -> None:
    assert joined(["b"], ["a", "b"]) == ("b", "a")
    assert len(joined(["own"], [str(n) for n in range(MAX_HOTWORDS)])) == MAX_HOTWORDS
