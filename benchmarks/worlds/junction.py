"""A signalled junction with its lamps, and who drives there; exact truth.

Each actor is drawn from a seed with the rules that it breaks, and for each rule there are near-misses that break none:
crossing at the end of yellow, stopping at the line, turning right under red, waiting short of the limit, passing
behind somebody who has crossed.
"""

from __future__ import annotations

import numpy as np

from benchmarks.worlds.camera import Camera
from benchmarks.worlds.motion import SIZES, Actor, Drive, Point, actor, arc
from benchmarks.worlds.world import Script, World, area, calibration, lane_entry, reach
from cases.records import JsonObject, JsonValue

LINE = 36.0
"""Where the stop line lies, metres ahead of the camera."""
CYCLE_S, GREEN_S, YELLOW_S = 60.0, 24.0, 3.0
FIRST_S = 5.0
"""When the first cycle begins, so that nobody starts before the first second."""
LANES = {"left": -3.5, "straight": 0.0, "right": 3.5}
"""Middles of the junction's lanes, x in metres; 3.5 m wide."""
LENGTH = SIZES["car"][0]


def junction_scene(camera: Camera, random: np.random.Generator) -> JsonObject:
    """The junction's scene file."""
    near = 18.0

    def segment(a: Point, b: Point) -> JsonValue:
        return [list(p) for p in camera.ground(a, b)]

    moves = {"left": ["left"], "straight": ["straight"], "right": ["right"]}
    lanes: list[JsonValue] = [
        lane_entry(camera, name, x, (near, LINE), movements=list(moves[name])) for name, x in LANES.items()
    ]
    names: JsonValue = list(LANES)
    return {
        "lanes": lanes,
        "signals": [{"name": "L"}, {"name": "S"}],
        "stop_lines": [
            {
                "name": "line",
                "line": segment((-5.25, LINE), (5.25, LINE)),
                "lanes": names,
                "signals": {"left": "L", "straight": "S", "u_turn": "L"},
            }
        ],
        "exits": [
            {"line": segment((-9.0, 44.0), (-9.0, 62.0)), "movement": "left", "lanes": names},
            {"line": segment((-6.0, 64.0), (6.0, 64.0)), "movement": "straight", "lanes": names},
            {"line": segment((9.0, 41.0), (9.0, 62.0)), "movement": "right", "lanes": names},
            {"line": segment((-10.0, LINE - 2), (-5.5, LINE - 2)), "movement": "u_turn", "lanes": names},
        ],
        "crossings": [area(camera, "crossing", -8.0, 8.0, LINE + 2.0, LINE + 6.0)],
        "junctions": [area(camera, "box", -8.0, 8.0, LINE + 7.0, LINE + 24.0)],
        "calibration": calibration(camera, random, 66.0),
    }


def _lamps(first: float, seconds: float) -> JsonObject:
    changes: list[JsonValue] = []
    for start in np.arange(first, first + seconds, CYCLE_S).tolist():
        changes += [[start, "green"], [start + GREEN_S, "yellow"], [start + GREEN_S + YELLOW_S, "red"]]
    return {"L": changes, "S": list(changes)}


def _path(lane: str, movement: str) -> list[Point]:
    """From 6 m ahead of the camera's foot through the junction."""
    x = LANES[lane]
    if movement == "straight":
        return [(x, 2.0), (x, 75.0)]
    if movement == "left":
        return [(x, 2.0), *arc((x, LINE + 6), (x, LINE + 17), (x - 9, LINE + 17)), (-20.0, LINE + 17)]
    if movement == "right":
        return [(x, 2.0), *arc((x, LINE + 5), (x, LINE + 11), (x + 6, LINE + 11)), (18.0, LINE + 11)]
    back = arc((-5.6, LINE + 14), (-7.8, LINE + 14), (-7.8, LINE + 8))
    return [(x, 2.0), *arc((x, LINE + 8), (x, LINE + 14), (-5.6, LINE + 14)), *back, (-7.8, 12.0)]


