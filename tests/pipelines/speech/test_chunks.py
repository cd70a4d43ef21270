"""Packing of speech: nothing lost, nothing doubled, cuts in pauses."""

from __future__ import annotations

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
        assert chunk.last - chunk.first <= CHUNK


@given(recordings())
def test_a_chunk_ends_in_a_pause_unless_speech_has_none(recording: tuple[list[Span], int]) -> None:
    spans, samples = recording
    long_ones = [span for span in spans if span[1] - span[0] > CHUNK - 2 * PAD]
    for chunk in pack(spans, samples, middle):
        for cut in (chunk.speech[0][0], chunk.speech[-1][1]):
            inside = [span for span in spans if span[0] < cut < span[1]]
            assert all(span in long_ones for span in inside)


@given(recordings())
def test_no_chunk_holds_a_long_silence(recording: tuple[list[Span], int]) -> None:
    for chunk in pack(*recording, middle):
        for before, after in zip(chunk.speech, chunk.speech[1:], strict=False):
            assert after[0] - before[1] <= GAP


@given(recordings())
def test_parts_hold_every_chunk_once_and_stay_small(recording: tuple[list[Span], int]) -> None:
    chunks = pack(*recording, middle)
    parts = parts_of(chunks)
    assert [chunk for part in parts for chunk in part] == chunks
    assert parts
    for part in parts:
        assert len(part) <= PART_CHUNKS
        assert sum(c.last - c.first for c in part) <= PART_SAMPLES


def test_silence_has_one_empty_part() -> None:
    assert parts_of(pack([], 10 * RATE, middle)) == [()]


def test_the_widest_pause_of_the_second_half_is_where_a_chunk_ends() -> None:
    second = RATE
    spans = [
        (0, 10 * second),
        (10 * second + 100, 20 * second),
        (22 * second, 28 * second),
        (28 * second + 100, 40 * second),
    ]
    first, after = pack(spans, 40 * second, middle)
    assert first.speech == tuple(spans[:2])
    assert after.speech == tuple(spans[2:])


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
