"""Suggestions of hotwords by sound: found, not found, never applied."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases.codec import from_json, to_json
from cases.transcript import HotwordSuggestion, TranscriptSegment
from pipelines.speech.hotwords import PER_PLACE, HotwordIndex, with_suggestions

CASE = ("张伟", "王秀英", "单雄信", "南山路", "欧阳建国", "T恤", "丁")


def heard(text: str, *hotwords: str) -> list[tuple[str, str]]:
    return [(one.text, one.hotword) for one in HotwordIndex(hotwords or CASE).suggestions(text)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("我和章伟在一起", [("章伟", "张伟")]),
        ("就是王秀音说的", [("王秀音", "王秀英")]),
        ("善雄信来了", [("善雄信", "单雄信")]),
        ("在兰山路", [("兰山路", "南山路")]),
        ("欧阳健果打的", [("欧阳健果", "欧阳建国")]),
        ("脏伟，王秀因", [("脏伟", "张伟"), ("王秀因", "王秀英")]),
    ],
)
def test_a_name_written_with_other_characters_is_found(text: str, found: list[tuple[str, str]]) -> None:
    assert heard(text) == found


@pytest.mark.parametrize("text", ["张伟和王秀英", "今天天气好", "", "张，伟", "ABC 123", "丁", "定"])
def test_a_right_name_other_words_and_single_characters_are_left_in_peace(text: str) -> None:
    assert heard(text) == []


def test_a_place_inside_a_right_name_is_left_in_peace() -> None:
    assert heard("欧阳建国", "欧阳建国", "建果") == []


def test_the_nearest_hotword_stands_first_and_few_are_shown() -> None:
    found = heard("找章伟", "藏伟", "张伟", "章威", "张维", "掌尾")
    assert found[0] == ("章伟", "张伟")
    assert len(found) == PER_PLACE


def test_of_places_that_overlap_the_nearest_is_kept() -> None:
    assert heard("王秀音", "王秀英", "秀因") == [("秀音", "秀因")]


def test_a_suggestion_says_where_and_how_far() -> None:
    assert HotwordIndex(["张伟"]).suggestions("是，章薇") == (HotwordSuggestion(2, 4, "章薇", "张伟", 0.1),)


def test_no_hotwords_give_no_suggestions() -> None:
    assert HotwordIndex([]).suggestions("章伟") == ()


@given(st.text("章伟张王秀音英路在和，。 a", max_size=30))
def test_suggestions_are_in_order_and_fit_the_text(text: str) -> None:
    last = 0
    for one in HotwordIndex(CASE).suggestions(text):
        assert last <= one.start
        assert text[one.start : one.end] == one.text != one.hotword
        assert len(one.text) == len(one.hotword)
        last = one.start


def test_segments_keep_their_text_and_survive_json() -> None:
    segment = TranscriptSegment(0, 0.0, 1.0, None, None, "章伟", 0.9, (), ())
    (marked,) = with_suggestions([segment], ["张伟"])
    assert marked.text == "章伟"
    assert from_json(TranscriptSegment, to_json(marked)) == marked
    assert marked.suggestions[0].hotword == "张伟"
