"""Reads pictures of single lines with a PP-OCR recogniser on a processor: small at first, again at full size where that
left a doubt; knows no page, no alphabet and no word.

The network was trained on lines 32, 48 and 64 pixels high and exported for 48. Its only part that is bound to a height
is the pooling before its head, so that a mean in its place lets it read any. A line 32 pixels high costs half as much,
and what it says surely it says as at 48 pixels: measured in `benchmarks/LOG.md`. Lines are read one by one, each at its
own width, since on a processor a batch saves nothing and pads its shorter lines.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, Protocol

import numpy as np
from numpy.typing import NDArray

from models.errors import Defect
from models.text.decoder import LineText

Pixels = NDArray[np.uint8]
"""Uint8 [height, width, 3], blue first."""
Probabilities = NDArray[np.float32]
"""Float32 [steps, classes]."""

SMALL_PX: Final = 32
"""Height of a line at the first look."""
FULL_PX: Final = 48
"""Height at the second look: that of the exported network."""
NARROWEST: Final = 320 / 48
"""Widths over heights up to this are padded to it, as in training; short lines are read worse without."""
WIDEST_PX: Final = 3200
"""Lines are pressed to this width at most, PaddleX's own limit."""
STEP_PX: Final = 8
"""Pixels that give one step of the answer; widths are padded to whole ones."""
HEAD: Final = 5
"""Nodes at the end of the exported network that make probabilities of each step's features."""
SURE: Final = 0.9
"""A line is read again when its least sure character is less probable: those are also the lines that words settle."""
PROBES: Final = 12
"""Lines of a page that are looked at small before it is decided how to read the others ..."""
MOST_DOUBTED: Final = 0.45
"""... and the share of their length left in doubt above which the small look costs more than it saves."""


class Network(Protocol):
    """An ONNX Runtime session of `any_height`."""

    def run(self, output_names: None, input_feed: Mapping[str, NDArray[np.float32]]) -> Sequence[Any]: ...


Decoder = Callable[[Probabilities], LineText]


class LineRecogniser:
    """Takes the place of PaddleX's recogniser: an answer of `rec_text` and `rec_score` for each picture of a line."""

    def __init__(self, network: Network, decode: Decoder) -> None:
        self._network = network
        self._decode = decode

    def __call__(self, input: Sequence[Pixels], **_: object) -> Iterator[Mapping[str, object]]:
        """Read pictures of lines, none of them empty, in their order."""
        for line in self.lines(input):
            yield {"rec_text": line.text, "rec_score": line.confidence, "vis_font": None}

    def lines(self, pictures: Sequence[Pixels]) -> list[LineText]:
        """What stands on each picture. Whether a small look is worth its price is asked of some of them first."""
        probes = {at * len(pictures) // PROBES for at in range(PROBES)} if len(pictures) > PROBES else set()
        read = {at: self._read(pictures[at], SMALL_PX) for at in sorted(probes)}
        small = not doubted(read, pictures) > MOST_DOUBTED
        for at, picture in enumerate(pictures):
            if small and at not in read:
                read[at] = self._read(picture, SMALL_PX)
            if at not in read or read[at].least < SURE:
                read[at] = self._read(picture, FULL_PX)
        return [read[at] for at in range(len(pictures))]

    def _read(self, picture: Pixels, height: int) -> LineText:
        (answer,) = self._network.run(None, {"x": prepared(picture, height)})
        return self._decode(answer)


def doubted(read: Mapping[int, LineText], pictures: Sequence[Pixels]) -> float:
    """The share of the length of these lines that is read too unsurely, 0 to 1."""
    lengths = {at: pictures[at].shape[1] / pictures[at].shape[0] for at in read}
    doubts = sum(lengths[at] for at, line in read.items() if line.least < SURE)
    return float(doubts / max(1e-9, sum(lengths.values())))


def prepared(picture: Pixels, height: int) -> NDArray[np.float32]:
    """The line as the network takes it: float32 [1, 3, height, width], -1 to 1, grey behind its end."""
    import cv2

    ratio = picture.shape[1] / picture.shape[0]
    width = min(WIDEST_PX, math.ceil(height * ratio))
    whole = math.ceil(max(width, math.floor(height * NARROWEST)) / STEP_PX) * STEP_PX
    made = np.zeros((1, 3, height, whole), np.float32)
    small = cv2.resize(picture, (width, height)).astype(np.float32)
    made[0, :, :, :width] = small.transpose(2, 0, 1) / 127.5 - 1.0
    return made


def any_height(weights: Path) -> bytes:
    """The network at `weights` for one line of any height: `x` float32 [1, 3, height, width] to [steps, classes].

    Its head, a product and a sum over all characters, becomes one operation besides. Raises Defect when it is built
    otherwise.
    """
    import onnx

    model = onnx.load(str(weights))
    graph = model.graph
    nodes = list(graph.node)
    body, head = nodes[:-HEAD], [node for node in nodes[-HEAD:] if node.op_type != "Identity"]
    pools = [place for place, node in enumerate(body) if node.op_type == "AveragePool"]
    if len(pools) != 1 or [node.op_type for node in head] != ["Transpose", "MatMul", "Add", "Softmax"]:
        raise Defect(
            "recogniser.graph", f"{weights.name} is built otherwise than PP-OCRv6: it would be changed wrongly"
        )
    (place,) = pools
    pool, (turned, product, total, softmax) = body[place], head
    mean, halved = f"{pool.name}.height", [1, 2]
    pooled = [
        onnx.helper.make_node("ReduceMean", list(pool.input), [mean], axes=[2], keepdims=1),
        onnx.helper.make_node("AveragePool", [mean], list(pool.output), kernel_shape=halved, strides=halved),
    ]
    logits, line = f"{product.name}.logits", f"{product.name}.line"
    made = [
        onnx.helper.make_node("Squeeze", [turned.input[0]], [line], axes=[0]),
        onnx.helper.make_node("Gemm", [line, product.input[1], total.input[1]], [logits], transA=1),
        onnx.helper.make_node("Softmax", [logits], list(softmax.output), axis=1),
    ]
    del graph.node[:]
    graph.node.extend([*body[:place], *pooled, *body[place + 1 :], *made])
    # Shapes that were worked out for one height hold no more.
    del graph.value_info[:]
    graph.input[0].type.tensor_type.shape.dim[2].dim_param = "height"
    (output,) = graph.output
    classes = output.type.tensor_type.shape.dim[2].dim_value
    output.CopyFrom(onnx.helper.make_tensor_value_info(output.name, onnx.TensorProto.FLOAT, ["steps", classes]))
    return bytes(model.SerializeToString())
