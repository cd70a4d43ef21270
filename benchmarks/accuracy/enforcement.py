"""Violations, counts, speeds and queues against worlds with exact truth: `python -m benchmarks.accuracy.enforcement`.

Each seed draws a junction and a road (benchmarks/worlds), whose boxes, as a noisy detector would give them
(benchmarks/worlds/camera.py), go through the tracker of `anjuan traffic`, its measures and its rules; calibrations are
clicked with 1 px of noise. No picture is drawn: what is measured begins behind the detector. Seeds from 1000 on are
for figures, smaller ones for tuning.

A violation is right when its rule is broken by the actor that its track mostly covers; a second one of the same rule
and actor is false. Counting effectiveness is that of the AI City Challenge 2021, track 1, with ten segments; speed is
compared at each lane's section; coverage is the share of speeds within 1.96 stated deviations.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from benchmarks.worlds.camera import Camera, DetectorNoise, box, detected
from benchmarks.worlds.junction import LANES, LINE, junction
from benchmarks.worlds.motion import SIZES, Actor, Floats
from benchmarks.worlds.road import ROAD, road
from benchmarks.worlds.world import World
from cases.traffic import Violation
from models.values import FrameDetections, Track
from models.vision.association import overlap
from pipelines.traffic.classes import Sampling, road_users
from pipelines.traffic.enforcement import Enforcement, Span, ground_of, street_results
from pipelines.traffic.measure import lane_length, queue_series
from pipelines.traffic.measure import passages as lane_passages
from pipelines.traffic.scene import parse_scene
from pipelines.traffic.signal import parse_signals
from pipelines.traffic.trajectory import trajectories

RATE = 12.5
"""Frames looked at a second, as of a camera of 25 with the usual stride."""
SEGMENTS = 10
HARDER = DetectorNoise(jitter_px=1.4, jitter=0.02, missed=0.2, false_boxes=0.2)
"""Beside the usual noise: what dusk does to a small detector."""
ROAD_SECTION = 54.0
"""Metres ahead at which vehicles of the road are counted: half-way along its lanes."""


@dataclass(slots=True)
class Tally:
    """What is gathered over all seeds."""

    right: Counter[str] = field(default_factory=Counter)
    false: Counter[str] = field(default_factory=Counter)
    missed: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    effectiveness: list[tuple[float, int]] = field(default_factory=list)
    speed_errors: list[float] = field(default_factory=list)
    speed_sds: list[float] = field(default_factory=list)
    queue_errors: list[int] = field(default_factory=list)
    queue_metres: list[float] = field(default_factory=list)
    incomplete: int = 0


Truth = list[list[tuple[int, Floats]]]
"""The actors that are in each frame, with their boxes."""


def seen(world: World, seed: int, noise: DetectorNoise) -> tuple[list[FrameDetections], Truth]:
    """What the detector gives, and the true (actor, box) of each frame."""
    random = np.random.default_rng((seed, 7))
    camera = Camera()
    frames: list[FrameDetections] = []
    truth: Truth = []
    for index in range(int(world.seconds * RATE)):
        time = index / RATE
        here = []
        for number, one in enumerate(world.actors):
            state = one.at(time)
            corners = box(camera, state[:3], SIZES[one.label]) if state is not None else None
            if corners is not None:
                here.append((number, corners))
        truth.append(here)
        boxes = [(corners, world.actors[number].label) for number, corners in here]
        frames.append(FrameDetections(index, time, tuple(detected(boxes, noise, random))))
    return frames, truth


def actor_of(track: Track, truth: Truth) -> int | None:
    """The actor that most of a track's boxes cover by half; None when none does."""
    votes: Counter[int] = Counter()
    for point in track.points:
        here = truth[point.index]
        if not here:
            continue
        d = point.detection
        shares = overlap(np.array([[d.left, d.top, d.right, d.bottom]]), np.array([b for _, b in here]))[0]
        best = int(np.argmax(shares))
        if shares[best] >= 0.5:
            votes[here[best][0]] += 1
    return min(votes, key=lambda n: (-votes[n], n)) if votes else None


