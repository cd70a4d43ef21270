"""Seconds of a clip that leaves pauses out, back in the recording."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from models.values import Segment, Transcription, Word
from pipelines.speech.chunks import RATE, Chunk
from pipelines.speech.timing import in_recording

CHUNK = Chunk(((10 * RATE, 14 * RATE), (20 * RATE, 22 * RATE), (50 * RATE, 54 * RATE)), ())


def heard(*words: tuple[float, float]) -> Transcription:
    made = tuple(Word("字", start, end, 0.9) for start, end in words)
    return Transcription("zh", (Segment(words[0][0], words[-1][1], "字" * len(words), 0.9, 0.1, made),))


def times(*words: tuple[float, float]) -> list[tuple[float, float]]:
    (segment,) = in_recording(heard(*words), CHUNK).segments
    return [(word.start, word.end) for word in segment.words]


def test_words_are_moved_with_the_stretch_that_they_were_heard_in() -> None:
    assert times((0.0, 1.0), (3.0, 4.0), (4.0, 5.0), (6.5, 10.0)) == [(10, 11), (13, 14), (20, 21), (50.5, 54)]


def test_a_word_over_a_cut_lies_on_one_side_of_it_and_on_the_later_when_in_doubt() -> None:
    assert times((3.0, 4.2)) == [(13, 14)]
    assert times((3.5, 4.5)) == [(20, 20.5)]
    assert times((3.7, 4.2)) == [(20, 20.2)]


def test_a_word_a_little_past_the_end_stays_in_the_recording() -> None:
    assert times((10.0005, 10.0005)) == [(54, 54)]


def test_a_segment_begins_behind_a_cut_and_ends_before_one() -> None:
    moved = in_recording(Transcription("zh", (Segment(4.0, 6.0, "字", 0.9, 0.1),)), CHUNK)
    assert (moved.segments[0].start, moved.segments[0].end) == (20, 22)


@given(st.lists(st.floats(0, 10), min_size=2, max_size=30))
def test_order_and_length_hold(moments: list[float]) -> None:
    words = list(pairwise(sorted(moments)))
    moved = times(*words)
    for (start, end), (was, until) in zip(moved, words, strict=True):
        assert start <= end <= start + (until - was) + 1e-9
        assert any(first / RATE <= start and end <= last / RATE + 1e-9 for first, last in CHUNK.heard)
    assert all(before[0] <= after[0] + 1e-9 for before, after in pairwise(moved))
