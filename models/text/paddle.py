"""PP-OCR detection and recognition through PaddleOCR on ONNX Runtime; knows no file of evidence and no reading order.

PaddleOCR takes a model as a folder of `inference.onnx` and `inference.yml`. The weights come as plain ONNX files, so
the folders are made at load time: links to the weights and a configuration as PaddleX writes it for these models, with
the alphabet that the recogniser carries in its own metadata. Nothing is fetched and no paddlepaddle is needed. What the
recogniser says of each character is taken from it before PaddleX keeps the first reading alone, so that words of
Chinese may settle what it doubts. A page that lies on its side or head is read as it stands turned upright.
"""

from __future__ import annotations

import logging
import os
import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias, cast

from models.device import Device, DeviceKind
from models.errors import Defect, Unavailable
from models.network import open_network
from models.task import ModelIdentity
from models.text.blank import is_blank
from models.text.decoder import LineDecoder
from models.text.detector import FULL_SIDE_PX, PageDetector
from models.text.lines import Cropper, LineReader, Recogniser
from models.text.orientation import KEPT, UNKNOWN, Direction, LineReading, support
from models.text.recogniser import LineRecogniser, Network, any_height
from models.text.seal import seals, without_seals
from models.text.seal_strip import strip
from models.text.words import common_words
from models.values import ItemError, PageImage, PageText, Quad, TableGrid, TextLine

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from models.manifest import Manifest
    from models.weights import WeightsCache

logger = logging.getLogger(__name__)

ConfigValue: TypeAlias = "bool | int | float | str | list[ConfigValue] | dict[str, ConfigValue] | None"

SMALL_PAGE_PX = 1500
"""A page whose longer side is shorter than this is read at twice its size: A4 at 72 to 130 dots an inch. Measured on
the small OmniDocBench pages: note 3.5 -> 2.5 %, newspaper 15 -> 9 % of characters wrong."""
DETECTOR_BOXES = 3000
"""Text boxes of a page at most: a newspaper page has about a thousand."""
RECOGNISER_BATCH = 6
"""Lines recognised at once on a card: PaddleOCR's own default. On a processor lines are read one by one."""
SHORTEST_PX = 4
"""A page with a shorter side holds no readable text, and the detector cannot scale it."""
LONGEST_RATIO = 200
"""A page this many times longer than wide is a stripe; the detector would scale its other side to nothing."""
LEAST_SEAL_CONFIDENCE = 0.6
"""Below, the letters of a seal are no name but a guess at smudged ink: nobody is told a wrong organ."""
LEAST_CONFIDENCE = 0.3
"""Lines below are specks and pictures taken for text; what a person can read lies far above."""


class _Ocr(Protocol):
    """The part of paddleocr.PaddleOCR that is used."""

    def predict(self, input: list[NDArray[np.uint8]]) -> list[Mapping[str, object]]: ...


class _Recogniser(Recogniser, Protocol):
    """PaddleX's recogniser with the part that is changed: what makes texts of its probabilities."""

    post_op: Callable[..., tuple[list[str], list[float]]]


