"""The scan dashboard: volumes in work by stage, what of finished ones needs a person, and what failed with what to do.

It counts what jobs and records say and decides nothing. Records of volumes are large, so that only the newest are
looked into; a version never changes, so each is looked into once.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache, partial
from threading import Lock

from fastapi import APIRouter
from starlette.responses import Response

from cases.access import Verdict, Wish, decide
from cases.codec import from_json
from cases.records import Case, EvidenceItem, Job, JobState, ScanRecord
from cases.versions import RecordSummary
from pipelines.files.catalogue.documents import UNSURE
from pipelines.files.page import QUARANTINED
from pipelines.files.review.queue import queue_of
from serving.console import present
from serving.console.desk import CurrentDesk, Desk, PageRoute
from serving.console.page import render
from serving.security.policy import PAGE, declare

CASES_SHOWN = 50
VOLUMES_SHOWN = 60
"""Finished volumes on the page at most, newest first."""
LOOKS = 8
"""Records looked into for one answer: one of 100 pages takes a third of a second. Others come with later answers."""
KEPT = 2000
"""Looked-into versions that are remembered; each is a few numbers."""
LOST = ("page.broken", "page.size", "picture.broken", "picture.pixels", QUARANTINED)
"""Flags of pages that stand in the record unread."""


@dataclass(frozen=True, slots=True)
class UnreadPage:
    """A page that was left unread, and why."""

    page: int
    flag: str


@dataclass(frozen=True, slots=True)
class VolumeState:
    """What a version of a read volume leaves to do."""

    pages: int
    documents: int
    confirmed: int
    to_check: int
    lines_waiting: int
    findings: int
    unread: tuple[UnreadPage, ...]


@dataclass(frozen=True, slots=True)
class RunningVolume:
    """A volume in work; `pages` is None where the file does not say before it is read."""

    case: Case
    item: EvidenceItem | None
    job: Job
    pages: int | None

    @property
    def read(self) -> int | None:
        """Pages that are read and kept, by the job's progress."""
        return None if self.pages is None else round(self.job.progress * self.pages)

    @property
    def stage(self) -> str:
        """queued, reading, or binding: all pages read, catalogue and PDF being made."""
        if self.job.state is JobState.QUEUED:
            return "queued"
        return "binding" if self.job.progress >= 1 else "reading"


@dataclass(frozen=True, slots=True)
class FinishedVolume:
    """A read volume and what is left to do in it; `state` is None where lists alone may be seen or nobody looked."""

    case: Case
    item: EvidenceItem | None
    record: str
    version: int
    state: VolumeState | None


@dataclass(slots=True)
class Dashboard:
    """The volumes by what happens with them."""

    running: list[RunningVolume] = field(default_factory=list)
    failed: list[tuple[Case, EvidenceItem | None, Job]] = field(default_factory=list)
    finished: list[FinishedVolume] = field(default_factory=list)

    @property
    def quarantined(self) -> list[tuple[FinishedVolume, UnreadPage]]:
        """Every unread page with its volume."""
        return [(one, page) for one in self.finished if one.state for page in one.state.unread]

    @property
    def stages(self) -> dict[str, tuple[int, int]]:
        """Volumes and pages by stage, in the order in which a volume goes through them.

        Pages are those read at `reading`; of waiting volumes those that their files say they have.
        """
        rows = {
            stage: [one for one in self.running if one.stage == stage] for stage in ("queued", "reading", "binding")
        }
        found = {stage: (len(ones), _pages(ones, stage)) for stage, ones in rows.items()}
        known = [one.state for one in self.finished if one.state is not None]
        open_ones = [one for one in known if one.confirmed < one.documents or one.lines_waiting]
        done = [one for one in known if one not in open_ones]
        found["review"] = len(open_ones), sum(one.pages for one in open_ones)
        found["done"] = len(done), sum(one.pages for one in done)
        return found


