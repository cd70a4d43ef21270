"""How fast recordings are written down, beside faster-whisper on the same weights: short clips and one long recording.

`python -m benchmarks.speed.speech --shared PATH [--clips 60] [--minutes 30] [--rounds 3]` reads PATH/data/audio. In one
process, on the same number of threads and from the same weights folder, three engines take turns: the pipeline of
`anjuan transcribe`, faster-whisper's BatchedInferencePipeline, and its plain WhisperModel.transcribe; all with beam 5,
the language told, and word times, which our pipeline always gives (`--no-peer-words` spares the peers theirs). Each is
warmed up with one clip; each round begins with another engine. The long recording is made of utterances with pauses
between them, from a fixed seed. Times are medians over the rounds, by the clock and by the processor time of the
process, which other work on the machine changes less. A file counts as failed when a peer raises on it;
ours ends the run.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.accuracy.chinese_text import comparable, edit_distance
from benchmarks.accuracy.sounds import Sound, joined, read, write
from benchmarks.accuracy.speech import Sample, samples_in, transcribe_all
from cases.records import JsonObject
from models.device import Device, DeviceKind, available_cores
from models.manifest import load_manifest
from models.registry import default_name
from models.task import Task
from models.weights import WeightsCache
from pipelines.inline import InlineEngine
from pipelines.media.audio import SAMPLE_RATE

SEED = 3
BEAM = 5
PEER_BATCH = 8
"""As our own batches on a processor, and the peer's default."""

Read = Callable[[Sequence[Path]], list[str | None]]
"""Files to their texts, None for one that failed."""


@dataclass(frozen=True, slots=True)
class Contender:
    """An engine under its name."""

    name: str
    read: Read


@dataclass(slots=True)
class Score:
    """What an engine took, round by round, and wrote in the last one."""

    clock: list[float] = field(default_factory=list)
    processor: list[float] = field(default_factory=list)
    texts: list[str | None] = field(default_factory=list)


def contenders(engine: InlineEngine, model: str, threads: int, peer_words: bool) -> list[Contender]:
    """Ours and the two peers, over the same folder of weights."""
    from faster_whisper import BatchedInferencePipeline, WhisperModel

    params: JsonObject = {"model": model}
    cache = WeightsCache()
    folder = str(cache.ensure(cache.pinned(load_manifest(model))))
    peer = WhisperModel(folder, device="cpu", compute_type="int8", cpu_threads=threads, local_files_only=True)
    batched = BatchedInferencePipeline(peer)

    def text(answer: tuple[Iterable[Any], object]) -> str:
        return "".join(segment.text for segment in answer[0])

    told: dict[str, Any] = {"language": "zh", "beam_size": BEAM, "word_timestamps": peer_words}
    return [
        Contender("ours", lambda paths: [one.text for one in transcribe_all(engine, paths, params)]),
        Contender("batched", _each(lambda path: text(batched.transcribe(str(path), batch_size=PEER_BATCH, **told)))),
        Contender("plain", _each(lambda path: text(peer.transcribe(str(path), **told)))),
    ]


def race(entrants: Sequence[Contender], samples: Sequence[Sample], rounds: int) -> dict[str, Score]:
    """Every engine over every file, `rounds` times, taking turns."""
    scores = {one.name: Score() for one in entrants}
    for number in range(rounds):
        first = number % len(entrants)
        for one in [*entrants[first:], *entrants[:first]]:
            score = scores[one.name]
            clock, processor = time.perf_counter(), time.process_time()
            score.texts = one.read([sample.path for sample in samples])
            score.clock.append(time.perf_counter() - clock)
            score.processor.append(time.process_time() - processor)
            print(f"  round {number + 1} {one.name}: {score.clock[-1]:.1f} s", file=sys.stderr, flush=True)
    return scores


def _each(write: Callable[[Path], str]) -> Read:
    """A reader of files one by one."""

    def attempt(path: Path) -> str | None:
        try:
            return write(path)
        except Exception as error:  # noqa: BLE001 - a file that fails is a figure of its own
            print(f"{path.name} failed: {error}", file=sys.stderr)
            return None

    return lambda paths: [attempt(path) for path in paths]


