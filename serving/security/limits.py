"""How often one caller may ask, and how long one must wait after wrong passwords; in memory, bounded, knows no route.

Several gateways each count for themselves: the bounds are against accidents and guessing, not an account of usage.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

from models.errors import Busy

REMEMBERED = 10_000
"""Callers remembered at once; the one unheard of for longest is forgotten first."""


@dataclass(slots=True)
class _Bucket:
    tokens: float
    at: float


class RateLimit:
    """A token bucket for each caller: `burst` at once, `per_minute` in the long run."""

    def __init__(self, per_minute: int, burst: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._per_s = per_minute / 60
        self._burst = float(burst)
        self._clock = clock
        self._buckets: OrderedDict[str, _Bucket] = OrderedDict()

    def take(self, caller: str) -> None:
        """Count one request; raises Busy with the seconds until the next one is welcome."""
        now = self._clock()
        bucket = self._buckets.pop(caller, None) or _Bucket(self._burst, now)
        bucket.tokens = min(self._burst, bucket.tokens + (now - bucket.at) * self._per_s)
        bucket.at = now
        self._buckets[caller] = bucket
        if len(self._buckets) > REMEMBERED:
            self._buckets.popitem(last=False)
        if bucket.tokens < 1:
            raise Busy("rate.limit", "too many requests; slow down", (1 - bucket.tokens) / self._per_s)
        bucket.tokens -= 1


@dataclass(slots=True)
class _Failures:
    count: int
    blocked_until: float


class SignInBackOff:
    """Waits that double with each wrong password, for a name and for an address each; thread-safe."""

    def __init__(
        self, failures: int, wait_s: float, wait_max_s: float, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._free = failures
        self._wait_s = wait_s
        self._wait_max_s = wait_max_s
        self._clock = clock
        self._seen: OrderedDict[str, _Failures] = OrderedDict()
        self._lock = threading.Lock()

    def check(self, *callers: str) -> None:
        """Raises Busy while any of `callers` must wait."""
        now = self._clock()
        with self._lock:
            wait = max((self._seen[c].blocked_until - now for c in callers if c in self._seen), default=0.0)
        if wait > 0:
            raise Busy("sign_in.wait", "too many wrong passwords; wait before the next try", wait)

    def failed(self, *callers: str) -> None:
        """Count a wrong password."""
        with self._lock:
            for caller in callers:
                entry = self._seen.pop(caller, None) or _Failures(0, 0.0)
                entry.count += 1
                if entry.count >= self._free:
                    doubled = self._wait_s * 2.0 ** min(entry.count - self._free, 30)
                    entry.blocked_until = self._clock() + min(doubled, self._wait_max_s)
                self._seen[caller] = entry
                if len(self._seen) > REMEMBERED:
                    self._seen.popitem(last=False)

    def succeeded(self, *callers: str) -> None:
        """Forget the failures."""
        with self._lock:
            for caller in callers:
                self._seen.pop(caller, None)
