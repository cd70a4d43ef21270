"""Two streets with their lamps, and who drives there: a signalled junction and a motorway-like road; exact truth.

Each actor is drawn from a seed with the rules that it breaks, and for each rule there are near-misses that break none:
crossing at the end of yellow, stopping at the line, turning right under red, waiting short of the limit, five per cent
too fast, a wobble beside a solid line, passing behind somebody who has crossed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from benchmarks.worlds.camera import Camera
from benchmarks.worlds.motion import SIZES, Actor, Drive, Point, actor, arc
from cases.records import JsonObject, JsonValue

LINE = 36.0
"""Where the stop line lies, metres ahead of the camera."""
CYCLE_S, GREEN_S, YELLOW_S = 60.0, 24.0, 3.0
LANES = {"left": -3.5, "straight": 0.0, "right": 3.5}
"""Middles of the junction's lanes, x in metres; 3.5 m wide."""
LENGTH = SIZES["car"][0]
LIMIT_KMH = 60.0


@dataclass(frozen=True, slots=True)
class World:
    """Actors, the scene file in its JSON form, lamp changes, and how long it lasts in seconds."""

    actors: tuple[Actor, ...]
    scene: JsonObject
    signals: JsonObject
    seconds: float


def _rectangle(camera: Camera, left: float, right: float, near: float, far: float) -> list[list[float]]:
    return camera.ground((left, near), (right, near), (right, far), (left, far))


def _calibration(camera: Camera, random: np.random.Generator, far: float) -> JsonObject:
    """Eight marked points, clicked with 1 px of noise."""
    marks = [(x, y) for x in (-7.0, 7.0) for y in np.linspace(24.0, far, 4).tolist()]
    clicked = np.array(camera.ground(*marks)) + random.normal(0, 1.0, (len(marks), 2))
    points: list[JsonValue] = [
        {"picture": [float(u), float(v)], "ground": [x, y]} for (x, y), (u, v) in zip(marks, clicked, strict=True)
    ]
    return {"points": points, "noise_px": 1.0}


def _lane(camera: Camera, name: str, x: float, ends: tuple[float, float], **more: JsonValue) -> JsonObject:
    low, high = min(ends), max(ends)
    polygon: JsonValue = [list(p) for p in _rectangle(camera, x - 1.75, x + 1.75, low, high)]
    heading: JsonValue = [list(p) for p in camera.ground((x, ends[0]), (x, ends[1]))]
    return {"name": name, "polygon": polygon, "heading": heading, **more}


def _area(camera: Camera, name: str, left: float, right: float, near: float, far: float) -> JsonObject:
    return {"name": name, "polygon": [list(p) for p in _rectangle(camera, left, right, near, far)]}


# --- the junction ----------------------------------------------------------------------------------------------------
def junction_scene(camera: Camera, random: np.random.Generator) -> JsonObject:
    """The junction's scene file."""
    near = 18.0

    def segment(a: Point, b: Point) -> JsonValue:
        return [list(p) for p in camera.ground(a, b)]

    moves = {"left": ["left"], "straight": ["straight"], "right": ["right"]}
    lanes: list[JsonValue] = [
        _lane(camera, name, x, (near, LINE), movements=list(moves[name])) for name, x in LANES.items()
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
        "crossings": [_area(camera, "crossing", -8.0, 8.0, LINE + 2.0, LINE + 6.0)],
        "junctions": [_area(camera, "box", -8.0, 8.0, LINE + 7.0, LINE + 24.0)],
        "calibration": _calibration(camera, random, 66.0),
    }


def _lamps(seconds: float) -> JsonObject:
    changes: list[JsonValue] = []
    for start in np.arange(0.0, seconds, CYCLE_S).tolist():
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


def _reach(speed: float, distance: float) -> float:
    """Seconds to drive a distance without a stop."""
    return distance / speed


FRONT_AT_LINE = LINE - 2.0 - LENGTH / 2
"""Metres along a path at which a car's front reaches the stop line."""


def _runs_red(cycle: float, random: np.random.Generator) -> list[Actor]:
    speed = random.uniform(8, 14)
    at = cycle + GREEN_S + YELLOW_S + random.uniform(1.0, 12.0)
    lane = str(random.choice(["straight", "left"]))
    drive = Drive(at - _reach(speed, FRONT_AT_LINE), speed)
    return [actor("car", _path(lane, lane), drive, ["red_light"])]


def _late_yellow(cycle: float, random: np.random.Generator) -> list[Actor]:
    speed = random.uniform(8, 14)
    at = cycle + GREEN_S + YELLOW_S - random.uniform(0.3, 2.0)
    return [actor("car", _path("straight", "straight"), Drive(at - _reach(speed, FRONT_AT_LINE), speed))]


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
    arrives = start + _reach(speed, place) + speed / 6
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
    enters = start + _reach(speed, LINE + 2.0 - 2.0 + LENGTH / 2)
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


