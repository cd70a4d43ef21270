"""A violation and the track that it was found on, as rules leave them."""

from __future__ import annotations

import pytest

from cases.records import JsonObject
from cases.traffic import SignalPhase, Violation
from models.values import Detection, Track, TrackPoint


def make_track(number: int = 1, label: str = "car", frames: int = 60, rate: float = 10.0, step: float = -6.0) -> Track:
    """A vehicle 100 px wide that goes up the picture by `step` pixels a frame."""
    points = tuple(
        TrackPoint(n, n / rate, Detection(500.0, 500 + step * n, 600.0, 600 + step * n, label, 0.9))
        for n in range(frames)
    )
    return Track(number, label, points)


def make_violation(rule: str = "red_light", times: tuple[float, ...] = (1.0, 2.0, 4.0), **more: object) -> Violation:
    """A violation with a picture at each time."""
    roles = ("before_line", "past_line", "in_junction")
    evidence: list[JsonObject] = [{"role": roles[n % 3], "time": time} for n, time in enumerate(times)]
    found: dict[str, object] = {
        "code": "1625",
        "track": 1,
        "lane": "middle",
        "start": times[0],
        "end": times[-1],
        "plate": None,
        "measured": 3.0,
        "limit": 0.0,
        "measured_sd": 0.1,
        "unit": "s of red",
        "vehicle": "car",
        "signal": SignalPhase("S", "red", 0.5, 9.0, "pixels"),
    }
    return Violation(rule=rule, evidence=tuple(evidence), **{**found, **more})  # type: ignore[arg-type]  # by name


@pytest.fixture
def track() -> Track:
    """The usual one."""
    return make_track()
