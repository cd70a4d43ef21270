"""The folders that PaddleX reads: the alphabet whole, the configuration, and threads and cards as they are allowed."""

from __future__ import annotations

from pathlib import Path

import onnx
import pytest
import yaml

from models.device import Device, DeviceKind
from models.errors import Defect, Unavailable
from models.text.paddlex_folder import alphabet, detector_config, recogniser_config, session

CHARACTERS = ["!", "一", "\u2028", "\x85", "null", "1", ":", "🛅"]


def recogniser(path: Path, metadata: dict[str, str]) -> Path:
    """A model file that carries nothing but metadata."""
    graph = onnx.helper.make_graph([], "empty", [], [])
    model = onnx.helper.make_model(graph)
    onnx.helper.set_model_props(model, metadata)
    onnx.save(model, str(path))
    return path


def test_the_alphabet_keeps_characters_that_look_like_line_ends(tmp_path: Path) -> None:
    weights = recogniser(tmp_path / "rec.onnx", {"character": "\n".join(CHARACTERS) + "\n"})
    assert alphabet(weights) == CHARACTERS


def test_a_recogniser_without_an_alphabet_is_a_defect(tmp_path: Path) -> None:
    with pytest.raises(Defect, match="alphabet"):
        alphabet(recogniser(tmp_path / "rec.onnx", {"other": "x"}))


def test_the_alphabet_survives_the_configuration_file() -> None:
    written = yaml.safe_dump(recogniser_config(CHARACTERS))
    assert yaml.safe_load(written)["PostProcess"]["character_dict"] == CHARACTERS
    assert yaml.safe_load(yaml.safe_dump(detector_config())) == detector_config()


def test_threads_are_bounded_and_a_card_is_used_only_where_there_is_one(monkeypatch: pytest.MonkeyPatch) -> None:
    import onnxruntime

    settings = session(Device(DeviceKind.CPU, 0, 3, "a test"))
    assert settings["intra_op_num_threads"] == 3
    assert settings["providers"] == ["CPUExecutionProvider"]
    card = Device(DeviceKind.CUDA, 1, 3, "a test")
    monkeypatch.setattr(onnxruntime, "get_available_providers", lambda: ["CPUExecutionProvider"])
    with pytest.raises(Unavailable, match="CUDA"):
        session(card)
    monkeypatch.setattr(onnxruntime, "get_available_providers", lambda: ["CUDAExecutionProvider"])
    assert session(card)["provider_options"][0]["device_id"] == 1  # type: ignore[index]