def judge(
    violations: Sequence[Violation], world: World, actors: dict[int, int | None], tally: Tally, name: str
) -> None:
    """Add right, false and missed violations."""
    open_ones: set[tuple[str, int | None]] = {
        (rule, number) for number, one in enumerate(world.actors) for rule in one.breaks
    }
    for found in violations:
        key = (found.rule, actors[found.track])
        tally.incomplete += not _complete(found)
        if key in open_ones:
            open_ones.discard(key)
            tally.right[found.rule] += 1
        else:
            tally.false[found.rule] += 1
            tally.wrong.append(f"{name}: false {found.rule} at {found.start:.1f} s, actor {key[1]}")
    for rule, number in sorted(open_ones, key=str):
        tally.missed[rule] += 1
        tally.wrong.append(f"{name}: missed {rule} of actor {number}")


def _complete(found: Violation) -> bool:
    """GA/T 832: two pictures at least, at different times; ten seconds apart where something stands."""
    times = sorted({float(e["time"]) for e in found.evidence})  # type: ignore[arg-type]
    standing = found.rule in ("illegal_stop", "illegal_parking", "blocked_junction")
    return len(times) >= 2 and (not standing or times[-1] - times[0] >= 10)


def nw_rmse(true: Sequence[float], counted: Sequence[float], seconds: float) -> float:
    """1 minus the weighted error of cumulative counts by the true number, at least 0, from times of passing."""
    edges = seconds * np.arange(1, SEGMENTS + 1) / SEGMENTS
    weights = 2 * np.arange(1, SEGMENTS + 1) / (SEGMENTS * (SEGMENTS + 1))
    a = np.searchsorted(np.sort(true), edges, side="right")
    b = np.searchsorted(np.sort(counted), edges, side="right")
    error = float(np.sqrt(np.sum(weights * (a - b) ** 2)))
    return max(0.0, 1 - error / len(true))


def true_passing(one: Actor, place: float) -> tuple[float, float] | None:
    """When an actor's middle passes y = `place`, and its speed there in km/h; None when it does not."""
    y = one.places[:, 1]
    rows = np.flatnonzero((y[:-1] < place) != (y[1:] < place))
    return (float(one.times[rows[0]]), 3.6 * float(one.speeds[rows[0]])) if rows.size else None


def measure_road(world: World, tracks: Sequence[Track], tally: Tally) -> None:
    """Counts by lane and class, and speeds at the section."""
    street = parse_scene(world.scene).street
    plane = ground_of(street)
    ways = trajectories(tracks, street.lanes, plane)
    for index, lane in enumerate(street.lanes):
        x = ROAD.get(lane.name, 8.75)
        found = [(at, p) for p in lane_passages(index, lane, ways, plane) if (at := p.at(lane_length(lane, plane) / 2))]
        true: dict[str, list[tuple[float, float]]] = {}
        for one in world.actors:
            passing = true_passing(one, ROAD_SECTION)
            if passing is None or one.label == "person":
                continue
            row = int(np.argmin(np.abs(one.times - passing[0])))
            if abs(one.places[row, 0] - x) < 1.75:
                true.setdefault(one.label, []).append(passing)
        for label, passings in true.items():
            counted = [at for at, p in found if p.label == label]
            tally.effectiveness.append((nw_rmse([at for at, _ in passings], counted, world.seconds), len(passings)))
        for time, speed in (p for ps in true.values() for p in ps):
            near = [(abs(at - time), at, p) for at, p in found if abs(at - time) < 1.0]
            if near:
                _, at, p = min(near, key=lambda n: n[0])
                tally.speed_errors.append(3.6 * float(np.interp(at, p.times, p.speed)) - speed)
                tally.speed_sds.append(3.6 * float(np.interp(at, p.times, p.speed_sd)))


