"""The registry: names to classes, late; the default of a task, or what stands in for it."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from models import registry
from models.errors import Defect, NotFound, Unavailable
from models.manifest import Manifest, load_manifest
from models.task import Task
from models.weights import WeightsCache
from tests.models.conftest import Hub, file_table, hub_table, manifest_of, sha256


class Recorder:
    """A model class that keeps what it was made with."""

    def __init__(self, manifest: Manifest, cache: WeightsCache) -> None:
        self.manifest = manifest
        self.cache = cache


@pytest.fixture
def recorder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "LOADERS", {"onnx-detector": (__name__, "Recorder")})
    monkeypatch.setitem(sys.modules, __name__, sys.modules[Recorder.__module__])


@pytest.mark.usefixtures("recorder")
def test_a_model_is_made_from_its_manifest_without_fetching(tmp_path: Path) -> None:
    cache = WeightsCache(tmp_path / "weights", offline=True)
    made = registry.build("picodet-s", cache)
    assert getattr(made, "manifest", None) == load_manifest("picodet-s")
    assert not (tmp_path / "weights").exists()


@pytest.mark.usefixtures("recorder")
def test_a_model_with_unpublished_digests_is_pulled_so_that_its_identity_is_true(
    tmp_path: Path, hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    unpublished = manifest_of(file_table("weights.bin", b"w", published=False) + hub_table())
    monkeypatch.setattr("models.manifest._shipped", lambda: (unpublished,))
    hub.files["/someone/tiny/resolve/r1/weights.bin"] = b"w"
    made = registry.build("tiny", WeightsCache(tmp_path, offline=False))
    manifest = getattr(made, "manifest", None)
    assert isinstance(manifest, Manifest)
    assert manifest.files[0].sha256 == sha256(b"w")


def test_an_unknown_name_and_an_unknown_loader_are_told_apart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(NotFound):
        registry.build("absent", WeightsCache(tmp_path))
    monkeypatch.setattr(registry, "LOADERS", {})
    with pytest.raises(Defect, match="onnx-detector"):
        registry.build("picodet-s", WeightsCache(tmp_path))


@pytest.mark.parametrize(
    ("task", "name"),
    [
        (Task.TRANSCRIBE, "whisper-small"),
        (Task.VOICE_ACTIVITY, "silero-vad"),
        (Task.READ_PAGE, "pp-ocrv6-small"),
        (Task.DETECT, "picodet-s"),
        (Task.SPEAKER_SEGMENTATION, "pyannote-segmentation"),
        (Task.SPEAKER_EMBEDDING, "wespeaker-resnet34"),
        (Task.TRANSCRIBE_STREAM, "vosk-small-cn"),
        (Task.READ_PLATES, "anjuan-plates"),
    ],
)
@pytest.mark.usefixtures("fake_npm")
def test_every_task_has_its_default_first(task: Task, name: str, tmp_path: Path) -> None:
    names = registry.names(task, WeightsCache(tmp_path, offline=False))
    assert names[0] == name
    assert len(set(names)) == len(names)


def test_models_with_a_binding_licence_come_last(tmp_path: Path) -> None:
    assert registry.names(Task.DETECT, WeightsCache(tmp_path, offline=False))[-1] == "yolov8n"


def test_without_npm_whisper_base_stands_in_and_the_log_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("models.pull.npm_command", lambda: None)
    assert registry.default_name(Task.TRANSCRIBE, WeightsCache(tmp_path, offline=False)) == "whisper-base"
    assert "whisper-base is used instead" in caplog.text


def test_where_nothing_can_be_fetched_the_default_is_named_not_its_stand_in(tmp_path: Path) -> None:
    assert registry.default_name(Task.TRANSCRIBE, WeightsCache(tmp_path, offline=True)) == "whisper-small"


def test_a_task_without_a_model_is_unavailable(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("models.manifest._shipped", lambda: ())
    with pytest.raises(Unavailable, match="detect"):
        registry.default_name(Task.DETECT, WeightsCache(tmp_path))
