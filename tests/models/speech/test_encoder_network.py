"""The encoder in ONNX Runtime gives what CTranslate2 gives from the same file, however that holds its weights."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import ctranslate2
import numpy as np
import pytest
from numpy.typing import NDArray

from models.device import Device, adds_products_of_bytes
from models.errors import Defect
from models.speech.ctranslate2_file import read_variables
from models.speech.encoder_network import encoder_graph, open_encoder
from models.speech.encoding import FRAMES, STATES
from tests.models.speech.conftest import TINY_MELS, TINY_WIDTH, tiny_whisper

Encode = Callable[[NDArray[np.float32]], NDArray[np.float32]]


def by_ctranslate2(folder: Path, kind: str) -> Encode:
    model = ctranslate2.models.Whisper(str(folder), device="cpu", compute_type=kind, intra_threads=1)
    return lambda features: np.array(model.encode(ctranslate2.StorageView.from_array(features)))


def apart(found: NDArray[np.generic], wanted: NDArray[np.float32]) -> float:
    return float(np.linalg.norm(found - wanted) / np.linalg.norm(wanted))


@pytest.mark.parametrize("quantization", [None, "float16", "int8"])
def test_states_are_those_of_ctranslate2(cpu: Device, tmp_path: Path, quantization: str | None) -> None:
    folder = tiny_whisper(tmp_path / "tiny", quantization)
    features = np.random.default_rng(1).standard_normal((2, TINY_MELS, FRAMES)).astype(np.float32)
    found = open_encoder(folder, cpu)(features)
    exact = by_ctranslate2(folder, "float32")(features)
    assert found.shape == (2, STATES, TINY_WIDTH)
    # Rounded to 8 bits as CTranslate2 rounds: as near to the exact states as its own are, and they are farther
    # where the processor cuts sums of products off at 16 bits.
    most = 0.1 if adds_products_of_bytes() else 0.3
    assert apart(found, exact) < 1.5 * apart(by_ctranslate2(folder, "int8")(features), exact) < most


def test_a_row_of_large_values_does_not_spoil_the_others(cpu: Device, tmp_path: Path) -> None:
    folder = tiny_whisper(tmp_path / "tiny", "int8")
    features = np.random.default_rng(1).standard_normal((1, TINY_MELS, FRAMES)).astype(np.float32)
    features[:, :, :20] *= 1000
    exact = by_ctranslate2(folder, "float32")(features)
    assert apart(open_encoder(folder, cpu)(features), exact) < 0.1


def test_silence_has_states(cpu: Device, tmp_path: Path) -> None:
    encode = open_encoder(tiny_whisper(tmp_path / "tiny", "int8"), cpu)
    assert np.isfinite(encode(np.zeros((1, TINY_MELS, FRAMES), np.float32)).astype(np.float32)).all()


@pytest.mark.parametrize("missing", ["conv1/weight", "num_heads", "layer_1/ffn/linear_1/bias", "layer_norm/gamma"])
def test_a_variable_that_is_not_there_is_named(tmp_path: Path, missing: str) -> None:
    variables = read_variables(tiny_whisper(tmp_path / "tiny", "int8") / "model.bin", "encoder/")
    del variables[missing]
    with pytest.raises(Defect, match=missing):
        encoder_graph(variables)
