"""Kill the server at random moments, again and again: nothing acknowledged may be lost, and nothing may come twice.

    python -m benchmarks.faults.kill9 --rounds 50 --ray-every 25

A round starts `anjuan serve` on the same data folder, uploads a recording, a volume and a clip into a new case, submits
their jobs and sends SIGKILL to the server's process group after a random time. At the end the server runs unbroken
until every acknowledged job ended. Then: each acknowledged upload is there byte for byte, each acknowledged job is
done, its record equals that of a run that nobody broke (so no page, segment or event is missing or twice), and
`anjuan verify` finds no fault. Most rounds run models on threads (`--engine inline`), since Ray takes half a minute to
start; every `--ray-every`-th runs on Ray. Models are stand-ins unless `--real-models`: what is tested is the store, the
queue and the resumption, and those do not know the difference.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import random
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from benchmarks.faults.inputs import Input, make_inputs
from benchmarks.faults.service import Service, ServiceOptions, leave_on_sigterm
from cases.records import JsonObject
from models.errors import Unavailable

SETTINGS = {"WORKER_LEASE_S": "5", "WORKER_HEARTBEAT_S": "1", "WORKER_THREADS": "2", "RAY_START_S": "300"}
"""A short lease, so that the jobs of a killed server are taken up at once after its restart."""
JOB_S = 600.0
"""Longest time for all jobs at the end."""


@dataclass(frozen=True, slots=True)
class Options:
    """What to run."""

    rounds: int
    ray_every: int = 0
    real_models: bool = False
    span_s: float = 5.0
    """The kill comes at a random moment within this time after the gateway's first answer."""
    seed: int = 1


@dataclass(slots=True)
class Acknowledged:
    """What the server said it has: evidence ids with their digest, job ids with their input."""

    uploads: dict[str, str] = field(default_factory=dict)
    jobs: dict[str, Input] = field(default_factory=dict)


@dataclass(slots=True)
class Report:
    """The outcome; `faults` empty means that every promise held."""

    rounds: int
    uploads: int = 0
    jobs: int = 0
    killed_while_loading: int = 0
    attempts: int = 0
    seconds: float = 0.0
    faults: list[str] = field(default_factory=list)

    @property
    def as_json(self) -> JsonObject:
        """For a log."""
        return {
            "rounds": self.rounds,
            "uploads": self.uploads,
            "jobs": self.jobs,
            "killed_while_loading": self.killed_while_loading,
            "attempts": self.attempts,
            "seconds": round(self.seconds, 1),
            "faults": list(self.faults),
        }


def run(options: Options, folder: Path) -> Report:
    """Run all rounds in `folder`, which must be empty."""
    began = time.monotonic()
    chance = random.Random(options.seed)
    inputs = make_inputs(folder)
    report, acknowledged = Report(options.rounds), Acknowledged()
    data = folder / "data"
    expected = _unbroken(options, folder / "unbroken", inputs)
    for number in range(1, options.rounds + 1):
        engine = "ray" if options.ray_every and number % options.ray_every == 0 else "inline"
        service = _service(options, data, engine)
        service.start()
        try:
            _one_round(service, inputs, acknowledged, report, chance, options.span_s)
        finally:
            service.kill()
            service.client.close()
        print(f"round {number}: {engine}, {len(acknowledged.jobs)} jobs acknowledged", file=sys.stderr)
    with _service(options, data, "inline") as service:
        _check(service, acknowledged, expected, report)
    report.seconds = time.monotonic() - began
    return report


def _service(options: Options, data: Path, engine: str) -> Service:
    return Service(ServiceOptions(data, engine, not options.real_models, settings=SETTINGS))


def _unbroken(options: Options, data: Path, inputs: Sequence[Input]) -> dict[Path, JsonObject]:
    """The record of each input from a server that nobody kills."""
    with _service(options, data, "inline") as service:
        service.wait_until_ready()
        case = service.create_case("unbroken")
        jobs = [(i, service.submit(case, i.task, str(service.upload(case, i.path)["id"]))) for i in inputs]
        found = {i.path: service.finish(job, JOB_S) for i, job in jobs}
        return {path: _comparable(service, job) for path, job in found.items()}