Script = Callable[[float, np.random.Generator], list[Actor]]
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


def junction(seed: int, rounds: int = 1) -> World:
    """Every script once in `rounds`, in random order, one in each cycle of the lamps, with others beside most."""
    random = np.random.default_rng(seed)
    camera = Camera()
    scripts = [JUNCTION[n] for _ in range(rounds) for n in random.permutation(len(JUNCTION)).tolist()]
    actors = [a for n, script in enumerate(scripts) for a in script(n * CYCLE_S + 5.0, random)]
    for n, script in enumerate(scripts):
        actors += _companions(n * CYCLE_S + 5.0, random) if script in ACCOMPANIED else []
    # Scripts count from 5 s, so that nobody starts before the first second; lamps count from there too.
    seconds = len(scripts) * CYCLE_S + 40.0
    signals = {
        group: [[float(change[0]) + 5.0, change[1]] for change in changes]  # type: ignore[union-attr,index,arg-type]
        for group, changes in _lamps(seconds).items()
    }
    return World(tuple(actors), junction_scene(camera, random), signals, seconds)  # type: ignore[arg-type]


# --- the road --------------------------------------------------------------------------------------------------------
ROAD = {"bus": 5.25, "right": 1.75, "left": -1.75, "back": -5.25}
NEAR, FAR = 18.0, 90.0


def road_scene(camera: Camera, random: np.random.Generator) -> JsonObject:
    """Two lanes and a bus lane away from the camera, one lane towards it, an emergency lane, and a verge."""

    def across(y: float) -> JsonValue:
        return [list(p) for p in camera.ground((-3.5, y), (7.0, y))]

    ends = (NEAR, FAR)
    solid: JsonValue = [list(p) for p in camera.ground((0.0, 30.0), (0.0, 70.0))]
    return {
        "lanes": [
            _lane(camera, "left", ROAD["left"], ends, limit_kmh=LIMIT_KMH),
            _lane(camera, "right", ROAD["right"], ends, limit_kmh=LIMIT_KMH),
            _lane(camera, "bus", ROAD["bus"], ends, kind="bus"),
            _lane(camera, "emergency", 8.75, ends, kind="emergency"),
            _lane(camera, "back", ROAD["back"], (FAR, NEAR)),
        ],
        "solid_lines": [{"name": "solid", "points": solid}],
        "no_stopping": [_area(camera, "verge", 10.6, 13.6, 34.0, 60.0)],
        "no_parking": [{**_area(camera, "lay-by", -10.5, -7.1, 30.0, 60.0), "stay_s": 30.0}],
        "sections": [
            {
                "name": "section",
                "entry": across(25.0),
                "exit": across(80.0),
                "length_m": 55.0,
                "limit_kmh": LIMIT_KMH,
            }
        ],
        "motorway": True,
        "calibration": _calibration(camera, random, 85.0),
    }


def _along(x: float, *, back: bool = False) -> list[Point]:
    return [(x, 105.0), (x, 8.0)] if back else [(x, 8.0), (x, 105.0)]


def _drives(start: float, random: np.random.Generator) -> list[Actor]:
    lane = str(random.choice(["left", "right"]))
    label = str(random.choice(["car", "car", "truck"]))
    return [actor(label, _along(ROAD[lane]), Drive(start, random.uniform(8, 15.5)))]


def _comes_back(start: float, random: np.random.Generator) -> list[Actor]:
    return [actor("car", _along(ROAD["back"], back=True), Drive(start, random.uniform(8, 15)))]


def _speeds(start: float, random: np.random.Generator) -> list[Actor]:
    speed = LIMIT_KMH / 3.6 * random.uniform(1.2, 1.5)
    lane = str(random.choice(["left", "right"]))
    return [actor("car", _along(ROAD[lane]), Drive(start, speed), ["speeding", "section_speeding"])]


def _barely_fast(start: float, random: np.random.Generator) -> list[Actor]:
    speed = LIMIT_KMH / 3.6 * random.uniform(1.0, 1.05)
    return [actor("car", _along(ROAD["right"]), Drive(start, speed))]


def _wrong_way(start: float, random: np.random.Generator) -> list[Actor]:
    return [actor("car", _along(ROAD["right"], back=True), Drive(start, random.uniform(5, 12)), ["wrong_way"])]


def _in_bus_lane(start: float, random: np.random.Generator) -> list[Actor]:
    return [actor("car", _along(ROAD["bus"]), Drive(start, random.uniform(9, 15)), ["reserved_lane"])]


