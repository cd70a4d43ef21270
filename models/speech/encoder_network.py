"""Whisper's encoder as a network of ONNX Runtime, made of the weights in a CTranslate2 file; knows no clip and no text.

On a processor this encodes a window in two thirds of the time that CTranslate2 takes, from the same 8-bit weights:
it keeps the scores of the attention in the cache, and both cores at work. As there, what goes into a matrix product is
rounded to 8 bits by the largest value of its row, and everything else is float32. The network is that of "Robust
Speech Recognition via Large-Scale Weak Supervision" (Radford et al., 2022): two convolutions, sinusoidal positions,
pre-norm Transformer layers.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from models.device import Device
from models.errors import Defect
from models.network import open_network
from models.speech.ctranslate2_file import Array, read_variables
from models.speech.encoding import FRAMES, STATES, WindowNetwork

if TYPE_CHECKING:
    import onnx

MODEL_FILE: Final = "model.bin"
OPSET: Final = 18
IR_VERSION: Final = 9
CONTRIB: Final = "com.microsoft"
"""ONNX Runtime's own operators: attention that goes through the scores in blocks, products with 8-bit weights."""
NORM_EPSILON: Final = 1e-5
LEAST: Final = 1e-6
"""In place of the largest value of a row of zeros."""
INT8_MAX: Final = 127
OUTSIDE_BYTES: Final = 1024
"""Smaller constants lie in the model: shapes are worked out from some of them."""
PARTS: Final = 3
"""Queries, keys and values lie in one matrix."""


def open_encoder(folder: Path, device: Device) -> WindowNetwork:
    """The encoder of the model in `folder`, on the processor.

    Raises Defect when the file there is not laid out as CTranslate2's Whisper.
    """
    graph, weights = encoder_graph(read_variables(folder / MODEL_FILE, "encoder/"))
    # Memory that is kept between calls would be 200 MB of whisper-small, and save a twentieth of the time.
    session = open_network(graph, device, device.threads, arena=False, weights=weights)

    def encode(features: NDArray[np.float32]) -> NDArray[np.generic]:
        states: NDArray[np.float32] = session.run(None, {"features": features})[0]
        return states

    return encode


def encoder_graph(variables: Mapping[str, Array]) -> tuple[bytes, dict[str, Array]]:
    """An ONNX model, `features` [windows, mels, FRAMES] to `states` [windows, STATES, width], and its weights.

    These lie outside the model, so that opening it makes no copies that leave holes in memory (150 MB of
    whisper-small). Raises Defect when a variable of the encoder is not there.
    """
    from onnx import TensorProto, helper

    try:
        graph = _Graph(variables)
        graph.encoder()
        width, mels = variables["conv1/bias"].shape[0], variables["conv1/weight"].shape[1]
    except KeyError as error:
        raise Defect("model.layout", f"the model's encoder has no {error}") from error
    model = helper.make_model(
        helper.make_graph(
            graph.nodes,
            "encoder",
            [helper.make_tensor_value_info("features", TensorProto.FLOAT, ["windows", mels, FRAMES])],
            [helper.make_tensor_value_info("states", TensorProto.FLOAT, ["windows", STATES, width])],
            graph.constants,
        ),
        opset_imports=[helper.make_opsetid("", OPSET), helper.make_opsetid(CONTRIB, 1)],
        ir_version=IR_VERSION,
    )
    made: bytes = model.SerializeToString()
    return made, graph.weights


