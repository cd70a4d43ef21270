"""Memory of gateway and replicas over many requests of each kind, with the slope: does anything leak?

    python -m benchmarks.load.soak --requests 500

Small inputs, one after another; a case of its own for each job, so that no earlier result is reused.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from benchmarks.faults.inputs import clip, recording, volume
from benchmarks.faults.service import Service, ServiceOptions, leave_on_sigterm
from benchmarks.load.gateway_cost import JOB_S, SETTINGS, scan_over_http, transcribe_over_http
from benchmarks.load.memory import MIB, Footprint, footprint, slope_per_100

KINDS = ("speech", "page", "traffic")
SAMPLE_EVERY = 5
"""Requests between two looks at the memory: a look reads every process's maps, which takes some milliseconds."""


def count_over_http(service: Service, path: Path) -> str:
    """The record id of a short clip."""
    case = service.create_case("soak")
    job = service.submit(case, "traffic", str(service.upload(case, path)["id"]))
    return str(service.finish(job, JOB_S, every_s=0.05)["record"])


def soak(service: Service, act: Callable[[], object], requests: int) -> dict[str, object]:
    """Run one kind of request; memory at the start, after a tenth of the requests (by then each process has loaded
    what it loads at need) and at the end, growth from the tenth on, and the slopes."""
    began, looks = time.monotonic(), [footprint(service.pid)]
    for number in range(1, requests + 1):
        act()
        if number % SAMPLE_EVERY == 0:
            looks.append(footprint(service.pid))
    return {
        "requests": requests,
        "seconds": round(time.monotonic() - began, 1),
        **_growth("gateway_rss", looks, lambda look: look.gateway_rss),
        **_growth("replicas_rss", looks, lambda look: look.replicas_rss),
        **_growth("total_pss", looks, lambda look: look.total_pss),
    }


def _growth(name: str, looks: list[Footprint], of: Callable[[Footprint], int]) -> dict[str, object]:
    values = [of(look) for look in looks]
    settled = values[max(1, len(values) // 10)]
    return {
        f"{name}_first_mib": round(values[0] / MIB),
        f"{name}_settled_mib": round(settled / MIB),
        f"{name}_growth_percent": round(100 * (values[-1] / settled - 1), 2),
        f"{name}_last_mib": round(values[-1] / MIB),
        f"{name}_slope_mib_per_100": round(slope_per_100(values) / SAMPLE_EVERY, 2),
    }


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description="does memory grow with requests?")
    parser.add_argument("--requests", type=int, default=500, help="of each kind")
    parser.add_argument("--kinds", nargs="+", choices=KINDS, default=KINDS)
    parser.add_argument("--fake-models", action="store_true")
    parser.add_argument("--engine", choices=["ray", "inline"], default="ray")
    given = parser.parse_args()
    leave_on_sigterm()
    with tempfile.TemporaryDirectory(prefix="soak-") as name:
        folder = Path(name)
        sound = recording(folder / "utterance.wav", 5.0)
        page, video = volume(folder / "page.pdf", pages=1), clip(folder / "clip.mp4", frames=25)
        options = ServiceOptions(folder / "data", given.engine, given.fake_models, 600.0, SETTINGS)
        with Service(options) as service:
            service.wait_until_ready()
            kinds: dict[str, Callable[[], object]] = {
                "speech": lambda: transcribe_over_http(service, sound),
                "page": lambda: scan_over_http(service, page),
                "traffic": lambda: count_over_http(service, video),
            }
            found: dict[str, object] = {"processes": footprint(service.pid).processes}
            for kind, act in ((kind, kinds[kind]) for kind in given.kinds):
                print(f"{kind} ...", file=sys.stderr)
                found[kind] = soak(service, act, given.requests)
    print(json.dumps({"engine": given.engine, "fake_models": given.fake_models, **found}))


if __name__ == "__main__":
    main()
