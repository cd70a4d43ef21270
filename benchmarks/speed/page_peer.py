"""One page reader in a process of its own: paths of pictures come in, texts and seconds go out, a line of JSON each.

A question is {"pictures": [...], "volume": null or the PDF of the same pages}: ours reads the volume where there is
one, as a clerk hands it in; the others read its pictures one after the other and are spared the PDF.

Run as a file by the interpreter that has the engine, `page_peer.py ENGINE THREADS`, with ENGINE ours, rapidocr or
paddleocr. Only `ours` and `paddleocr` import the project (the second for its weights and the folders PaddleOCR wants);
`rapidocr` needs that package alone and reads with the weights of its wheel, which are the same files.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

Line = tuple[str, list[list[float]]]
Read = Callable[[Sequence[Path], Path | None], list[list[Line]]]
"""Texts and corners of the lines of each picture, or of each page of their volume, in the engine's own order."""


def ours(threads: int) -> Read:
    """The way of `anjuan scan`, from the picture to lines in reading order."""
    from benchmarks.accuracy.files import Page, read
    from models.device import Device, DeviceKind
    from models.weights import WeightsCache
    from pipelines.inline import InlineEngine

    engine = InlineEngine.from_registry(WeightsCache(), Device(DeviceKind.CPU, 0, threads, "asked for"))

    def lines(path: Path) -> list[list[Line]]:
        pages = read(engine, Page(path.stem, path, ()))[0].pages
        return [[(line.text, [list(corner) for corner in line.box]) for line in page.lines] for page in pages]

    def volume(pictures: Sequence[Path], whole: Path | None) -> list[list[Line]]:
        return [page for path in ([whole] if whole else pictures) for page in lines(path)]

    return volume


def one_by_one(lines: Callable[[Path], list[Line]]) -> Read:
    """A reader of pictures."""
    return lambda pictures, _: [lines(picture) for picture in pictures]


def rapidocr(threads: int) -> Read:
    """RapidOCR as it comes, on so many threads."""
    # By name, since the project's own environment has no such package.
    package: Any = import_module("rapidocr")
    engine = package.RapidOCR(params={"EngineConfig.onnxruntime.intra_op_num_threads": threads})

    def lines(path: Path) -> list[Line]:
        found = engine(str(path))
        return _lines(found.txts, found.boxes) if found.txts else []

    return one_by_one(lines)


def paddleocr(threads: int) -> Read:
    """PaddleOCR as it comes, on ONNX Runtime; without the page and line orientation models, whose weights are not ours:
    it is spared their time."""
    from paddleocr import PaddleOCR

    from models.manifest import load_manifest
    from models.registry import default_name
    from models.task import Task
    from models.text.paddlex_folder import alphabet, lay_out
    from models.weights import WeightsCache

    weights = WeightsCache().ensure(load_manifest(default_name(Task.READ_PAGE)))
    root = Path(tempfile.mkdtemp(prefix="anjuan-peer-"))
    told: dict[str, Any] = {}
    for part, name in (("det", "detection"), ("rec", "recognition")):
        file = weights / part / "inference.onnx"
        lay_out(root / part, file, f"PP-OCRv6_small_{part}", alphabet(file) if part == "rec" else ())
        told[f"text_{name}_model_name"] = f"PP-OCRv6_small_{part}"
        told[f"text_{name}_model_dir"] = str(root / part)
    for off in ("use_doc_orientation_classify", "use_doc_unwarping", "use_textline_orientation"):
        told[off] = False
    settings = {"intra_op_num_threads": threads, "inter_op_num_threads": 1, "providers": ["CPUExecutionProvider"]}
    engine: Any = PaddleOCR(device="cpu", engine="onnxruntime", engine_config=settings, **told)

    def lines(path: Path) -> list[Line]:
        found = engine.predict(str(path))[0]
        return _lines(found["rec_texts"], found["rec_polys"])

    return one_by_one(lines)


def _lines(texts: Sequence[str], boxes: Sequence[Any]) -> list[Line]:
    return [
        (text, [[float(x), float(y)] for x, y in box]) for text, box in zip(texts, boxes, strict=True) if len(box) == 4
    ]


ENGINES: dict[str, Callable[[int], Read]] = {"ours": ours, "rapidocr": rapidocr, "paddleocr": paddleocr}


def spent() -> float:
    """Processor seconds of this process and of its children that have ended: ours decodes pictures in a child."""
    taken = os.times()
    return taken.user + taken.system + taken.children_user + taken.children_system


def main() -> int:
    """Serve until the input ends."""
    # Libraries print; answers have a way of their own.
    answers, sys.stdout = sys.stdout, sys.stderr
    read = ENGINES[sys.argv[1]](int(sys.argv[2]))
    for line in sys.stdin:
        clock, processor = time.perf_counter(), spent()
        asked = json.loads(line)
        whole = Path(asked["volume"]) if asked["volume"] else None
        pages = read([Path(picture) for picture in asked["pictures"]], whole)
        taken = time.perf_counter() - clock, spent() - processor
        answers.write(json.dumps({"pages": pages, "clock": taken[0], "processor": taken[1]}) + "\n")
        answers.flush()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
