"""The peer of the tracker on the same detections: C-BIoU of the `trackers` package, defaults as they come.

`python benchmarks/accuracy/tracking_peer.py DETECTIONS OUT` runs in an environment of its own (`pip install
trackers==2.6.1`) and imports nothing of Anjuan: for each DETECTIONS/NAME/det.txt (MOTChallenge text) it writes
OUT/NAME.txt, which `python -m benchmarks.accuracy.tracking --results OUT` scores with the same evaluator as ours.
Scores outside 0..1 are brought there by the logistic function, as for our tracker.
"""

from __future__ import annotations

import sys
import time
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np


def run(source: Path, target: Path) -> tuple[int, float]:
    """Track one file; gives frames and seconds."""
    # By name, since only the peer's environment has these.
    supervision: Any = import_module("supervision")
    package: Any = import_module("trackers")
    rows = np.loadtxt(source, delimiter=",", ndmin=2)
    scores = rows[:, 6]
    if scores.min() < 0 or scores.max() > 1:
        scores = 1 / (1 + np.exp(-scores))
    corners = np.concatenate([rows[:, 2:4], rows[:, 2:4] + rows[:, 4:6]], axis=1).astype(np.float32)
    tracker = package.CBIoUTracker()
    lines = []
    frames = range(1, int(rows[:, 0].max()) + 1)
    start = time.perf_counter()
    for frame in frames:
        here = rows[:, 0] == frame
        found = supervision.Detections(
            xyxy=corners[here], confidence=scores[here].astype(np.float32), class_id=np.zeros(int(here.sum()), int)
        )
        tracked = tracker.update(found)
        if tracked.tracker_id is None:
            continue
        for box, number in zip(tracked.xyxy, tracked.tracker_id, strict=True):
            if number >= 0:
                left, top, right, bottom = (float(v) for v in box)
                lines.append(
                    f"{frame},{number + 1},{left:.2f},{top:.2f},{right - left:.2f},{bottom - top:.2f},1,-1,-1,-1"
                )
    seconds = time.perf_counter() - start
    target.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return len(frames), seconds


def main() -> int:
    """Run over all sequences, and say how fast."""
    detections, out = Path(sys.argv[1]), Path(sys.argv[2])
    out.mkdir(parents=True, exist_ok=True)
    frames, seconds = 0, 0.0
    for source in sorted(detections.glob("*/det.txt")):
        n, took = run(source, out / f"{source.parent.name}.txt")
        frames, seconds = frames + n, seconds + took
    sys.stdout.write(f"{frames} frames, {frames / seconds:.0f} a second\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
