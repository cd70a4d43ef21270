"""A writer killed at every step boundary and at random moments: what was acknowledged is there, nothing is half."""

from __future__ import annotations

import os
import random
import select
import signal
import subprocess
import sys
import time
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text

from cases import failpoint
from cases.blobs import LocalBlobs
from cases.records import Actor, JobState, Role
from cases.store import Store

if TYPE_CHECKING:
    from tests.cases.conftest import Attacker

WRITER = Path(__file__).parent / "writer.py"
LI = Actor("acc_li", "li", Role.OFFICER)
LONGEST_S = 30.0
RANDOM_KILLS = 6

FAILPOINTS = [
    "blob.synced:2",
    "blob.renamed:1",
    "blob.renamed:2",
    "evidence.row:1",
    "evidence.audit:1",
    "evidence.committed:1",
    "claim.committed:1",
    "checkpoint.row:2",
    "checkpoint.committed:2",
    "finish.record:1",
    "finish.audit:1",
    "finish.committed:1",
]


def run_until_killed(url: str, blobs: Path, point: str | None, after_s: float) -> list[list[str]]:
    """What a writer acknowledged before it was killed, by a failpoint or `after_s` after its first words."""
    variables = {**os.environ, **({failpoint.VARIABLE: point} if point else {})}
    writer = subprocess.Popen([sys.executable, WRITER, "work", url, blobs], env=variables, stdout=subprocess.PIPE)
    assert writer.stdout is not None
    try:
        if point is None:
            assert select.select([writer.stdout], [], [], LONGEST_S)[0]
            time.sleep(after_s)
            writer.kill()
        said, _ = writer.communicate(timeout=LONGEST_S)
    finally:
        writer.kill()
    assert writer.returncode == -signal.SIGKILL
    return [line.split() for line in said.decode().splitlines(keepends=True) if line.endswith("\n")]


@pytest.mark.fault
@pytest.mark.timeout(300)
def test_a_writer_killed_at_every_boundary_loses_nothing_acknowledged_and_leaves_nothing_half(
    database_url: str, tmp_path: Path, attacker: Attacker
) -> None:
    random.seed(7)
    folder = tmp_path / "blobs"
    kills: list[tuple[str | None, float]] = [(point, 0.0) for point in FAILPOINTS]
    kills += [(None, random.uniform(0.0, 0.8)) for _ in range(RANDOM_KILLS)]
    acknowledged: dict[str, set[str]] = defaultdict(set)
    for point, after_s in kills:
        for kind, *names in run_until_killed(database_url, folder, point, after_s):
            acknowledged[kind].add("/".join(names))
        check(database_url, folder, acknowledged)
    subprocess.run(
        [sys.executable, WRITER, "work", database_url, folder, "1"], check=True, timeout=60, capture_output=True
    )
    check(database_url, folder, acknowledged)
    states = attacker.rows("SELECT state, COUNT(*) AS n FROM jobs GROUP BY state")
    assert [row["state"] for row in states] == [JobState.DONE.value]
    again = attacker.rows("SELECT job_id, COUNT(*) AS n FROM job_checkpoints GROUP BY job_id HAVING COUNT(*) <> 3")
    assert again == []
    assert len(attacker.rows("SELECT DISTINCT worker FROM job_attempts")) > len(FAILPOINTS) // 2


def check(url: str, folder: Path, acknowledged: dict[str, set[str]]) -> None:
    """Every acknowledged thing is there; every chain, row and blob holds."""
    blobs = LocalBlobs(folder)
    store = Store.open(url)
    assert store.verify(None, blobs) == []
    cases = {case.id for case in store.cases(LI)}
    assert acknowledged["case"] <= cases
    evidence = {item.id for case in cases for item in store.evidence_of(LI, case)}
    jobs = {job.id: job for case in cases for job in store.jobs_of(LI, case)}
    records = {f"{r.record_id}/{r.job_id}": r for case in cases for r in store.records_of(LI, case)}
    with store._database.read() as tx:
        parts = {f"{row.job_id}/{row.part}" for row in tx.connection.execute(text("SELECT * FROM job_checkpoints"))}
    assert acknowledged["blob"] <= set(blobs.all())
    assert acknowledged["evidence"] <= evidence
    assert acknowledged["job"] <= set(jobs)
    assert acknowledged["record"] <= set(records)
    assert acknowledged["part"] <= parts
    assert acknowledged["version"] <= {f"{r.record_id}/{r.version}" for r in records.values()}
    # A record is there with its job done and all its parts, or it is not there at all.
    assert {r.job_id for r in records.values()} == {j.id for j in jobs.values() if j.state is JobState.DONE}
    for job in jobs.values():
        if job.state is JobState.DONE:
            assert {f"{job.id}/{part}" for part in range(3)} <= parts
    store.close()
