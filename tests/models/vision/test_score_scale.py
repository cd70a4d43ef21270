"""The worth of a score is found from what persists."""

from __future__ import annotations

import numpy as np

from models.vision.score_scale import even_chance, persistent, probabilities


def _scene(shift: float) -> tuple[list[np.ndarray], list[np.ndarray]]:
    """Three still objects with scores above `shift`, three boxes a frame somewhere with scores below it."""
    random = np.random.default_rng(1)
    still = np.array([[0, 0, 40, 40], [100, 0, 140, 40], [200, 0, 240, 40]], float)
    boxes, scores = [], []
    for _ in range(60):
        corner = random.uniform(300, 5000, (3, 2))
        boxes.append(np.concatenate([still, np.concatenate([corner, corner + 30], axis=1)]))
        scores.append(np.concatenate([random.normal(shift + 3, 1, 3), random.normal(shift - 3, 1, 3)]))
    return scores, boxes


def test_logits_with_any_offset_get_the_same_thresholds() -> None:
    for shift in (-2.0, 0.0, 3.0, 7.0):
        scores, boxes = _scene(shift)
        flat = np.concatenate(probabilities(scores, boxes)).reshape(-1, 6)
        assert np.mean(flat[:, :3] > 0.5) > 0.98
        assert np.mean(flat[:, 3:] < 0.5) > 0.98


def test_probabilities_stay_and_equal_scores_are_sure() -> None:
    box = np.array([[0.0, 0.0, 5.0, 5.0]])
    assert probabilities([np.array([0.7])], [box])[0].tolist() == [0.7]
    assert probabilities([np.array([-1.0])] * 2, [box] * 2)[0].tolist() == [1.0]
    assert probabilities([], []) == []


def test_few_detections_keep_the_plain_logistic_function() -> None:
    box = np.array([[0.0, 0.0, 5.0, 5.0], [9.0, 0.0, 14.0, 5.0]])
    (worth,) = probabilities([np.array([-2.0, 4.0])], [box])
    assert np.round(worth, 3).tolist() == [0.119, 0.982]


def test_a_box_persists_when_both_neighbours_have_it() -> None:
    here, gone = np.array([[0.0, 0.0, 10.0, 10.0]]), np.zeros((0, 4))
    assert [f.tolist() for f in persistent([here, here, here, gone, here])] == [[False], [True], [False], [], [False]]


def test_the_even_chance_parts_what_can_be_parted() -> None:
    scores, flags = np.array([1.0, 2.0, 5.0, 6.0]), np.array([False, False, True, True])
    assert even_chance(scores, flags) == 3.5
