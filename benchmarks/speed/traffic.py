"""How long counting takes beside how long the clip plays, at the default stride, the model already loaded.

`python -m benchmarks.speed.traffic --shared PATH [--threads 2]` runs the traffic pipeline (without the annotated copy)
on every clip of PATH/data/video and prints wall time over duration: below 1 is faster than the clip plays. Processor
time is shown beside, since wall time on a busy machine says little.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from cases.records import BlobRef
from cases.traffic import TrafficRecord
from models.device import Device, DeviceKind
from models.weights import WeightsCache
from pipelines.engine import DETECT, VideoSpan
from pipelines.inline import InlineEngine
from pipelines.lines import pipeline_for, run_pipeline
from pipelines.pipeline import Setting

SUFFIXES = (".mp4", ".avi")


@dataclass(frozen=True, slots=True)
class Timing:
    """One clip: seconds of video, wall and processor seconds of work, and what came out."""

    name: str
    duration: float
    wall: float
    processor: float
    stride: object
    tracks: int


def timed(engine: InlineEngine, clip: Path, model: str | None) -> Timing:
    """Run the pipeline on `clip` once."""
    pipeline = pipeline_for("traffic")
    wishes = pipeline.parse({"annotated": False, "model": model})
    with tempfile.TemporaryDirectory() as scratch:
        setting = Setting(BlobRef("0" * 64, clip.stat().st_size, "video/mp4", clip), wishes, engine, Path(scratch))
        start, used = time.perf_counter(), time.process_time()
        record = cast(TrafficRecord, run_pipeline(pipeline, setting, parameters={}).record)
        wall, processor = time.perf_counter() - start, time.process_time() - used
    stride = record.provenance.parameters["stride"]
    return Timing(clip.name, record.duration, wall, processor, stride, record.tracks)


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the table; exit code 1 when a clip took longer than it plays."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shared", type=Path, required=True, help="folder that holds data/video")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--model", help="detector; default: the manifests' default")
    given = parser.parse_args(arguments)
    clips = sorted(p for p in (given.shared / "data" / "video").rglob("*") if p.suffix in SUFFIXES)
    if not clips:
        parser.error("no clip there")
    engine = InlineEngine.from_registry(WeightsCache(), Device(DeviceKind.CPU, 0, given.threads, "asked for"))
    try:
        engine.run(DETECT, [VideoSpan(clips[0], 0, 1, 1)], model=given.model)
        timings = [timed(engine, clip, given.model) for clip in clips]
    finally:
        engine.close()
    sys.stdout.write("| clip | plays s | takes s | processor s | takes / plays | stride | tracks |\n")
    sys.stdout.write("|---|---|---|---|---|---|---|\n")
    for t in timings:
        ratio = t.wall / t.duration
        times = f"{t.duration:.1f} | {t.wall:.1f} | {t.processor:.1f} | {ratio:.2f}"
        sys.stdout.write(f"| {t.name} | {times} | {t.stride} | {t.tracks} |\n")
    return int(any(t.wall >= t.duration for t in timings))


if __name__ == "__main__":
    raise SystemExit(main())