def _one_round(
    service: Service,
    inputs: Sequence[Input],
    acknowledged: Acknowledged,
    report: Report,
    chance: random.Random,
    span_s: float,
) -> None:
    """Upload and submit until the moment comes; whatever is not answered by then is not acknowledged."""
    deadline = time.monotonic() + chance.uniform(0.0, span_s)
    chosen = chance.sample(list(inputs), 3)
    case = None
    try:
        case = service.create_case("killed")
        for item in chosen:
            service.client.timeout = httpx.Timeout(max(0.05, deadline - time.monotonic()))
            _ask(service, case, item, acknowledged)
    except httpx.TransportError:
        pass  # the moment came in the middle of a request
    while time.monotonic() < deadline:
        time.sleep(0.01)
    report.killed_while_loading += not _is_ready(service)


def _ask(service: Service, case: str, item: Input, acknowledged: Acknowledged) -> None:
    evidence = service.upload(case, item.path)
    acknowledged.uploads[str(evidence["id"])] = hashlib.sha256(item.path.read_bytes()).hexdigest()
    acknowledged.jobs[service.submit(case, item.task, str(evidence["id"]))] = item


def _is_ready(service: Service) -> bool:
    try:
        return service.client.get("/readyz", timeout=1.0).status_code == 200
    except httpx.TransportError:
        return False


def _check(service: Service, acknowledged: Acknowledged, expected: dict[Path, JsonObject], report: Report) -> None:
    """Every promise, in turn; what does not hold is named in the report."""
    report.uploads, report.jobs = len(acknowledged.uploads), len(acknowledged.jobs)
    service.client.timeout = httpx.Timeout(30.0)
    service.wait_until_ready()
    for evidence, sha256 in acknowledged.uploads.items():
        if hashlib.sha256(service.content(evidence)).hexdigest() != sha256:
            report.faults.append(f"evidence {evidence} is not what was uploaded")
    deadline = time.monotonic() + JOB_S
    for job, item in acknowledged.jobs.items():
        try:
            ended = service.finish(job, max(1.0, deadline - time.monotonic()))
        except Unavailable as error:
            report.faults.append(str(error))
            continue
        attempts = ended["attempts"]
        report.attempts += attempts if isinstance(attempts, int) else 0
        if ended["state"] != "done":
            report.faults.append(f"job {job} is {ended['state']}: {ended['error_code']} {ended['error_message']}")
        elif _comparable(service, ended) != expected[item.path]:
            report.faults.append(f"the record of job {job} ({item.path.name}) differs from the unbroken run's")
    verified = service.run("verify")
    if verified.returncode:
        report.faults.append(f"anjuan verify: {verified.stdout.strip()} {verified.stderr.strip()}")


def _comparable(service: Service, job: JsonObject) -> JsonObject:
    """A job's record without what differs from run to run: moments and ids."""
    if job["state"] != "done":
        raise Unavailable("service.job", f"a job of the unbroken run is {job['state']}: {job['error_message']}")
    record = service.record(str(job["record"]))
    return {name: value for name, value in record.items() if name in _CONTENT}


_CONTENT = frozenset(
    {"language", "duration", "segments", "text", "pages", "documents", "fps", "frames", "tracks", "counts", "paths"}
)
"""The parts of the three kinds of record that follow from the evidence alone."""


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description="kill the server, and see that nothing is lost")
    parser.add_argument("--rounds", type=int, default=50)
    parser.add_argument("--ray-every", type=int, default=0, help="every n-th round on Ray; 0: none")
    parser.add_argument("--real-models", action="store_true")
    parser.add_argument("--span", type=float, default=5.0, help="seconds within which the kill comes")
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    leave_on_sigterm()
    with tempfile.TemporaryDirectory(prefix="kill9-") as folder:
        options = Options(given.rounds, given.ray_every, given.real_models, given.span, given.seed)
        report = run(options, Path(folder))
    print(json.dumps(report.as_json, ensure_ascii=False))
    sys.exit(1 if report.faults else 0)


if __name__ == "__main__":
    main()
