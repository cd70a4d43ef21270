"""The lines of work by task name, and how a run of one becomes a record with its provenance; knows no job store."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import cache
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from typing import cast

from cases.records import JsonObject, Provenance
from models.errors import BadInput, Defect
from pipelines.pipeline import Outcome, Part, Pipeline, Reference, Setting

AnyPipeline = Pipeline[object, object, object]

_LINES: dict[str, tuple[str, str]] = {
    "transcribe": ("pipelines.speech.transcribe", "TranscribePipeline"),
    "scan": ("pipelines.files.scan", "ScanPipeline"),
    "traffic": ("pipelines.traffic.count", "TrafficPipeline"),
    "compare": ("pipelines.speech.compare.pipeline", "ComparePipeline"),
}
_REFERENCES: dict[str, tuple[Reference, ...]] = {
    "compare": (Reference("recording", "evidence"), Reference("transcript", "record")),
}


def tasks() -> tuple[str, ...]:
    """The task names that a job may carry."""
    return tuple(_LINES)


def references(task: str, params: JsonObject) -> tuple[tuple[Reference, str], ...]:
    """What else of the case a job needs, with its id: whoever starts the run looks it up and hands it over."""
    named = ((reference, params.get(reference.param)) for reference in _REFERENCES.get(task, ()))
    return tuple((reference, value) for reference, value in named if isinstance(value, str))


@cache
def pipeline_for(task: str) -> AnyPipeline:
    """The pipeline of `task`; raises BadInput when there is none."""
    if task not in _LINES:
        raise BadInput("job.task", f"no task is called {task!r}; there are: {', '.join(_LINES)}")
    module, name = _LINES[task]
    return cast(AnyPipeline, getattr(import_module(module), name)())


@cache
def code_version() -> str:
    """The installed version of Anjuan, for provenance."""
    try:
        return version("anjuan")
    except PackageNotFoundError:
        return "unversioned"


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")


def run_pipeline(
    pipeline: AnyPipeline,
    setting: Setting[object],
    *,
    parameters: JsonObject,
    done: Mapping[int, object] | None = None,
    on_part: Callable[[Part[object]], None] | None = None,
) -> Outcome[object]:
    """Run what is not in `done`, tell each part to `on_part` as it comes, and assemble the record.

    Raises what the pipeline raises; Defect when parts are missing at the end.
    """
    started = _now()
    parts: dict[int, object] = dict(done or {})
    total = len(parts)
    for part in pipeline.run(setting, dict(parts)):
        parts[part.index] = part.payload
        total = part.total
        if on_part is not None:
            on_part(part)
    if sorted(parts) != list(range(max(total, len(parts)))):
        raise Defect("pipeline.parts", f"{pipeline.task}: {len(parts)} of {total} parts came")
    provenance = Provenance(
        pipeline=pipeline.task,
        pipeline_version=pipeline.version,
        code_version=code_version(),
        models=pipeline.models(setting.params, setting.engine),
        parameters=parameters,
        device=setting.engine.device,
        source_sha256=setting.source.sha256,
        started_at=started,
        finished_at=_now(),
    )
    return pipeline.assemble(setting, [parts[n] for n in sorted(parts)], provenance)
