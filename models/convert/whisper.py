"""Whisper from 8-bit ONNX (encoder and merged decoder) to a CTranslate2 folder; knows neither mirrors nor the cache.

The ONNX files hold each weight as int8 with one scale and zero point, biases and norms as float32.  They are
dequantised, laid out as CTranslate2's own Whisper specification asks, and saved with int8 weights, one scale a row:
finer than the source, so that nothing more is lost, and half the size of float16.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from models.errors import Defect
from models.mirrors import Workbench

Array = NDArray[np.float32]
QUANTIZATION: Final = "int8"
TIMESTAMP_STEP_S: Final = 0.02
"""Whisper's timestamp tokens count in these steps from 0."""


def convert(sources: Path, out: Path, bench: Workbench) -> str:
    """Reads encoder.onnx, decoder.onnx, model.json, generation.json and source-tokenizer.json from `sources`; writes
    model.bin, config.json and vocabulary.json into `out`."""
    import ctranslate2
    from ctranslate2.specs import whisper_spec

    shape = json.loads((sources / "model.json").read_text(encoding="utf-8"))
    generation = json.loads((sources / "generation.json").read_text(encoding="utf-8"))
    spec = whisper_spec.WhisperSpec(
        shape["encoder_layers"],
        shape["encoder_attention_heads"],
        shape["decoder_layers"],
        shape["decoder_attention_heads"],
    )
    _fill_encoder(spec.encoder, OnnxWeights(sources / "encoder.onnx", ""))
    _fill_decoder(spec.decoder, OnnxWeights(sources / "decoder.onnx", "model.decoder."))
    spec.register_vocabulary(vocabulary(sources / "source-tokenizer.json", shape["vocab_size"]))
    spec.config.suppress_ids = generation["suppress_tokens"]
    spec.config.suppress_ids_begin = generation["begin_suppress_tokens"]
    spec.config.alignment_heads = generation["alignment_heads"]
    spec.config.lang_ids = sorted(generation["lang_to_id"].values())
    spec.validate()
    spec.optimize(quantization=QUANTIZATION)
    spec.save(str(out))
    return f"whisper-onnx with ctranslate2 {ctranslate2.__version__}, {QUANTIZATION}"


def vocabulary(tokenizer: Path, size: int) -> list[str]:
    """All `size` tokens by number: those of tokenizer.json, then timestamps."""
    content = json.loads(tokenizer.read_text(encoding="utf-8"))
    ids: dict[str, int] = dict(content["model"]["vocab"])
    ids |= {token["content"]: token["id"] for token in content["added_tokens"]}
    tokens = sorted(ids, key=lambda token: ids[token])
    if [ids[token] for token in tokens] != list(range(len(tokens))) or len(tokens) > size:
        raise Defect("convert.vocabulary", f"the tokenizer does not number its {len(tokens)} tokens from 0 on")
    return tokens + [f"<|{step * TIMESTAMP_STEP_S:.2f}|>" for step in range(size - len(tokens))]


class OnnxWeights:
    """The weights of one ONNX file under the names of the layers that use them, as float32.

    `prefix` stands before every name in the file and is left out of the names asked for.
    """

    def __init__(self, path: Path, prefix: str) -> None:
        import onnx

        model = onnx.load(str(path))
        self._prefix = prefix
        self._stored = {tensor.name: tensor for tensor in model.graph.initializer}
        self._matrices = dict(_matrices(model.graph))

    def plain(self, name: str) -> Array:
        """A parameter that is stored under its own name: a bias, a norm, a table, or a quantised convolution."""
        stem = self._prefix + name
        for stored in (stem, f"{stem}_merged_0"):
            if stored in self._stored:
                return self._array(stored).astype(np.float32)
            if f"{stored}_quantized" in self._stored:
                return self._dequantised(stored)
        raise Defect("convert.missing", f"the ONNX file has no parameter {stem}")

    def matrix(self, layer: str) -> Array:
        """The weight of the linear layer [out, in]; ONNX keeps it transposed, under a number."""
        key = "/" + (self._prefix + layer).replace(".", "/").replace("layers/", "layers.") + "/MatMul"
        if key not in self._matrices:
            raise Defect("convert.missing", f"the ONNX file has no matrix product {key}")
        return np.ascontiguousarray(self._dequantised(self._matrices[key]).T)

    def bias(self, layer: str, like: Array) -> Array:
        """The bias of the linear layer; zeros where it has none, as Whisper's keys."""
        stem = f"{self._prefix}{layer}.bias"
        if stem in self._stored or f"{stem}_merged_0" in self._stored:
            return self.plain(f"{layer}.bias")
        return np.zeros(like.shape[0], np.float32)

    def _dequantised(self, stem: str) -> Array:
        stored = self._array(f"{stem}_quantized").astype(np.float32)
        zero = self._array(f"{stem}_zero_point").astype(np.float32)
        result: Array = (stored - zero) * self._array(f"{stem}_scale").astype(np.float32)
        return result

    def _array(self, name: str) -> NDArray[Any]:
        from onnx import numpy_helper

        array: NDArray[Any] = numpy_helper.to_array(self._stored[name])
        return array


