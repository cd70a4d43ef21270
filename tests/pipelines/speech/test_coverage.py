"""Speech without words."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from models.values import Segment, Transcription, Word
from pipelines.speech.chunks import RATE, Chunk
from pipelines.speech.coverage import LEAST, REACH, missed


def heard(*times: tuple[float, float]) -> Transcription:
    words = tuple(Word("好", start, end, 0.9) for start, end in times)
    return Transcription(
        "zh", (Segment(words[0].start, words[-1].end, "好" * len(words), 0.9, 0.0, words),) if words else ()
    )


def chunk(*speech: tuple[float, float]) -> Chunk:
    spans = tuple((int(a * RATE), int(b * RATE)) for a, b in speech)
    return Chunk(((100 * RATE, 130 * RATE),), spans)


def test_speech_with_words_is_not_missed() -> None:
    assert missed(heard((0.0, 1.0), (1.2, 2.0)), chunk((100.0, 102.2))) == []


def test_sentences_after_the_last_word_are_missed_as_one_stretch() -> None:
    (found,) = missed(heard((0.0, 1.0)), chunk((100.0, 101.2), (103.0, 104.0), (105.0, 107.0)))
    assert found.speech == ((103 * RATE, 104 * RATE), (105 * RATE, 107 * RATE))
    assert 101 * RATE <= found.first < 103 * RATE
    assert 107 * RATE < found.last <= 108 * RATE


def test_stretches_on_both_sides_of_a_word_are_missed_apart() -> None:
    found = missed(heard((10.0, 11.0)), chunk((100.0, 105.0), (110.0, 111.0), (115.0, 120.0)))
    assert [piece.speech[0][0] // RATE for piece in found] == [100, 115]


def test_breath_beside_a_word_is_not_missed() -> None:
    assert missed(heard((0.5, 1.0)), chunk((100.0, 101.5), (102.0, 102.4))) == []


def test_a_chunk_without_a_word_is_missed_whole() -> None:
    (found,) = missed(heard(), chunk((101.0, 103.0), (104.0, 105.0)))
    assert found.speech == ((101 * RATE, 103 * RATE), (104 * RATE, 105 * RATE))


def test_a_number_said_with_a_pause_that_was_left_out_was_heard_on_both_sides() -> None:
    talk = ((100 * RATE, 104 * RATE), (110 * RATE, 114 * RATE))
    apart = Chunk(talk, talk)
    assert missed(heard((0.0, 8.0)), apart) == []
    (found,) = missed(heard((0.0, 4.0)), apart)
    assert found.speech == ((110 * RATE, 114 * RATE),)


def test_a_model_without_words_covers_what_its_segments_cover() -> None:
    whole = Transcription("zh", (Segment(0.0, 5.0, "整句", 0.9, 0.0),))
    assert missed(whole, chunk((100.0, 105.0))) == []


@given(
    st.lists(st.tuples(st.floats(0, 2), st.floats(0, 2)), max_size=10),
    st.lists(st.tuples(st.floats(0.1, 3), st.floats(0.1, 5)), min_size=1, max_size=6),
)
def test_what_is_missed_is_speech_in_order_without_any_word(
    words: list[tuple[float, float]], speech: list[tuple[float, float]]
) -> None:
    times, position = [], 0.0
    for gap, length in words:
        times.append((position + gap, position + gap + length))
        position += gap + length
    spans, position = [], 100.0
    for gap, length in speech:
        if position + gap + length < 130:
            spans.append((position + gap, position + gap + length))
            position += gap + length
    one = chunk(*spans)
    found = missed(heard(*times), one)
    edges = [edge for piece in found for span in piece.speech for edge in span]
    assert edges == sorted(edges)
    for piece in found:
        assert one.first <= piece.first <= piece.speech[0][0] < piece.speech[-1][1] <= piece.last <= one.last
        assert sum(last - first for first, last in piece.speech) >= LEAST
        for first, last in piece.speech:
            assert any(a <= first and last <= b for a, b in one.speech)
            for start, end in times:
                begins, ends = one.first + round(start * RATE), one.first + round(end * RATE)
                assert ends + REACH <= first or begins - REACH >= last
