"""PP-OCR detection and recognition through PaddleOCR on ONNX Runtime; knows no file of evidence and no reading order.

No paddlepaddle is needed. What the recogniser says of each character is taken from it before PaddleX keeps the first
reading alone, so that words of Chinese may settle what it doubts. On a processor the pages of a batch are read beside
each other, each in a lane of its own with its share of the threads: a network on two threads is not twice as fast, and
all that is not network runs on one. A page that comes alone is read with all threads.
"""

from __future__ import annotations

import os
import queue
import tempfile
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, cast

from models.device import Device, DeviceKind
from models.errors import Defect
from models.network import open_network
from models.task import ModelIdentity
from models.text.decoder import LineDecoder
from models.text.detector import FULL_SIDE_PX, PageDetector
from models.text.lines import Cropper, LineReader, Recogniser
from models.text.paddlex_folder import alphabet, lay_out, session
from models.text.page_lane import Ocr, PageLane
from models.text.recogniser import LineRecogniser, Network, any_height
from models.text.words import common_words
from models.values import ItemError, PageImage, PageText

if TYPE_CHECKING:
    from models.manifest import Manifest
    from models.weights import WeightsCache

RECOGNISER_BATCH = 6
"""Lines recognised at once on a card: PaddleOCR's own default. On a processor lines are read one by one."""
NO_ALPHABET = ("?",)
"""What PaddleX's own decoder, which never reads, is told."""
MOST_LANES = 4
"""Pages read at the same time: half of what a batch has (`serving.deployments`), each up to half a gigabyte."""


class _PaddlexRecogniser(Recogniser, Protocol):
    """PaddleX's recogniser with the part that is changed: what makes texts of its probabilities."""

    post_op: Callable[..., tuple[list[str], list[float]]]


class PaddlePageReader:
    """Reads the lines of pages; lines come roughly from the top, reading order is for the caller to make."""

    def __init__(self, manifest: Manifest, cache: WeightsCache) -> None:
        self._manifest = manifest
        self._cache = cache
        self._maker: _LaneMaker | None = None
        self._alone: PageLane | None = None
        self._beside: Lanes | None = None
        self._resources = ExitStack()

    @property
    def identity(self) -> ModelIdentity:
        """From the manifest."""
        return self._manifest.identity

    def load(self, device: Device) -> None:
        """Build the sessions for a page alone; raises WeightsMissing, and Unavailable when the card cannot be used.

        Lanes for pages beside each other are built when first two pages come together.
        """
        weights = self._cache.ensure(self._manifest)
        root = Path(self._resources.enter_context(tempfile.TemporaryDirectory(prefix="anjuan-ocr-")))
        self._maker = _LaneMaker(self._manifest, weights, root, device)
        self._alone = self._maker.lane(device)

    def predict(self, batch: Sequence[PageImage]) -> list[PageText | ItemError]:
        """The lines of each page; a page that cannot be read is an ItemError in its place."""
        if self._maker is None or self._alone is None:
            raise Defect("model.closed", f"{self._manifest.name} was asked before it was loaded")
        if len(batch) == 1 or self._maker.most_lanes == 1:
            return [self._alone.read(page) for page in batch]
        if self._beside is None:
            self._beside = self._resources.enter_context(Lanes(self._maker.lanes()))
        return self._beside.read(batch)

    def close(self) -> None:
        """Drop the sessions and the folders."""
        self._maker = self._alone = self._beside = None
        self._resources.close()


class Lanes:
    """Lanes that read the pages of a batch beside each other; one batch at a time."""

    def __init__(self, lanes: Sequence[PageLane]) -> None:
        self._free: queue.SimpleQueue[PageLane] = queue.SimpleQueue()
        for lane in lanes:
            self._free.put(lane)
        self._threads = ThreadPoolExecutor(len(lanes), thread_name_prefix="page-lane")

    def __enter__(self) -> Lanes:
        return self

    def __exit__(self, *_: object) -> None:
        self._threads.shutdown()

    def read(self, batch: Sequence[PageImage]) -> list[PageText | ItemError]:
        """What each page says, in their order."""
        return list(self._threads.map(self._one, batch))

    def _one(self, page: PageImage) -> PageText | ItemError:
        # There are as many threads as lanes, so that one is always free.
        lane = self._free.get()
        try:
            return lane.read(page)
        finally:
            self._free.put(lane)