def _matrices(graph: Any) -> Iterator[tuple[str, str]]:
    """Layer name -> stored name of each quantised matrix product, in the graph and the branches of its conditions."""
    for node in graph.node:
        if node.op_type == "MatMulInteger":
            yield node.name.removesuffix("_quant"), node.input[1].removesuffix("_quantized")
        for attribute in node.attribute:
            if attribute.HasField("g"):
                yield from _matrices(attribute.g)


def _fill_linear(spec: Any, weights: OnnxWeights, layers: list[str]) -> None:
    """One CTranslate2 linear layer from one or more layers with the same input, stacked."""
    matrices = [weights.matrix(layer) for layer in layers]
    spec.weight = np.concatenate(matrices)
    spec.bias = np.concatenate([weights.bias(layer, m) for layer, m in zip(layers, matrices, strict=True)])


def _fill_norm(spec: Any, weights: OnnxWeights, name: str) -> None:
    spec.gamma = weights.plain(f"{name}.weight")
    spec.beta = weights.plain(f"{name}.bias")


def _fill_self_attention(spec: Any, weights: OnnxWeights, layer: str) -> None:
    _fill_norm(spec.layer_norm, weights, f"{layer}.self_attn_layer_norm")
    attention = f"{layer}.self_attn"
    _fill_linear(spec.linear[0], weights, [f"{attention}.{part}_proj" for part in "qkv"])
    _fill_linear(spec.linear[1], weights, [f"{attention}.out_proj"])


def _fill_cross_attention(spec: Any, weights: OnnxWeights, layer: str) -> None:
    _fill_norm(spec.layer_norm, weights, f"{layer}.encoder_attn_layer_norm")
    attention = f"{layer}.encoder_attn"
    _fill_linear(spec.linear[0], weights, [f"{attention}.q_proj"])
    _fill_linear(spec.linear[1], weights, [f"{attention}.k_proj", f"{attention}.v_proj"])
    _fill_linear(spec.linear[2], weights, [f"{attention}.out_proj"])


def _fill_feed_forward(spec: Any, weights: OnnxWeights, layer: str) -> None:
    _fill_norm(spec.layer_norm, weights, f"{layer}.final_layer_norm")
    _fill_linear(spec.linear_0, weights, [f"{layer}.fc1"])
    _fill_linear(spec.linear_1, weights, [f"{layer}.fc2"])


def _fill_encoder(spec: Any, weights: OnnxWeights) -> None:
    for name in ("conv1", "conv2"):
        convolution = getattr(spec, name)
        convolution.weight = weights.plain(f"{name}.weight")
        convolution.bias = weights.plain(f"{name}.bias")
    spec.position_encodings.encodings = weights.plain("embed_positions.weight")
    _fill_norm(spec.layer_norm, weights, "layer_norm")
    for number, layer in enumerate(spec.layer):
        _fill_self_attention(layer.self_attention, weights, f"layers.{number}")
        _fill_feed_forward(layer.ffn, weights, f"layers.{number}")


def _fill_decoder(spec: Any, weights: OnnxWeights) -> None:
    spec.embeddings.weight = weights.plain("embed_tokens.weight")
    # Whisper's output layer is its embedding table; CTranslate2 stores equal variables once.
    spec.projection.weight = spec.embeddings.weight
    spec.position_encodings.encodings = weights.plain("embed_positions.weight")
    _fill_norm(spec.layer_norm, weights, "layer_norm")
    for number, layer in enumerate(spec.layer):
        _fill_self_attention(layer.self_attention, weights, f"layers.{number}")
        _fill_cross_attention(layer.attention, weights, f"layers.{number}")
        _fill_feed_forward(layer.ffn, weights, f"layers.{number}")
