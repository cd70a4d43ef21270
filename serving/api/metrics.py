"""What Prometheus may know: counts, times and gauges without any id or name; knows no case."""

from __future__ import annotations

from collections.abc import Callable

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector, generate_latest

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


class Metrics:
    """The metrics of one app, in a registry of its own so that two apps in one process do not meet."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        labels = ("method", "route", "status")
        self._requests = Counter("anjuan_requests", "Requests answered", labels, registry=self.registry)
        self._seconds = Histogram(
            "anjuan_request_seconds",
            "Time from the first byte asked to the last byte answered",
            ("method", "route"),
            buckets=(0.005, 0.02, 0.1, 0.5, 2, 10, 60, 600),
            registry=self.registry,
        )
        self._received = Counter("anjuan_evidence_bytes", "Bytes of evidence taken in", registry=self.registry)
        self._open = Gauge("anjuan_open", "Bounded things that are open now", ("what",), registry=self.registry)

    def observe(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count one request; an odd method is counted as such, since a label must not be the caller's to invent."""
        named = method if method in METHODS else "OTHER"
        self._requests.labels(named, route, str(status)).inc()
        self._seconds.labels(named, route).observe(seconds)

    def received(self, size: int) -> None:
        """Count evidence taken in, in bytes."""
        self._received.inc(size)

    def watch(self, what: str, count: Callable[[], float]) -> None:
        """Show a gauge that is asked when the metrics are."""
        self._open.labels(what).set_function(count)

    def text(self) -> bytes:
        """The exposition."""
        return generate_latest(self.registry)
