"""Words that sound alike, and words that do not."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from pipelines.speech.compare.sound import NEAR, SAME, best_place, closeness, merged, syllables

HAN = st.text(alphabet="王建军君李强三四十千百水税果过刀到张章伟为", min_size=1, max_size=8)


def test_homophones_are_the_same_and_other_names_are_far() -> None:
    assert closeness(syllables("王建军"), syllables("王建君")) == SAME
    assert closeness(syllables("李强"), syllables("张伟")) < 0.5


def test_what_recognisers_mix_up_is_near() -> None:
    assert NEAR <= closeness(syllables("四"), syllables("十")) < SAME
    assert merged("zhang") == merged("zan")


def test_a_word_is_found_over_marks() -> None:
    text = "我在福万,家超市"
    score, first, last = best_place(syllables("福万家"), syllables(text))
    assert (score, text[first:last]) == (SAME, "福万,家")


@given(HAN, HAN)
def test_closeness_is_a_share_and_symmetric(a: str, b: str) -> None:
    score = closeness(syllables(a), syllables(b))
    assert 0.0 <= score <= 1.0
    assert score == closeness(syllables(b), syllables(a))


@given(st.text(max_size=30))
def test_there_is_one_syllable_a_character(text: str) -> None:
    assert len(syllables(text)) == len(text)
