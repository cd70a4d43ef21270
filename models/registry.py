"""Which class loads which model, and which model serves a task by default; imports a loader only when asked for it."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any, Final, cast

from models.errors import Defect, Unavailable
from models.manifest import Manifest, load_manifest, load_manifests
from models.task import Model, Task
from models.weights import WeightsCache

_log = logging.getLogger(__name__)

LOADERS: Final[Mapping[str, tuple[str, str]]] = {
    "faster-whisper": ("models.speech.whisper", "WhisperTranscriber"),
    "silero": ("models.speech.vad", "SileroVad"),
    "pyannote-segmentation": ("models.speech.segmentation", "PyannoteSegmentation"),
    "wespeaker": ("models.speech.speaker", "WeSpeaker"),
    "vosk": ("models.speech.vosk", "VoskTranscriber"),
    "paddleocr": ("models.text.paddle", "PaddlePageReader"),
    "onnx-detector": ("models.vision.onnx_detector", "OnnxDetector"),
    "onnx-plates": ("models.vision.plate", "OnnxPlates"),
}
"""Loader name in a manifest -> module and class; every class is made with (manifest, cache)."""


def build(name: str, cache: WeightsCache) -> Model[Any, Any]:
    """The model called `name`, not loaded yet.

    A model with unpublished digests is pulled here, so that its identity is the digest of what it runs.  Raises
    NotFound for an unknown name, Defect for an unknown loader, and what `WeightsCache.ensure` raises.
    """
    manifest = load_manifest(name)
    if not manifest.verified:
        cache.ensure(manifest)
    if manifest.loader not in LOADERS:
        raise Defect("model.loader", f"{name}: no loader is called {manifest.loader!r}")
    module, class_name = LOADERS[manifest.loader]
    make = cast(Callable[[Manifest, WeightsCache], Model[Any, Any]], getattr(import_module(module), class_name))
    return make(cache.pinned(manifest), cache)


def default_name(task: Task, cache: WeightsCache | None = None) -> str:
    """The name of the model that serves `task` when nobody names one.

    That is the manifest marked as default, or its fallback (said in the log) where the default is not in the cache,
    this machine has no client to fetch it with, and it has one for the fallback.  Raises Unavailable when no manifest
    serves the task.
    """
    manifests = load_manifests()
    chosen = next((m for m in manifests.values() if m.task == task and m.default), None)
    if chosen is None:
        raise Unavailable("model.none", f"no model serves {task}")
    known = cache or WeightsCache()
    if chosen.fallback and not known.obtainable(chosen):
        other = manifests[chosen.fallback]
        if known.obtainable(other):
            _log.warning("%s cannot be fetched on this machine; %s is used instead", chosen.name, other.name)
            return other.name
    return chosen.name


def names(task: Task, cache: WeightsCache | None = None) -> tuple[str, ...]:
    """All models of `task`: the default first, then by name, those with a binding licence last."""
    first = default_name(task, cache)
    others = [m for m in load_manifests().values() if m.task == task and m.name != first]
    return (first, *(m.name for m in sorted(others, key=lambda m: (not m.permissive, m.name))))