class _Graph:
    """Nodes and weights as they are put together; each step takes and gives names of values."""

    def __init__(self, variables: Mapping[str, Array]) -> None:
        self.nodes: list[onnx.NodeProto] = []
        self.constants: list[onnx.TensorProto] = []
        self.weights: dict[str, Array] = {}
        self._variables = variables
        self._least = self._constant(np.array(LEAST, np.float32))
        self._last = self._constant(np.array([-1], np.int64))

    def encoder(self) -> None:
        value = self._convolution("features", "conv1", stride=1)
        value = self._node("Transpose", self._convolution(value, "conv2", stride=2), perm=[0, 2, 1])
        value = self._node("Add", value, self._constant(self._real("position_encodings/encodings")))
        layer = 0
        while f"layer_{layer}/ffn/linear_0/bias" in self._variables:
            value = self._node("Add", value, self._attention(value, f"layer_{layer}/self_attention"))
            value = self._node("Add", value, self._feed_forward(value, f"layer_{layer}/ffn"))
            layer += 1
        self._named("states", "Identity", self._norm(value, "layer_norm"))

    def _attention(self, value: str, name: str) -> str:
        queries = self._linear(self._norm(value, f"{name}/layer_norm"), f"{name}/linear_0")
        width = self._variables[f"{name}/linear_0/bias"].shape[0] // PARTS
        split = [f"{queries}_{part}" for part in range(PARTS)]
        self._add("Split", [queries, self._constant(np.full(PARTS, width, np.int64))], split, axis=-1)
        heads = int(self._variables["num_heads"])
        found = self._node("MultiHeadAttention", *split, domain=CONTRIB, num_heads=heads)
        return self._linear(found, f"{name}/linear_1")

    def _feed_forward(self, value: str, name: str) -> str:
        inner = self._linear(self._norm(value, f"{name}/layer_norm"), f"{name}/linear_0")
        return self._linear(self._node("Gelu", inner, domain=CONTRIB), f"{name}/linear_1")

    def _linear(self, value: str, name: str) -> str:
        """Rows brought to at most 1, so that one scale serves all of them, and back to their size afterwards."""
        weights, scales = self._eight_bits(f"{name}/weight")
        largest = self._node("Max", self._node("ReduceMax", self._node("Abs", value), self._last), self._least)
        product = self._node(
            "DynamicQuantizeMatMul",
            self._node("Div", value, largest),
            self._constant(weights),
            self._constant(scales),
            domain=CONTRIB,
        )
        return self._node("Add", self._node("Mul", product, largest), self._constant(self._real(f"{name}/bias")))

    def _convolution(self, value: str, name: str, stride: int) -> str:
        weights, bias = (self._constant(self._real(f"{name}/{part}")) for part in ("weight", "bias"))
        made = self._node("Conv", value, weights, bias, kernel_shape=[3], pads=[1, 1], strides=[stride])
        return self._node("Gelu", made, domain=CONTRIB)

    def _norm(self, value: str, name: str) -> str:
        gamma, beta = (self._constant(self._real(f"{name}/{part}")) for part in ("gamma", "beta"))
        return self._node("LayerNormalization", value, gamma, beta, axis=-1, epsilon=NORM_EPSILON)

    # --- variables ---------------------------------------------------------------------------------------------------
    def _real(self, name: str) -> NDArray[np.float32]:
        """A variable as float32; CTranslate2 divides 8-bit rows by their scale."""
        found = self._variables[name].astype(np.float32)
        if f"{name}_scale" in self._variables:
            found /= self._variables[f"{name}_scale"].reshape(-1, *[1] * (found.ndim - 1))
        return found

    def _eight_bits(self, name: str) -> tuple[NDArray[np.int8], NDArray[np.float32]]:
        """A matrix [out, in] as [in, out] and the step of each column: as it lies in the file, where it has 8 bits."""
        if self._variables[name].dtype == np.int8:
            rounded, steps = self._variables[name], 1.0 / self._variables[f"{name}_scale"]
        else:
            real = self._real(name)
            steps = np.maximum(np.abs(real).max(axis=1), LEAST) / INT8_MAX
            rounded = np.rint(real / steps[:, None]).astype(np.int8)
        return np.ascontiguousarray(rounded.T), steps.astype(np.float32)

    # --- nodes -------------------------------------------------------------------------------------------------------
    def _constant(self, array: Array) -> str:
        from onnx import TensorProto, helper, numpy_helper

        name = f"w{len(self.constants)}"
        if array.nbytes < OUTSIDE_BYTES:
            self.constants.append(numpy_helper.from_array(array, name))
            return name
        kind = helper.np_dtype_to_tensor_dtype(array.dtype)
        made = TensorProto(name=name, dims=array.shape, data_type=kind, data_location=TensorProto.EXTERNAL)
        # ONNX wants a file's name; the array of this name is handed over instead.
        for key, value in (("location", "weights"), ("offset", "0"), ("length", str(array.nbytes))):
            made.external_data.add(key=key, value=value)
        self.constants.append(made)
        self.weights[name] = np.ascontiguousarray(array)
        return name

    def _node(self, operator: str, *inputs: str, domain: str = "", **attributes: Any) -> str:
        return self._named(f"v{len(self.nodes)}", operator, *inputs, domain=domain, **attributes)

    def _named(self, name: str, operator: str, *inputs: str, domain: str = "", **attributes: Any) -> str:
        self._add(operator, list(inputs), [name], domain=domain, **attributes)
        return name

    def _add(self, operator: str, inputs: list[str], outputs: list[str], domain: str = "", **attributes: Any) -> None:
        from onnx import helper

        self.nodes.append(helper.make_node(operator, inputs, outputs, domain=domain, **attributes))