class _LaneMaker:
    """Builds lanes over the weights in a folder."""

    def __init__(self, manifest: Manifest, weights: Path, root: Path, device: Device) -> None:
        self._manifest = manifest
        self._root = root
        self._device = device
        self._recogniser = self._weights_file(weights, "rec")
        # PaddleX reads a space after the alphabet that the file names.
        self._decoder = LineDecoder([*alphabet(self._recogniser), " "], common_words())
        for part in ("det", "rec"):
            # PaddleX's own decoder is replaced before it reads anything.
            lay_out(root / part, self._weights_file(weights, part), self._model_name(part), NO_ALPHABET)

    @property
    def most_lanes(self) -> int:
        """How many pages may be read beside each other: one on a card, where a network takes all of it."""
        return min(MOST_LANES, self._device.threads) if self._device.kind is DeviceKind.CPU else 1

    def lanes(self) -> list[PageLane]:
        """Lanes that share the device's threads evenly."""
        each = replace(self._device, threads=max(1, self._device.threads // self.most_lanes))
        return [self.lane(each) for _ in range(self.most_lanes)]

    def lane(self, device: Device) -> PageLane:
        """A lane on `device`; raises Unavailable when the card cannot be used, Defect where PaddleX has changed."""
        ocr = self._build(device)
        shell = cast(Any, ocr).paddlex_pipeline
        # The pipeline that is handed out is a shell that passes reads on to the one that works, and keeps what is set.
        pipeline: Any = getattr(shell, "_pipeline", None)
        if not callable(getattr(pipeline, "text_det_model", None)):
            raise Defect("ocr.detector", "this PaddleX keeps its detector elsewhere: tables would be lost")
        detector = pipeline.text_det_model = PageDetector(pipeline.text_det_model)
        recogniser = self._put_recogniser(pipeline, device)
        return PageLane(ocr, detector, LineReader(recogniser, cast(Cropper, pipeline._crop_by_polys)))

    def _put_recogniser(self, pipeline: Any, device: Device) -> Recogniser:
        """What reads lines in `pipeline`: our own way on a processor, PaddleX's with our decoder on a card, where a
        batch costs what a line does."""
        theirs = cast(_PaddlexRecogniser, pipeline.text_rec_model)
        if not callable(getattr(theirs, "post_op", None)):
            raise Defect("ocr.decoder", "this PaddleX keeps its decoder elsewhere: texts would be read without words")
        if device.kind is DeviceKind.CPU:
            # Lines differ in width: an arena would keep the largest of every shape for ever.
            network = open_network(any_height(self._recogniser), device, device.threads, arena=False)
            pipeline.text_rec_model = LineRecogniser(cast(Network, network), self._decoder.line)
            return cast(Recogniser, pipeline.text_rec_model)
        theirs.post_op = self._decoder
        return theirs

    def _weights_file(self, weights: Path, part: str) -> Path:
        """The detector's or recogniser's file."""
        path = f"{part}/inference.onnx"
        if path not in {file.path for file in self._manifest.files}:
            raise Defect("manifest.files", f"the manifest of {self._manifest.name} names no file {path}")
        return weights / path

    def _model_name(self, part: str) -> str:
        """The name by which PaddleX knows the part, since it chooses its processing by name."""
        return str(self._manifest.options.get(f"{part}_name", f"PP-OCRv6_small_{part}"))

    def _build(self, device: Device) -> Ocr:
        os.environ.setdefault("PADDLE_PDX_DISABLE_MODEL_SOURCE_CHECK", "True")
        from paddleocr import PaddleOCR

        ocr = PaddleOCR(
            text_detection_model_name=self._model_name("det"),
            text_detection_model_dir=str(self._root / "det"),
            text_recognition_model_name=self._model_name("rec"),
            text_recognition_model_dir=str(self._root / "rec"),
            text_recognition_batch_size=RECOGNISER_BATCH,
            text_det_limit_side_len=FULL_SIDE_PX,
            text_det_limit_type="max",
            use_doc_orientation_classify=False,
            use_doc_unwarping=False,
            use_textline_orientation=False,
            # The providers say where it runs; PaddleX would ask paddlepaddle about a card.
            device="cpu",
            engine="onnxruntime",
            engine_config=session(device),
        )
        return cast(Ocr, ocr)
