"""Jobs on the wire."""

from __future__ import annotations

from datetime import datetime

from pydantic import Field, JsonValue

from cases.records import Job, JobState
from serving.api.wire import FreeJson, Line, Shown, Wire


class NewJob(Wire):
    """What asks for a job."""

    task: Line = Field(description="transcribe, scan, traffic or compare.")
    evidence: Line = Field(description="Id of a piece of evidence of this case.")
    params: FreeJson = Field(default_factory=dict, description="Parameters of the task; unknown ones are refused.")


class JobShown(Shown):
    """A job; `record` is the id of its record once it is done."""

    id: str
    case: str
    task: str
    evidence: str
    params: dict[str, JsonValue]
    state: JobState
    progress: float = Field(description="0 to 1.")
    attempts: int
    record: str | None
    error_code: str | None
    error_message: str | None
    created_at: datetime
    created_by: str
    updated_at: datetime

    @classmethod
    def of(cls, job: Job) -> JobShown:
        """From the value."""
        return cls(
            id=job.id,
            case=job.case_id,
            task=job.task,
            evidence=job.evidence_id,
            params=job.params,
            state=job.state,
            progress=job.progress,
            attempts=job.attempts,
            record=job.record,
            error_code=job.error_code,
            error_message=job.error_message,
            created_at=job.created_at,
            created_by=job.created_by,
            updated_at=job.updated_at,
        )
