"""Random acts against the store and against a small model in memory: both must tell the same story."""

from __future__ import annotations

import shutil
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from cases.blobs import LocalBlobs
from cases.jobs import retry_delay_s
from cases.records import Actor, JobState, Role
from cases.store import Lease, Store
from models.errors import Conflict, NotFound

LI = Actor("acc_li", "li", Role.OFFICER)
WANG = Actor("acc_wang", "wang", Role.OFFICER)
LEASE_S = 30.0


class StoreMachine(RuleBasedStateMachine):
    """Cases, members, jobs, leases and versions in any order."""

    template: Path
    cases: Bundle[str] = Bundle("cases")
    evidence: Bundle[tuple[str, str]] = Bundle("evidence")

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="anjuan-model-"))
        shutil.copy(self.template, self.folder / "anjuan.db")
        self.ahead = timedelta()
        self.store = Store.open(f"sqlite:///{self.folder / 'anjuan.db'}", clock=lambda: datetime.now(UTC) + self.ahead)
        self.blobs = LocalBlobs(self.folder / "blobs")
        self.teams: dict[str, set[str]] = {}
        self.states: dict[str, JobState] = {}
        self.parts: dict[str, set[int]] = {}
        self.leases: list[Lease] = []
        self.live: Lease | None = None
        self.versions: dict[str, int] = {}

    def teardown(self) -> None:
        """Leave nothing behind."""
        self.store.close()
        shutil.rmtree(self.folder)

    @rule(target=cases)
    def open_case(self) -> str:
        case = self.store.create_case(LI, "case")
        self.teams[case.id] = {LI.id}
        return case.id

    @rule(case=cases)
    def join(self, case: str) -> None:
        self.store.add_member(LI, case, WANG.id, Role.READER)
        self.teams[case].add(WANG.id)

    @rule(target=evidence, case=cases, content=st.binary(max_size=2))
    def add(self, case: str, content: bytes) -> tuple[str, str]:
        with self.blobs.receive() as incoming:
            incoming.write(content)
            item = self.store.add_evidence(LI, case, "a.wav", incoming.commit(), "audio/wav", {})
        return case, item.id

    @rule(place=evidence)
    def submit(self, place: tuple[str, str]) -> None:
        job = self.store.submit_job(LI, *place, "transcribe", {}, "1")
        if job.id in self.states:
            assert self.states[job.id] in (JobState.QUEUED, JobState.RUNNING, JobState.DONE)
        else:
            self.states[job.id], self.parts[job.id] = JobState.QUEUED, set()

    @rule()
    def claim(self) -> None:
        self.ahead += timedelta(seconds=retry_delay_s(3))
        if self.live is not None and self.states[self.live.job.id] is JobState.RUNNING:
            assert self.store.heartbeat(self.live, LEASE_S)
        lease = self.store.claim("w", ["transcribe"], LEASE_S)
        waiting = {job for job, state in self.states.items() if state is JobState.QUEUED}
        if lease is None:
            assert not waiting
            return
        assert lease.job.id in waiting
        if self.live is not None and self.states[self.live.job.id] is JobState.RUNNING:
            self.store.release(self.live)
            self.states[self.live.job.id] = JobState.QUEUED
        self.live = lease
        self.leases.append(lease)
        self.states[lease.job.id] = JobState.RUNNING
        assert set(self.store.checkpoints(lease)) == self.parts[lease.job.id]

    @precondition(lambda self: self.leases)
    @rule(which=st.integers(0, 5), part=st.integers(0, 3))
    def checkpoint(self, which: int, part: int) -> None:
        lease = self.leases[which % len(self.leases)]
        if self._holds(lease):
            self.store.checkpoint(lease, part, 4, {"part": part})
            self.parts[lease.job.id].add(part)
        else:
            with pytest.raises(Conflict):
                self.store.checkpoint(lease, part, 4, {"part": part})

    @precondition(lambda self: self.leases)
    @rule(which=st.integers(0, 5))
    def finish(self, which: int) -> None:
        lease = self.leases[which % len(self.leases)]
        if self._holds(lease):
            record = self.store.finish(lease, "transcript", {"text": "好"}, [])
            self.states[lease.job.id] = JobState.DONE
            self.versions[record.record_id] = 1
        else:
            with pytest.raises(Conflict):
                self.store.finish(lease, "transcript", {}, [])

    @precondition(lambda self: self.states)
    @rule(which=st.integers(0, 5))
    def cancel(self, which: int) -> None:
        job = list(self.states)[which % len(self.states)]
        if self.states[job] in (JobState.DONE, JobState.FAILED):
            with pytest.raises(Conflict):
                self.store.cancel_job(LI, job)
        else:
            self.store.cancel_job(LI, job)
            self.states[job] = JobState.CANCELLED

    @precondition(lambda self: self.versions)
    @rule(which=st.integers(0, 5), base=st.integers(1, 3))
    def edit(self, which: int, base: int) -> None:
        record = list(self.versions)[which % len(self.versions)]
        if base == self.versions[record]:
            self.versions[record] = self.store.add_version(LI, record, base, {"text": "改"}).version
        else:
            with pytest.raises(Conflict):
                self.store.add_version(LI, record, base, {})

    @rule(case=cases)
    def look(self, case: str) -> None:
        if WANG.id in self.teams[case]:
            assert self.store.case(WANG, case).id == case
        else:
            with pytest.raises(NotFound):
                self.store.case(WANG, case)

    @invariant()
    def lists_agree(self) -> None:
        assert {c.id for c in self.store.cases(LI)} == set(self.teams)
        assert {c.id for c in self.store.cases(WANG)} == {c for c, team in self.teams.items() if WANG.id in team}
        assert {job: self.store.job(LI, job).state for job in self.states} == self.states
        assert {r: self.store.record(LI, r).version for r in self.versions} == self.versions

    @invariant()
    def nothing_is_at_fault(self) -> None:
        assert self.store.verify(None, self.blobs) == []

    def _holds(self, lease: Lease) -> bool:
        return lease is self.live and self.states[lease.job.id] is JobState.RUNNING


@pytest.mark.fault
@pytest.mark.timeout(300)
def test_the_store_tells_the_same_story_as_a_small_model(sqlite_template: Path) -> None:
    StoreMachine.template = sqlite_template
    short = settings(max_examples=12, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck))
    run_state_machine_as_test(StoreMachine, settings=short)
