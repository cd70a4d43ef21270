"""Packing of speech: nothing lost, nothing doubled, cuts in pauses."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from models.values import SpeechSpan
from pipelines.speech.chunks import (
    CHUNK,
    GAP,
    PAD,
    PART_CHUNKS,
    PART_SAMPLES,
    RATE,
    WINDOW,
    Span,
    pack,
    parts_of,
    speech_of,
    windows,
)


def middle(first: int, last: int) -> int:
    return (first + last) // 2


@st.composite
def recordings(draw: st.DrawFn) -> tuple[list[Span], int]:
    """Disjoint speech spans in order, some far longer than a chunk, and the length of the recording."""
    position = 0
    spans: list[Span] = []
    for gap, length in draw(st.lists(st.tuples(st.integers(1, 10 * RATE), st.integers(1, 100 * RATE)), max_size=40)):
        spans.append((position + gap, position + gap + length))
        position += gap + length
    return spans, position + draw(st.integers(1, 5 * RATE))


@given(recordings(), st.floats(-0.5, 1.5))
def test_each_sample_of_speech_is_in_exactly_one_chunk(recording: tuple[list[Span], int], where: float) -> None:
    spans, samples = recording
    chunks = pack(spans, samples, lambda a, b: int(a + (b - a) * where))
    pieces = [piece for chunk in chunks for piece in chunk.speech]
    joined: list[Span] = []
    for first, last in pieces:
        assert first < last
        if joined and joined[-1][1] == first and (first, last) not in spans:
            joined[-1] = (joined[-1][0], last)
        else:
            joined.append((first, last))
    assert joined == spans


@given(recordings())
def test_chunks_are_in_order_apart_inside_and_never_too_long(recording: tuple[list[Span], int]) -> None:
    spans, samples = recording
    chunks = pack(spans, samples, middle)
    edges = [edge for chunk in chunks for edge in (chunk.first, chunk.last)]
    assert edges == sorted(edges)
    for chunk in chunks:
        assert 0 <= chunk.first <= chunk.speech[0][0]
        assert chunk.speech[-1][1] <= chunk.last <= samples
        assert chunk.samples <= CHUNK
        ends = [end for piece in chunk.heard for end in piece]
        assert ends == sorted(ends)


@given(recordings())
def test_all_speech_is_heard_with_the_silence_beside_it(recording: tuple[list[Span], int]) -> None:
    for chunk in pack(*recording, middle):
        heard = list(chunk.heard)
        for first, last in chunk.speech:
            (around_it,) = [piece for piece in heard if piece[0] <= first and last <= piece[1]]
            assert around_it in heard
        for before, after in pairwise(chunk.heard):
            assert after[0] - before[1] > 0
            assert (before[1] - PAD, after[0] + PAD) in list(
                zip([end for _, end in chunk.speech], [start for start, _ in chunk.speech][1:], strict=False)
            )


@given(recordings())
def test_a_chunk_ends_in_a_pause_unless_speech_has_none(recording: tuple[list[Span], int]) -> None:
    spans, samples = recording
    long_ones = [span for span in spans if span[1] - span[0] > CHUNK - 2 * PAD]
    for chunk in pack(spans, samples, middle):
        for cut in (chunk.speech[0][0], chunk.speech[-1][1]):
            inside = [span for span in spans if span[0] < cut < span[1]]
            assert all(span in long_ones for span in inside)


@given(recordings())
def test_no_chunk_hears_a_long_silence_or_goes_on_after_a_very_long_one(recording: tuple[list[Span], int]) -> None:
    for chunk in pack(*recording, middle):
        silence = chunk.samples - sum(last - first for first, last in chunk.speech)
        assert silence <= 2 * PAD * len(chunk.speech)
        assert all(after[0] - before[1] <= GAP for before, after in pairwise(chunk.speech))


@given(recordings())
def test_parts_hold_every_chunk_once_and_stay_small(recording: tuple[list[Span], int]) -> None:
    chunks = pack(*recording, middle)
    parts = parts_of(chunks)
    assert [chunk for part in parts for chunk in part] == chunks
    assert parts
    for part in parts:
        assert len(part) <= PART_CHUNKS
        assert sum(chunk.samples for chunk in part) <= PART_SAMPLES


def test_silence_has_one_empty_part() -> None:
    assert parts_of(pack([], 10 * RATE, middle)) == [()]


def test_a_chunk_ends_at_the_last_clear_pause_of_its_second_half_else_at_the_widest() -> None:
    second = RATE
    spans = [(0, 10 * second), (10 * second + 100, 20 * second), (22 * second, 28 * second)]
    breath = [*spans, (28 * second + 100, 40 * second)]
    first, after = pack(breath, 40 * second, middle)
    assert (first.speech, after.speech) == (tuple(breath[:2]), tuple(breath[2:]))
    pause = [*spans, (28 * second + PAD, 40 * second)]
    first, after = pack(pause, 40 * second, middle)
    assert (first.speech, after.speech) == (tuple(pause[:3]), tuple(pause[3:]))
    breaths = [(0, 10 * second), (10 * second + 200, 20 * second), (20 * second + 100, 40 * second)]
    first, after = pack(breaths, 40 * second, middle)
    assert first.speech == tuple(breaths[:2])


def test_the_middle_of_a_long_pause_costs_no_room() -> None:
    spans = [(20 * n * RATE, (20 * n + 6) * RATE) for n in range(4)]
    (chunk,) = pack(spans, 80 * RATE, middle)
    assert chunk.samples == 4 * 6 * RATE + 3 * 2 * PAD + PAD
    assert chunk.heard[1] == (20 * RATE - PAD, 26 * RATE + PAD)


@given(st.integers(0, 10 * WINDOW))
def test_windows_count_each_sample_once(samples: int) -> None:
    position = 0
    for window in windows(samples):
        assert window.start == position
        assert window.first <= window.start < window.end <= window.last <= samples
        position = window.end
    assert position == samples


def test_speech_across_an_edge_of_windows_is_one_span() -> None:
    one, two = windows(100 * RATE)
    across = [(one, [SpeechSpan(55.0, 62.0)]), (two, [SpeechSpan(0.0, 7.0)])]
    assert speech_of(across) == [(55 * RATE, 65 * RATE)]


def test_what_a_window_only_overheard_is_counted_by_its_neighbour_alone() -> None:
    one, two = windows(100 * RATE)
    found = speech_of([(one, [SpeechSpan(60.5, 61.0)]), (two, [SpeechSpan(2.5, 3.0)])])
    assert found == [(int(60.5 * RATE), 61 * RATE)]
