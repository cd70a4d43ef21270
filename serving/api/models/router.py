"""Which models serve here, task by task."""

from __future__ import annotations

from fastapi import APIRouter
from pydantic import Field

from models.errors import AnjuanError
from models.task import Task
from pipelines.engine import Engine
from serving.api.errors import documented
from serving.api.services import CurrentServices
from serving.api.wire import Shown
from serving.security.policy import SIGNED_IN, declare

router = APIRouter(prefix="/api/v1/models", tags=["models"])


class ModelShown(Shown):
    """A model that serves a task; digest and licence are those that provenance will name."""

    name: str
    task: Task
    default: bool
    weights_sha256: str | None = Field(description="Null while the weights are not here.")
    licence: str | None


class ModelsShown(Shown):
    """Where the models run, and which."""

    device: str
    models: list[ModelShown]


@router.get("", summary="The models that serve here", dependencies=[declare(SIGNED_IN)], responses=documented(503))
async def models(services: CurrentServices) -> ModelsShown:
    """The default of each task stands first."""
    return await services.ask(_models, services.engine)


def _models(engine: Engine) -> ModelsShown:
    shown = [_shown(engine, task, name, n == 0) for task in Task for n, name in enumerate(_names(engine, task))]
    return ModelsShown(device=engine.device, models=shown)


def _names(engine: Engine, task: Task) -> tuple[str, ...]:
    try:
        return engine.models(task)
    except AnjuanError:
        return ()


def _shown(engine: Engine, task: Task, name: str, default: bool) -> ModelShown:
    try:
        use = engine.model(task, name)
    except AnjuanError:
        return ModelShown(name=name, task=task, default=default, weights_sha256=None, licence=None)
    return ModelShown(name=name, task=task, default=default, weights_sha256=use.weights_sha256, licence=use.licence)
