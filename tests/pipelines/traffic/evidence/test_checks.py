"""What evidence must have, by rule: each thing that is taken away fails its own check and no other."""

from __future__ import annotations

from dataclasses import replace

import pytest

from cases.traffic import ClockState, PlateSeen, Site
from models.values import Track
from pipelines.traffic.evidence.checks import Gathered, checks
from pipelines.traffic.evidence.shots import shots_of
from pipelines.traffic.layout import Lane, LaneKind, Street
from pipelines.traffic.signal import Colour, SignalLog
from tests.pipelines.traffic.evidence.conftest import make_track, make_violation

BOX = ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0))
PLATE = PlateSeen("京A12345", "blue", "ordinary", 0.9, (0.9,) * 7, 3, 3, 10, 1.0, BOX)
RED = SignalLog({"S": [(0.5, Colour.RED), (9.0, Colour.GREEN)]})


@pytest.fixture
def whole(track: Track) -> Gathered:
    found = make_violation(plate_read=PLATE, plate="京A12345", plate_state="read")
    return Gathered(
        found,
        shots_of(found, track),
        (1920, 1080),
        frozenset({"signal_closeup"}),
        Street(),
        RED,
        Site("3301", "路口", "由北向南"),
        ClockState("2026-03-09T08:00:00+08:00", 0.2),
        lettered=True,
    )


def failed(gathered: Gathered) -> list[str]:
    return [check.name for check in checks(gathered) if not check.passed]


def test_whole_evidence_passes_every_check(whole: Gathered) -> None:
    assert failed(whole) == []
    assert len(checks(whole)) == 11


@pytest.mark.parametrize(
    ("change", "name"),
    [
        ({"size": (704, 576)}, "picture size"),
        ({"roles": frozenset()}, "lamp close-up"),
        ({"signals": SignalLog({"S": [(0.5, Colour.RED), (3.0, Colour.UNKNOWN), (3.5, Colour.RED)]})}, "one red phase"),
        ({"signals": SignalLog()}, "one red phase"),
        ({"clock": ClockState()}, "clock"),
        ({"clock": ClockState("2026-03-09T08:00:00+08:00", 1.5)}, "clock"),
        ({"clock": ClockState("2026-03-09T08:00:00+08:00", None)}, "clock"),
        ({"site": None}, "site"),
        ({"lettered": False}, "text"),
    ],
)
def test_what_is_missing_is_named(whole: Gathered, change: dict[str, object], name: str) -> None:
    assert failed(replace(whole, **change)) == [name]  # type: ignore[arg-type]  # fields by name


def test_two_of_three_positions_do_not_suffice_for_a_red_light(whole: Gathered) -> None:
    assert failed(replace(whole, shots=whole.shots[:2])) == ["pictures"]


def test_a_plate_needs_two_agreeing_reads_and_a_person_none(whole: Gathered) -> None:
    once = replace(whole.found, plate_read=replace(PLATE, agreeing=1))
    assert failed(replace(whole, found=once)) == ["plate"]
    walks = replace(whole.found, rule="on_motorway", vehicle="person", plate_read=None, signal=None)
    assert "plate" not in failed(replace(whole, found=walks))


def test_an_offence_without_a_code_is_not_filed(whole: Gathered) -> None:
    assert failed(replace(whole, found=replace(whole.found, code=""))) == ["offence code"]


def test_a_measured_value_must_clear_its_limit_by_its_doubt(whole: Gathered) -> None:
    close = replace(whole.found, measured=63.0, measured_sd=2.0, limit=60.0, unit="km/h")
    assert failed(replace(whole, found=close)) == ["measured"]


def test_what_stands_needs_time_and_what_moves_needs_displacement(whole: Gathered) -> None:
    still = make_track(step=0.0, frames=300)
    stands = replace(make_violation("illegal_stop", (1.0, 8.0, 14.0)), plate_read=PLATE, limit=10.0, measured_sd=None)
    shots = shots_of(stands, still)
    assert failed(replace(whole, found=stands, shots=shots)) == []
    assert failed(replace(whole, found=stands, shots=shots[:2])) == ["interval"]
    moves = replace(stands, rule="wrong_way")
    assert failed(replace(whole, found=moves, shots=shots)) == ["displacement"]


def test_a_kept_lane_needs_more_than_half_of_the_body_in_it(whole: Gathered) -> None:
    def lane(right: float) -> Street:
        corners = ((400.0, 0.0), (right, 0.0), (right, 720.0), (400.0, 720.0))
        return Street(lanes=(Lane("middle", corners, ((500.0, 700.0), (500.0, 0.0)), LaneKind.BUS),))

    found = replace(whole.found, rule="reserved_lane", signal=None, measured_sd=None)
    assert failed(replace(whole, found=found, street=lane(700.0))) == []
    assert failed(replace(whole, found=found, street=lane(540.0))) == ["in the lane"]
