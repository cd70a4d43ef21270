"""Voices into persons: number found and given, strays, windows, memory that does not grow with the square."""

from __future__ import annotations

import tracemalloc

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.speech.clustering import AT_ONCE, clusters, nearest

Vectors = np.ndarray[tuple[int, int], np.dtype[np.float32]]


def voices(counts: list[int], spread: float = 0.04, seed: int = 0) -> tuple[Vectors, list[int]]:
    """Unit vectors around one direction a person, and whose each is; `spread` is the deviation of each number."""
    rng = np.random.default_rng(seed)
    middles = np.linalg.qr(rng.standard_normal((256, len(counts))))[0].T
    labels = [person for person, count in enumerate(counts) for _ in range(count)]
    rng.shuffle(labels)
    noisy = middles[labels] + spread * rng.standard_normal((len(labels), 256))
    return (noisy / np.linalg.norm(noisy, axis=1, keepdims=True)).astype(np.float32), labels


def found(vectors: Vectors, seconds: float | list[float], speakers: int | None) -> tuple[int, list[int]]:
    """How many persons, and whose each voice is, in order of first appearance."""
    weights = np.full(len(vectors), seconds) if isinstance(seconds, float) else np.array(seconds)
    centres = clusters(vectors, weights, speakers)
    labels = (vectors @ centres.T).argmax(axis=1).tolist()
    order = list(dict.fromkeys(labels))
    return len(centres), [order.index(label) for label in labels]


def by_appearance(labels: list[int]) -> list[int]:
    order = list(dict.fromkeys(labels))
    return [order.index(label) for label in labels]


@pytest.mark.parametrize("persons", [1, 2, 3, 6])
@pytest.mark.parametrize("given", [True, False])
def test_each_person_has_a_cluster_whether_the_number_is_given_or_not(persons: int, given: bool) -> None:
    vectors, truth = voices([15] * persons)
    assert found(vectors, 3.0, persons if given else None) == (persons, by_appearance(truth))


def test_a_person_who_says_little_is_found_beside_one_who_says_much() -> None:
    vectors, truth = voices([200, 4])
    assert found(vectors, 3.0, None) == (2, by_appearance(truth))


def test_a_person_with_two_sentences_in_an_hour_is_found_when_the_number_is_given() -> None:
    vectors, truth = voices([500, 400, 3])
    assert found(vectors, 3.0, 3) == (3, by_appearance(truth))


def test_strays_are_nobody_and_do_not_take_the_place_of_a_person() -> None:
    vectors, truth = voices([20, 20, 1, 1])
    weights = [0.4 if person > 1 else 3.0 for person in truth]
    for speakers in (2, None):
        count, labels = found(vectors, weights, speakers)
        assert count == 2
        kept = [(label, person) for label, person in zip(labels, truth, strict=True) if person < 2]
        assert len(set(kept)) == 2


def test_a_cluster_of_eight_seconds_is_nobody_in_minutes_of_talk_and_somebody_in_one() -> None:
    for others, persons in ((40, 2), (8, 3)):
        vectors, truth = voices([others, others, 4])
        weights = [2.0 if person == 2 else 3.0 for person in truth]
        assert found(vectors, weights, None)[0] == persons


def test_two_persons_who_sound_alike_are_not_made_one_to_make_a_stray_the_person_that_was_counted() -> None:
    vectors, truth = voices([20, 20, 20, 4])
    alike = np.isin(truth, (0, 1))
    vectors[alike] += 0.5 * vectors[alike].mean(axis=0)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    weights = [2.0 if person == 3 else 3.0 for person in truth]
    count, labels = found(vectors, weights, 3)
    assert count == 3
    assert len({(label, person) for label, person in zip(labels, truth, strict=True) if person < 3}) == 3


def test_a_number_greater_than_the_voices_gives_as_many_as_there_are() -> None:
    vectors, _ = voices([1, 1])
    assert len(clusters(vectors, np.ones(2), 5)) <= 2


def test_no_voices_are_no_persons() -> None:
    assert clusters(np.zeros((0, 256), np.float32), np.zeros(0), None).shape == (0, 256)


def test_a_day_of_voices_is_clustered_in_little_memory() -> None:
    vectors, truth = voices([3000, 2000, 1000, 500])
    tracemalloc.start()
    result = found(vectors, 3.0, None)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert result == (4, by_appearance(truth))
    # All distances at once would be 169 MB.
    assert peak < 60e6
    assert len(vectors) > 5 * AT_ONCE


def test_voices_of_one_window_are_different_persons() -> None:
    centres = np.eye(2, 4, dtype=np.float32)
    alike = np.array([[0.9, 0.1, 0, 0], [0.8, 0.2, 0, 0]], np.float32)
    assert nearest(centres, alike) == [0, 1]
    assert sorted(nearest(centres, np.vstack([alike, alike[:1]]))) == [-1, 0, 1]
    assert nearest(centres, np.zeros((0, 4), np.float32)) == []


@settings(deadline=None, max_examples=30)
@given(
    st.lists(st.integers(1, 30), min_size=1, max_size=4),
    st.one_of(st.none(), st.integers(1, 5)),
    st.floats(0.01, 0.3),
    st.integers(0, 99),
)
def test_whatever_the_voices_the_centres_are_directions_and_no_more_than_asked(
    counts: list[int], speakers: int | None, spread: float, seed: int
) -> None:
    vectors, _ = voices(counts, spread, seed)
    centres = clusters(vectors, np.linspace(0.1, 4.0, len(vectors)), speakers)
    assert 1 <= len(centres) <= (speakers or len(vectors))
    assert np.linalg.norm(centres, axis=1) == pytest.approx(1.0, abs=1e-4)
