"""A bounded number of things at once, refused rather than queued when full; knows not what it bounds."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from models.errors import Busy


class Gate:
    """Counts what is inside; may be given back from another thread than the one that took."""

    def __init__(self, limit: int, code: str, message: str, retry_after_s: float) -> None:
        self._limit = limit
        self._code = code
        self._message = message
        self._retry_after_s = retry_after_s
        self.inside = 0
        self._lock = threading.Lock()

    @contextmanager
    def enter(self) -> Iterator[None]:
        """Be inside for the length of the block; raises Busy when full."""
        self.take()
        try:
            yield
        finally:
            self.give()

    def take(self) -> None:
        """Go in; raises Busy when full. Whoever took gives back."""
        with self._lock:
            if self.inside >= self._limit:
                raise Busy(self._code, self._message, self._retry_after_s)
            self.inside += 1

    def give(self) -> None:
        """Go out."""
        with self._lock:
            self.inside -= 1
