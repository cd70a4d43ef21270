"""Each rule finds its violation, and leaves alone what only looks like it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pipelines.traffic.rules.catalogue import OFFENCES, code_of, findings
from pipelines.traffic.rules.view import View
from pipelines.traffic.signal import Colour, SignalLog
from tests.pipelines.traffic.made_street import Knots, make_track, make_view

RED_AT_5 = SignalLog({"S": ((0.0, Colour.GREEN), (2.0, Colour.YELLOW), (5.0, Colour.RED), (40.0, Colour.GREEN))})
# Ten metres a second; the knots are the rear's, so that the front is at the line (y = 50) when y is 45.4.
THROUGH = ((1.0, 8.5, 5.4), (9.0, 8.5, 85.4))


def rules(view: View) -> list[str]:
    return [f.rule for f in findings(view)]


def shifted(knots: Knots, seconds: float) -> Knots:
    return [(t + seconds, x, y) for t, x, y in knots]


def test_three_positions_under_red_are_running_it() -> None:
    view = make_view([make_track(1, shifted(THROUGH, 2.0))], RED_AT_5)
    (found,) = findings(view)
    assert (found.rule, found.lane) == ("red_light", "middle")
    assert found.start == pytest.approx(7.0, abs=0.05)
    assert found.measured == pytest.approx(2.0, abs=0.05)
    assert [m.role for m in found.moments] == ["before_line", "past_line", "in_junction"]
    assert [m.time for m in found.moments] == sorted(m.time for m in found.moments)


@pytest.mark.parametrize("shift", [-1.0, -0.1, 0.02])
def test_the_end_of_yellow_and_what_is_not_sure_are_not_red(shift: float) -> None:
    assert rules(make_view([make_track(1, shifted(THROUGH, shift))], RED_AT_5)) == []


def test_an_unknown_lamp_and_an_officer_make_the_rule_silent() -> None:
    track = make_track(1, shifted(THROUGH, 2.0))
    assert rules(make_view([track])) == []
    assert rules(make_view([track], replace(RED_AT_5, directed=((0.0, 20.0),)))) == []


def test_vehicles_on_duty_are_exempt() -> None:
    view = make_view([make_track(1, shifted(THROUGH, 2.0))], RED_AT_5)
    assert rules(replace(view, exempt=frozenset({1}))) == []


def test_stopping_past_the_line_is_not_running_red() -> None:
    stop: Knots = [(4.0, 8.5, 27.4), (6.0, 8.5, 47.4), (41.0, 8.5, 47.4), (45.0, 8.5, 87.4)]
    (found,) = findings(make_view([make_track(1, stop)], RED_AT_5))
    assert (found.rule, found.unit) == ("stop_line", "m")
    assert found.measured == pytest.approx(2.0, abs=0.1)


def test_stopping_at_the_line_is_nothing() -> None:
    stop: Knots = [(4.0, 8.5, 25.0), (6.0, 8.5, 45.0), (41.0, 8.5, 45.0), (45.0, 8.5, 85.0)]
    assert rules(make_view([make_track(1, stop)], RED_AT_5)) == []


def test_driving_against_a_lane_is_found_and_backing_up_is_not() -> None:
    against, back = make_track(1, [(0, 8.5, 45), (5, 8.5, 10)]), make_track(2, [(10, 8.5, 20), (13, 8.5, 15)])
    (found,) = findings(make_view([against, back]))
    assert (found.rule, found.track) == ("wrong_way", 1)


def test_a_u_turn_from_a_lane_that_does_not_allow_it() -> None:
    turn: Knots = [(0, 5, 20), (4, 5, 57), (6, 1.5, 60), (9, 1.5, 30)]
    assert rules(make_view([make_track(1, turn)])) == ["illegal_u_turn"]


def test_straight_on_from_the_left_lane_is_the_wrong_lane() -> None:
    view = make_view([make_track(1, [(0, 5, 5), (8, 5, 85)]), make_track(2, [(10, 8.5, 5), (18, 8.5, 85)])])
    assert [(f.rule, f.track) for f in findings(view)] == [("wrong_lane", 1)]


def test_a_solid_line_is_crossed_only_when_the_vehicle_settles_beyond_it() -> None:
    over = make_track(1, [(0, 8.5, 5), (2, 8.5, 20), (4, 5, 35), (5, 5, 45)])
    wobble = make_track(2, [(10, 8.5, 5), (12, 7.0, 20), (14, 8.5, 35), (15, 8.5, 45)])
    past_its_end = make_track(3, [(20, 8.5, 20), (22, 8.5, 41), (23, 5, 48)])
    view = make_view([over, wobble, past_its_end])
    assert [(f.rule, f.track) for f in findings(view)] == [("solid_line", 1)]


def test_bus_and_emergency_lanes_are_for_those_named() -> None:
    car, bus = make_track(1, [(0, 12, 5), (4, 12, 45)]), make_track(2, [(5, 12, 5), (9, 12, 45)], "bus")
    shoulder = make_track(3, [(10, 15.5, 5), (14, 15.5, 45)])
    across = make_track(4, [(20, 8.5, 15), (21, 12, 25), (22, 8.5, 35)])
    view = make_view([car, bus, shoulder, across])
    assert [(f.rule, f.track) for f in findings(view)] == [("reserved_lane", 1), ("emergency_lane", 3)]


def test_standing_too_long_is_found_by_the_time_of_its_area() -> None:
    def stand(number: int, x: float, seconds: float) -> Knots:
        return [(0, x, 2), (2, x, 20), (2 + seconds, x, 20), (4 + seconds, x, 45)]

    tracks = [make_track(n, stand(n, x, s)) for n, (x, s) in enumerate(((20, 12), (20, 6), (24.5, 32), (24.5, 25)))]
    found = findings(make_view(tracks))
    assert [(f.rule, f.track, f.limit) for f in found] == [("illegal_stop", 0, 10.0), ("illegal_parking", 2, 30.0)]
    assert all(f.moments[-1].time - f.moments[0].time >= (f.limit or 0) for f in found)


def test_standing_in_the_junction_blocks_it() -> None:
    block = make_track(1, [(0, 8.5, 30), (4, 8.5, 66), (16, 8.5, 66), (18, 8.5, 85)])
    wait = make_track(2, [(20, 8.5, 30), (24, 8.5, 66), (29, 8.5, 66), (31, 8.5, 85)])
    view = make_view([block, wait])
    assert [(f.rule, f.track) for f in findings(view)] == [("blocked_junction", 1)]


def test_speeding_must_clear_limit_tolerance_and_doubt() -> None:
    fast, barely = make_track(1, [(0, 8.5, 0), (4, 8.5, 80)]), make_track(2, [(10, 8.5, 0), (14, 8.5, 71)])
    found = findings(make_view([fast, barely]))
    assert {(f.rule, f.track) for f in found} == {("speeding", 1), ("section_speeding", 1)}
    (point,) = [f for f in found if f.rule == "speeding"]
    assert point.measured == pytest.approx(72.0, abs=0.5)
    assert point.measured_sd is not None
    assert 0 < point.measured_sd < 2


def test_whoever_walks_before_a_vehicle_must_be_let_pass() -> None:
    car = make_track(1, [(0, 8.5, 20), (6, 8.5, 80)])  # its rear enters the crossing (y = 52) at 3.2 s
    coming = make_track(2, [(0, 2.0, 54), (9, 14.0, 54)], "person")  # 6.3 at 3.2 s, walking towards 8.5
    gone = make_track(3, [(0, 10, 54), (9, 22.0, 54)], "person")  # 14.3 by then
    assert rules(make_view([car, coming])) == ["not_yielding"]
    assert rules(make_view([car, gone])) == []


def test_nobody_walks_or_cycles_on_a_motorway() -> None:
    walker = make_track(1, [(0, 2, 20), (9, 15, 20)], "person")
    assert rules(make_view([walker], motorway=True)) == ["on_motorway"]
    assert rules(make_view([walker])) == []


def test_every_rule_has_its_law_and_a_scene_may_give_the_code() -> None:
    assert all("第" in offence.law for offence in OFFENCES.values())
    assert code_of("red_light", make_view([])) == "1625"
    assert code_of("red_light", make_view([], offence_codes={"red_light": "16250"})) == "16250"
