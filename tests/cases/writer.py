"""A process of its own for tests: opens a store, or writes to it and says what was acknowledged until it is killed.

`open URL`; `cases URL COUNT NAME`; `work URL BLOBS [ROUNDS]`: each acknowledged act is one line on stdout.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from cases.blobs import LocalBlobs
from cases.records import Actor, Role
from cases.store import Lease, Store

LI = Actor("acc_li", "li", Role.OFFICER)
PARTS = 3
LEASE_S = 0.2


def say(*words: object) -> None:
    """Acknowledge: written in one system call, so that a kill leaves no half line unnoticed."""
    os.write(1, (" ".join(str(word) for word in words) + "\n").encode())


def work(store: Store, blobs: LocalBlobs, rounds: int | None) -> None:
    """Add evidence and do jobs, `rounds` times (None: until killed); with rounds, first finish what others left."""
    cases = store.cases(LI)
    case_id = cases[0].id if cases else store.create_case(LI, "case").id
    say("case", case_id)
    done = 0
    while rounds is None or done < rounds:
        with blobs.receive() as incoming:
            incoming.write(os.urandom(2000))
            blob = incoming.commit()
        say("blob", blob.digest.sha256)
        item = store.add_evidence(LI, case_id, "a.wav", blob, "audio/wav", {})
        say("evidence", item.id)
        say("job", store.submit_job(LI, case_id, item.id, "scan", {}, "1").id)
        while (lease := store.claim(f"pid{os.getpid()}", ["scan"], LEASE_S)) is not None:
            do(store, blobs, lease)
        done += 1


def do(store: Store, blobs: LocalBlobs, lease: Lease) -> None:
    """One job, from where it was left."""
    kept = store.checkpoints(lease)
    for part in range(PARTS):
        if part not in kept:
            store.heartbeat(lease, LEASE_S)
            store.checkpoint(lease, part, PARTS, {"part": part, "by": os.getpid()})
            say("part", lease.job.id, part)
    with blobs.receive() as incoming:
        incoming.write(os.urandom(100))
        copy = incoming.commit()
    record = store.finish(lease, "scan", {"pages": PARTS}, [("page.png", "image/png", copy)])
    say("record", record.record_id, lease.job.id)
    store.add_version(LI, record.record_id, 1, {"pages": PARTS, "checked": True})
    say("version", record.record_id, 2)


def main() -> None:
    """Do as the arguments say."""
    mode, url, *rest = sys.argv[1:]
    store = Store.open(url)
    if mode == "cases":
        for n in range(int(rest[0])):
            store.create_case(LI, f"{rest[1]} {n}")
    if mode == "work":
        work(store, LocalBlobs(Path(rest[0])), int(rest[1]) if len(rest) > 1 else None)
    store.close()


if __name__ == "__main__":
    main()
