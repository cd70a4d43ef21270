"""Where a server's models come from: the manifests with their weights cache, or the fakes; knows no runtime.

`build` and `names` have the shapes that both engines take, and travel to Ray's replicas: functions of a module, no
closures.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from models.fakes import build_fake, fake_names
from models.progress import Progress
from models.task import Task
from serving.deployments import AnyModel, Build


@dataclass(frozen=True, slots=True)
class ModelSource:
    """How to make a model by name, which there are for a task (default first), and how to have their weights here."""

    build: Build
    names: Callable[[Task], tuple[str, ...]]
    ensure: Callable[[Progress], None]
    weights: bool
    """Whether the models have weights at all."""


def registered() -> ModelSource:
    """The models that the manifests name, from the weights cache of this machine."""
    from models import registry
    from models.weights import default_root

    return ModelSource(partial(_build, default_root()), registry.names, _ensure_defaults, weights=True)


def fakes() -> ModelSource:
    """Deterministic stand-ins that need no weights, for trying the service and for tests."""
    return ModelSource(build_fake, fake_names, lambda _progress: None, weights=False)


def _build(root: Path, name: str) -> AnyModel:
    from models import registry
    from models.weights import WeightsCache

    return registry.build(name, WeightsCache(root))


def _ensure_defaults(progress: Progress) -> None:
    """Fetch what the default model of each task still lacks; raises WeightsMissing."""
    from models import registry
    from models.manifest import load_manifests
    from models.weights import WeightsCache

    cache, manifests = WeightsCache(), load_manifests()
    for task in Task:
        if registry.names(task):
            cache.ensure(manifests[registry.default_name(task)], progress=progress)
