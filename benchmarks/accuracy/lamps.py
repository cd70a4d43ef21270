"""Lamps read from drawn video with exact truth: `python -m benchmarks.accuracy.lamps`.

Heads of several sizes (benchmarks/worlds/lamps.py) before sky, trees or a wall go through green, blinking green,
yellow, red and dark, by day, at night, in glare and out of focus; H.264 at a camera's usual rate lies between drawing
and reading. Frames are right, unknown or wrong; wrong ones matter most, since a rule acts on them. Phases are those
that a rule sees: how much of the true red is known as red, and how many seconds of red are claimed that were none.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from benchmarks.worlds.lamps import LIGHTS, Head, Light, Picture, draw_head, grain, seen
from benchmarks.worlds.pictures import write_video
from pipelines.media.video import read_frames
from pipelines.traffic.lamp import phases, sight
from pipelines.traffic.layout import SignalGroup
from pipelines.traffic.signal import Colour, SignalLog

RATE = 12.5
SIDE = 160
DISCS = (6.0, 9.0, 14.0, 24.0)
GROUNDS = ((150, 180, 215), (60, 90, 55), (150, 140, 130), (225, 230, 235))
"""Sky, trees, a wall, and a white sky behind."""
CYCLE: tuple[tuple[str, float], ...] = (
    ("green", 3.0), ("dark", 0.5), ("green", 0.5), ("dark", 0.5), ("green", 0.5), ("yellow", 3.0), ("red", 5.0),
    ("green", 2.0), ("dark", 4.0), ("red", 3.0),
)  # fmt: skip
"""What is shown and for how long; green blinks before yellow, as in China."""


@dataclass(slots=True)
class Tally:
    """Frames by what was answered, and seconds of red."""

    frames: Counter[str] = field(default_factory=Counter)
    red_true: float = 0.0
    red_known: float = 0.0
    red_false: float = 0.0


def shown() -> list[str]:
    """The colour of each frame of a cycle."""
    return [colour for colour, seconds in CYCLE for _ in range(round(seconds * RATE))]


def pictures(head: Head, ground: tuple[int, int, int], light: Light, random: np.random.Generator) -> Iterator[Picture]:
    """A cycle as the camera sees it."""
    wall: Picture = np.empty((SIDE, SIDE, 3), np.uint8)
    wall[:] = [round(v * light.ambient) for v in ground]
    noises = [grain(wall.shape, light, random) for _ in range(4)]
    for number, colour in enumerate(shown()):
        picture = wall.copy()
        draw_head(picture, head, colour, light)
        yield seen(picture, light, noises[number % 4])


def measure(disc: float, light: Light, seed: int, folder: Path, tally: Tally) -> None:
    """Add one cycle of one head."""
    random = np.random.default_rng((seed, round(disc)))
    head = Head(float(random.uniform(30, 90)), float(random.uniform(10, 50)), disc)
    # Boxes are drawn by hand: a pixel or two off.
    off = random.normal(0, 0.06 * disc, 4)
    lamps = tuple((c, *(float(v + o) for v, o in zip(b, off, strict=True))) for c, b in head.boxes())
    group = SignalGroup("S", lamps)  # type: ignore[arg-type]  # five values each
    ground = GROUNDS[int(random.integers(len(GROUNDS)))]
    path = folder / "lamps.mp4"
    write_video(path, pictures(head, ground, light, random), RATE)
    truth = shown()
    series = [(frame.time, sight(frame.pixels, group)) for frame in read_frames(path, 0, len(truth))]
    for (_, colour), true in zip(series, truth, strict=True):
        known = "unknown" if colour is Colour.UNKNOWN else ("right" if colour.value == true else "wrong")
        tally.frames[known] += 1
    log = SignalLog({"S": phases(series)})
    for (time, _), true in zip(series, truth, strict=True):
        red = log.phase("S", time + 1e-6).colour is Colour.RED
        tally.red_true += (true == "red") / RATE
        tally.red_known += (true == "red" and red) / RATE
        tally.red_false += (true != "red" and red) / RATE


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--first", type=int, default=1000, help="first seed; smaller ones are for tuning")
    parser.add_argument("--seeds", type=int, default=8)
    parser.add_argument("--lights", nargs="*", default=list(LIGHTS), choices=list(LIGHTS))
    options = parser.parse_args(arguments)
    sys.stdout.write("| light | lens, px | right | unknown | wrong | red known | red claimed falsely, s |\n")
    sys.stdout.write("|---|---|---|---|---|---|---|\n")
    for name in options.lights:
        light = LIGHTS[name]
        for disc in DISCS:
            tally = Tally()
            with tempfile.TemporaryDirectory() as scratch:
                for seed in range(options.first, options.first + options.seeds):
                    measure(disc, light, seed, Path(scratch), tally)
            total = tally.frames.total()
            shares = " | ".join(f"{tally.frames[k] / total:.3f}" for k in ("right", "unknown", "wrong"))
            red = f"{tally.red_known / tally.red_true:.3f} | {tally.red_false:.2f}"
            sys.stdout.write(f"| {name} | {disc:g} | {shares} | {red} |\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