class PaddlePageReader:
    """Reads the lines of pages; lines come roughly from the top, reading order is for the caller to make."""

    def __init__(self, manifest: Manifest, cache: WeightsCache) -> None:
        self._manifest = manifest
        self._cache = cache
        self._ocr: _Ocr | None = None
        self._lines: LineReader | None = None
        self._folders: tempfile.TemporaryDirectory[str] | None = None
        self._detector: PageDetector | None = None

    @property
    def identity(self) -> ModelIdentity:
        """From the manifest."""
        return self._manifest.identity

    def load(self, device: Device) -> None:
        """Build both sessions on `device`; raises WeightsMissing, and Unavailable when the card cannot be used."""
        weights = self._cache.ensure(self._manifest)
        self._folders = tempfile.TemporaryDirectory(prefix="anjuan-ocr-")
        root = Path(self._folders.name)
        for part in ("det", "rec"):
            lay_out(root / part, self._weights_file(weights, part), self._model_name(part))
        self._ocr = self._build(root, device)
        shell = cast(Any, self._ocr).paddlex_pipeline
        # The pipeline that is handed out is a shell that passes reads on to the one that works, and keeps what is set.
        pipeline: Any = getattr(shell, "_pipeline", None)
        if not callable(getattr(pipeline, "text_det_model", None)):
            raise Defect("ocr.detector", "this PaddleX keeps its detector elsewhere: tables would be lost")
        self._detector = pipeline.text_det_model = PageDetector(pipeline.text_det_model)
        recogniser = self._recogniser(self._weights_file(weights, "rec"), pipeline, device)
        self._lines = LineReader(recogniser, cast(Cropper, pipeline._crop_by_polys))

    def predict(self, batch: Sequence[PageImage]) -> list[PageText | ItemError]:
        """The lines of each page; a page that cannot be read is an ItemError in its place."""
        return [self._read(page) for page in batch]

    def close(self) -> None:
        """Drop the sessions and the folders."""
        self._ocr = self._lines = self._detector = None
        if self._folders is not None:
            self._folders.cleanup()
            self._folders = None

    def _recogniser(self, weights: Path, pipeline: Any, device: Device) -> Recogniser:
        """What reads lines in `pipeline`: our own way on a processor, PaddleX's with our decoder on a card, where a
        batch costs what a line does."""
        # PaddleX reads a space after the alphabet that the file names.
        decoder = LineDecoder([*alphabet(weights), " "], common_words())
        theirs = cast(_Recogniser, pipeline.text_rec_model)
        if not callable(getattr(theirs, "post_op", None)):
            raise Defect("ocr.decoder", "this PaddleX keeps its decoder elsewhere: texts would be read without words")
        if device.kind is DeviceKind.CPU:
            # Lines differ in width: an arena would keep the largest of every shape for ever.
            network = open_network(any_height(weights), device, device.threads, arena=False)
            pipeline.text_rec_model = LineRecogniser(cast(Network, network), decoder.line)
            return cast(Recogniser, pipeline.text_rec_model)
        theirs.post_op = decoder
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

    def _build(self, root: Path, device: Device) -> _Ocr:
        os.environ.setdefault("PADDLE_PDX_DISABLE_MODEL_SOURCE_CHECK", "True")
        from paddleocr import PaddleOCR

        ocr = PaddleOCR(
            text_detection_model_name=self._model_name("det"),
            text_detection_model_dir=str(root / "det"),
            text_recognition_model_name=self._model_name("rec"),
            text_recognition_model_dir=str(root / "rec"),
            text_recognition_batch_size=RECOGNISER_BATCH,
            text_det_limit_side_len=FULL_SIDE_PX,
            text_det_limit_type="max",
            use_doc_orientation_classify=False,
            use_doc_unwarping=False,
            use_textline_orientation=False,
            # The providers say where it runs; PaddleX would ask paddlepaddle about a card.
            device="cpu",
            engine="onnxruntime",
            engine_config=_session(device),
        )
        return cast(_Ocr, ocr)

    def _read(self, page: PageImage) -> PageText | ItemError:
        if self._ocr is None:
            raise Defect("model.closed", f"{self._manifest.name} was asked before it was loaded")
        shorter, longer = sorted((page.width, page.height))
        if shorter < SHORTEST_PX or longer > LONGEST_RATIO * shorter:
            return ItemError("page.shape", f"a page of {page.width} x {page.height} pixels holds no readable text")
        try:
            return self._upright(page.pixels)
        except Exception as error:  # noqa: BLE001 - process border: what PaddleX or OpenCV raises is not theirs to name
            logger.warning("%s failed on a page: %s", self._manifest.name, type(error).__name__)
            return ItemError("page.unread", f"the reader failed on this page: {type(error).__name__}")

    def _upright(self, pixels: NDArray[np.uint8]) -> PageText:
        """The lines of the page, turned where it lies on its side or head; what reads no better turned is not."""
        text, lies, letters = self._look(pixels)
        if lies.turn:
            other, again, others = self._look(turned(pixels, lies.turn))
            if not again.turn and others >= KEPT * letters:
                return self._lettered(turned(pixels, lies.turn), replace(other, rotation=lies.turn))
            lies = UNKNOWN
        if is_blank(pixels, text.lines):
            return PageText((), text.seals, blank=True)
        return self._lettered(pixels, replace(text, upright=lies.known))

    def _lettered(self, pixels: NDArray[np.uint8], text: PageText) -> PageText:
        """The page with the letters of its seals read from the ring that they stand in."""
        lines = [(at, line) for at, mark in enumerate(text.seals) if (line := strip(pixels, mark)) is not None]
        if not lines or self._lines is None:
            return text
        marks = list(text.seals)
        for (at, _), (letters, sure) in zip(lines, self._lines.texts([line for _, line in lines]), strict=True):
            if sure >= LEAST_SEAL_CONFIDENCE:
                marks[at] = replace(marks[at], text=letters, confidence=sure)
        return replace(text, seals=tuple(marks))

    def _look(self, page: NDArray[np.uint8]) -> tuple[PageText, Direction, float]:
        """The lines of the page as it lies, how it lies, and how many letters could be read."""
        marks = seals(page)
        pixels, scale = _prepared(without_seals(page, marks))
        (found,) = cast(_Ocr, self._ocr).predict([pixels])
        lines = _line_readings(found)
        lies = self._lines.direction(pixels, lines) if self._lines is not None else Direction(0, known=True)
        grids = self._detector.grids if self._detector is not None else ()
        text = replace(_page_text(found, scale), grids=tuple(_smaller(one, scale) for one in grids))
        return replace(text, seals=tuple(marks)), lies, support(lines)


