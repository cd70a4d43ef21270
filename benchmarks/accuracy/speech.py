"""How well recordings are written down: character error rate by engine and by sound, and silence that stays silent.

`python -m benchmarks.accuracy.speech --shared PATH [--limit N] [--model NAME ...] [--sound NAME ...]` reads
PATH/data/audio, makes noisy, reverberant and telephone versions of it (benchmarks.accuracy.sounds), runs the same
pipeline as `anjuan transcribe` on this machine, or the quick engine of live sessions, and prints a line a file and a
table. Reference and hypothesis are made comparable first (benchmarks.accuracy.chinese_text). Two real-time factors are
given: by the clock, and by the processor time of this process, which other work on the machine does not change.
"""

from __future__ import annotations

import argparse
import csv
import os
import sys
import tempfile
import time
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from benchmarks.accuracy.chinese_text import Errors, character_errors, comparable, total
from benchmarks.accuracy.readers import Heard, QuickReader, Reader
from benchmarks.accuracy.sounds import CONDITIONS, QUIET_SECONDS, quiet_sounds, read, write
from cases.records import BlobRef, JsonObject
from cases.transcript import Transcript
from models import registry
from models.device import Device, choose_device
from models.task import StreamingTranscriber, Task
from models.weights import WeightsCache
from pipelines.engine import Engine
from pipelines.inline import InlineEngine
from pipelines.lines import pipeline_for, run_pipeline
from pipelines.pipeline import Setting
from pipelines.speech.params import TranscribeParams, parse_params
from pipelines.speech.together import finished

MEETING = "TEST_MEETING"
"""How the file name of the far-field meeting begins: its figure is told apart."""


@dataclass(frozen=True, slots=True)
class Sample:
    """A recording and what is said in it."""

    path: Path
    reference: str


@dataclass(frozen=True, slots=True)
class Result:
    """What came out for one sample."""

    sample: Sample
    heard: Heard
    errors: Errors


@dataclass(frozen=True, slots=True)
class Speed:
    """What a run took: seconds of sound, of the clock, and of the processor over all cores."""

    sound: float
    clock: float
    processor: float


@dataclass(frozen=True, slots=True)
class Run:
    """One set of recordings in one sound through one engine."""

    model: str
    sound: str
    material: str
    results: tuple[Result, ...]
    speed: Speed

    @property
    def errors(self) -> Errors:
        """Of all recordings together."""
        return total([result.errors for result in self.results])


