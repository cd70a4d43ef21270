"""Words out of aligned pieces."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from models.speech.words import CHARACTER_SECONDS, Piece, joined


def test_punctuation_belongs_to_the_word_before_and_takes_none_of_its_time() -> None:
    (one, two) = joined([Piece("好", 0.1, 0.3, 0.9), Piece("，", 0.3, 2.0, 0.1), Piece("走", 2.0, 2.2, 0.8)], 3.0)
    assert (one.text, one.start, one.end, one.probability) == ("好，", 0.1, 0.3, 0.9)
    assert two.text == "走"


def test_fragments_of_a_latin_word_are_joined() -> None:
    words = joined([Piece("Wi", 0.0, 0.1, 1.0), Piece("Fi", 0.1, 0.2, 0.5), Piece("名", 0.2, 0.4, 1.0)], 1.0)
    assert [word.text for word in words] == ["WiFi", "名"]
    assert words[0].probability == 0.75


def test_latin_words_apart_stay_apart() -> None:
    words = joined([Piece("hello", 0.0, 0.4, 1.0), Piece(" world", 0.4, 0.8, 1.0)], 1.0)
    assert [word.text for word in words] == ["hello", " world"]


def test_a_word_that_swallowed_the_silence_before_it_starts_near_its_end() -> None:
    (word,) = joined([Piece("好", 0.0, 10.0, 0.9)], 12.0)
    assert word.end == 10.0
    assert word.start == 10.0 - CHARACTER_SECONDS


@given(
    st.lists(
        st.tuples(st.text(alphabet="好ab1，。 “", min_size=0, max_size=3), st.floats(-1, 40), st.floats(-1, 40)),
        max_size=20,
    ),
    st.floats(0.1, 30.0),
)
def test_times_never_go_back_nor_leave_the_clip_and_no_text_is_lost(
    raw: list[tuple[str, float, float]], duration: float
) -> None:
    pieces = [Piece(text, start, end, 0.5) for text, start, end in raw]
    words = joined(pieces, duration)
    assert "".join(word.text for word in words) == "".join(piece.text for piece in pieces)
    edges = [edge for word in words for edge in (word.start, word.end)]
    assert edges == sorted(edges)
    assert all(0.0 <= edge <= duration + 0.001 for edge in edges)
