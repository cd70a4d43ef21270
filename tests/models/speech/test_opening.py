"""Which encoder a model gets, and the libraries of a card."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from models.device import Device, DeviceKind
from models.errors import Defect
from models.speech import opening
from models.speech.opening import preload_cublas

Opened = Callable[..., list[str]]


@pytest.fixture
def encoders(monkeypatch: pytest.MonkeyPatch) -> Opened:
    """The names of the encoders that are used on a device, with a file that may be read or not."""

    def opened(device: Device, *, readable: bool = True) -> list[str]:
        used: list[str] = []

        def network(name: str) -> Callable[[Any], Any]:
            def encode(features: Any) -> Any:
                used.append(name)
                return np.zeros((1, 1500, 4), np.float32)

            return encode

        def open_encoder(folder: Path, device: Device) -> Callable[[Any], Any]:
            if not readable:
                raise Defect("model.layout", "another converter's file")
            return network("onnxruntime")

        extractor = SimpleNamespace(mel_filters=np.zeros((80, 201), np.float32))
        monkeypatch.setattr(
            "faster_whisper.WhisperModel", lambda *_, **__: SimpleNamespace(feature_extractor=extractor)
        )
        monkeypatch.setattr(opening, "open_encoder", open_encoder)
        monkeypatch.setattr(opening, "by_ctranslate2", lambda model: network("ctranslate2"))
        monkeypatch.setattr(opening, "preload_cublas", lambda: None)
        opening.open_whisper(Path("weights"), device)
        return used

    return opened


def test_a_processor_gets_the_faster_encoder_and_a_card_that_of_ctranslate2(encoders: Opened, cpu: Device) -> None:
    assert encoders(cpu) == ["onnxruntime"]
    assert encoders(Device(DeviceKind.CUDA, 0, 2, "a test")) == ["ctranslate2"]


def test_a_file_of_another_layout_is_said_and_read_by_ctranslate2(
    encoders: Opened, cpu: Device, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        assert encoders(cpu, readable=False) == ["ctranslate2"]
    assert "another converter's file" in caplog.text


def test_cublas_of_cuda_twelve_loads_where_its_wheel_is_installed() -> None:
    preload_cublas()
