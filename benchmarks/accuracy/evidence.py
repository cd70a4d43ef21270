"""Evidence of violations on drawn video with exact truth: `python -m benchmarks.accuracy.evidence [--keep DIR]`.

Each seed plays some scenes of the junction (benchmarks/worlds) and draws them into a video with cars, plates and lamps
(benchmarks/worlds/pictures.py), which goes through the pipeline of `anjuan traffic`: lamps are read from the pixels,
plates by the shipped reader, pictures and clips are taken. **The detector is a stand-in**: it knows the true boxes and
gives them with a detector's noise, since no detector takes drawn boxes for cars. The plates are drawn as the reader was
taught on plates, so that their figure is that of an easy camera, not of a street.

A violation is right when its rule is broken by the actor that its track mostly covers. Seeds from 1000 on are for
figures, smaller ones for tuning.
"""

from __future__ import annotations

import argparse
import hashlib
import shutil
import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast

import numpy as np

from benchmarks.accuracy.enforcement import actor_of
from benchmarks.worlds.camera import Camera, DetectorNoise, box, detected
from benchmarks.worlds.junction import PLAYS, junction
from benchmarks.worlds.lamps import LIGHTS
from benchmarks.worlds.motion import SIZES, Floats
from benchmarks.worlds.pictures import NEAR_CAMERA, Scenery, scenery, with_lamps, write_video
from benchmarks.worlds.world import World
from cases.records import BlobRef, JsonObject
from cases.traffic import TrafficRecord, Violation
from models import registry
from models.device import Device, choose_device
from models.task import Model, ModelIdentity, Task
from models.values import Detection, Frame, ItemError
from models.weights import WeightsCache
from pipelines.inline import InlineEngine
from pipelines.lines import AnyPipeline, run_pipeline
from pipelines.pipeline import Outcome, Part, Setting
from pipelines.traffic.count import Stretch, TrafficPipeline, tracks_of
from training.plate.glyphs import Atlas, atlas

RATE = 12.5
BEFORE_S, AFTER_S, MOST_S = 2.0, 1.5, 26.0
TRUTH = "truth-boxes"
SITE: JsonObject = {
    "device": "33010600001190000001",
    "place": "画出的路口",
    "direction": "由南向北",
    "region": "330106",
}
CODES: JsonObject = dict.fromkeys(("stop_line", "blocked_junction", "not_yielding"), "9999")
"""Stand-ins where the catalogue knows no code: a scene gives them."""


class TruthDetector:
    """Gives the true boxes of a world, with noise, by the number of the frame; it looks at no pixel."""

    def __init__(self, frames: Sequence[Sequence[Detection]]) -> None:
        self._frames = frames

    @property
    def identity(self) -> ModelIdentity:
        """Says what it is in the record."""
        return ModelIdentity(TRUTH, Task.DETECT, "0" * 64, "none")

    def load(self, device: Device) -> None:
        """Nothing to load."""

    def predict(self, batch: Sequence[Frame]) -> list[tuple[Detection, ...] | ItemError]:
        """The boxes of each frame."""
        return [tuple(self._frames[frame.index]) for frame in batch]

    def close(self) -> None:
        """Nothing to free."""


@dataclass(frozen=True, slots=True, eq=False)
class Play:
    """A stretch of a world: second `start`, frames, the true (actor, box) of each, and what the detector gives."""

    world: World
    camera: Camera
    start: float
    truth: list[list[tuple[int, Floats]]]
    given: list[list[Detection]]


def play(seed: int, name: str, camera: Camera = NEAR_CAMERA) -> Play:
    """The stretch of a scene in which its first actor is in the picture."""
    world = junction(seed, camera=camera, scripts_of=(PLAYS[name],))
    times = world.actors[0].times[:: round(0.1 / 0.02)]
    inside = [t for t in times.tolist() if _box(world, 0, t, camera) is not None]
    start = max(0.0, inside[0] - BEFORE_S)
    seconds = min(MOST_S, inside[-1] + AFTER_S - start)
    random = np.random.default_rng((seed, 7))
    truth, given = [], []
    for index in range(int(seconds * RATE)):
        here = [
            (number, corners)
            for number in range(len(world.actors))
            if (corners := _box(world, number, start + index / RATE, camera)) is not None
        ]
        truth.append(here)
        boxes = [(corners, world.actors[number].label) for number, corners in here]
        given.append(detected(boxes, DetectorNoise(false_boxes=0.0), random))
    return Play(world, camera, start, truth, given)


def _box(world: World, number: int, time: float, camera: Camera) -> Floats | None:
    one = world.actors[number]
    state = one.at(time)
    return box(camera, state[:3], SIZES[one.label]) if state is not None else None


def engine_for(given: Sequence[Sequence[Detection]], cache: WeightsCache) -> InlineEngine:
    """The stand-in detector beside the real plate reader."""

    def build(name: str) -> Model[object, object]:
        if name == TRUTH:
            return cast("Model[object, object]", TruthDetector(given))
        return cast("Model[object, object]", registry.build(name, cache))

    def names(task: Task) -> tuple[str, ...]:
        return (TRUTH,) if task is Task.DETECT else registry.names(task, cache)

    return InlineEngine(build, names, choose_device("cpu"))