def report(title: str, scores: dict[str, Score], samples: Sequence[Sample], seconds: float) -> None:
    """The card of one race; ratios are of medians, above 1 where ours is faster."""
    print(f"\n{title}: {len(samples)} files, {seconds:.0f} s of sound, load average {os.getloadavg()[0]:.1f}")
    print("| engine | clock s | processor s | real-time factor | ours faster, clock | processor | CER % | failed |")
    print("|---|---|---|---|---|---|---|---|")
    ours = scores["ours"]
    for name, score in scores.items():
        clock, processor = statistics.median(score.clock), statistics.median(score.processor)
        ratio, work = clock / statistics.median(ours.clock), processor / statistics.median(ours.processor)
        rate = _error_rate(samples, score.texts)
        failed = sum(text is None for text in score.texts)
        print(
            f"| {name} | {clock:.1f} | {processor:.1f} | {clock / seconds:.3f} | {ratio:.2f} | {work:.2f} "
            f"| {rate * 100:.2f} | {failed} |"
        )


def _error_rate(samples: Sequence[Sample], texts: Sequence[str | None]) -> float:
    """Edits over characters of all files together; a file that failed counts as empty."""
    references = [comparable(sample.reference) for sample in samples]
    edits = [edit_distance(said, comparable(text or "")) for said, text in zip(references, texts, strict=True)]
    return sum(edits) / sum(len(said) for said in references)


def shorts(shared: Path, count: int, folder: Path) -> tuple[list[Sample], float]:
    """Utterances spread over the set, as WAV files, and their seconds in all."""
    made: list[Sample] = []
    samples = 0
    for sample in samples_in(shared / "data" / "audio" / "aishell_sample", count):
        sound = read(sample.path)
        write(folder / f"{sample.path.stem}.wav", sound)
        made.append(Sample(folder / f"{sample.path.stem}.wav", sample.reference))
        samples += sound.size
    return made, samples / SAMPLE_RATE


def long_one(shared: Path, minutes: float, folder: Path) -> tuple[list[Sample], float]:
    """One recording of at least `minutes`, utterances in the order of the set, begun again when they are used up."""
    listed = samples_in(shared / "data" / "audio" / "aishell_sample", None)
    sounds: list[Sound] = []
    said: list[str] = []
    samples = 0
    while samples < minutes * 60 * SAMPLE_RATE:
        one = listed[len(sounds) % len(listed)]
        sounds.append(read(one.path))
        said.append(one.reference)
        # With the mean pause that `joined` puts before it.
        samples += sounds[-1].size + int(1.45 * SAMPLE_RATE)
    sound = joined(sounds, SEED).sound
    write(folder / "long.wav", sound)
    return [Sample(folder / "long.wav", "".join(said))], sound.size / SAMPLE_RATE


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the races asked for and print their cards."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shared", type=Path, required=True, help="folder that holds data/audio")
    parser.add_argument("--clips", type=int, default=60, help="short clips; 0 leaves that race out")
    parser.add_argument("--minutes", type=float, default=30.0, help="length of the long recording; 0 leaves it out")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--threads", type=int, default=available_cores())
    parser.add_argument("--model", help="model name (default: the manifests' default)")
    parser.add_argument("--peer-words", action=argparse.BooleanOptionalAction, default=True)
    options = parser.parse_args(arguments)
    model = options.model or default_name(Task.TRANSCRIBE)
    engine = InlineEngine.from_registry(WeightsCache(), Device(DeviceKind.CPU, 0, options.threads, "asked for"))
    try:
        entrants = contenders(engine, model, options.threads, options.peer_words)
        with tempfile.TemporaryDirectory(prefix="anjuan-bench-") as name:
            folder = Path(name)
            print(
                f"{model}, {options.threads} threads, {options.rounds} rounds, int8, beam {BEAM}, voice activity on "
                f"(plain: off), no punctuation model, no speakers, peers' word times {options.peer_words}"
            )
            warm, _ = shorts(options.shared, 1, folder)
            race(entrants, warm, 1)
            if options.clips:
                samples, seconds = shorts(options.shared, options.clips, folder)
                report("short clips", race(entrants, samples, options.rounds), samples, seconds)
            if options.minutes:
                samples, seconds = long_one(options.shared, options.minutes, folder)
                report("one long recording", race(entrants, samples, options.rounds), samples, seconds)
    finally:
        engine.close()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
