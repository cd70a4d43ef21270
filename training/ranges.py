"""The ranges that a network's values take, measured on sound: what its 8-bit form is made with when it is opened.

`python -m training.ranges RECORDING.wav ... [--model wespeaker-resnet34] [--pieces 120] [--share 0.9999]` takes pieces
of two seconds of the recordings (WAV, 16 kHz, mono), gives each tensor the range that holds the middle `--share`
of its values, and writes models/ranges/MODEL.json. Measure on voices of free licence, and never on those that figures
are given for.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
from numpy.typing import NDArray
from onnxruntime.quantization import CalibrationDataReader, CalibrationMethod
from onnxruntime.quantization.calibrate import create_calibrator

from models.manifest import load_manifest
from models.quantisation import RANGES, ROUNDED
from models.speech.speaker import features
from models.values import AudioClip
from models.weights import WeightsCache
from pipelines.media.audio import SAMPLE_RATE, normalised_sound, read_span

PIECE = 2 * SAMPLE_RATE
"""All alike: ONNX Runtime compares the values of all pieces."""
QUIET = 0.02
"""A piece whose loudest sample is lower is a pause."""
TRIES = 20
"""Pieces drawn for each that is kept, at most."""


class Feed(CalibrationDataReader):  # type: ignore[misc]
    """The inputs, one after another, as ONNX Runtime's calibration asks for them."""

    def __init__(self, inputs: Iterator[NDArray[np.float32]]) -> None:
        self._inputs = inputs

    def get_next(self) -> dict[str, NDArray[np.float32]] | None:
        """The next input, None at the end."""
        found = next(self._inputs, None)
        return None if found is None else {"feats": found[None]}


def pieces(recordings: Sequence[Path], count: int, seed: int) -> Iterator[AudioClip]:
    """`count` pieces of speech at random places, the recordings in turn."""
    random = Random(seed)  # noqa: S311 - places in recordings, no secret
    for number in range(count):
        recording = recordings[number % len(recordings)]
        total = normalised_sound(recording).samples
        for _ in range(TRIES):
            first = random.randrange(max(total - PIECE, 1))
            clip = read_span(recording, first, first + PIECE)
            if float(np.abs(clip.samples).max(initial=0.0)) >= QUIET:
                yield clip
                break


def measured(network: Path, inputs: Iterator[NDArray[np.float32]], share: float) -> dict[str, tuple[float, float]]:
    """The lowest and highest value of each tensor, but for the outermost `1 - share` of its values."""
    with tempfile.TemporaryDirectory(prefix="anjuan-ranges-") as folder:
        calibrator = create_calibrator(
            network,
            list(ROUNDED),
            augmented_model_path=str(Path(folder) / "tapped.onnx"),
            calibrate_method=CalibrationMethod.Percentile,
            extra_options={"percentile": 100 * share},
        )
        calibrator.collect_data(Feed(inputs))
        found = calibrator.compute_data()
    return {name: (float(one.range_value[0]), float(one.range_value[1])) for name, one in found.items()}


def cache_file(ranges: dict[str, tuple[float, float]], weights_sha256: str) -> str:
    """The text of a range file; one tensor a line, so that a change can be read."""
    head = {
        "CLS": "TensorsData",
        "calibration_method": {"CLS": "CalibrationMethod", "value": str(CalibrationMethod.MinMax)},
        "weights_sha256": weights_sha256,
    }
    lines = ",\n".join(f"  {json.dumps(name)}: {json.dumps(_entry(*span))}" for name, span in sorted(ranges.items()))
    return json.dumps(head)[:-1] + ', "data": {\n' + lines + "\n}}\n"


def _entry(lowest: float, highest: float) -> dict[str, Any]:
    return {"CLS": "TensorData", "lowest": float(f"{lowest:.6g}"), "highest": float(f"{highest:.6g}")}


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and write."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("recordings", nargs="+", type=Path)
    parser.add_argument("--model", choices=["wespeaker-resnet34"], default="wespeaker-resnet34")
    parser.add_argument("--pieces", type=int, default=120)
    parser.add_argument("--share", type=float, default=0.9999)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args(arguments)
    manifest = load_manifest(options.model)
    network = WeightsCache().ensure(manifest) / manifest.files[0].path
    inputs = (features(clip) for clip in pieces(options.recordings, options.pieces, options.seed))
    ranges = measured(network, inputs, options.share)
    target = RANGES / f"{options.model}.json"
    target.write_text(cache_file(ranges, manifest.weights_sha256), encoding="utf-8")
    sys.stdout.write(f"{len(ranges)} tensors: {target}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
