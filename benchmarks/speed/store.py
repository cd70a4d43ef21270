"""How fast the case store is on this machine: both digests in one pass, acts a second, verification.

Run with `python -m benchmarks.speed.store [--database URL] [--json]`. The folder must lie on the disk that is to be
measured (`--folder`), since a commit waits for it.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import sqlite3
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from cases.blobs import LocalBlobs
from cases.digest import CHUNK_BYTES, Hasher
from cases.records import Actor, Role
from cases.store import Lease, Store

LI = Actor("acc_li", "li", Role.OFFICER)
DIGEST_BYTES = 256 << 20
LEASE_S = 600.0


def mib_per_second() -> float:
    """Hash random bytes in memory, both digests in one pass: MiB a second of one core's time."""
    chunk = os.urandom(CHUNK_BYTES)
    hasher = Hasher()
    start = time.process_time()
    while hasher.size < DIGEST_BYTES:
        hasher.update(chunk)
    return DIGEST_BYTES / (1 << 20) / (time.process_time() - start)


def per_second(act: Callable[[int], object], seconds: float) -> float:
    """How often `act` ran a second, over about that many seconds."""
    start = time.perf_counter()
    count = 0
    while time.perf_counter() - start < seconds:
        act(count)
        count += 1
    return count / (time.perf_counter() - start)


def measure(store: Store, blobs: LocalBlobs, seconds: float) -> dict[str, float]:
    """Each act by itself, and a whole job."""
    case = store.create_case(LI, "speed")
    with blobs.receive() as incoming:
        incoming.write(b"x" * 10_000)
        blob = incoming.commit()
    item = store.add_evidence(LI, case.id, "a.wav", blob, "audio/wav", {})

    def lease_of(turn: str) -> Lease:
        store.submit_job(LI, case.id, item.id, "scan", {"turn": turn}, "1")
        lease = store.claim("speed", ["scan"], LEASE_S)
        if lease is None:
            raise RuntimeError("the job that was just submitted could not be claimed")
        return lease

    kept = lease_of("parts")
    found = {
        "read_case": per_second(lambda _: store.case(LI, case.id), seconds),
        "note_read": per_second(lambda _: store.note_read(LI, case.id, "evidence", item.id), seconds),
        "add_evidence": per_second(lambda _: store.add_evidence(LI, case.id, "a.wav", blob, "audio/wav", {}), seconds),
        "checkpoint": per_second(lambda n: store.checkpoint(kept, n, 1_000_000, {"text": "好" * 200}), seconds),
        "heartbeat": per_second(lambda _: store.heartbeat(kept, LEASE_S), seconds),
        "whole_job": per_second(lambda n: store.finish(lease_of(str(n)), "scan", {"text": "好" * 200}, []), seconds),
    }
    start = time.perf_counter()
    report = store.examine(None, blobs)
    if report.faults:
        raise RuntimeError(f"the store is at fault after measuring: {report.faults[0]}")
    found["verify_entries"] = report.entries / (time.perf_counter() - start)
    return {name: round(value, 1) for name, value in found.items()}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--database", help="measure this database instead of a fresh SQLite file")
    parser.add_argument("--folder", type=Path, help="where to put blobs and the SQLite file")
    parser.add_argument("--seconds", type=float, default=2.0, help="how long each act is repeated")
    parser.add_argument("--json", action="store_true", dest="as_json")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=given.folder) as folder:
        store = Store.open(given.database or f"sqlite:///{folder}/anjuan.db")
        result: dict[str, object] = {
            "python": platform.python_version(),
            "sqlite": sqlite3.sqlite_version,
            "cores": os.cpu_count(),
            "load": os.getloadavg()[0],
            "digest_mib_per_core_s": round(mib_per_second(), 1),
            "per_second": measure(store, LocalBlobs(Path(folder) / "blobs"), given.seconds),
        }
        store.close()
    print(json.dumps(result, indent=None if given.as_json else 2))


if __name__ == "__main__":
    main()
