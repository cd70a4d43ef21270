"""The motion filter learns speed, coasts, and stays finite."""

from __future__ import annotations

import numpy as np
import pytest

from models.vision.motion import BoxMotion, MotionNoise, centre_to_corners, corners_to_centre


def test_corners_and_centres_are_two_names_of_one_box() -> None:
    boxes = np.array([[1.0, 2.0, 5.0, 10.0]])
    assert corners_to_centre(boxes).tolist() == [[3.0, 6.0, 4.0, 8.0]]
    assert centre_to_corners(corners_to_centre(boxes)).tolist() == boxes.tolist()


def test_speed_is_learnt_and_carried_on_while_nothing_is_seen() -> None:
    motion = BoxMotion(MotionNoise())
    motion.add(np.array([[0.0, 0.0, 40.0, 30.0]]))
    for n in range(1, 20):
        motion.predict(1)
        motion.update(np.array([0]), np.array([[5.0 * n, 0.0, 40 + 5.0 * n, 30.0]]), np.array([0.9]))
    assert motion.speeds[0, 0] == pytest.approx(5.0, abs=0.1)
    motion.predict(4)
    assert motion.boxes[0, 0] == pytest.approx(5 * 23, abs=1.0)


def test_a_doubtful_sighting_moves_the_box_less() -> None:
    moved = []
    for trust in (1.0, 0.1):
        motion = BoxMotion(MotionNoise(measured=0.2, first_speed=0.05))
        motion.add(np.array([[0.0, 0.0, 40.0, 30.0]]))
        motion.predict(1)
        motion.update(np.array([0]), np.array([[10.0, 0.0, 50.0, 30.0]]), np.array([trust]))
        moved.append(motion.boxes[0, 0])
    assert moved[0] > moved[1] > 0


def test_a_shrinking_box_never_becomes_less_than_a_pixel() -> None:
    motion = BoxMotion(MotionNoise())
    motion.add(np.array([[0.0, 0.0, 40.0, 30.0]]))
    motion.set_speed(np.array([0]), np.array([[0.0, 0.0, -50.0, -50.0]]))
    for _ in range(5):
        motion.predict(1)
    left, top, right, bottom = motion.boxes[0]
    assert right - left >= 1
    assert bottom - top >= 1


def test_rows_that_are_kept_keep_their_state() -> None:
    motion = BoxMotion(MotionNoise())
    motion.add(np.array([[0.0, 0.0, 40.0, 30.0], [100.0, 0.0, 140.0, 30.0]]))
    motion.keep(np.array([1]))
    assert len(motion) == 1
    assert motion.boxes.tolist() == [[100.0, 0.0, 140.0, 30.0]]


def test_boxes_that_all_move_alike_share_a_drift_and_a_new_box_takes_it() -> None:
    motion = BoxMotion(MotionNoise())
    boxes = np.array([[x, 0.0, x + 40.0, 30.0] for x in (0.0, 100.0, 300.0)])
    motion.add(boxes)
    rows = np.arange(3)
    motion.set_speed(rows, np.array([[25.0, 0, 0, 0], [26.0, 4, 0, 0], [27.0, -4, 0, 0]]))
    drift = motion.drift(rows, least=3, spread=0.3)
    assert drift.tolist() == [26.0, 0.0]
    motion.add(boxes[:1], drift)
    assert motion.speeds[3].tolist() == [26.0, 0.0, 0.0, 0.0]


def test_few_boxes_or_boxes_that_part_have_no_drift() -> None:
    motion = BoxMotion(MotionNoise())
    motion.add(np.array([[x, 0.0, x + 40.0, 30.0] for x in (0.0, 100.0, 300.0)]))
    motion.set_speed(np.arange(3), np.array([[20.0, 0, 0, 0], [-20.0, 0, 0, 0], [5.0, 0, 0, 0]]))
    assert motion.drift(np.arange(3), least=3, spread=0.3).tolist() == [0.0, 0.0]
    assert motion.drift(np.arange(2), least=3, spread=0.3).tolist() == [0.0, 0.0]
