"""Sounds of characters and how far they are apart."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.speech.pinyin import (
    FUZZY,
    HAN,
    OTHER,
    PART,
    SECOND_READING,
    TONE,
    apart,
    characters_apart,
    readings,
    syllable,
)

SPELLED = st.sampled_from(
    ["zhang1", "zang4", "chen2", "ceng2", "shi4", "nan2", "lan2", "hua1", "fa1", "ling2", "er2", "lv4"]
)


@pytest.mark.parametrize(
    ("one", "other", "distance"),
    [
        ("wei3", "wei3", 0.0),
        ("wei3", "wei1", TONE),
        ("zhang1", "zang1", FUZZY),
        ("chen2", "cen2", FUZZY),
        ("shi4", "si4", FUZZY),
        ("nan2", "lan2", FUZZY),
        ("jing1", "jin1", FUZZY),
        ("feng1", "fen1", FUZZY),
        ("zhang1", "zan1", 2 * FUZZY),
        ("ma1", "ba1", PART),
        ("wei3", "song4", OTHER),
    ],
)
def test_what_is_confused_is_near(one: str, other: str, distance: float) -> None:
    assert apart(syllable(one), syllable(other)) == pytest.approx(distance)


def test_f_and_h_before_u_share_a_class_and_an_o_with_ng_stays_apart_from_on() -> None:
    assert syllable("hu2").sound_class == syllable("fu4").sound_class
    assert syllable("huang2").sound_class == syllable("fang4").sound_class
    assert syllable("hong2").final_class == "ong"


@given(SPELLED, SPELLED)
def test_the_distance_is_the_same_both_ways_and_never_above_one(one: str, other: str) -> None:
    forth, back = apart(syllable(one), syllable(other)), apart(syllable(other), syllable(one))
    assert forth == back
    assert 0.0 <= forth <= OTHER
    assert (forth == 0.0) == (one == other)


def test_a_phrase_decides_how_its_characters_are_read() -> None:
    assert [one[0].initial + one[0].final for one in readings("银行")] == ["yin", "hang"]


def test_a_surname_has_its_own_reading_beside_the_usual_one() -> None:
    sounds = readings("单雄信")[0]
    assert {one.initial + one.final for one in sounds} == {"shan", "dan"}
    assert characters_apart(readings("善")[0], sounds) in (0.0, SECOND_READING)


@given(st.from_regex(HAN, fullmatch=True))
def test_every_character_has_its_place(run: str) -> None:
    assert len(readings(run)) == len(run)
