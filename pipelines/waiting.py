"""Requests that wait for one model: interactive ones first, each lane in its own order, bounded together; knows no
model and no engine.

Closing is orderly: what waits is still handed out, and whoever takes after that hears that it is over.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable
from typing import Generic, TypeVar

from pipelines.engine import Lane

T = TypeVar("T")


class Full(Exception):
    """There is no place left in the line."""


class Closed(Exception):
    """The line is closed and nothing waits in it any more."""


class WaitingLine(Generic[T]):
    """A queue with two lanes; thread-safe."""

    def __init__(self, limit: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._limit = limit
        self._clock = clock
        self._lanes: dict[Lane, deque[T]] = {Lane.LIVE: deque(), Lane.BATCH: deque()}
        self._changed = threading.Condition()
        self._closed = False
        self._last_live: float | None = None

    def put(self, item: T, lane: Lane) -> None:
        """Queue `item`; raises Full, and Closed after the end."""
        with self._changed:
            if self._closed:
                raise Closed
            if self.qsize() >= self._limit:
                raise Full
            self._lanes[lane].append(item)
            if lane is Lane.LIVE:
                self._last_live = self._clock()
            self._changed.notify()

    def take(self, lane: Lane | None = None, timeout_s: float | None = None) -> tuple[T, Lane] | None:
        """The next item, live ones first, or of `lane` alone; None when none comes within `timeout_s`.

        Raises Closed when there is nothing to wait for any more.
        """
        deadline = None if timeout_s is None else self._clock() + timeout_s
        with self._changed:
            while True:
                for one in self._lanes if lane is None else (lane,):
                    if self._lanes[one]:
                        return self._lanes[one].popleft(), one
                if self._closed:
                    raise Closed
                left = None if deadline is None else deadline - self._clock()
                if left is not None and left <= 0:
                    return None
                self._changed.wait(left)

    def live_within(self, seconds: float) -> bool:
        """Whether a person asked within the last `seconds`, and may ask again."""
        with self._changed:
            return self._last_live is not None and self._clock() - self._last_live < seconds

    def close(self) -> None:
        """Take nothing more in."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    def qsize(self) -> int:
        """How many wait."""
        return sum(len(lane) for lane in self._lanes.values())
