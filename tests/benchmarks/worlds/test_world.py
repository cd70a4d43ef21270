"""The truth of the worlds is what their docstrings say."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.worlds.camera import Camera, box
from benchmarks.worlds.junction import JUNCTION, junction
from benchmarks.worlds.motion import Drive, actor
from benchmarks.worlds.road import road
from pipelines.traffic.rules.catalogue import OFFENCES
from pipelines.traffic.scene import parse_scene


def test_a_stop_holds_until_its_time_and_at_its_place() -> None:
    one = actor("car", [(0, 0), (0, 100)], Drive(1.0, 10.0, ((50.0, 20.0),)))
    state = one.at(19.0)
    assert state is not None
    assert state[1] == pytest.approx(50.0, abs=0.1)
    assert state[3] == pytest.approx(0.0, abs=0.05)
    after = one.at(25.0)
    assert after is not None
    assert after[1] > 55


def test_the_foot_of_a_box_ahead_is_the_rear_bumper_on_the_ground() -> None:
    camera = Camera()
    corners = box(camera, (0.0, 40.0, 0.0), (4.6, 1.8, 1.5))
    assert corners is not None
    rear = camera.pixels(np.array([[0.0, 40.0 - 2.3, 0.0]]))[0]
    assert corners[3] == pytest.approx(rear[1], abs=0.5)
    assert box(camera, (0.0, -5.0, 0.0), (4.6, 1.8, 1.5)) is None


def test_the_same_seed_draws_the_same_world_and_every_rule_is_in_one_of_both() -> None:
    first, again, other = junction(3), junction(3), road(3)
    assert first.scene == again.scene
    assert [a.breaks for a in first.actors] == [a.breaks for a in again.actors]
    broken = {rule for world in (first, other) for one in world.actors for rule in one.breaks}
    assert broken == set(OFFENCES)
    assert len(first.actors) >= len(JUNCTION)


def test_the_scene_files_of_the_worlds_are_scenes() -> None:
    assert len(parse_scene(junction(1).scene).street.lanes) == 3
    assert len(parse_scene(road(1).scene).street.lanes) == 5
