"""Places where a test may kill the process, so that every step boundary of a write is hit on purpose.

`ANJUAN_FAILPOINT=name:n` kills the process with SIGKILL when the failpoint `name` is passed for the n-th time;
without the variable a failpoint is one dictionary look-up. Knows no store.
"""

from __future__ import annotations

import os
import signal
from collections import Counter

VARIABLE = "ANJUAN_FAILPOINT"
_passed: Counter[str] = Counter()


def failpoint(name: str) -> None:
    """Die here, as by power loss of the process, when the environment asks for it."""
    wanted = os.environ.get(VARIABLE)
    if not wanted:
        return
    point, _, turn = wanted.partition(":")
    if point != name:
        return
    _passed[name] += 1
    if _passed[name] >= int(turn or "1"):
        os.kill(os.getpid(), signal.SIGKILL)
