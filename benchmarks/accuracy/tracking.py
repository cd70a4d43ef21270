"""How well the tracker keeps objects apart: MOTA and IDF1 (motmetrics), HOTA (trackeval) on given detections.

`python -m benchmarks.accuracy.tracking --shared PATH` reads PATH/data/tracking/*/{det,gt}.txt (MOTChallenge text),
tracks the detections with the one default configuration that `anjuan bench tracking` uses, and prints one table:
TUD-Campus, TUD-Stadtmitte, and the KITTI car sequences one by one and together. With `--results DIR` it scores the
files DIR/NAME.txt of another tracker instead (benchmarks/accuracy/tracking_peer.py writes them). Overlap threshold 0.5;
HOTA is the mean over the thresholds 0.05 to 0.95. No filter on ground truth beside its consider flag.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from models.values import FrameDetections, Track
from models.vision.association import overlap
from models.vision.certainty import certainty
from models.vision.gaps import filled
from models.vision.linking import linked
from models.vision.tracker import GROUPS, TrackerOptions, track
from pipelines.traffic.mot import format_tracks, read_detections

# One configuration for every sequence: gaps of up to this many frames are filled in what is written.
LONGEST_GAP = 30
# A track's better half of scores must reach this on average: what is really there is surely seen at least in part.
LEAST_CERTAINTY = 0.9
OPTIONS = TrackerOptions()

Boxes = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class FrameBoxes:
    """Ids [n] and boxes (left, top, right, bottom) [n, 4] of one frame."""

    ids: NDArray[np.int64]
    boxes: Boxes


EMPTY = FrameBoxes(np.zeros(0, np.int64), np.zeros((0, 4)))


@dataclass(frozen=True, slots=True)
class Score:
    """One line of the table: percentages, and counts of faults."""

    name: str
    mota: float
    idf1: float
    hota: float
    switches: int
    misses: int
    false_alarms: int
    frames_per_second: float


def tracked(frames: Sequence[FrameDetections], options: TrackerOptions = OPTIONS) -> tuple[Track, ...]:
    """What is scored and what `anjuan bench tracking` writes: pieces joined, sure tracks kept, short gaps filled."""
    joined = linked(track(frames, options), GROUPS)
    return tuple(filled(t, LONGEST_GAP) for t in joined if certainty(t) >= LEAST_CERTAINTY)


def write_all(detections: Path, out: Path) -> tuple[Path, ...]:
    """Track every DIR/NAME/det.txt and write OUT/NAME.txt; gives the files written, by name."""
    out.mkdir(parents=True, exist_ok=True)
    written = []
    for source in sorted(detections.glob("*/det.txt")):
        target = out / f"{source.parent.name}.txt"
        target.write_text(format_tracks(tracked(read_detections(source))), encoding="utf-8")
        written.append(target)
    return tuple(written)


def read_boxes(text: str) -> dict[int, FrameBoxes]:
    """Truth or tracks by frame number; rows whose seventh column is 0 (not to be considered) are left out."""
    rows: dict[int, list[list[float]]] = {}
    for line in text.splitlines():
        fields = [float(v) for v in line.split(",")[:7]]
        if fields[6] != 0:
            rows.setdefault(int(fields[0]), []).append(fields)
    found = {}
    for frame, lines in rows.items():
        table = np.array(lines)
        found[frame] = FrameBoxes(
            table[:, 1].astype(np.int64), np.concatenate([table[:, 2:4], table[:, 2:4] + table[:, 4:6]], axis=1)
        )
    return found


def _clear_and_identity(sequences: Iterable[tuple[Mapping[int, FrameBoxes], Mapping[int, FrameBoxes]]]) -> list[float]:
    """MOTA, IDF1, switches, misses and false alarms over all sequences together, by motmetrics."""
    import motmetrics

    accumulators = []
    for truth, result in sequences:
        accumulator = motmetrics.MOTAccumulator(auto_id=True)
        for frame in range(1, max([*truth, *result], default=0) + 1):
            t, r = truth.get(frame, EMPTY), result.get(frame, EMPTY)
            distance = 1 - overlap(t.boxes, r.boxes)
            accumulator.update(t.ids, r.ids, np.where(distance <= 0.5, distance, np.nan))
        accumulators.append(accumulator)
    names = ["mota", "idf1", "num_switches", "num_misses", "num_false_positives"]
    summary = motmetrics.metrics.create().compute_many(
        accumulators, metrics=names, generate_overall=len(accumulators) > 1
    )
    return [float(v) for v in summary.iloc[-1]]


def _hota_parts(truth: Mapping[int, FrameBoxes], result: Mapping[int, FrameBoxes]) -> dict[str, object]:
    """One sequence in the form that trackeval takes: ids from 0 without gaps, similarities frame by frame."""
    frames = range(1, max([*truth, *result], default=0) + 1)
    sides: dict[str, object] = {}
    for name, boxes in (("gt", truth), ("tracker", result)):
        ids = sorted({int(i) for f in boxes.values() for i in f.ids})
        number = {identity: n for n, identity in enumerate(ids)}
        per_frame = [np.array([number[int(i)] for i in boxes.get(f, EMPTY).ids], dtype=int) for f in frames]
        sides[f"{name}_ids"] = per_frame
        sides[f"num_{name}_ids"] = len(ids)
        sides[f"num_{name}_dets"] = sum(len(i) for i in per_frame)
    sides["similarity_scores"] = [overlap(truth.get(f, EMPTY).boxes, result.get(f, EMPTY).boxes) for f in frames]
    sides["num_timesteps"] = len(frames)
    return sides


def _hota(sequences: Iterable[tuple[Mapping[int, FrameBoxes], Mapping[int, FrameBoxes]]]) -> float:
    from trackeval.metrics import HOTA

    metric = HOTA()
    parts = {str(n): metric.eval_sequence(_hota_parts(*pair)) for n, pair in enumerate(sequences)}
    return float(np.mean(metric.combine_sequences(parts)["HOTA"]))


def score(name: str, folders: Sequence[Path], results: Path | None = None) -> Score:
    """Score the tracks of `folders` together: ours on their detections, or those that `results` holds."""
    pairs, frames, seconds = [], 0, 0.0
    for folder in folders:
        if results is None:
            detections = read_detections(folder / "det.txt")
            start = time.perf_counter()
            text = format_tracks(tracked(detections))
            seconds += time.perf_counter() - start
            frames += len(detections)
        else:
            text = (results / f"{folder.name}.txt").read_text(encoding="utf-8")
        pairs.append((read_boxes((folder / "gt.txt").read_text(encoding="utf-8")), read_boxes(text)))
    mota, idf1, switches, misses, false_alarms = _clear_and_identity(pairs)
    rate = frames / seconds if seconds else float("nan")
    shares = (100 * mota, 100 * idf1, 100 * _hota(pairs))
    return Score(name, *shares, int(switches), int(misses), int(false_alarms), rate)


def table(scores: Sequence[Score]) -> str:
    """The scores as a Markdown table."""
    head = "| sequence | MOTA | IDF1 | HOTA | switches | misses | false alarms | frames/s |\n"
    return (
        head
        + "|---|---|---|---|---|---|---|---|\n"
        + "".join(
            f"| {s.name} | {s.mota:.1f} | {s.idf1:.1f} | {s.hota:.1f} | {s.switches} | {s.misses} | {s.false_alarms} "
            f"| {s.frames_per_second:.0f} |\n"
            for s in scores
        )
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the table; exit code 2 when there is nothing to measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shared", type=Path, required=True, help="folder that holds data/tracking")
    parser.add_argument("--results", type=Path, help="folder of NAME.txt written by another tracker")
    options = parser.parse_args(arguments)
    root = options.shared / "data" / "tracking"
    folders = sorted(f.parent for f in root.glob("*/gt.txt"))
    if not folders:
        parser.error(f"no NAME/gt.txt under {root}")
    scores = [score(folder.name, [folder], options.results) for folder in folders]
    kitti = [f for f in folders if f.name.startswith("KITTI")]
    if kitti:
        scores.append(score(f"KITTI cars, all {len(kitti)}", kitti, options.results))
    sys.stdout.write(table(scores))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
