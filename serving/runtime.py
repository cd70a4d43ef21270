"""What a server's models run on, chosen by the settings: a Ray of its own, or threads of this process."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from models.device import Device, DeviceKind, available_cores, choose_device
from pipelines.engine import Engine
from serving.model_source import ModelSource
from serving.settings import Settings

CLOSE_S = 4.0
"""What the batch in flight on a thread gets when the server ends."""


class Runtime(Protocol):
    """Starts an engine and ends what it started."""

    def start(self) -> Engine:
        """The engine, its models warm where the runtime can warm them; raises Unavailable."""
        ...

    def stop(self) -> None:
        """End everything; does nothing when nothing was started."""
        ...


class InlineRuntime:
    """Models on threads of this process, loaded on their first request: for small machines and tests."""

    def __init__(self, settings: Settings, source: ModelSource) -> None:
        self._settings = settings
        self._source = source

    def start(self) -> Engine:
        """An InlineEngine; it is the caller's to close."""
        from pipelines.inline import InlineEngine, InlineLimits

        settings = self._settings
        limits = InlineLimits(
            queue_items=settings.engine_queue_items, answer_s=settings.engine_answer_s, close_s=CLOSE_S
        )
        return InlineEngine(self._source.build, self._source.names, self._device(), limits)

    def stop(self) -> None:
        """Nothing is left once the engine is closed."""

    def _device(self) -> Device:
        if not self._source.weights:
            return Device(DeviceKind.CPU, 0, self._settings.threads or available_cores(), "stand-ins need no card")
        return choose_device(self._settings.device, self._settings.threads)


def runtime_for(settings: Settings, source: ModelSource, note_temporary: Callable[[Path], None]) -> Runtime:
    """The runtime that `settings.engine` names; `note_temporary` is told of folders outside DIR."""
    if settings.engine == "inline":
        return InlineRuntime(settings, source)
    from serving.ray_engine import RayLimits
    from serving.ray_session import RayOptions, RaySession

    options = RayOptions(
        build=source.build,
        names=source.names,
        device=settings.device,
        threads=settings.threads,
        queue_items=settings.engine_queue_items,
        growth_bytes=settings.engine_growth_max_bytes,
        object_store_bytes=settings.ray_object_store_bytes,
        start_s=settings.ray_start_s,
        address=settings.ray_address,
        limits=RayLimits(answer_s=settings.engine_answer_s),
    )
    return RaySession(options, note_temporary)
