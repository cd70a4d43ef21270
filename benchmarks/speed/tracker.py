"""How many frames a second the tracker alone takes: `python -m benchmarks.speed.tracker`.

Ten vehicles (or `--objects`) that cross a picture of 1920 x 1080 at random speeds, edges off by a pixel, one detection
in twenty missing, one false box in ten frames; one process, one thread. Seed 1000. Prints frames a second of processor
time, the middle of five runs.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from collections.abc import Sequence

import numpy as np

from models.values import Detection, FrameDetections
from models.vision.tracker import Tracker

WIDTH, HEIGHT, RATE = 1920.0, 1080.0, 25.0


def stream(frames: int, objects: int, seed: int) -> list[FrameDetections]:
    """The detections of all frames; an object that leaves enters again at the other side."""
    random = np.random.default_rng(seed)
    place = random.uniform((0.0, 0.0), (WIDTH, HEIGHT), (objects, 2))
    speed = random.uniform((-12.0, -4.0), (12.0, 4.0), (objects, 2))
    found = []
    for index in range(frames):
        place = (place + speed) % (WIDTH, HEIGHT)
        seen = place[random.random(objects) >= 0.05]
        if random.random() < 0.1:
            seen = np.concatenate([seen, random.uniform((0.0, 0.0), (WIDTH, HEIGHT), (1, 2))])
        corners = np.concatenate([seen, seen + np.array([90.0, 60.0])], axis=1) + random.normal(0, 1, (len(seen), 4))
        boxes = (Detection(left, top, right, bottom, "car", 0.9) for left, top, right, bottom in corners.tolist())
        found.append(FrameDetections(index, index / RATE, tuple(boxes)))
    return found


def rate(frames: Sequence[FrameDetections]) -> float:
    """Frames a second of processor time."""
    tracker = Tracker()
    start = time.process_time()
    for frame in frames:
        tracker.step(frame)
    return len(frames) / (time.process_time() - start)


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the figure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--objects", type=int, default=10)
    parser.add_argument("--frames", type=int, default=2000)
    options = parser.parse_args(arguments)
    frames = stream(options.frames, options.objects, seed=1000)
    rates = [rate(frames) for _ in range(5)]
    sys.stdout.write(f"{options.objects} objects: {statistics.median(rates):.0f} frames/s on one core\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
