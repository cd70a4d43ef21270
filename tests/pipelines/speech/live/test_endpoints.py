"""Where sentences begin and end: nothing spoken is left out, nothing overlaps, nothing outgrows the second pass."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from models.speech.vad import SPEECH_WINDOWS, WINDOW
from pipelines.speech.live.endpoints import (
    LEAD,
    LONG_WINDOWS,
    LONGEST_WINDOWS,
    PAUSE_WINDOWS,
    RATE,
    SHORT_PAUSE_WINDOWS,
    TAIL,
    Began,
    Ended,
    Endpoints,
)

voices = st.lists(st.tuples(st.sampled_from([0.0, 0.4, 0.9]), st.integers(1, 400)), max_size=12)


def windows(runs: list[tuple[float, int]]) -> list[float]:
    return [p for p, count in runs for _ in range(count)]


def spans(probabilities: list[float], offset: int = 0) -> list[tuple[int, int, bool]]:
    endpoints = Endpoints(offset)
    found = endpoints.accept(probabilities) + endpoints.finish(offset + len(probabilities) * WINDOW)
    assert [type(e) for e in found] == [Began, Ended] * (len(found) // 2)
    pairs = zip(found[::2], found[1::2], strict=True)
    return [(b.first, e.last, e.spoken) for b, e in pairs if isinstance(b, Began) and isinstance(e, Ended)]


@given(voices, st.integers(0, 10**6))
def test_every_window_of_certain_speech_lies_in_exactly_one_sentence(
    runs: list[tuple[float, int]], offset: int
) -> None:
    probabilities = windows(runs)
    found = spans(probabilities, offset)
    for number, probability in enumerate(probabilities):
        if probability >= 0.5:
            first, last = offset + number * WINDOW, offset + (number + 1) * WINDOW
            assert sum(a <= first and last <= b for a, b, _ in found) == 1
    assert all(a[1] <= b[0] for a, b in pairwise(found))
    assert all(offset <= a <= b <= offset + len(probabilities) * WINDOW for a, b, _ in found)


@given(voices)
def test_no_sentence_outgrows_what_the_second_pass_hears_at_once(runs: list[tuple[float, int]]) -> None:
    assert all(last - first < 29 * RATE for first, last, _ in spans(windows(runs)))


def test_a_pause_ends_a_sentence_and_a_breath_does_not() -> None:
    voice = [0.9] * 40
    assert len(spans(voice + [0.0] * (PAUSE_WINDOWS - 1) + voice)) == 1
    one, two = spans([0.0] * 20 + voice + [0.0] * PAUSE_WINDOWS + voice)
    assert one == (20 * WINDOW - LEAD, 60 * WINDOW + TAIL, True)
    assert two[0] >= one[1]


def test_a_long_sentence_ends_at_a_short_pause() -> None:
    found = spans([0.9] * LONG_WINDOWS + [0.0] * SHORT_PAUSE_WINDOWS + [0.9] * 10)
    assert len(found) == 2


def test_a_voice_without_a_pause_is_cut_and_goes_on_where_it_was_cut() -> None:
    one, two = spans([0.9] * (LONGEST_WINDOWS + 50))
    assert one[1] == two[0]


def test_a_click_is_told_from_a_word() -> None:
    assert [s for _, _, s in spans([0.9] * (SPEECH_WINDOWS - 1) + [0.0] * 30)] == [False]
    assert [s for _, _, s in spans([0.9] * SPEECH_WINDOWS + [0.0] * 30)] == [True]
