"""Words to speakers: sentences cut at the change, slips of the aligner put right, overlap marked, no word lost."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases.transcript import SpeakerTurn, TranscriptSegment, TranscriptWord
from models.speech.doubts import OVERLAP
from pipelines.speech.attribution import SPEAKER_UNSURE, Turns, attributed


def sentence(text: str, start: float, step: float = 0.25) -> TranscriptSegment:
    """A sentence of one word a character, marks with the character before them."""
    words: list[TranscriptWord] = []
    for character in text:
        if character in "，。？" and words:
            last = words.pop()
            words.append(TranscriptWord(last.start, last.end, last.text + character, 0.9))
        else:
            at = start + len(words) * step
            words.append(TranscriptWord(round(at, 3), round(at + step, 3), character, 0.9))
    return TranscriptSegment(0, start, words[-1].end, None, None, text, 0.9, (), tuple(words))


def said(segments: list[TranscriptSegment]) -> list[tuple[str | None, str]]:
    return [(segment.speaker, segment.text) for segment in segments]


def test_a_sentence_is_cut_inside_where_the_speaker_changes() -> None:
    turns = [SpeakerTurn("S1", 0.0, 1.5), SpeakerTurn("S2", 1.5, 3.0)]
    cut = attributed([sentence("你叫什么名字我叫张三丰啊", 0.0)], turns)
    assert said(cut) == [("S1", "你叫什么名字"), ("S2", "我叫张三丰啊")]
    assert [(one.start, one.end, len(one.words)) for one in cut] == [(0.0, 1.5, 6), (1.5, 3.0, 6)]


def test_a_change_inside_words_that_run_on_is_flagged_on_both_sides_of_it() -> None:
    turns = [SpeakerTurn("S1", 0.0, 1.5), SpeakerTurn("S2", 1.5, 3.0)]
    cut = attributed([sentence("你叫什么名字我叫张三丰啊", 0.0)], turns)
    assert [SPEAKER_UNSURE in one.flags for one in cut] == [True, True]


def test_a_change_at_a_pause_or_a_mark_is_not_flagged() -> None:
    turns = [SpeakerTurn("S1", 0.0, 1.5), SpeakerTurn("S2", 1.5, 4.0)]
    asked, answered = sentence("你叫什么名字", 0.0), sentence("我叫张三丰啊", 1.8)
    paused = replace(asked, end=answered.end, text=asked.text + answered.text, words=asked.words + answered.words)
    for whole in (paused, sentence("你叫什么名字，我叫张三丰啊", 0.0)):
        cut = attributed([whole], turns)
        assert [one.speaker for one in cut] == ["S1", "S2"]
        assert not any(SPEAKER_UNSURE in one.flags for one in cut)


def test_a_change_near_a_mark_is_moved_to_it() -> None:
    early = [SpeakerTurn("S1", 0.0, 1.2), SpeakerTurn("S2", 1.2, 4.0)]
    late = [SpeakerTurn("S1", 0.0, 1.8), SpeakerTurn("S2", 1.8, 4.0)]
    for turns in (early, late):
        assert said(attributed([sentence("你叫什么名字？我叫张三丰。", 0.0)], turns)) == [
            ("S1", "你叫什么名字？"),
            ("S2", "我叫张三丰。"),
        ]


def test_a_lone_word_between_two_of_somebody_else_is_a_slip() -> None:
    turns = [SpeakerTurn("S1", 0.0, 1.0), SpeakerTurn("S2", 1.0, 1.25), SpeakerTurn("S1", 1.25, 3.0)]
    assert said(attributed([sentence("我当时就在家里面睡觉啊", 0.0)], turns)) == [("S1", "我当时就在家里面睡觉啊")]


def test_a_short_answer_between_marks_stays_an_answer() -> None:
    turns = [SpeakerTurn("S1", 0.0, 1.0), SpeakerTurn("S2", 1.0, 1.25), SpeakerTurn("S1", 1.25, 3.0)]
    assert said(attributed([sentence("你去过吗？去。那么几点呢", 0.0)], turns)) == [
        ("S1", "你去过吗？"),
        ("S2", "去。"),
        ("S1", "那么几点呢"),
    ]


def test_words_where_nobody_was_heard_go_to_whoever_is_nearest() -> None:
    turns = [SpeakerTurn("S1", 0.0, 1.0), SpeakerTurn("S2", 5.0, 6.0)]
    before, after = attributed([sentence("好的", 1.5), sentence("是的", 4.0)], turns)
    assert (before.speaker, after.speaker) == ("S1", "S2")


def test_without_any_turn_everybody_is_the_first_speaker() -> None:
    assert said(attributed([sentence("有人吗？", 1.0)], [])) == [("S1", "有人吗？")]


def test_a_sentence_without_words_has_one_speaker() -> None:
    empty = TranscriptSegment(0, 2.0, 3.0, None, None, "", 0.0, ("not-transcribed",), ())
    (kept,) = attributed([empty], [SpeakerTurn("S2", 1.8, 3.1)])
    assert (kept.speaker, kept.flags) == ("S2", ("not-transcribed",))


def test_speech_of_two_at_once_is_marked() -> None:
    turns = [SpeakerTurn("S1", 0.0, 3.0), SpeakerTurn("S2", 2.0, 5.0)]
    alone, both = attributed([sentence("你先说说。", 0.0), sentence("我没去过。", 2.0)], turns)
    assert alone.flags == ()
    assert both.flags == (OVERLAP,)


def test_english_words_keep_their_spaces() -> None:
    words = tuple(
        TranscriptWord(n * 0.5, n * 0.5 + 0.5, text, 0.9) for n, text in enumerate(["who", "are", "you", "me"])
    )
    segment = TranscriptSegment(0, 0.0, 2.0, None, None, "who are you me", 0.9, (), words)
    turns = [SpeakerTurn("S1", 0.0, 1.5), SpeakerTurn("S2", 1.5, 2.0)]
    assert said(attributed([segment], turns)) == [("S1", "who are you"), ("S2", "me")]


def test_turns_are_found_by_time_also_under_a_long_one() -> None:
    turns = Turns([SpeakerTurn("S1", 0.0, 100.0), SpeakerTurn("S2", 10.0, 11.0), SpeakerTurn("S2", 20.0, 21.0)])
    assert [turn.speaker for turn in turns.between(50.0, 51.0)] == ["S1"]
    assert turns.overlap(9.0, 22.0) == pytest.approx(2.0)


@given(
    st.lists(st.tuples(st.sampled_from(["S1", "S2", "S3"]), st.floats(0, 9), st.floats(0.05, 5)), max_size=8),
    st.text(alphabet="你我他说去，。？", min_size=1, max_size=30),
)
def test_no_word_is_lost_and_every_sentence_has_a_speaker(drawn: list[tuple[str, float, float]], text: str) -> None:
    segment = sentence("好" + text, 1.0)
    cut = attributed([segment], [SpeakerTurn(name, start, start + length) for name, start, length in drawn])
    assert "".join(one.text for one in cut) == segment.text
    assert tuple(word for one in cut for word in one.words) == segment.words
    assert all(one.speaker for one in cut)
