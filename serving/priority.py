"""Who waits when the cores are taken: people who speak before jobs of the night; knows no model and no request.

Linux shares a core by niceness, each step of it about a fifth less. The gateway and the quick pass of live text keep
that of whoever started them, live replicas are LIVE above it and batch replicas BATCH: about nine parts to one.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from pipelines.engine import Lane

LIVE: Final = 5
BATCH: Final = 15
"""Niceness as Linux counts it: 19 is what waits longest."""
NICENESS: Final = {Lane.LIVE: LIVE, Lane.BATCH: BATCH}
TASKS: Final = Path("/proc/self/task")


def give_way(lane: Lane) -> None:
    """Give this process, every thread that it has and will have, the niceness of `lane`, but never a lower one."""
    for thread in _threads():
        try:
            if os.getpriority(os.PRIO_PROCESS, thread) < NICENESS[lane]:
                os.setpriority(os.PRIO_PROCESS, thread, NICENESS[lane])
        except ProcessLookupError:
            continue  # it ended meanwhile


def _threads() -> Iterator[int]:
    """The numbers of this process's threads: Linux keeps a niceness for each, and a new one has its maker's."""
    if not TASKS.is_dir():
        yield 0
        return
    for task in TASKS.iterdir():
        yield int(task.name)