def turned(page: NDArray[np.uint8], degrees: int) -> NDArray[np.uint8]:
    """The picture turned clockwise by quarters."""
    import numpy as np

    return np.ascontiguousarray(np.rot90(page, -degrees // 90))


def _prepared(page: NDArray[np.uint8]) -> tuple[NDArray[np.uint8], float]:
    """The pixels as PaddleOCR takes them, blue first, and how much larger than the page they are."""
    import cv2
    import numpy as np

    pixels = np.ascontiguousarray(page[:, :, ::-1])
    height, width = page.shape[:2]
    if max(width, height) >= SMALL_PAGE_PX:
        return pixels, 1.0
    size = 2 * width, 2 * height
    return np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_LINEAR), np.uint8), 2.0


def _line_readings(found: Mapping[str, object]) -> list[LineReading]:
    """All lines with their boxes in pixels of the picture that was read."""
    texts = cast("Sequence[str]", found["rec_texts"])
    scores = cast("Sequence[float]", found["rec_scores"])
    polygons = cast("Sequence[NDArray[np.int16]]", found["rec_polys"])
    return [
        LineReading(_quad(polygon, 1.0), text, float(score))
        for text, score, polygon in zip(texts, scores, polygons, strict=True)
    ]


def _page_text(found: Mapping[str, object], scale: float) -> PageText:
    texts = cast("Sequence[str]", found["rec_texts"])
    scores = cast("Sequence[float]", found["rec_scores"])
    polygons = cast("Sequence[NDArray[np.int16]]", found["rec_polys"])
    lines = (
        TextLine(text.strip(), _quad(polygon, scale), float(score))
        for text, score, polygon in zip(texts, scores, polygons, strict=True)
        if text.strip() and score >= LEAST_CONFIDENCE
    )
    return PageText(tuple(lines))


def _quad(polygon: Iterable[Iterable[float]], scale: float) -> Quad:
    (a, b, c, d) = ((float(x) / scale, float(y) / scale) for x, y in polygon)
    return a, b, c, d


