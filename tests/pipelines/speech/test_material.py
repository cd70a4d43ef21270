"""Which stretches a voice has, and by which sound each is known."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from pipelines.speech.chunks import RATE, Span
from pipelines.speech.material import (
    LEAST,
    MOST,
    OWN,
    Stretch,
    common,
    inside,
    length,
    material,
    materials,
    stretches,
    without,
)

WINDOW = (0, 10 * RATE)
MIDDLE = (5 * RATE // 2, 15 * RATE // 2)


def seconds(*spans: tuple[float, float]) -> tuple[Span, ...]:
    return tuple((round(start * RATE), round(end * RATE)) for start, end in spans)


def test_what_others_say_is_taken_out() -> None:
    assert without([(0, 10), (20, 30)], [(2, 4), (8, 22), (29, 40)]) == [(0, 2), (4, 8), (22, 29)]
    assert without([(0, 10)], []) == [(0, 10)]
    assert without([(0, 10)], [(0, 10)]) == []
    assert common([(0, 10), (20, 30)], [(5, 22), (29, 40)]) == [(5, 10), (20, 22), (29, 30)]


def test_long_stretches_stand_alone_and_short_ones_go_together() -> None:
    found = stretches([seconds((0, 2), (4, 4.5), (6, 8), (9, 9.4))])
    assert [one.spans for one in found] == [seconds((0, 2)), seconds((6, 8)), seconds((4, 4.5), (9, 9.4))]


def test_what_follows_a_breath_is_known_apart_since_somebody_else_may_have_taken_over() -> None:
    found = stretches([seconds((0, 4), (4.15, 7))])
    assert [one.spans for one in found] == [seconds((0, 4)), seconds((4.15, 7))]


def test_a_stretch_under_the_speech_of_others_is_not_long_enough_to_stand_alone() -> None:
    found = stretches([seconds((0, 2), (4, 6)), seconds((0, 2))])
    assert [(one.voice, one.spans) for one in found] == [
        (0, seconds((4, 6))),
        (0, seconds((0, 2))),
        (1, seconds((0, 2))),
    ]


def test_a_stretch_is_known_by_where_it_is_alone_near_the_middle() -> None:
    whole = material(Stretch(0, (WINDOW,), ()), WINDOW, MIDDLE)
    assert (whole.alone, whole.samples) == (True, MOST)
    assert inside(whole.pieces, MIDDLE) == list(whole.pieces)
    beside = material(Stretch(0, seconds((3, 6)), seconds((4, 5))), WINDOW, MIDDLE)
    assert (beside.alone, beside.pieces) == (True, seconds((3, 4), (5, 6)))


def test_a_stretch_that_is_never_alone_is_known_by_what_there_is_and_that_is_said() -> None:
    never = material(Stretch(0, seconds((3, 5)), seconds((2, 6))), WINDOW, MIDDLE)
    assert (never.alone, never.pieces) == (False, seconds((3, 5)))


def test_a_stretch_at_the_edge_is_left_to_the_next_window_unless_its_voice_has_nothing_else() -> None:
    both = stretches([seconds((0, 2), (4, 6))])
    assert [one.samples > 0 for one in materials(both, WINDOW, MIDDLE)] == [False, True]
    edge = stretches([seconds((0, 2))])
    assert [one.pieces for one in materials(edge, WINDOW, MIDDLE)] == [seconds((0, 2))]


@st.composite
def voices(draw: st.DrawFn) -> list[tuple[Span, ...]]:
    """Up to three voices of a window, each with spans in order."""
    edges = st.lists(st.integers(0, WINDOW[1]), min_size=2, max_size=8, unique=True)
    drawn = [sorted(draw(edges)) for _ in range(draw(st.integers(1, 3)))]
    return [tuple(zip(some[::2], some[1::2], strict=False)) for some in drawn]


@given(voices())
def test_no_speech_is_lost_and_what_a_voice_is_known_by_is_its_own(drawn: list[tuple[Span, ...]]) -> None:
    found = stretches(drawn)
    for number, spans in enumerate(drawn):
        assert sorted(span for one in found if one.voice == number for span in one.spans) == list(spans)
    for one, known in zip(found, materials(found, WINDOW, MIDDLE), strict=True):
        assert known.samples <= MOST
        assert without(known.pieces, one.spans) == []
        if known.alone and known.pieces:
            assert common(known.pieces, one.others) == []
        if not known.alone:
            assert length(without(one.spans, one.others)) < LEAST < OWN
