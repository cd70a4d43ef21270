"""The policy of jobs: states, leases, fencing, back-off, poison, idempotency; pure, knows no table and no worker.

A job is a lease: a worker holds it until a moment and renews it. Each claim raises the fence, and every later write
of the worker names its fence, so that one who slept through its lease cannot commit. A job that is tried again and
again without one new part is poison and fails; one that makes progress is never given up.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from cases.audit import canonical
from cases.records import Actor, EvidenceItem, Job, JobState, JsonObject

MAX_BARREN_ATTEMPTS = 5
"""Attempts in a row without one new part before a job counts as poison; a restart of the service costs one of them."""
FIRST_RETRY_S = 2.0
"""Seconds before the first retry; each further barren one doubles it."""
LONGEST_RETRY_S = 300.0
"""Seconds that no retry waits longer than, so that a part that was briefly away is found again soon."""
LIVE_STATES = (JobState.QUEUED, JobState.RUNNING, JobState.DONE)
"""States in which the same work is not started a second time."""
ENDED_STATES = (JobState.DONE, JobState.FAILED, JobState.CANCELLED)

POISON_CODE = "job.poison"


@dataclass(frozen=True, slots=True)
class Lease:
    """The right to work on `job` until it is fenced off.

    `fence` is the claim's number, `actor` who asked for the job.
    """

    job: Job
    fence: int
    evidence: EvidenceItem
    actor: Actor


@dataclass(frozen=True, slots=True)
class Attempt:
    """One claim of a job and how it ended (`outcome` None: it is still running)."""

    fence: int
    worker: str
    outcome: str | None
    reason: str | None


def idempotency_key(case_id: str, evidence_sha256: str, task: str, version: str, params: JsonObject) -> str:
    """What makes two jobs the same work, lower-case hex of a SHA-256."""
    named: JsonObject = {
        "case": case_id,
        "evidence": evidence_sha256,
        "task": task,
        "version": version,
        "params": params,
    }
    return hashlib.sha256(canonical(named).encode()).hexdigest()


def retry_delay_s(barren: int) -> float:
    """Seconds to wait before the next attempt after `barren` attempts in a row that brought no new part."""
    return float(min(LONGEST_RETRY_S, FIRST_RETRY_S * 2 ** max(0, min(barren, 30) - 1)))


def is_poison(barren: int) -> bool:
    """Whether a job that brought no new part for `barren` attempts in a row is to be given up."""
    return barren >= MAX_BARREN_ATTEMPTS


def poison_message(barren: int, last: str | None) -> str:
    """Why a poison job was given up, in words for people."""
    return f"given up after {barren} attempts without progress; the last one: {last or 'its worker died or hung'}"