# --- the material ----------------------------------------------------------------------------------------------------
def samples_in(folder: Path, limit: int | None) -> list[Sample]:
    """The recordings that `transcripts.tsv` of a folder lists; with a limit, that many spread evenly over the list."""
    with (folder / "transcripts.tsv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    step = 1 if limit is None else max(1, len(rows) // limit)
    return [Sample(folder / row["file"], row["text"]) for row in rows[::step][:limit]]


def materials(audio: Path, limit: int | None) -> dict[str, list[Sample]]:
    """The sets of the measuring data by name; `limit` holds for the read utterances alone."""
    singles = samples_in(audio / "single", None)
    return {
        "aishell": samples_in(audio / "aishell_sample", limit),
        "meeting": [one for one in singles if one.path.name.startswith(MEETING)],
        "others": [one for one in singles if not one.path.name.startswith(MEETING)],
    }


def sounding(samples: Sequence[Sample], sound: str, folder: Path) -> list[Sample]:
    """The samples as they are in `sound`, written to `folder`; the seed of each follows from its name alone."""
    if sound == "clean":
        return list(samples)
    changed = []
    for sample in samples:
        path = folder / f"{sample.path.stem}.wav"
        write(path, CONDITIONS[sound](read(sample.path), zlib.crc32(sample.path.name.encode())))
        changed.append(Sample(path, sample.reference))
    return changed


# --- the engines -----------------------------------------------------------------------------------------------------
def transcribe(engine: Engine, path: Path, params: JsonObject) -> Transcript:
    """One recording through the pipeline, in a scratch folder that goes afterwards."""
    return transcribe_all(engine, [path], params)[0]


def transcribe_all(engine: Engine, paths: Sequence[Path], params: JsonObject) -> list[Transcript]:
    """Recordings through the pipeline, as one command of `anjuan transcribe` takes them."""
    pipeline, parsed = pipeline_for("transcribe"), parse_params(params)

    def finish(setting: Setting[TranscribeParams]) -> Transcript:
        record = run_pipeline(pipeline, cast("Setting[object]", setting), parameters=params).record
        if not isinstance(record, Transcript):
            raise TypeError(f"transcribe gave a {type(record).__name__}")
        return record

    with tempfile.TemporaryDirectory(prefix="anjuan-bench-") as scratch:
        sources = [BlobRef("0" * 64, path.stat().st_size, "application/octet-stream", path) for path in paths]
        folders = [Path(scratch) / str(number) for number in range(len(paths))]
        settings = [Setting(source, parsed, engine, folder) for source, folder in zip(sources, folders, strict=True)]
        return finished(settings, finish)


@dataclass(frozen=True, slots=True)
class PipelineReader:
    """The pipeline that `anjuan transcribe` runs, all recordings in one command."""

    engine: InlineEngine
    params: JsonObject

    def read(self, paths: Sequence[Path]) -> list[Heard]:
        """What each recording says, in order."""
        found = transcribe_all(self.engine, paths, self.params)
        return [Heard(one.text, one.duration, _flags(one)) for one in found]

    def close(self) -> None:
        """End the engine's threads."""
        self.engine.close()


def _flags(transcript: Transcript) -> tuple[str, ...]:
    return tuple(sorted({flag for segment in transcript.segments for flag in segment.flags}))


def open_reader(name: str, device: Device, cache: WeightsCache) -> Reader:
    """The engine that runs the model called `name`; raises NotFound for an unknown one."""
    if name not in registry.names(Task.TRANSCRIBE_STREAM, cache):
        return PipelineReader(InlineEngine.from_registry(cache, device), {"model": name})
    quick = cast(StreamingTranscriber, registry.build(name, cache))
    quick.load(device)
    return QuickReader(quick)


# --- the measuring ---------------------------------------------------------------------------------------------------
def measure(reader: Reader, samples: Sequence[Sample]) -> tuple[tuple[Result, ...], Speed]:
    """What each sample says against its reference, and what it took."""
    clock, processor = time.monotonic(), time.process_time()
    found = reader.read([sample.path for sample in samples])
    took = (time.monotonic() - clock, time.process_time() - processor)
    results = tuple(
        Result(sample, one, character_errors(comparable(sample.reference), comparable(one.text)))
        for sample, one in zip(samples, found, strict=True)
    )
    return results, Speed(sum(one.seconds for one in found), *took)


def silence_check(reader: Reader) -> dict[str, str]:
    """The text that each quiet recording gave; all should be empty."""
    texts: dict[str, str] = {}
    with tempfile.TemporaryDirectory(prefix="anjuan-bench-") as folder:
        for name, sound in quiet_sounds().items():
            path = Path(folder) / "quiet.wav"
            write(path, sound)
            texts[name] = reader.read([path])[0].text
    return texts


def report(run: Run, lines: int) -> None:
    """The `lines` worst files, worst last."""
    print(f"\n{run.model}, {run.sound}, {run.material}")
    for result in sorted(run.results, key=lambda one: one.errors.rate)[max(0, len(run.results) - lines) :]:
        flags = result.heard.flags
        marks = f"  [{', '.join(flags)}]" if flags else ""
        print(f"{result.errors.rate:7.1%}  {result.sample.path.name}  {result.heard.text}{marks}")
    print(
        f"CER {run.errors.rate:.2%}; real-time factor {run.speed.clock / run.speed.sound:.3f} by the clock "
        f"(load average {os.getloadavg()[0]:.1f} on {os.cpu_count() or 1} cores)",
        flush=True,
    )


def table(runs: Sequence[Run]) -> str:
    """The figures of all runs in Markdown; files without text are counted, since their deletions may hide."""
    lines = [
        "| engine | sound | material | files | characters | CER | sub | del | ins | no text | core s / s |",
        "|---|---|---|---|---|---|---|---|---|---|---|",
    ]
    for run in runs:
        errors = run.errors
        empty = sum(not result.heard.text for result in run.results)
        cells = (
            *(run.model, run.sound, run.material, len(run.results), errors.length, f"{errors.rate:.2%}"),
            *(errors.substitutions, errors.deletions, errors.insertions, empty),
            f"{run.speed.processor / run.speed.sound:.3f}",
        )
        lines.append(f"| {' | '.join(map(str, cells))} |")
    return "\n".join(lines)


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print; 1 when a quiet recording gave text."""
    options = _parser().parse_args(arguments)
    cache, device = WeightsCache(), choose_device(options.device)
    sets = materials(options.shared / "data" / "audio", options.limit)
    runs: list[Run] = []
    texts: dict[tuple[str, str], str] = {}
    for model in options.model or [registry.default_name(Task.TRANSCRIBE, cache)]:
        reader = open_reader(model, device, cache)
        try:
            # The first reading loads the model: it is not timed.
            measure(reader, sets["others"][:1])
            for sound in options.sound:
                for material, samples in sets.items():
                    with tempfile.TemporaryDirectory(prefix="anjuan-bench-") as folder:
                        heard = measure(reader, sounding(samples, sound, Path(folder)))
                    runs.append(Run(model, sound, material, *heard))
                    report(runs[-1], options.lines)
            if not options.skip_silence:
                texts |= {(model, name): text for name, text in silence_check(reader).items()}
        finally:
            reader.close()
    print(f"\n{table(runs)}\n")
    for (model, name), text in texts.items():
        print(f"{model}, {name}, {QUIET_SECONDS} s: {'no text' if not text else f'TEXT: {text}'}")
    return 1 if any(texts.values()) else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shared", type=Path, required=True, help="folder that holds data/audio")
    parser.add_argument("--limit", type=int, help="number of AISHELL utterances, spread over the set (default: all)")
    parser.add_argument("--model", nargs="+", help="models by name, the quick one too (default: the default's)")
    parser.add_argument("--sound", nargs="+", choices=CONDITIONS, default=["clean"], help="(default: clean)")
    parser.add_argument("--lines", type=int, default=10, help="worst files of each run that are shown (default 10)")
    parser.add_argument("--device", default="auto", help="auto, cpu, cuda or cuda:N")
    parser.add_argument("--skip-silence", action="store_true", help="leave the silence and noise check out")
    return parser


if __name__ == "__main__":
    sys.exit(main())
