"""How well recordings are written down: character error rate, real-time factor, and silence that stays silent.

`python -m benchmarks.accuracy.speech --shared PATH [--limit N] [--model NAME]` reads PATH/data/audio, runs the same
pipeline as `anjuan transcribe` on this machine, and prints a line a file and a summary. Reference and hypothesis are
made comparable first (benchmarks.accuracy.chinese_text). Two real-time factors are given: by the clock, and by the
processor time of this process, which other work on the machine does not change.
"""

from __future__ import annotations

import argparse
import csv
import os
import sys
import tempfile
import time
import wave
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.accuracy.chinese_text import Errors, character_errors, comparable, total
from cases.records import BlobRef, JsonObject
from cases.transcript import Transcript
from models.device import choose_device
from models.weights import WeightsCache
from pipelines.engine import Engine
from pipelines.inline import InlineEngine
from pipelines.lines import pipeline_for, run_pipeline
from pipelines.media.audio import SAMPLE_RATE
from pipelines.pipeline import Setting

FILES_AHEAD = 24
"""Files in work at once, as `anjuan transcribe` does."""
QUIET_SECONDS = 600


@dataclass(frozen=True, slots=True)
class Sample:
    """A recording and what is said in it."""

    path: Path
    reference: str


@dataclass(frozen=True, slots=True)
class Result:
    """What came out for one sample."""

    sample: Sample
    transcript: Transcript
    errors: Errors


@dataclass(frozen=True, slots=True)
class Speed:
    """What a run took: seconds of sound, of the clock, and of the processor over all cores."""

    sound: float
    clock: float
    processor: float


def samples_in(folder: Path, limit: int | None) -> list[Sample]:
    """The recordings that `transcripts.tsv` of a folder lists; with a limit, that many spread evenly over the list."""
    with (folder / "transcripts.tsv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    step = 1 if limit is None else max(1, len(rows) // limit)
    return [Sample(folder / row["file"], row["text"]) for row in rows[::step][:limit]]


def transcribe(engine: Engine, path: Path, params: JsonObject) -> Transcript:
    """One recording through the pipeline, in a scratch folder that goes afterwards."""
    pipeline = pipeline_for("transcribe")
    source = BlobRef("0" * 64, path.stat().st_size, "application/octet-stream", path)
    with tempfile.TemporaryDirectory(prefix="anjuan-bench-") as scratch:
        setting: Setting[object] = Setting(source, pipeline.parse(params), engine, Path(scratch), "benchmark")
        record = run_pipeline(pipeline, setting, parameters=params).record
    if not isinstance(record, Transcript):
        raise TypeError(f"transcribe gave a {type(record).__name__}")
    return record


def measure(engine: Engine, samples: Sequence[Sample], params: JsonObject) -> tuple[list[Result], Speed]:
    """Every sample through the pipeline, several at a time."""
    clock, processor = time.monotonic(), time.process_time()
    with ThreadPoolExecutor(FILES_AHEAD) as pool:
        found = list(pool.map(lambda sample: transcribe(engine, sample.path, params), samples))
    results = [
        Result(sample, one, character_errors(comparable(sample.reference), comparable(one.text)))
        for sample, one in zip(samples, found, strict=True)
    ]
    sound = sum(one.duration for one in found)
    return results, Speed(sound, time.monotonic() - clock, time.process_time() - processor)


def quiet_sounds() -> dict[str, NDArray[np.float64]]:
    """Ten minutes each of silence and of noises of a room, in -1..1."""
    rng = np.random.default_rng(20)
    count = QUIET_SECONDS * SAMPLE_RATE
    t = np.arange(count) / SAMPLE_RATE

    def coloured(power: float) -> NDArray[np.float64]:
        spectrum = np.fft.rfft(rng.standard_normal(count)) / np.maximum(np.fft.rfftfreq(count), 1e-3) ** power
        sound = np.fft.irfft(spectrum, count)
        return np.asarray(sound / np.abs(sound).max(), np.float64)

    hum = np.sum([np.sin(2 * np.pi * 50 * k * t) / k for k in range(1, 8)], axis=0)
    return {
        "digital silence": np.zeros(count),
        "white noise": rng.uniform(-0.5, 0.5, count),
        "pink noise": coloured(0.5),
        "brown hum": 0.7 * coloured(1.0) + 0.3 * hum / np.abs(hum).max(),
    }


def silence_check(engine: Engine, params: JsonObject) -> dict[str, str]:
    """The text that each quiet recording gave; all should be empty."""
    texts: dict[str, str] = {}
    with tempfile.TemporaryDirectory(prefix="anjuan-bench-") as folder:
        for name, sound in quiet_sounds().items():
            path = Path(folder) / "quiet.wav"
            with wave.open(str(path), "wb") as out:
                out.setnchannels(1)
                out.setsampwidth(2)
                out.setframerate(SAMPLE_RATE)
                out.writeframes((sound * 32767).astype("<i2").tobytes())
            texts[name] = transcribe(engine, path, params).text
    return texts


def report(title: str, results: Sequence[Result], speed: Speed) -> None:
    """A line a file, worst last, and the summary."""
    print(f"\n{title}")
    for result in sorted(results, key=lambda one: one.errors.rate):
        flags = sorted({flag for segment in result.transcript.segments for flag in segment.flags})
        marks = f"  [{', '.join(flags)}]" if flags else ""
        print(f"{result.errors.rate:7.1%}  {result.sample.path.name}  {result.transcript.text}{marks}")
    everything = total([result.errors for result in results])
    empty = sum(not result.transcript.text for result in results)
    print(
        f"CER {everything.rate:.2%} over {len(results)} files, {everything.length} characters "
        f"(substitutions {everything.substitutions}, deletions {everything.deletions}, "
        f"insertions {everything.insertions}, files without text {empty})"
    )
    cores = os.cpu_count() or 1
    print(
        f"real-time factor {speed.clock / speed.sound:.3f} by the clock (load average {os.getloadavg()[0]:.1f} on "
        f"{cores} cores), {speed.processor / speed.sound:.3f} core seconds a second of sound"
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print; 1 when a quiet recording gave text."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shared", type=Path, required=True, help="folder that holds data/audio")
    parser.add_argument("--limit", type=int, help="number of AISHELL utterances, spread over the set (default: all)")
    parser.add_argument("--model", help="model name (default: the manifests' default)")
    parser.add_argument("--device", default="auto", help="auto, cpu, cuda or cuda:N")
    parser.add_argument("--skip-silence", action="store_true", help="leave the silence and noise check out")
    options = parser.parse_args(arguments)
    audio = options.shared / "data" / "audio"
    params: JsonObject = {} if options.model is None else {"model": options.model}
    engine = InlineEngine.from_registry(WeightsCache(), choose_device(options.device))
    try:
        singles = samples_in(audio / "single", None)
        # The first pass loads the model: it is not timed.
        measure(engine, singles[:1], params)
        report("single", *measure(engine, singles, params))
        report("aishell_sample", *measure(engine, samples_in(audio / "aishell_sample", options.limit), params))
        texts = {} if options.skip_silence else silence_check(engine, params)
    finally:
        engine.close()
    for name, text in texts.items():
        print(f"{name}, {QUIET_SECONDS} s: {'no text' if not text else f'TEXT: {text}'}")
    return 1 if any(texts.values()) else 0


if __name__ == "__main__":
    sys.exit(main())
