"""PP-PicoDet from Paddle to a lean ONNX detector; knows neither mirrors nor the cache.

Three steps: paddle2onnx 1.1.0 (a compiled module out of its wheel, in a process of its own; it needs no paddle) gives
an ONNX file whose digest is pinned; the graph is cut before NonMaxSuppression, so that boxes and all scores come out;
BatchNorm is folded into the convolutions before it, and hard-swish becomes HardSigmoid and Mul.  The result computes
the same numbers in about two thirds of the nodes.
"""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from models import archives
from models.depot import file_sha256
from models.errors import Tampered, Unavailable
from models.manifest import Member, PackageSource
from models.mirrors import Workbench
from models.packages import WheelMirror

PACKAGE: Final = "paddle2onnx==1.1.0"
OPSET: Final = 13
EXPORT_SHA256: Final = "8868d557c7e78ad55f14a5d1abc187af4777c4996b5a6368137c6f6f31d4c4b8"
"""paddle2onnx 1.1.0 gives these bytes for the PicoDet-S files of the manifest, on every machine."""
TOOL_SHA256: Final = {
    "paddle2onnx-1.1.0-cp311-cp311-manylinux_2_12_x86_64.manylinux2010_x86_64.whl": (
        "2e0ed99f2dabc3229474da3983ff8a2671a77477878f97d460bf536d1d8743bc"
    ),
    "paddle2onnx-1.1.0-cp312-cp312-manylinux_2_12_x86_64.manylinux2010_x86_64.whl": (
        "ff788da5cb98017963a3cf60c4c4fcabfe01abf9b878d0e976b7876e110031d6"
    ),
}
"""The converter is code that runs here: only these wheels are taken.  For other machines: `anjuan models bundle`."""
EXPORT_TIMEOUT_S: Final = 300.0
"""The export takes a second; a slow disk may need longer."""

_EXPORT: Final = """
import sys
folder, model, params, target = sys.argv[1:]
sys.path.insert(0, folder)
import paddle2onnx_cpp2py_export as exporter
data = exporter.export(model, params, {opset}, True, False, True, True, True, {{}}, "onnxruntime", "", "", False)
with open(target, "wb") as file:
    file.write(data)
"""


def convert(sources: Path, out: Path, bench: Workbench) -> str:
    """Reads model.pdmodel and model.pdiparams from `sources`; writes detector.onnx into `out`.

    The detector takes `image` [1, 3, 416, 416] and `scale_factor` [1, 2] and gives `boxes` [1, n, 4] (left, top,
    right, bottom in pixels of the source picture) and `scores` [1, 80, n].
    """
    import onnx

    exported = bench.scratch / "exported.onnx"
    _export(sources, exported, bench)
    found = file_sha256(exported)
    if found != EXPORT_SHA256:
        raise Tampered("convert.export", f"{PACKAGE} gave SHA-256 {found}, should be {EXPORT_SHA256}")
    model = onnx.load(str(exported))
    lean(model)
    onnx.checker.check_model(model)
    (out / "detector.onnx").write_bytes(model.SerializeToString(deterministic=True))
    return f"paddle-detector with {PACKAGE} (opset {OPSET})"


def _export(sources: Path, target: Path, bench: Workbench) -> None:
    folder = bench.scratch / "paddle2onnx"
    folder.mkdir()
    mirror = WheelMirror(
        PackageSource("wheel", (PACKAGE,), (Member("paddle2onnx", ("paddle2onnx",)),)), "converter", bench
    )
    mirror.download(PACKAGE, folder)
    (wheel,) = folder.glob("*.whl")
    if TOOL_SHA256.get(wheel.name) != file_sha256(wheel):
        raise Unavailable("convert.tool", f"{wheel.name} is not a build of {PACKAGE} that is known; it was not run")
    library = archives.names(wheel, suffix=".so", prefix="paddle2onnx/paddle2onnx_cpp2py_export.")
    if len(library) != 1:
        raise Unavailable("convert.tool", f"{wheel.name} holds no compiled module for this Python")
    placed = archives.unpack(wheel, library, folder, lambda count: None)[library[0]]
    placed.rename(folder / library[0].rpartition("/")[2])
    command = [sys.executable, "-I", "-c", _EXPORT.format(opset=OPSET), str(folder)]
    command += [str(sources / "model.pdmodel"), str(sources / "model.pdiparams"), str(target)]
    done = subprocess.run(command, capture_output=True, timeout=EXPORT_TIMEOUT_S, cwd=folder, check=False)
    if done.returncode != 0 or not target.is_file():
        said = done.stderr.decode(errors="replace").strip()[-300:]
        raise Unavailable("convert.tool", f"{PACKAGE} does not run here: {said}")


def lean(model: Any) -> None:
    """Cuts, folds and simplifies the exported model in place; what it computes stays the same."""
    graph = model.graph
    constants = _take_constants(graph)
    _cut(graph)
    _fold_norms(graph, constants)
    _simplify_hard_swish(graph, constants)
    _keep_needed(graph)
    _put_constants(graph, constants)


def _take_constants(graph: Any) -> dict[str, NDArray[Any]]:
    from onnx import numpy_helper

    constants = {node.output[0]: numpy_helper.to_array(node.attribute[0].t) for node in _typed(graph, "Constant")}
    constants |= {tensor.name: numpy_helper.to_array(tensor) for tensor in graph.initializer}
    _set_nodes(graph, [node for node in graph.node if node.op_type != "Constant"])
    del graph.initializer[:]
    return constants


def _typed(graph: Any, kind: str) -> list[Any]:
    return [node for node in graph.node if node.op_type == kind]