FRONT_AT_LINE = LINE - 2.0 - LENGTH / 2
"""Metres along a path at which a car's front reaches the stop line."""


def _runs_red(cycle: float, random: np.random.Generator) -> list[Actor]:
    speed = random.uniform(8, 14)
    at = cycle + GREEN_S + YELLOW_S + random.uniform(1.0, 12.0)
    lane = str(random.choice(["straight", "left"]))
    drive = Drive(at - reach(speed, FRONT_AT_LINE), speed)
    return [actor("car", _path(lane, lane), drive, ["red_light"])]


def _late_yellow(cycle: float, random: np.random.Generator) -> list[Actor]:
    speed = random.uniform(8, 14)
    at = cycle + GREEN_S + YELLOW_S - random.uniform(0.3, 2.0)
    return [actor("car", _path("straight", "straight"), Drive(at - reach(speed, FRONT_AT_LINE), speed))]


def _stopped(cycle: float, random: np.random.Generator, beyond: float, breaks: list[str]) -> list[Actor]:
    start = cycle + GREEN_S + YELLOW_S + random.uniform(0, 10)
    green = cycle + CYCLE_S + random.uniform(0.5, 2)
    stops = ((FRONT_AT_LINE + beyond, green),)
    return [actor("car", _path("straight", "straight"), Drive(start, random.uniform(8, 12), stops), breaks)]


def _overrun(cycle: float, random: np.random.Generator) -> list[Actor]:
    return _stopped(cycle, random, random.uniform(1.8, 3.5), ["stop_line"])


def _stops_at_line(cycle: float, random: np.random.Generator) -> list[Actor]:
    return _stopped(cycle, random, -random.uniform(0.3, 2.0), [])


def _right_on_red(cycle: float, random: np.random.Generator) -> list[Actor]:
    start = cycle + GREEN_S + YELLOW_S + random.uniform(1, 15)
    return [actor("car", _path("right", "right"), Drive(start, random.uniform(5, 8)))]


def _turns(cycle: float, random: np.random.Generator, lane: str, movement: str, breaks: list[str]) -> list[Actor]:
    return [actor("car", _path(lane, movement), Drive(cycle + random.uniform(2, 10), random.uniform(5, 8)), breaks)]


def _wrong_lane(cycle: float, random: np.random.Generator) -> list[Actor]:
    lane, movement = (("left", "straight"), ("right", "straight"), ("straight", "right"))[int(random.integers(3))]
    return _turns(cycle, random, lane, movement, ["wrong_lane"])


def _right_lane(cycle: float, random: np.random.Generator) -> list[Actor]:
    lane = str(random.choice(list(LANES)))
    return _turns(cycle, random, lane, lane, [])


def _u_turn(cycle: float, random: np.random.Generator) -> list[Actor]:
    return _turns(cycle, random, "left", "u_turn", ["illegal_u_turn"])


def _stands_in_box(cycle: float, random: np.random.Generator, wait: float, breaks: list[str]) -> list[Actor]:
    start, speed = cycle + random.uniform(1, 4), random.uniform(7, 11)
    place = LINE + random.uniform(12, 18) - 2.0
    # Braking from cruising speed costs half the speed over the brake on top of the way.
    arrives = start + reach(speed, place) + speed / 6
    return [actor("car", _path("straight", "straight"), Drive(start, speed, ((place, arrives + wait),)), breaks)]


def _blocks(cycle: float, random: np.random.Generator) -> list[Actor]:
    return _stands_in_box(cycle, random, random.uniform(13, 25), ["blocked_junction"])


def _waits_short(cycle: float, random: np.random.Generator) -> list[Actor]:
    return _stands_in_box(cycle, random, random.uniform(2, 7), [])


def _walk(start: float, toward: float) -> Actor:
    y = LINE + 4.0
    path = [(-8.5 * toward, y), (8.5 * toward, y)]
    return actor("person", path, Drive(start, 1.3))


