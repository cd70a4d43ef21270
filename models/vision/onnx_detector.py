"""Road users in frames, by a detector in ONNX on CPU or CUDA; knows no video file, no tracker and no scene.

The manifest's option `family` says how pictures go in and answers come out (models.vision.decoding); `width` and
`height` are the input's size, `vehicle_threshold`, `person_threshold`, `cycle_threshold` the least scores of an
object. What scores at least `doubtful_share` of its threshold is listed too: a tracker may go on with it, nobody else
should use it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from models.device import Device
from models.errors import Defect
from models.network import open_network
from models.task import ModelIdentity
from models.values import Detection, Frame, ItemError
from models.vision import decoding

if TYPE_CHECKING:
    import onnxruntime

    from models.manifest import Manifest
    from models.weights import WeightsCache

MAX_THREADS: Final = 8
"""Small detectors gain nothing from more threads than this."""
DOUBTFUL_SHARE: Final = 0.5
"""What part of its threshold a detection must reach to be listed for trackers."""
MEAN: Final = np.array([0.485, 0.456, 0.406], dtype=np.float32)[:, None, None] * 255
DEVIATION: Final = np.array([0.229, 0.224, 0.225], dtype=np.float32)[:, None, None] * 255
"""ImageNet's statistics per colour, on 0..255 (PaddleDetection, picodet_416_reader.yml)."""

Feed = dict[str, np.ndarray[Any, np.dtype[np.float32]]]
Decode = Callable[[Sequence[decoding.Floats]], decoding.Candidates]


class OnnxDetector:
    """A detector; `predict` answers frame by frame, since the exported graphs take one picture at a time."""

    def __init__(self, manifest: Manifest, cache: WeightsCache) -> None:
        self._manifest = manifest
        self._cache = cache
        self._session: onnxruntime.InferenceSession | None = None
        self._inputs: tuple[str, ...] = ()
        options = manifest.options
        self._width, self._height = int(options.get("width", 416)), int(options.get("height", 416))
        usual = decoding.Thresholds()
        self._thresholds = decoding.Thresholds(
            vehicle=float(options.get("vehicle_threshold", usual.vehicle)),
            person=float(options.get("person_threshold", usual.person)),
            cycle=float(options.get("cycle_threshold", usual.cycle)),
        )
        self._share = float(options.get("doubtful_share", DOUBTFUL_SHARE))
        families = {"picodet-boxes": self._picodet, "yolox": self._yolox, "yolov8": self._yolov8}
        family = str(options.get("family", ""))
        if family not in families:
            raise Defect(
                "model.family", f"{manifest.name}: no family is called {family!r}; known: {', '.join(families)}"
            )
        self._prepare = families[family]

    @property
    def identity(self) -> ModelIdentity:
        """Name, task, digest and licence, from the manifest."""
        return self._manifest.identity

    def load(self, device: Device) -> None:
        """Open the graph on `device`; raises WeightsMissing, and Unavailable when the card cannot run it."""
        weights = self._cache.ensure(self._manifest) / self._manifest.files[0].path
        session = open_network(weights, device, MAX_THREADS, arena=True)
        self._session, self._inputs = session, tuple(i.name for i in session.get_inputs())

    def predict(self, batch: Sequence[Frame]) -> list[tuple[Detection, ...] | ItemError]:
        """Road users of each frame, best first, in pixels of the frame; an ItemError for what is no picture."""
        return [self._one(frame) for frame in batch]

    def close(self) -> None:
        """Free the graph."""
        self._session = None

    def _one(self, frame: Frame) -> tuple[Detection, ...] | ItemError:
        if self._session is None:
            raise Defect("model.closed", f"{self._manifest.name} is not loaded; call load first")
        pixels = frame.pixels
        if pixels.ndim != 3 or pixels.shape[2] != 3 or not pixels.size or pixels.dtype != np.uint8:
            return ItemError("frame.shape", f"frame {frame.index} is no picture of bytes, height x width x 3")
        feed, decode = self._prepare(pixels)
        found = decode(self._session.run(None, feed))
        return decoding.detections(found, self._thresholds, self._share, pixels.shape[1], pixels.shape[0])

    # --- families: each gives the inputs and how to read the answer ---------------------------------------------------
    def _picodet(self, pixels: decoding.Picture) -> tuple[Feed, Decode]:
        picture = (decoding.planes(decoding.stretched(pixels, self._width, self._height)) - MEAN) / DEVIATION
        scale = np.array([[self._height / pixels.shape[0], self._width / pixels.shape[1]]], dtype=np.float32)
        feed = {"image": picture[None], "scale_factor": scale}
        return feed, lambda answer: decoding.picodet(answer[0][0], answer[1][0])

    def _yolox(self, pixels: decoding.Picture) -> tuple[Feed, Decode]:
        picture, scale, _ = decoding.letterboxed(pixels, self._width, self._height, centred=False)
        feed = {self._inputs[0]: decoding.planes(picture[..., ::-1])[None]}
        return feed, lambda answer: decoding.yolox(answer[0][0], self._width, self._height, scale)

    def _yolov8(self, pixels: decoding.Picture) -> tuple[Feed, Decode]:
        picture, scale, margin = decoding.letterboxed(pixels, self._width, self._height, centred=True)
        feed = {self._inputs[0]: decoding.planes(picture)[None] / np.float32(255)}
        return feed, lambda answer: decoding.yolov8(answer[0][0], scale, margin)
