"""What the tests of the speech models share."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from ctranslate2.specs import whisper_spec
from ctranslate2.specs.model_spec import LayerSpec
from numpy.typing import NDArray

from models.device import Device, DeviceKind

TINY_WIDTH, TINY_HEADS, TINY_MELS, TINY_WORDS = 64, 2, 8, 50
TINY_SHAPES: tuple[tuple[str, tuple[int, ...]], ...] = (
    ("conv1.", (TINY_WIDTH, TINY_MELS, 3)),
    ("conv2.", (TINY_WIDTH, TINY_WIDTH, 3)),
    ("encoder.position_encodings.", (1500, TINY_WIDTH)),
    ("decoder.position_encodings.", (448, TINY_WIDTH)),
    ("embeddings.", (TINY_WORDS, TINY_WIDTH)),
    ("projection.", (TINY_WORDS, TINY_WIDTH)),
    ("self_attention.linear.0.", (3 * TINY_WIDTH, TINY_WIDTH)),
    (".attention.linear.1.", (2 * TINY_WIDTH, TINY_WIDTH)),
    ("ffn.linear_0.", (4 * TINY_WIDTH, TINY_WIDTH)),
    ("ffn.linear_1.", (TINY_WIDTH, 4 * TINY_WIDTH)),
    ("", (TINY_WIDTH, TINY_WIDTH)),
)
"""By the first part that a variable's name holds; of biases and norms the first number."""


@pytest.fixture(scope="session")
def cpu() -> Device:
    """Two threads of the processor, for models that a whole session shares."""
    return Device(DeviceKind.CPU, 0, 2, "a test")


def tiny_whisper(folder: Path, quantization: str | None) -> Path:
    """A Whisper of two layers with random weights, as CTranslate2's converters save it."""
    spec = whisper_spec.WhisperSpec(2, TINY_HEADS, 2, TINY_HEADS)
    random = np.random.default_rng(3)
    for name, layer, field in _fields(spec):
        setattr(layer, field, _weights(random, f"{name}{field}"))
    spec.register_vocabulary([str(number) for number in range(TINY_WORDS)])
    spec.validate()
    spec.optimize(quantization=quantization)
    folder.mkdir()
    spec.save(str(folder))
    return folder


def _fields(spec: LayerSpec, name: str = "") -> Iterator[tuple[str, Any, str]]:
    """Every parameter as the name of its layer, the layer and its field."""
    for field, value in list(vars(spec).items()):
        if isinstance(value, LayerSpec):
            yield from _fields(value, f"{name}{field}.")
        elif isinstance(value, list):
            for number, one in enumerate(value):
                yield from _fields(one, f"{name}{field}.{number}.")
        elif field in ("weight", "bias", "gamma", "beta", "encodings"):
            yield name, spec, field


def _weights(random: np.random.Generator, name: str) -> NDArray[np.float32]:
    shape = next(shape for part, shape in TINY_SHAPES if part in name)
    vector = not name.endswith((".weight", ".encodings"))
    made = random.standard_normal(shape[:1] if vector else shape) * 0.1 + name.endswith(".gamma")
    return made.astype(np.float32)
