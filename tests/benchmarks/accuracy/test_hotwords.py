"""The measure of hotword suggestions: names, how they are misheard, what counts."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.accuracy.hotwords import Mishearing, common_characters, disturbed, named, names, recall
from benchmarks.accuracy.speech import Sample
from pipelines.speech.pinyin import readings


@pytest.fixture(scope="module")
def mishearing() -> Mishearing:
    return Mishearing(1)


def test_names_differ_and_a_seed_makes_the_same_ones() -> None:
    made = names(200, 3)
    assert len(set(made)) == 200
    assert made == names(200, 3)
    assert made != names(200, 4)


def test_the_common_characters_are_the_first_level_of_gb_2312() -> None:
    assert len(common_characters()) == 3755


@pytest.mark.parametrize("name", names(20, 5))
def test_a_misheard_name_is_another_text_of_the_same_sounds(mishearing: Mishearing, name: str) -> None:
    wrong = mishearing.of(name)
    assert wrong is not None
    assert wrong != name
    for one, other in zip(readings(wrong), readings(name), strict=True):
        assert {s.sound_class for s in one} & {s.sound_class for s in other}


def test_most_misheard_names_are_found_and_right_text_is_left_in_peace() -> None:
    listed = names(40, 6)
    found = recall(listed, ["后来民警到达现场将其抓获"], 2)
    assert found.count >= 35
    assert found.suggested / found.count > 0.8
    extra, characters, _ = disturbed(listed, ["后来民警到达现场将其抓获"] * 3)
    assert (extra, characters) == (0, 36)


def test_utterances_are_chosen_by_the_names_in_them() -> None:
    samples = [Sample(Path("a"), "周某来了"), Sample(Path("b"), "没有")]
    assert named(samples, ["周某"]) == [(samples[0], ("周某",))]
