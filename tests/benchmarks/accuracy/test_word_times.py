"""Word times against truth."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from benchmarks.accuracy.word_times import Timed, deviations, faults, landings, report, truth_of
from cases.records import Provenance
from cases.transcript import Transcript, TranscriptSegment, TranscriptWord

TRUTH = [Timed(text, n * 0.2, n * 0.2 + 0.2) for n, text in enumerate("今天天气很好")]


def word(text: str, start: float, end: float) -> TranscriptWord:
    return TranscriptWord(start, end, text, 0.9)


def transcript(*words: TranscriptWord) -> Transcript:
    segment = TranscriptSegment(0, 0.0, 2.0, None, None, "", 0.9, (), words)
    provenance = Provenance("transcribe", "1", "0", (), {}, "cpu", "0" * 64, "", "")
    return Transcript("zh", 2.0, (), (segment,), "", provenance)


def test_words_are_late_by_what_the_truth_says() -> None:
    found = deviations([word("今天", 0.05, 0.4), word("天气，", 0.4, 0.9)], TRUTH)
    assert found.starts == pytest.approx((0.05, 0.0))
    assert found.ends == pytest.approx((0.0, 0.1))


def test_words_that_were_misheard_are_not_compared() -> None:
    found = deviations(
        [word("今天", 0.0, 0.4), word("添", 9.0, 9.1), word("器", 9.1, 9.2), word("很好", 0.8, 1.2)], TRUTH
    )
    assert found.starts == pytest.approx((0.0, 0.0))


def test_one_character_alone_may_be_chance_and_is_not_compared() -> None:
    assert deviations([word("气", 0.0, 0.2)], TRUTH).starts == ()


def test_times_that_go_back_or_leave_the_recording_are_counted() -> None:
    assert faults(transcript(word("今", 0.0, 0.2), word("天", 0.2, 0.2))) == 0
    assert faults(transcript(word("今", 0.5, 0.6), word("天", 0.4, 0.5))) == 1
    assert faults(transcript(word("今", 0.5, 0.4), word("天", 1.9, 2.1))) == 2


def test_bounds_hold_for_the_median_and_the_ninety_fifth_percentile() -> None:
    assert report("good", [0.01] * 99 + [2.0])
    assert not report("slow", [0.1] * 100)
    assert not report("rough", [0.0] * 90 + [-0.3] * 10)


def test_landings_tell_clicks_before_the_word_from_clicks_after() -> None:
    assert "before the word: 50.0%; after its start 25.0%; earlier 25.0%" in landings([0.0, 0.1, 0.3, -0.4])


def test_the_truth_is_read_from_a_dialogue_in_order_and_without_marks(tmp_path: Path) -> None:
    phrases = [
        [{"text": "好", "start": 2.0, "end": 2.2}, {"text": "。", "start": 2.2, "end": 2.2}],
        [{"text": "對", "start": 1.0, "end": 1.2}],
    ]
    turns = [{"phrases": [{"characters": characters}]} for characters in phrases]
    (tmp_path / "a.json").write_text(json.dumps({"turns": turns}), encoding="utf-8")
    assert truth_of(tmp_path / "a.json") == [Timed("对", 1.0, 1.2), Timed("好", 2.0, 2.2)]
