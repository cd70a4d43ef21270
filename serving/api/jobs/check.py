"""Whether a job can be done at all, before it is queued: its task, its parameters, its models, its evidence."""

from __future__ import annotations

from collections.abc import Sequence

from cases.hotwords import joined
from cases.records import Actor, EvidenceItem, JsonObject, JsonValue
from cases.store import Store
from models.errors import BadInput, NotFound, Unavailable
from pipelines.engine import Engine
from pipelines.lines import pipeline_for, references
from pipelines.media.probe import tasks_for
from pipelines.speech.params import MEMBERS, SPEAKERS, STAFF
from serving.api.jobs.wire import NewJob


def checked_version(job: NewJob, engine: Engine) -> str:
    """The version of the pipeline that will do it; raises BadInput for a task, parameter or model that is not there."""
    pipeline = pipeline_for(job.task)
    params = pipeline.parse(job.params)
    try:
        pipeline.models(params, engine)
    except Unavailable:
        # Models that are still loading are the worker's to wait for.
        return pipeline.version
    return pipeline.version


def with_hotwords(task: str, params: JsonObject, of_case: Sequence[str]) -> JsonObject:
    """The parameters with the names of the case; a job that says `"hotwords": []` wants none.

    They become part of the job, so that its record says what was looked out for and a changed list makes a new job.
    """
    own = params.get("hotwords")
    if task != "transcribe" or not of_case or own == []:
        return params
    listed = [str(word) for word in own] if isinstance(own, list) else []
    return {**params, "hotwords": list[JsonValue](joined(listed, of_case))}


def pinned(store: Store, actor: Actor, case_id: str, job: NewJob) -> JsonObject:
    """The job's parameters with the version of each record that they name, so that a corrected one is new work.

    Raises NotFound for what is not of this case, BadInput for evidence and records of a kind that does not fit.
    """
    params = dict(job.params)
    for reference, named in references(job.task, params):
        if reference.kind == "evidence":
            item = store.evidence(actor, named)
            require_fit(item, case_id, "transcribe")
            continue
        version = params.get(f"{reference.param}_version")
        record = store.record(actor, named, version if isinstance(version, int) else None)
        if record.case_id != case_id:
            raise NotFound("record.not_found", "this case has no such record")
        if record.kind != "transcribe":
            raise BadInput(
                "job.unfit", f"{reference.param} must name a transcript; {named} is a record of {record.kind}"
            )
        params[f"{reference.param}_version"] = record.version
    return params


def require_fit(item: EvidenceItem, case_id: str, task: str) -> None:
    """Raises NotFound for evidence of another case, BadInput where the task cannot be done on such a file."""
    if item.case_id != case_id:
        raise NotFound("evidence.not_found", "this case has no such evidence")
    fitting = tasks_for(item.media_type)
    if task not in fitting:
        names = ", ".join(fitting) or "none"
        raise BadInput("job.unfit", f"{task} cannot be done on {item.media_type}; tasks for it: {names}")


def with_staff(params: JsonObject, enrolled: Sequence[str]) -> JsonObject:
    """The parameters with the accounts whose voices the speakers are compared with: `enrolled` members of the case.

    They become part of the job, so that its record says with whom. Raises BadInput for anybody else.
    """
    wanted = params.get(STAFF)
    if wanted is None:
        return params
    if wanted == MEMBERS:
        return {**params, STAFF: list[JsonValue](enrolled)}
    if not isinstance(wanted, list) or not set(map(str, wanted)) <= set(enrolled):
        raise BadInput("params.staff", "staff names somebody who is no member of this case or has no voiceprint")
    return params


def require_seats(item: EvidenceItem, params: JsonObject) -> None:
    """Raises BadInput where channels are to tell who speaks in a recording that is known to have one."""
    if params.get("channels") == SPEAKERS and item.facts.get("channels") == 1:
        raise BadInput("audio.mono", f"{item.filename} has one channel, no microphone for each seat; use speakers")