def _set_nodes(graph: Any, nodes: Iterable[Any]) -> None:
    kept = list(nodes)
    del graph.node[:]
    graph.node.extend(kept)


def _cut(graph: Any) -> None:
    """Makes the two inputs of NonMaxSuppression the outputs `boxes` and `scores`."""
    from onnx import TensorProto, helper

    (suppression,) = _typed(graph, "NonMaxSuppression")
    renamed = {suppression.input[0]: "boxes", suppression.input[1]: "scores"}
    for node in graph.node:
        _rename(node.input, renamed)
        _rename(node.output, renamed)
    del graph.output[:]
    graph.output.append(helper.make_tensor_value_info("boxes", TensorProto.FLOAT, [1, None, 4]))
    graph.output.append(helper.make_tensor_value_info("scores", TensorProto.FLOAT, [1, None, None]))
    del graph.value_info[:]
    _keep_needed(graph)


def _rename(names: Any, renamed: Mapping[str, str]) -> None:
    for index, name in enumerate(names):
        if name in renamed:
            names[index] = renamed[name]


def _keep_needed(graph: Any) -> None:
    """Drops nodes that no output depends on; nodes are in order, so one pass from the end is enough."""
    needed = {output.name for output in graph.output}
    kept = []
    for node in reversed(graph.node):
        if needed & set(node.output):
            kept.append(node)
            needed |= set(node.input)
    _set_nodes(graph, reversed(kept))


def _fold_norms(graph: Any, constants: dict[str, NDArray[Any]]) -> None:
    """Folds each BatchNorm whose only input is one convolution's only use into that convolution."""
    makers = {node.output[0]: node for node in _typed(graph, "Conv")}
    uses = Counter(name for node in graph.node for name in node.input)
    folded = []
    for norm in _typed(graph, "BatchNormalization"):
        maker = makers.get(norm.input[0])
        if maker is None or uses[norm.input[0]] != 1:
            continue
        _fold(maker, norm, constants)
        folded.append(norm.output[0])
    _set_nodes(graph, (n for n in graph.node if n.op_type != "BatchNormalization" or n.output[0] not in folded))


def _fold(maker: Any, norm: Any, constants: dict[str, NDArray[Any]]) -> None:
    gamma, beta, mean, variance = (constants[name].astype(np.float64) for name in norm.input[1:5])
    epsilon = next((a.f for a in norm.attribute if a.name == "epsilon"), 1e-5)
    factor = gamma / np.sqrt(variance + epsilon)
    weight = constants[maker.input[1]].astype(np.float64)
    bias = constants[maker.input[2]].astype(np.float64) if len(maker.input) > 2 else np.zeros(len(mean))
    weight_name, bias_name = f"{norm.output[0]}.weight", f"{norm.output[0]}.bias"
    constants[weight_name] = (weight * factor.reshape(-1, 1, 1, 1)).astype(np.float32)
    constants[bias_name] = ((bias - mean) * factor + beta).astype(np.float32)
    inputs = [maker.input[0], weight_name, bias_name]
    del maker.input[:]
    maker.input.extend(inputs)
    maker.output[0] = norm.output[0]


def _simplify_hard_swish(graph: Any, constants: Mapping[str, NDArray[Any]]) -> None:
    """Add 3, Clip to 0..6, Mul by x, Div by 6 becomes HardSigmoid and Mul."""
    from onnx import helper

    makers = {node.output[0]: node for node in graph.node}
    replaced: dict[str, list[Any]] = {}
    for division in _typed(graph, "Div"):
        source = _hard_swish_source(division, makers, constants)
        if source:
            gate = f"{division.output[0]}.gate"
            replaced[division.output[0]] = [
                helper.make_node("HardSigmoid", [source], [gate], alpha=1 / 6, beta=0.5),
                helper.make_node("Mul", [source, gate], [division.output[0]]),
            ]
    nodes: list[Any] = []
    for node in graph.node:
        nodes += replaced.get(node.output[0], [node])
    _set_nodes(graph, nodes)


def _hard_swish_source(division: Any, makers: Mapping[str, Any], constants: Mapping[str, NDArray[Any]]) -> str:
    """The x of x * clip(x + 3, 0, 6) / 6 that `division` ends, or nothing."""
    product = makers.get(division.input[0])
    if product is None or product.op_type != "Mul" or not _is(constants, division.input[1], 6.0):
        return ""
    for source, other in (tuple(product.input), tuple(product.input)[::-1]):
        if _is_gate(makers.get(other), source, makers, constants):
            return str(source)
    return ""


def _is_gate(clip: Any, source: str, makers: Mapping[str, Any], constants: Mapping[str, NDArray[Any]]) -> bool:
    """Whether `clip` is clip(source + 3, 0, 6)."""
    if clip is None or clip.op_type != "Clip":
        return False
    shift = makers.get(clip.input[0])
    if shift is None or shift.op_type != "Add" or shift.input[0] != source:
        return False
    found = (shift.input[1], clip.input[1], clip.input[2])
    return all(_is(constants, name, value) for name, value in zip(found, (3.0, 0.0, 6.0), strict=True))


def _is(constants: Mapping[str, NDArray[Any]], name: str, value: float) -> bool:
    """Whether the constant called `name` is this one number."""
    return name in constants and constants[name].size == 1 and float(constants[name].reshape(())) == value


def _put_constants(graph: Any, constants: Mapping[str, NDArray[Any]]) -> None:
    from onnx import numpy_helper

    needed = {name for node in graph.node for name in node.input}
    for name in sorted(needed & set(constants)):
        graph.initializer.append(numpy_helper.from_array(np.ascontiguousarray(constants[name]), name))
