"""The text format of MOTChallenge: detections in, tracks out; knows no tracker and no video.

One line an object: frame (from 1), id (-1 in detections), left, top, width, height, score, then three numbers that 2-D
work does not use (arXiv 1603.00831, section 4.1). The format has no class, so that everything read is an "object".
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from pathlib import Path

import numpy as np

from models.errors import BadInput
from models.values import Detection, FrameDetections, Track
from models.vision.association import Floats
from models.vision.score_scale import probabilities

LABEL = "object"
# A day at 60 frames a second; a greater frame number is a slip that would make us step through empty frames for hours.
MAX_FRAME = 24 * 3600 * 60


def _numbers(line: str, where: str) -> list[float]:
    fields = line.split(",") if "," in line else line.split()
    if len(fields) < 7:
        raise BadInput("mot.fields", f"{where}: expected frame, id, left, top, width, height, score, ...")
    try:
        values = [float(text) for text in fields[:7]]
    except ValueError as error:
        raise BadInput("mot.number", f"{where}: {error}") from error
    if not all(map(math.isfinite, values)) or not 1 <= values[0] <= MAX_FRAME or values[0] != int(values[0]):
        raise BadInput("mot.number", f"{where}: frames are whole numbers from 1 to {MAX_FRAME}, values are finite")
    return values


def parse_detections(text: str, fps: float, where: str = "detections") -> tuple[FrameDetections, ...]:
    """Every frame from the first to the last one named, also the empty ones; index counts from 0, time is index / fps.

    Raises BadInput naming the line that does not fit.
    """
    lines = [(n, line) for n, line in enumerate(text.splitlines(), 1) if line.strip()]
    rows = [_numbers(line, f"{where}, line {n}") for n, line in lines]
    found: dict[int, list[list[float]]] = {}
    for row in rows:
        found.setdefault(int(row[0]), []).append(row)
    frames = range(min(found, default=1), max(found, default=0) + 1)
    tables = [np.array(found.get(n, []), dtype=np.float64).reshape(-1, 7) for n in frames]
    boxes = [np.concatenate([t[:, 2:4], t[:, 2:4] + t[:, 4:6]], axis=1) for t in tables]
    scores = probabilities([t[:, 6] for t in tables], boxes)
    return tuple(
        FrameDetections(index=n - 1, time=(n - 1) / fps, detections=_detections(here, certain))
        for n, here, certain in zip(frames, boxes, scores, strict=True)
    )


def _detections(boxes: Floats, scores: Floats) -> tuple[Detection, ...]:
    return tuple(
        Detection(left, top, right, bottom, LABEL, score)
        for (left, top, right, bottom), score in zip(boxes.tolist(), scores.tolist(), strict=True)
    )


def read_detections(path: Path, fps: float = 25.0) -> tuple[FrameDetections, ...]:
    """The detections of a file; raises BadInput when it is no such file."""
    try:
        return parse_detections(path.read_text(encoding="utf-8"), fps, path.name)
    except UnicodeDecodeError as error:
        raise BadInput("mot.encoding", f"{path.name} is not a text file in UTF-8") from error


def format_tracks(tracks: Iterable[Track]) -> str:
    """The lines of all tracks, by frame and id, each with the score of its box; ends with a newline unless empty."""
    lines = []
    for track in tracks:
        for point in track.points:
            box = point.detection
            place = f"{box.left:.2f},{box.top:.2f},{box.right - box.left:.2f},{box.bottom - box.top:.2f}"
            lines.append((point.index, track.id, f"{point.index + 1},{track.id},{place},{box.score:.4f},-1,-1,-1\n"))
    return "".join(line for _, _, line in sorted(lines))
