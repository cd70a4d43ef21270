"""How much memory a process has taken since it was warm, so that one that leaks is replaced; knows no model, no Ray.

What a model takes at work and gives back does not count: the resident set is looked at between batches. A native
library that keeps a little of every page (ONNX Runtime, OpenCV, the C library's own heap) shows only over a night.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Final

STATM: Final = Path("/proc/self/statm")
"""Pages of memory of this process: size, resident and more (Linux, proc(5))."""
MIB: Final = 1024**2


def resident_bytes() -> int:
    """The resident set of this process in bytes; 0 where the system does not tell it, so that nothing is replaced."""
    try:
        return int(STATM.read_text(encoding="ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError, IndexError):
        return 0


class GrowthWatch:
    """Says whether this process has grown by more than `most_bytes` since the watch was made."""

    def __init__(self, most_bytes: int, measure: Callable[[], int] = resident_bytes) -> None:
        self._measure = measure
        self._most = most_bytes
        self._warm = measure()
        self._grown = 0

    def look(self) -> None:
        """Measure anew; to be called when no work is in hand."""
        self._grown = self._measure() - self._warm

    @property
    def complaint(self) -> str | None:
        """What is wrong as it was last seen, None when nothing is."""
        if self._grown <= self._most:
            return None
        return f"grown by {self._grown // MIB} MiB since it was warm, more than {self._most // MIB} MiB"
