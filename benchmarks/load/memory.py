"""Memory of a server and all its processes, and how it grows; Linux, by psutil."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import psutil

MIB = 1024**2
LIVE_TEXT = "models.speech.stream_child"


@dataclass(frozen=True, slots=True)
class Footprint:
    """Bytes at one moment: resident set of the gateway's process, of the replicas and of the process of live text, and
    proportional set of all."""

    gateway_rss: int
    replicas_rss: int
    live_text_rss: int
    total_pss: int
    processes: int


def footprint(pid: int) -> Footprint:
    """The footprint of the server whose main process is `pid`; processes that end meanwhile count nothing."""
    main = psutil.Process(pid)
    replicas_rss, live_text_rss, total_pss, count = 0, 0, _pss(main), 1
    for child in main.children(recursive=True):
        try:
            name = " ".join(child.cmdline())
            if name.startswith("ray::ServeReplica"):
                replicas_rss += child.memory_info().rss
            if LIVE_TEXT in name:
                live_text_rss += child.memory_info().rss
            total_pss += _pss(child)
            count += 1
        except psutil.NoSuchProcess:
            continue
    return Footprint(main.memory_info().rss, replicas_rss, live_text_rss, total_pss, count)


def _pss(process: psutil.Process) -> int:
    return int(process.memory_full_info().pss)


def slope_per_100(values: list[int]) -> float:
    """Growth in MiB for each 100 requests, by least squares over the second half (the first half fills caches)."""
    half = values[len(values) // 2 :]
    if len(half) < 2:
        return 0.0
    gradient, _ = np.polyfit(np.arange(len(half)), np.array(half) / MIB, 1)
    return float(gradient) * 100