def measure_queue(world: World, tracks: Sequence[Track], tally: Tally) -> None:
    """The queue of the junction's middle lane, every second, where it stands or is said to stand."""
    street = parse_scene(world.scene).street
    plane = ground_of(street)
    ways = trajectories(tracks, street.lanes, plane)
    index = list(LANES).index("straight")
    lane = street.lanes[index]
    series = queue_series(lane_passages(index, lane, ways, plane), lane_length(lane, plane), (0.0, world.seconds))
    for time, metres, vehicles in zip(series.times, series.metres, series.vehicles, strict=True):
        standing = [
            LINE - state[1]
            for one in world.actors
            if (state := one.at(float(time))) is not None
            and one.label != "person"
            and abs(state[0]) < 1.75
            and state[1] - SIZES[one.label][0] / 2 >= 18.0
            and state[1] - SIZES[one.label][0] / 2 <= LINE
            and state[3] * 3.6 < 5
        ]
        if standing or vehicles:
            tally.queue_errors.append(abs(len(standing) - int(vehicles)))
            tally.queue_metres.append(abs(max((d + 2.3 for d in standing), default=0.0) - float(metres)))


def run(seeds: Sequence[int], noise: DetectorNoise) -> Tally:
    """Both worlds of every seed."""
    tally = Tally()
    for seed in seeds:
        for name, world in ((f"junction {seed}", junction(seed)), (f"road {seed}", road(seed))):
            frames, truth = seen(world, seed, noise)
            tracks = road_users(frames, Sampling(RATE, 1))
            street = parse_scene(world.scene).street
            result = street_results(
                tracks, street, Span(0.0, world.seconds, RATE), Enforcement(parse_signals(world.signals))
            )
            judge(result.violations, world, {t.id: actor_of(t, truth) for t in tracks}, tally, name)
            if name.startswith("road"):
                measure_road(world, tracks, tally)
            else:
                measure_queue(world, tracks, tally)
    return tally


def report(tally: Tally) -> str:
    """The figures as Markdown."""
    lines = ["| rule | right | false | missed | F1 |", "|---|---|---|---|---|"]
    for rule in sorted({*tally.right, *tally.false, *tally.missed}):
        right, false, missed = tally.right[rule], tally.false[rule], tally.missed[rule]
        lines.append(f"| {rule} | {right} | {false} | {missed} | {_f1(right, false, missed):.3f} |")
    totals = tally.right.total(), tally.false.total(), tally.missed.total()
    lines.append(f"| all | {totals[0]} | {totals[1]} | {totals[2]} | {_f1(*totals):.3f} |")
    errors, sds = np.array(tally.speed_errors), np.array(tally.speed_sds)
    weights = np.array([n for _, n in tally.effectiveness])
    effective = float(np.average([e for e, _ in tally.effectiveness], weights=weights))
    queue = np.array(tally.queue_errors)
    lines += [
        "",
        f"counting effectiveness {effective:.3f} over {int(weights.sum())} vehicles",
        f"speed: mean absolute error {np.abs(errors).mean():.2f} km/h, bias {errors.mean():+.2f}, "
        f"median {np.median(np.abs(errors)):.2f}, worst {np.abs(errors).max():.2f}, {len(errors)} vehicles",
        f"coverage of 1.96 stated deviations {np.mean(np.abs(errors) <= 1.96 * sds):.3f}, "
        f"median stated deviation {np.median(sds):.2f} km/h",
        f"queue within one vehicle {np.mean(queue <= 1):.3f}, exact {np.mean(queue == 0):.3f}, metres off on average "
        f"{np.mean(tally.queue_metres):.2f}, {len(queue)} seconds",
        f"violations without complete pictures {tally.incomplete}",
    ]
    return "\n".join(lines) + "\n"


def _f1(right: int, false: int, missed: int) -> float:
    return 2 * right / (2 * right + false + missed) if right + false + missed else float("nan")


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--first", type=int, default=1000, help="first seed")
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument(
        "--harder", action="store_true", help="a worse detector: one box in five missed, twice the jitter"
    )
    parser.add_argument("--wrong", action="store_true", help="list what was false or missed")
    options = parser.parse_args(arguments)
    tally = run(range(options.first, options.first + options.seeds), HARDER if options.harder else DetectorNoise())
    sys.stdout.write(report(tally))
    if options.wrong:
        sys.stdout.write("\n".join(tally.wrong) + "\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
