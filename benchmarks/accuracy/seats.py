"""A microphone for each seat: who spoke, and each speaker's characters, on dialogues whose voices leak into each other.

`python -m benchmarks.accuracy.seats --table TABLE [--minutes 1 --seeds 1,2 --leaks 6,12,20 --words]` mixes dialogues of
the voices in a table of utterances, one channel for each speaker; the others leak into it, later, by so many decibels
quieter, and with more of the room. DER is that of the turns alone (overlap scored); with `--words` everything is
transcribed: cpCER and processor time, with seats and with voices told apart in the mix.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
import wave
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from benchmarks.accuracy.dialogues import Dialogue, make_seated, utterances_in
from benchmarks.accuracy.diarisation import ROOMS, Recording, score, show, speaker_errors
from benchmarks.accuracy.speech import transcribe
from cases.records import BlobRef
from cases.transcript import SpeakerTurn
from models.device import choose_device
from models.weights import WeightsCache
from pipelines.engine import Engine
from pipelines.inline import InlineEngine
from pipelines.media.audio import SAMPLE_RATE
from pipelines.pipeline import Setting
from pipelines.speech.plan import make_plan
from pipelines.speech.seats import joined, turns_of
from pipelines.speech.transcribe import TranscribePipeline

SEATED = {"channels": "speakers"}


def seated(
    table: Path, minutes: float, seeds: Sequence[int], leaks_db: Sequence[float], folder: Path
) -> Iterator[Recording]:
    """A recording for each leak, seed and room."""
    voices = utterances_in(table)
    for leak in leaks_db:
        for seed in seeds:
            for room, manner in ROOMS.items():
                dialogue = make_seated(voices, replace(manner, seconds=minutes * 60, seed=seed), leak)
                path = folder / f"seats-{leak:g}dB-{room}-{seed}.wav"
                _write(path, dialogue)
                turns = tuple(SpeakerTurn(one.speaker, *span) for one in dialogue.said for span in one.spans)
                texts = tuple((one.speaker, one.text) for one in dialogue.said)
                yield Recording(path.stem, path, dialogue.samples.shape[1] / SAMPLE_RATE, turns, texts)


def _write(path: Path, dialogue: Dialogue) -> None:
    with wave.open(str(path), "wb") as out:
        out.setnchannels(len(dialogue.samples))
        out.setsampwidth(2)
        out.setframerate(SAMPLE_RATE)
        out.writeframes((dialogue.samples.T * 32767).astype("<i2").tobytes())


def seat_turns(engine: Engine, path: Path) -> tuple[tuple[SpeakerTurn, ...], float]:
    """The turns of all seats without any words, and the core seconds they took."""
    with tempfile.TemporaryDirectory(prefix="anjuan-bench-") as scratch:
        source = BlobRef("0" * 64, path.stat().st_size, "audio/wav", path)
        setting = Setting(source, TranscribePipeline().parse(dict(SEATED)), engine, Path(scratch))
        began = time.process_time()
        plan = make_plan(setting)
        took = time.process_time() - began
        parts = enumerate(plan.parts)
        return joined([turn for n, part in parts for turn in turns_of(part, plan.speaker(n) or "")]), took


def measure_words(engine: Engine, recording: Recording) -> str:
    """cpCER with seats, beside that of the mix with voices told apart, and what both cost."""
    began = time.process_time()
    told = transcribe(engine, recording.path, dict(SEATED))
    seats = time.process_time() - began
    mixed = transcribe(engine, recording.path, {"speakers": recording.speakers})
    voices = time.process_time() - began - seats
    return (
        f", cpCER {speaker_errors(recording, told):.2%} against {speaker_errors(recording, mixed):.2%} by voices in "
        f"the mix, core seconds {seats:.1f} against {voices:.1f}"
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--table", type=Path, required=True, help="tab-separated table of utterances")
    parser.add_argument("--minutes", type=float, default=1.0, help="length of each dialogue (default 1)")
    parser.add_argument("--seeds", default="1,2", help="joined with commas (default 1,2)")
    parser.add_argument("--leaks", default="6,12,20", help="decibels, joined with commas (default 6,12,20)")
    parser.add_argument("--words", action="store_true", help="transcribe too")
    parser.add_argument("--device", default="auto", help="auto, cpu, cuda or cuda:N")
    options = parser.parse_args(arguments)
    engine = InlineEngine.from_registry(WeightsCache(), choose_device(options.device))
    seeds = [int(seed) for seed in options.seeds.split(",")]
    leaks = [float(leak) for leak in options.leaks.split(",")]
    with tempfile.TemporaryDirectory(prefix="anjuan-bench-") as folder:
        for recording in seated(options.table, options.minutes, seeds, leaks, Path(folder)):
            turns, took = seat_turns(engine, recording.path)
            cost = f", plan {took / recording.duration:.4f} core seconds a second"
            more = measure_words(engine, recording) if options.words else ""
            show(recording.name, score(recording, turns), cost + more)
    engine.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