@dataclass(slots=True)
class Tally:
    """What is gathered."""

    right: Counter[str] = field(default_factory=Counter)
    false: Counter[str] = field(default_factory=Counter)
    missed: Counter[str] = field(default_factory=Counter)
    complete: int = 0
    missing: Counter[str] = field(default_factory=Counter)
    plates: Counter[str] = field(default_factory=Counter)
    told: list[str] = field(default_factory=list)


def run(found: Play, drawn: Scenery, folder: Path, engine: InlineEngine) -> tuple[TrafficRecord, dict[int, int | None]]:
    """The record of a play's video, and the actor of each track."""
    video = folder / "clip.mp4"
    write_video(video, (drawn.picture(found.start + n / RATE) for n in range(len(found.given))), RATE)
    scene = with_lamps({**found.world.scene, "site": SITE, "offence_codes": CODES}, found.camera)
    asked: JsonObject = {
        "scene": scene,
        "stride": 1,
        "annotated": False,
        "recorded_at": "2026-03-09T08:00:00.000+08:00",
        "clock_error_s": 0.2,
    }
    pipeline, parts = TrafficPipeline(), []
    source = BlobRef(hashlib.sha256(video.read_bytes()).hexdigest(), video.stat().st_size, "video/mp4", video)

    def tell(part: Part[object]) -> None:
        parts.append(cast(Stretch, part.payload))

    wishes: object = pipeline.parse(asked)
    setting = Setting(source, wishes, engine, folder)
    outcome: Outcome[object] = run_pipeline(cast(AnyPipeline, pipeline), setting, parameters=asked, on_part=tell)
    actors = {track.id: actor_of(track, found.truth) for track in tracks_of(parts)}
    return cast(TrafficRecord, outcome.record), actors


def judge(
    record: TrafficRecord, actors: dict[int, int | None], found: Play, drawn: Scenery, tally: Tally, name: str
) -> None:
    """Add what a play gave."""
    wanted = {(rule, 0) for rule in found.world.actors[0].breaks}
    for one in record.violations:
        number = actors[one.track]
        if (one.rule, number) not in wanted or number is None:
            tally.false[one.rule] += 1
            tally.told.append(f"{name}: false {one.rule} of actor {number}")
            continue
        wanted.discard((one.rule, number))
        tally.right[one.rule] += 1
        _evidence(one, drawn.bodies[number].text, tally, name)
    for rule, _ in wanted:
        tally.missed[rule] += 1
        tally.told.append(f"{name}: missed {rule}")


def _evidence(one: Violation, true: str | None, tally: Tally, name: str) -> None:
    tally.complete += one.complete
    missing = [check.name for check in one.checks if not check.passed]
    tally.missing.update(missing)
    state = one.plate_state if one.plate is None else ("exact" if one.plate == true else "wrong")
    tally.plates[state] += 1
    if missing or state != "exact":
        tally.told.append(f"{name}: {one.rule} misses {missing}, plate {one.plate} ({state}), truth {true}")


def report(tally: Tally) -> str:
    """The figures as Markdown."""
    lines = ["| rule | right | false | missed |", "|---|---|---|---|"]
    for rule in sorted({*tally.right, *tally.false, *tally.missed}):
        lines.append(f"| {rule} | {tally.right[rule]} | {tally.false[rule]} | {tally.missed[rule]} |")
    right = tally.right.total()
    lines += [
        "",
        f"evidence complete {tally.complete} of {right}; missing {dict(tally.missing)}",
        f"plates {dict(tally.plates)} of {right}",
    ]
    return "\n".join(lines) + "\n"


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--first", type=int, default=1000, help="first seed")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--plays", nargs="*", default=list(PLAYS), choices=list(PLAYS))
    parser.add_argument("--light", default="day", choices=list(LIGHTS))
    parser.add_argument("--keep", type=Path, help="keep videos and evidence here")
    options = parser.parse_args(arguments)
    cache, tally = WeightsCache(), Tally()
    glyphs: Atlas = atlas(cache)
    for seed in range(options.first, options.first + options.seeds):
        for name in options.plays:
            found = play(seed, name)
            drawn = scenery(found.world, found.camera, glyphs, seed, LIGHTS[options.light])
            with tempfile.TemporaryDirectory() as scratch:
                engine = engine_for(found.given, cache)
                try:
                    record, actors = run(found, drawn, Path(scratch), engine)
                finally:
                    engine.close()
                judge(record, actors, found, drawn, tally, f"{seed} {name}")
                if options.keep:
                    shutil.copytree(scratch, options.keep / f"{seed}-{name.replace(' ', '-')}", dirs_exist_ok=True)
            sys.stderr.write(f"{seed} {name}: {len(found.given)} frames\n")
    sys.stdout.write(report(tally) + "".join(f"{line}\n" for line in tally.told))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
