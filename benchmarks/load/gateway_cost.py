"""What the gateway and Ray Serve add to a bare model call: one 5 s utterance, one page; interleaved, same weights.

    python -m benchmarks.load.gateway_cost --rounds 30

The bare call is `model.predict` in this process, on sound and pixels that are in memory, with as many threads as a
replica has. The served call is all that a client waits for: for speech one `/v1/audio/transcriptions` request (upload,
probe, normalising, voice activity, Ray, model), for a page upload and job until its record is there (store, queue,
worker, rendering, Ray, model, searchable PDF). Rounds alternate, so that a busy machine is equally unfair to both.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import tempfile
import time
import wave
from collections.abc import Callable
from pathlib import Path

import numpy as np

from benchmarks.faults.inputs import recording, volume
from benchmarks.faults.service import Service, ServiceOptions, leave_on_sigterm
from models.device import choose_device
from models.fakes import build_fake, fake_names
from models.task import Model, Task
from models.values import AudioClip, PageImage, SpeechRequest

SETTINGS = {"WORKER_POLL_S": "0.05", "RAY_START_S": "600"}
"""An idle worker looks often, so that the queue's pause is not taken for the gateway's cost."""
JOB_S = 120.0
UTTERANCE_S = 5.0

AnyModel = Model[object, object]


def bare_models(fake: bool) -> dict[Task, AnyModel]:
    """The transcriber and the page reader, loaded in this process."""
    made: dict[Task, AnyModel] = {}
    for task in (Task.TRANSCRIBE, Task.READ_PAGE):
        if fake:
            model = build_fake(fake_names(task)[0])
        else:
            from models import registry
            from models.weights import WeightsCache

            model = registry.build(registry.default_name(task), WeightsCache())
        model.load(choose_device("cpu"))
        made[task] = model
    return made


def timed(act: Callable[[], object]) -> float:
    """Seconds that `act` takes."""
    began = time.perf_counter()
    act()
    return time.perf_counter() - began


def spread(seconds: list[float]) -> dict[str, float]:
    """p50 and p95 in milliseconds."""
    ordered = sorted(seconds)
    p95 = ordered[min(len(ordered) - 1, int(0.95 * len(ordered)))]
    return {"p50_ms": round(statistics.median(ordered) * 1000, 1), "p95_ms": round(p95 * 1000, 1)}


def transcribe_over_http(service: Service, path: Path) -> str:
    """The text of a recording, as an OpenAI client gets it."""
    answer = service.client.post(
        "/v1/audio/transcriptions",
        files={"file": (path.name, path.read_bytes(), "audio/wav")},
        data={"model": default_transcriber(service), "language": "zh"},
        timeout=JOB_S,
    )
    answer.raise_for_status()
    return str(answer.json()["text"])


def default_transcriber(service: Service) -> str:
    """The name of the first transcription model that the service lists."""
    return str(service.client.get("/v1/models").json()["data"][0]["id"])


def scan_over_http(service: Service, path: Path) -> str:
    """The record id of a one-page volume in a case of its own, so that no earlier result is reused."""
    case = service.create_case("cost")
    job = service.submit(case, "scan", str(service.upload(case, path)["id"]))
    return str(service.finish(job, JOB_S, every_s=0.02)["record"])


def _clip(path: Path) -> AudioClip:
    with wave.open(str(path), "rb") as file:
        samples = np.frombuffer(file.readframes(file.getnframes()), "<i2") / 32768
        return AudioClip(np.asarray(samples, np.float32), file.getframerate())


def _page(volume: Path, scratch: Path) -> PageImage:
    """The same picture that the served call reads, drawn once beforehand."""
    from pipelines.files.scan import DPI
    from pipelines.media.pdf import PDF, PageSource, read_picture

    with PageSource(volume, PDF) as source:
        return read_picture(source.picture(0, DPI, scratch / "page.jpg").path)


def measure(rounds: int, fake: bool, engine: str) -> dict[str, object]:
    """All figures."""
    bare = bare_models(fake)
    with tempfile.TemporaryDirectory(prefix="cost-") as name:
        folder = Path(name)
        sound, page = recording(folder / "utterance.wav", UTTERANCE_S), volume(folder / "page.pdf", pages=1)
        request, picture = SpeechRequest(_clip(sound)), _page(page, folder)
        acts: dict[str, Callable[[Service], object]] = {
            "speech_bare": lambda _s: bare[Task.TRANSCRIBE].predict([request]),
            "page_bare": lambda _s: bare[Task.READ_PAGE].predict([picture]),
            "speech_served": lambda s: transcribe_over_http(s, sound),
            "page_served": lambda s: scan_over_http(s, page),
        }
        took: dict[str, list[float]] = {act: [] for act in acts}
        with Service(ServiceOptions(folder / "data", engine, fake, ready_s=600, settings=SETTINGS)) as service:
            ready_s = service.wait_until_ready()
            for number in range(rounds + 1):
                print(f"round {number}", file=sys.stderr)
                for act, call in acts.items():
                    seconds = timed(lambda call=call: call(service))  # type: ignore[misc]
                    if number:  # the first round warms everything
                        took[act].append(seconds)
    figures: dict[str, object] = {act: spread(seconds) for act, seconds in took.items()}
    for kind in ("speech", "page"):
        added = [s - b for s, b in zip(took[f"{kind}_served"], took[f"{kind}_bare"], strict=True)]
        figures[f"{kind}_added"] = spread(added)
    return {"engine": engine, "fake_models": fake, "rounds": rounds, "models_ready_s": round(ready_s, 1), **figures}


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description="what the service adds to a bare model call")
    parser.add_argument("--rounds", type=int, default=30)
    parser.add_argument("--fake-models", action="store_true", help="stand-ins: the cost of everything but the model")
    parser.add_argument("--engine", choices=["ray", "inline"], default="ray")
    given = parser.parse_args()
    leave_on_sigterm()
    print(json.dumps(measure(given.rounds, given.fake_models, given.engine)))


if __name__ == "__main__":
    main()
