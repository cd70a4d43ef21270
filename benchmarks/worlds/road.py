"""A motorway-like road with a bus lane, and who drives there; exact truth.

Each actor is drawn from a seed with the rules that it breaks, and for each rule there are near-misses that break none:
five per cent too fast, a wobble beside a solid line, a short stop.
"""

from __future__ import annotations

import numpy as np

from benchmarks.worlds.camera import Camera
from benchmarks.worlds.motion import Actor, Drive, Point, actor
from benchmarks.worlds.world import Script, World, area, calibration, lane_entry, reach
from cases.records import JsonObject, JsonValue

LIMIT_KMH = 60.0
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
            lane_entry(camera, "left", ROAD["left"], ends, limit_kmh=LIMIT_KMH),
            lane_entry(camera, "right", ROAD["right"], ends, limit_kmh=LIMIT_KMH),
            lane_entry(camera, "bus", ROAD["bus"], ends, kind="bus"),
            lane_entry(camera, "emergency", 8.75, ends, kind="emergency"),
            lane_entry(camera, "back", ROAD["back"], (FAR, NEAR)),
        ],
        "solid_lines": [{"name": "solid", "points": solid}],
        "no_stopping": [area(camera, "verge", 10.6, 13.6, 34.0, 60.0)],
        "no_parking": [{**area(camera, "lay-by", -10.5, -7.1, 30.0, 60.0), "stay_s": 30.0}],
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
        "calibration": calibration(camera, random, 85.0),
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
    arrives = start + reach(speed, place) + speed / 6
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