class LookedInto:
    """States of versions that were looked into before, the latest used `KEPT`; safe for threads."""

    def __init__(self) -> None:
        self._known: OrderedDict[tuple[str, int], VolumeState] = OrderedDict()
        self._lock = Lock()

    def get(self, one: RecordSummary) -> VolumeState | None:
        """The state of a version, None when nobody looked yet."""
        with self._lock:
            found = self._known.get((one.record_id, one.version))
            if found is not None:
                self._known.move_to_end((one.record_id, one.version))
            return found

    def put(self, one: RecordSummary, state: VolumeState) -> None:
        """Remember it; the one that was not asked for longest goes."""
        with self._lock:
            self._known[one.record_id, one.version] = state
            while len(self._known) > KEPT:
                self._known.popitem(last=False)


def router() -> APIRouter:
    """The route of the dashboard."""
    found, known = APIRouter(route_class=PageRoute), LookedInto()

    @found.get("/scans", dependencies=[declare(PAGE)])
    async def scans_page(desk: CurrentDesk) -> Response:
        shown = await desk.ask(_dashboard, desk, known)
        context = {"shown": shown, "may_write": desk.may_write, "may_read": desk.may_read}
        return render(desk.request, "scans.html", context)

    return found


def state_of(record: ScanRecord) -> VolumeState:
    """What is left to do in a read volume; pure."""
    unread = ((page.number, flag) for page in record.pages for flag in page.flags if flag in LOST and not page.lines)
    return VolumeState(
        pages=len(record.pages),
        documents=len(record.documents),
        confirmed=sum(one.confirmed_by is not None for one in record.documents),
        to_check=sum(one.confirmed_by is None and one.confidence < UNSURE for one in record.documents),
        lines_waiting=queue_of(record, most=0).waiting,
        findings=len(record.findings),
        unread=tuple(UnreadPage(number, flag) for number, flag in unread),
    )


def _pages(ones: Iterable[RunningVolume], stage: str) -> int:
    return sum((one.read if stage == "reading" else one.pages) or 0 for one in ones)


def _dashboard(desk: Desk, known: LookedInto) -> Dashboard:
    """The volumes of the newest cases that the visitor may see."""
    store, actor = desk.services.store, desk.actor
    found, records = Dashboard(), list[tuple[Case, EvidenceItem | None, RecordSummary]]()
    for case in store.cases(actor, limit=CASES_SHOWN):
        jobs = [job for job in store.jobs_of(actor, case.id) if job.task == "scan"]
        if not jobs:
            continue
        items = {item.id: item for item in store.evidence_of(actor, case.id)}
        _sort(found, case, items, jobs)
        scans = (one for one in store.records_of(actor, case.id) if one.kind == "scan")
        records += [(case, items.get(one.evidence_id), one) for one in scans]
    records.sort(key=lambda row: row[2].created_at, reverse=True)
    reads, looks = cache(partial(_reads, desk)), LOOKS
    for case, item, one in records[:VOLUMES_SHOWN]:
        state = known.get(one) if reads(case.id) else None
        if state is None and looks and reads(case.id):
            looks -= 1
            state = state_of(from_json(ScanRecord, store.record(actor, one.record_id, one.version).body))
            known.put(one, state)
        found.finished.append(FinishedVolume(case, item, one.record_id, one.version, state))
    return found


def _reads(desk: Desk, case_id: str) -> bool:
    """Whether the visitor may read what the records of a case say: the numbers here are drawn from it."""
    members = desk.services.store.members(desk.actor, case_id)
    own = next((member.role for member in members if member.account_id == desk.actor.id), None)
    return decide(desk.actor.role, own, Wish.READ) is Verdict.ALLOW


def _sort(found: Dashboard, case: Case, items: dict[str, EvidenceItem], jobs: Sequence[Job]) -> None:
    """Jobs that run or wait, and those that failed and whose evidence nothing was done about since."""
    taken_up = {job.evidence_id for job in jobs if job.state in (JobState.DONE, JobState.QUEUED, JobState.RUNNING)}
    for job in jobs:
        item = items.get(job.evidence_id)
        if job.state in (JobState.QUEUED, JobState.RUNNING):
            pages = present.number(item.facts, "pages") if item else None
            found.running.append(RunningVolume(case, item, job, int(pages) if pages else None))
        elif job.state is JobState.FAILED and job.evidence_id not in taken_up:
            found.failed.append((case, item, job))