def _bus(start: float, random: np.random.Generator) -> list[Actor]:
    return [actor("bus", _along(ROAD["bus"]), Drive(start, random.uniform(8, 13)))]


def _in_emergency_lane(start: float, random: np.random.Generator) -> list[Actor]:
    return [actor("car", _along(8.75), Drive(start, random.uniform(9, 15)), ["emergency_lane"])]


def _changes(start: float, random: np.random.Generator, near: float, breaks: list[str]) -> list[Actor]:
    """From the right lane to the left one within 16 m from `near` on."""
    a, b = ROAD["right"], ROAD["left"]
    share = np.linspace(0, 1, 17)
    bend = [(float(a + (b - a) * (3 * s**2 - 2 * s**3)), float(near + 16 * s)) for s in share]
    return [actor("car", [(a, 8.0), *bend, (b, 105.0)], Drive(start, random.uniform(9, 15)), breaks)]


def _crosses_solid(start: float, random: np.random.Generator) -> list[Actor]:
    return _changes(start, random, random.uniform(32, 48), ["solid_line"])


def _crosses_dashed(start: float, random: np.random.Generator) -> list[Actor]:
    """Beyond the end of the solid line."""
    return _changes(start, random, random.uniform(74, 80), [])


def _wobbles(start: float, random: np.random.Generator) -> list[Actor]:
    """Rides towards the solid line with its side over it, and back: the middle stays 0.6 m or more beside it."""
    x, off = ROAD["right"], random.uniform(0.4, 1.1)
    path = [(x, 8.0), (x, 36.0), (x - off, 46.0), (x - off, 52.0), (x, 62.0), (x, 105.0)]
    return [actor("car", path, Drive(start, random.uniform(9, 14)))]


def _stands(start: float, random: np.random.Generator, x: float, wait: float, breaks: list[str]) -> list[Actor]:
    place, speed = random.uniform(42, 52) - 8.0, 8.0
    arrives = start + _reach(speed, place) + speed / 6
    return [actor("car", _along(x), Drive(start, speed, ((place, arrives + wait),)), breaks)]


def _stops_on_verge(start: float, random: np.random.Generator) -> list[Actor]:
    return _stands(start, random, 12.1, random.uniform(13, 25), ["illegal_stop"])


def _stops_shortly(start: float, random: np.random.Generator) -> list[Actor]:
    return _stands(start, random, 12.1, random.uniform(2, 7), [])


def _parks(start: float, random: np.random.Generator) -> list[Actor]:
    return _stands(start, random, -8.8, random.uniform(36, 45), ["illegal_parking"])


def _parks_shortly(start: float, random: np.random.Generator) -> list[Actor]:
    return _stands(start, random, -8.8, random.uniform(10, 22), [])


def _walks_on_road(start: float, random: np.random.Generator) -> list[Actor]:
    y = random.uniform(32, 45)
    return [actor("person", [(-6.8, y), (10.2, y + 2)], Drive(start, 1.4), ["on_motorway"])]


def _walks_on_verge(start: float, random: np.random.Generator) -> list[Actor]:
    return [actor("person", [(11.8, 30.0), (11.8, 48.0)], Drive(start, 1.4))]


ROAD_SCRIPTS: tuple[Script, ...] = (
    _drives, _drives, _drives, _comes_back, _speeds, _barely_fast, _wrong_way, _in_bus_lane, _bus,
    _in_emergency_lane, _crosses_solid, _crosses_dashed, _wobbles, _stops_on_verge, _stops_shortly, _parks,
    _parks_shortly, _walks_on_road, _walks_on_verge,
)  # fmt: skip
HEADWAY_S = 9.0
"""Between two scripts: a car drives through in 4 to 12 s, so that two or three are in view and none runs into another;
standing ones stand beside the lanes."""
ALONE_S = 13.0
"""Before and after somebody who drives against the traffic, since nobody here gets out of the way."""
LONG_STAY_S = 60.0


def road(seed: int, rounds: int = 1) -> World:
    """Every script once in `rounds`, in random order; parking ones one after the other."""
    random = np.random.default_rng(seed)
    camera = Camera()
    scripts = [ROAD_SCRIPTS[n] for _ in range(rounds) for n in random.permutation(len(ROAD_SCRIPTS)).tolist()]
    actors, start, free = [], 5.0, {_parks: 0.0, _parks_shortly: 0.0}
    for script in scripts:
        alone = ALONE_S if script is _wrong_way else 0.0
        start += alone
        begin = max(start, free.get(script, 0.0))
        actors += script(begin, random)
        if script in free:
            free = dict.fromkeys(free, begin + LONG_STAY_S)
        start += HEADWAY_S + alone
    seconds = max(float(a.times[-1]) for a in actors) + 2.0
    return World(tuple(actors), road_scene(camera, random), {}, seconds)
