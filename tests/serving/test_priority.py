"""A process gives way as its lane says, with all its threads, and never moves forward."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from pipelines.engine import Lane
from serving.priority import BATCH, LIVE

SCRIPT = """
import json, os, sys, threading
from pathlib import Path
from pipelines.engine import Lane
from serving.priority import give_way
ended = threading.Event()
threading.Thread(target=ended.wait).start()
os.nice(int(sys.argv[2]))
give_way(Lane(sys.argv[1]))
later = threading.Thread(target=ended.wait)
later.start()
threads = [os.getpriority(os.PRIO_PROCESS, int(t.name)) for t in Path("/proc/self/task").iterdir()]
print(json.dumps(threads))
ended.set()
"""


def niceness(lane: Lane, before: int) -> list[int]:
    """That of each thread of a process of its own."""
    made = subprocess.run(
        [sys.executable, "-c", SCRIPT, lane.value, str(before)], capture_output=True, text=True, timeout=60, check=True
    )
    return [int(one) for one in json.loads(made.stdout)]


@pytest.mark.parametrize(("lane", "wanted"), [(Lane.LIVE, LIVE), (Lane.BATCH, BATCH)])
def test_every_thread_has_the_niceness_of_the_lane(lane: Lane, wanted: int) -> None:
    found = niceness(lane, 0)
    assert len(found) >= 3
    assert set(found) == {wanted}


def test_a_process_that_waits_longer_already_stays_where_it_is() -> None:
    # The threads that were there before had none; the first, and what it made later, had twelve.
    assert set(niceness(Lane.LIVE, 12)) == {LIVE, 12}


def test_people_come_before_jobs() -> None:
    assert LIVE < BATCH