def _cuts_off(cycle: float, random: np.random.Generator) -> list[Actor]:
    """The person is 0.5 to 3 m short of the car's way when the car enters the crossing."""
    return _meets(cycle, random, -random.uniform(1.6, 3.0), ["not_yielding"])


def _passes_behind(cycle: float, random: np.random.Generator) -> list[Actor]:
    """The person has crossed the car's way and is 4 to 6 m beyond it."""
    return _meets(cycle, random, random.uniform(4.0, 6.0), [])


def _meets(cycle: float, random: np.random.Generator, beyond: float, breaks: list[str]) -> list[Actor]:
    speed, start = random.uniform(6, 10), cycle + random.uniform(9, 14)
    toward = 1.0 if random.random() < 0.5 else -1.0
    # The rear, where the box's foot is, enters the crossing.
    enters = start + reach(speed, LINE + 2.0 - 2.0 + LENGTH / 2)
    return [
        actor("car", _path("straight", "straight"), Drive(start, speed), breaks),
        _walk(enters - (8.5 + beyond) / 1.3, toward),
    ]


def _queue(cycle: float, random: np.random.Generator) -> list[Actor]:
    """One to three cars stop behind one another and drive off one after the other."""
    found, back = [], 0.8
    start = cycle + GREEN_S + YELLOW_S + random.uniform(0, 5)
    for place in range(int(random.integers(1, 4))):
        stop = FRONT_AT_LINE - back
        leaves = cycle + CYCLE_S + 1.0 + 1.8 * place
        path = [(0.0, -30.0), (0.0, 75.0)]
        found.append(actor("car", path, Drive(start + 3.0 * place, 9.0, ((stop + 32.0, leaves),))))
        back += LENGTH + random.uniform(1.5, 2.5)
    return found


JUNCTION: tuple[Script, ...] = (
    _runs_red, _late_yellow, _overrun, _stops_at_line, _right_on_red, _wrong_lane, _right_lane, _u_turn, _blocks,
    _waits_short, _cuts_off, _passes_behind, _queue,
)  # fmt: skip


ACCOMPANIED = frozenset(
    {_runs_red, _late_yellow, _overrun, _stops_at_line, _u_turn, _blocks, _waits_short, _queue}
)  # fmt: skip
"""Scripts that leave the right lane free and have nobody on the crossing."""


def _companions(cycle: float, random: np.random.Generator) -> list[Actor]:
    """Three cars that turn right, whatever the lamp shows."""
    starts = cycle + np.arange(3) * 14.0 + random.uniform(0, 6, 3)
    return [actor("car", _path("right", "right"), Drive(float(s), random.uniform(5, 8))) for s in starts]


PLAYS: dict[str, Script] = {
    "runs red": _runs_red,
    "late yellow": _late_yellow,
    "stands past the line": _overrun,
    "stops at the line": _stops_at_line,
    "wrong lane": _wrong_lane,
    "turns back": _u_turn,
    "blocks the junction": _blocks,
    "does not yield": _cuts_off,
}
"""Scripts that can be played alone, by name."""


def junction(
    seed: int, rounds: int = 1, camera: Camera | None = None, scripts_of: tuple[Script, ...] = JUNCTION
) -> World:
    """Every script once in `rounds`, in random order, one in each cycle of the lamps, with others beside most."""
    random = np.random.default_rng(seed)
    camera = camera or Camera()
    scripts = [scripts_of[n] for _ in range(rounds) for n in random.permutation(len(scripts_of)).tolist()]
    actors = [a for n, script in enumerate(scripts) for a in script(n * CYCLE_S + FIRST_S, random)]
    for n, script in enumerate(scripts):
        actors += _companions(n * CYCLE_S + FIRST_S, random) if script in ACCOMPANIED else []
    seconds = len(scripts) * CYCLE_S + 40.0
    return World(tuple(actors), junction_scene(camera, random), _lamps(FIRST_S, seconds), seconds)