def _smaller(grid: TableGrid, scale: float) -> TableGrid:
    """The table in pixels of a page that is `scale` times smaller."""
    cells = tuple(replace(cell, box=_quad(cell.box, scale)) for cell in grid.cells)
    return TableGrid(_quad(grid.box, scale), cells)


def _session(device: Device) -> dict[str, object]:
    """Settings of ONNX Runtime: where to run, on how many threads."""
    settings: dict[str, object] = {
        "intra_op_num_threads": device.threads,
        "inter_op_num_threads": 1,
        # Pages differ in size: an arena would keep the largest of every shape for ever.
        "enable_cpu_mem_arena": False,
    }
    if device.kind is not DeviceKind.CUDA:
        return {**settings, "providers": ["CPUExecutionProvider"]}
    import onnxruntime

    if "CUDAExecutionProvider" not in onnxruntime.get_available_providers():
        raise Unavailable("device.onnxruntime", "this ONNX Runtime has no CUDA; install onnxruntime-gpu, or use cpu")
    return {
        **settings,
        "providers": ["CUDAExecutionProvider", "CPUExecutionProvider"],
        # Every page has another size: an exhaustive search for the fastest convolution would run on every one.
        "provider_options": [{"device_id": device.index, "cudnn_conv_algo_search": "HEURISTIC"}, {}],
    }


def lay_out(folder: Path, weights: Path, model_name: str) -> None:
    """A model folder as PaddleX wants it, named det or rec."""
    import yaml

    folder.mkdir(parents=True)
    (folder / "inference.onnx").symlink_to(weights.resolve())
    rest = recogniser_config(alphabet(weights)) if folder.name == "rec" else detector_config()
    config: dict[str, ConfigValue] = {"Global": {"model_name": model_name}, **rest}
    # Escaped, since YAML reads some characters of the alphabet as line ends.
    (folder / "inference.yml").write_text(yaml.safe_dump(config), encoding="ascii")


def alphabet(weights: Path) -> list[str]:
    """The characters that the recogniser at `weights` was trained on, in its order; raises Defect without them."""
    import onnx

    for entry in onnx.load(str(weights), load_external_data=False).metadata_props:
        if entry.key == "character":
            # Not splitlines(): characters such as U+2028 and U+0085 stand in the alphabet and break lines, too.
            return [line.rstrip("\r") for line in entry.value.rstrip("\n").split("\n")]
    raise Defect("weights.alphabet", f"{weights.name} carries no alphabet under `character`; pull the model again")


def detector_config() -> dict[str, ConfigValue]:
    """inference.yml of a PP-OCR detector (DB), as PaddleX exports it for PP-OCRv6."""
    operations: list[ConfigValue] = [
        {"DecodeImage": {"channel_first": False, "img_mode": "BGR"}},
        {"DetResizeForTest": {"resize_long": 960}},
        {
            "NormalizeImage": {
                "mean": [0.485, 0.456, 0.406],
                "std": [0.229, 0.224, 0.225],
                "scale": "1./255.",
                "order": "hwc",
            }
        },
        {"ToCHWImage": None},
        {"KeepKeys": {"keep_keys": ["image", "shape"]}},
    ]
    return {
        "PreProcess": {"transform_ops": operations},
        "PostProcess": {
            "name": "DBPostProcess",
            "thresh": 0.3,
            "box_thresh": 0.6,
            "max_candidates": DETECTOR_BOXES,
            "unclip_ratio": 1.5,
        },
    }


def recogniser_config(characters: list[str]) -> dict[str, ConfigValue]:
    """inference.yml of a PP-OCR recogniser (CTC) over `characters`, as PaddleX exports it for PP-OCRv6."""
    operations: list[ConfigValue] = [
        {"DecodeImage": {"channel_first": False, "img_mode": "BGR"}},
        {"RecResizeImg": {"image_shape": [3, 48, 320]}},
        {"KeepKeys": {"keep_keys": ["image"]}},
    ]
    return {
        "PreProcess": {"transform_ops": operations},
        "PostProcess": {"name": "CTCLabelDecode", "character_dict": list(characters)},
    }
