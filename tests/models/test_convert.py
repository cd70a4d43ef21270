"""Conversions: what comes out computes what went in; the real ones give the digests that manifests pin."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime
import pytest
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from models.convert import CONVERTERS, convert
from models.convert.picodet import lean
from models.convert.whisper import OnnxWeights, vocabulary
from models.errors import Defect
from models.manifest import load_manifest
from models.mirrors import Workbench
from models.progress import Silent
from models.weights import WeightsCache


def test_every_converter_in_the_table_is_there() -> None:
    from importlib import import_module

    assert all(callable(import_module(module).convert) for module in CONVERTERS.values())


def test_an_unknown_converter_lists_the_known_ones(tmp_path: Path) -> None:
    with pytest.raises(Defect, match="whisper-onnx"):
        convert("alchemy", tmp_path, tmp_path, Workbench(tmp_path, Silent()))


# -- the detector: cut, fold, simplify --------------------------------------------------------------------------------


def constant(name: str, value: object, dtype: type = np.float32) -> Any:
    return helper.make_node("Constant", [], [name], value=numpy_helper.from_array(np.array(value, dtype), name))


def exported_detector() -> Any:
    """Convolution, BatchNorm, hard-swish, then boxes and scores into NonMaxSuppression, as paddle2onnx writes it."""
    random = np.random.default_rng(7)
    nodes = [
        constant("w", random.normal(size=(4, 3, 1, 1))),
        *(constant(name, random.uniform(0.5, 1.5, 4)) for name in ("gamma", "beta", "mean", "variance")),
        *(constant(name, value) for name, value in (("three", [3.0]), ("zero", 0.0), ("six", 6.0), ("six_too", [6.0]))),
        constant("box_shape", [1, -1, 4], np.int64),
        constant("score_shape", [1, 4, -1], np.int64),
        constant("most", [10], np.int64),
        *(constant(name, [value]) for name, value in (("overlap", 0.5), ("least", 0.0))),
        helper.make_node("Conv", ["image", "w"], ["conv"]),
        helper.make_node("BatchNormalization", ["conv", "gamma", "beta", "mean", "variance"], ["norm"], epsilon=1e-5),
        helper.make_node("Add", ["norm", "three"], ["shifted"]),
        helper.make_node("Clip", ["shifted", "zero", "six"], ["clipped"]),
        helper.make_node("Mul", ["norm", "clipped"], ["product"]),
        helper.make_node("Div", ["product", "six_too"], ["swish"]),
        helper.make_node("Reshape", ["swish", "box_shape"], ["the_boxes"]),
        helper.make_node("Reshape", ["swish", "score_shape"], ["the_scores"]),
        helper.make_node("NonMaxSuppression", ["the_boxes", "the_scores", "most", "overlap", "least"], ["chosen"]),
    ]
    graph = helper.make_graph(
        nodes,
        "detector",
        [helper.make_tensor_value_info("image", TensorProto.FLOAT, [1, 3, 4, 2])],
        [helper.make_tensor_value_info("chosen", TensorProto.INT64, [None, 3])],
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)


def run(model: Any, names: list[str], image: NDArray[np.float32]) -> list[NDArray[np.float32]]:
    session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    return [np.asarray(value) for value in session.run(names, {"image": image})]


def test_the_lean_detector_computes_the_same_boxes_and_scores() -> None:
    image = np.random.default_rng(1).normal(size=(1, 3, 4, 2)).astype(np.float32) * 3
    full = exported_detector()
    full.graph.output.extend(
        helper.make_tensor_value_info(name, TensorProto.FLOAT, None) for name in ("the_boxes", "the_scores")
    )
    expected = run(full, ["the_boxes", "the_scores"], image)
    model = exported_detector()
    lean(model)
    onnx.checker.check_model(model)
    found = run(model, ["boxes", "scores"], image)
    for one, other in zip(expected, found, strict=True):
        np.testing.assert_allclose(one, other, atol=1e-5)
    assert [node.op_type for node in model.graph.node] == ["Conv", "HardSigmoid", "Mul", "Reshape", "Reshape"]


def test_a_convolution_that_others_use_too_keeps_its_norm() -> None:
    model = exported_detector()
    last = next(node for node in model.graph.node if node.output[0] == "the_scores")
    last.input[0] = "conv"
    lean(model)
    assert "BatchNormalization" in [node.op_type for node in model.graph.node]


# -- whisper: dequantise --------------------------------------------------------------------------------


@pytest.fixture
def quantised(tmp_path: Path) -> OnnxWeights:
    """One linear layer in a branch, as the merged decoder holds them, and a plain bias."""
    stored = np.array([[1, -2, 3], [4, 5, -6]], np.int8)
    initializers = [
        numpy_helper.from_array(stored, "onnx::MatMul_7_merged_0_quantized"),
        numpy_helper.from_array(np.float32(0.5), "onnx::MatMul_7_merged_0_scale"),
        numpy_helper.from_array(np.int8(1), "onnx::MatMul_7_merged_0_zero_point"),
        numpy_helper.from_array(np.array([1, 2, 3], np.float32), "model.decoder.layers.0.fc1.bias_merged_0"),
    ]
    product = helper.make_node(
        "MatMulInteger", ["x", "onnx::MatMul_7_merged_0_quantized"], ["y"], "/model/decoder/layers.0/fc1/MatMul_quant"
    )
    branch = helper.make_graph([product], "branch", [], [helper.make_tensor_value_info("y", TensorProto.INT32, None)])
    choice = helper.make_node("If", ["use_cache"], ["out"], then_branch=branch, else_branch=branch)
    graph = helper.make_graph([choice], "merged", [], [], initializers)
    place = tmp_path / "decoder.onnx"
    place.write_bytes(helper.make_model(graph).SerializeToString())
    return OnnxWeights(place, "model.decoder.")


def test_a_matrix_is_dequantised_and_turned(quantised: OnnxWeights) -> None:
    expected = [[0.0, 1.5], [-1.5, 2.0], [1.0, -3.5]]
    matrix = quantised.matrix("layers.0.fc1")
    assert matrix.tolist() == expected
    assert quantised.bias("layers.0.fc1", matrix).tolist() == [1, 2, 3]
    assert quantised.bias("layers.0.self_attn.k_proj", matrix).tolist() == [0, 0, 0]


def test_a_parameter_that_the_export_lacks_is_named(quantised: OnnxWeights) -> None:
    with pytest.raises(Defect, match=r"model\.decoder\.layer_norm\.weight"):
        quantised.plain("layer_norm.weight")
    with pytest.raises(Defect, match="fc2"):
        quantised.matrix("layers.0.fc2")


def test_the_vocabulary_ends_with_timestamps(tmp_path: Path) -> None:
    place = tmp_path / "tokenizer.json"
    added = [{"content": "<|zh|>", "id": 2}]
    place.write_text(json.dumps({"model": {"vocab": {"b": 1, "a": 0}}, "added_tokens": added}))
    assert vocabulary(place, 5) == ["a", "b", "<|zh|>", "<|0.00|>", "<|0.02|>"]
    with pytest.raises(Defect, match="from 0 on"):
        vocabulary(place, 2)


# -- the real ones --------------------------------------------------------------------------------


@pytest.mark.model
@pytest.mark.timeout(900)
@pytest.mark.parametrize("name", ["picodet-s", "whisper-small"])
def test_a_real_pull_converts_to_the_pinned_digests(name: str, tmp_path: Path) -> None:
    manifest = load_manifest(name)
    cache = WeightsCache(tmp_path, offline=False)
    cache.ensure(manifest)
    assert cache.pinned(manifest) == manifest
    assert cache.verify(manifest) == []
    assert cache.converter(name)


@pytest.mark.model
@pytest.mark.timeout(600)
@pytest.mark.parametrize(
    "name", ["silero-vad", "pyannote-segmentation", "wespeaker-resnet34", "pp-ocrv6-small", "whisper-base"]
)
def test_a_real_pull_gives_the_pinned_digests(name: str, tmp_path: Path) -> None:
    cache = WeightsCache(tmp_path, offline=False)
    cache.ensure(load_manifest(name))
    assert cache.verify(load_manifest(name)) == []
