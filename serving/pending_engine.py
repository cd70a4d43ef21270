"""The Engine of a server whose models are still loading: refuses until the real one is there; knows no runtime.

The gateway is up long before the models are, so that evidence can be uploaded meanwhile; whoever asks a model too early
hears Busy and when to come back, and `/readyz` says 503.
"""

from __future__ import annotations

from collections.abc import Sequence

from cases.records import ModelUse
from models.errors import Busy
from models.task import Task
from models.values import ItemError
from pipelines.engine import Engine, Lane, OutT, RefT, TaskKind

RETRY_AFTER_S = 10.0
"""What callers are told to wait; models load within a minute or so."""


class PendingEngine:
    """Stands for an Engine until `settle` gives it one."""

    def __init__(self) -> None:
        self._engine: Engine | None = None

    def settle(self, engine: Engine) -> None:
        """From now on `engine` answers."""
        self._engine = engine

    @property
    def device(self) -> str:
        """The device; says so while there is none yet."""
        return self._engine.device if self._engine is not None else "models are still loading"

    def models(self, task: Task) -> tuple[str, ...]:
        """As `Engine.models`; raises Busy while models are loading."""
        return self._settled().models(task)

    def model(self, task: Task, name: str | None = None) -> ModelUse:
        """As `Engine.model`; raises Busy while models are loading."""
        return self._settled().model(task, name)

    def run(
        self,
        kind: TaskKind[RefT, OutT],
        items: Sequence[RefT],
        *,
        model: str | None = None,
        lane: Lane = Lane.BATCH,
    ) -> list[OutT | ItemError]:
        """As `Engine.run`; raises Busy while models are loading."""
        return self._settled().run(kind, items, model=model, lane=lane)

    def close(self) -> None:
        """Close the engine, when there is one."""
        if self._engine is not None:
            self._engine.close()

    def _settled(self) -> Engine:
        if self._engine is None:
            raise Busy("engine.starting", "the models are still loading; try again shortly", RETRY_AFTER_S)
        return self._engine
