"""Who spoke: diarisation error, characters with their speaker, and how many speakers, on dialogues of known truth.

`python -m benchmarks.accuracy.diarisation --table TABLE ... [--minutes 2 --seeds 1,2,3 --speakers 2,4 --speeds 1,1.14]`
mixes dialogues of the voices in tables of utterances (AISHELL: PATH/data/audio/aishell_sample/transcripts.tsv; of
synthetic voices: benchmarks.voices.utterances) in three rooms, and keeps them with `--keep DIR`; `--recordings DIR`
takes every NAME.wav with its NAME.json from there or from benchmarks.voices.make. By default voices alone are measured;
`--words` transcribes too, for cpCER, and `--cost` does so some rounds more, with and without speakers. DER is by
pyannote.metrics, overlap scored, at no collar and at 0.25 s to each side; cpCER is meeteval's cpWER over characters.
The peak of memory is that of this process: for the product's alone, make the recordings in a run before.
"""

from __future__ import annotations

import argparse
import json
import resource
import sys
import tempfile
import time
import wave
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np

from benchmarks.accuracy.chinese_text import comparable
from benchmarks.accuracy.dialogues import (
    Dialogue,
    Recipe,
    Sound,
    Utterance,
    make_dialogue,
    perturbed,
    some_speakers,
    utterances_in,
)
from benchmarks.accuracy.speech import transcribe
from cases.records import BlobRef, JsonObject
from cases.transcript import SpeakerTurn, Transcript
from models.device import choose_device
from models.weights import WeightsCache
from pipelines.engine import TRANSCRIBE, Engine, SpeechPieces
from pipelines.inline import InlineEngine
from pipelines.media.audio import SAMPLE_RATE
from pipelines.pipeline import Setting
from pipelines.speech.diarize import diarize
from pipelines.speech.plan import make_plan
from pipelines.speech.transcribe import TranscribePipeline, voices_of
from pipelines.speech.voices import VoiceWindow

ROOMS = {
    "quiet": Recipe(0.0, 0, overlap=0.0, noise_db=40.0, reverberation_s=0.0),
    "room": Recipe(0.0, 0, overlap=0.1, noise_db=25.0, reverberation_s=0.3),
    "hard": Recipe(0.0, 0, overlap=0.25, noise_db=15.0, reverberation_s=0.5),
}
ROUNDS = 3
"""How often speakers and words alone are timed."""
COLLAR_S = 0.25
"""To each side of a true boundary, as NIST has it."""


@dataclass(frozen=True, slots=True)
class Mixture:
    """A dialogue to be mixed; `speakers` None is all there are."""

    speakers: int | None
    minutes: float
    room: str
    seed: int

    @property
    def name(self) -> str:
        """Also the name of its file."""
        count = "" if self.speakers is None else f"-{self.speakers}speakers"
        return f"{self.room}{count}-{self.minutes:g}min-seed{self.seed}"


@dataclass(frozen=True, slots=True)
class Recording:
    """A file and its truth: turns with their words."""

    name: str
    path: Path
    duration: float
    turns: tuple[SpeakerTurn, ...]
    texts: tuple[tuple[str, str], ...]
    """Speaker and text, in order."""

    @property
    def speakers(self) -> int:
        """How many speak."""
        return len({turn.speaker for turn in self.turns})


@dataclass(frozen=True, slots=True)
class Score:
    """What one run of one recording gave; shares of the true speech."""

    miss: float
    false_alarm: float
    confusion: float
    with_collar: float
    found: int
    true: int

    @property
    def der(self) -> float:
        """Diarisation error rate."""
        return self.miss + self.false_alarm + self.confusion


# --- the truth -------------------------------------------------------------------------------------------------------
def mixtures(options: argparse.Namespace) -> Iterator[Mixture]:
    """What the command line asks for: each number of speakers in each room with each seed."""
    counts = [int(count) for count in options.speakers.split(",")] if options.speakers else [None]
    for count in counts:
        for seed in options.seeds.split(","):
            for room in options.rooms.split(","):
                yield Mixture(count, options.minutes, room, int(seed))


def mixed(voices: Sequence[Utterance], wanted: Iterable[Mixture], folder: Path) -> Iterator[Recording]:
    """A dialogue of some of the voices for each mixture, written to `folder` with its truth."""
    for one in wanted:
        some = voices if one.speakers is None else some_speakers(voices, one.speakers, one.seed)
        dialogue = make_dialogue(some, replace(ROOMS[one.room], seconds=one.minutes * 60, seed=one.seed))
        path = folder / f"{one.name}.wav"
        _write(path, dialogue.samples)
        truth = _truth(dialogue)
        path.with_name(f"{one.name}.json").write_text(json.dumps(truth, ensure_ascii=False), encoding="utf-8")
        yield _recording(path, truth)


def _truth(dialogue: Dialogue) -> JsonObject:
    """The part of benchmarks.voices.truth that is scored here."""
    return {
        "duration": dialogue.samples.size / SAMPLE_RATE,
        "turns": [
            {
                "speaker": one.speaker,
                "spoken": one.text,
                "phrases": [{"start": start, "end": end} for start, end in one.spans],
            }
            for one in dialogue.said
        ],
    }


def _write(path: Path, samples: Sound) -> None:
    with wave.open(str(path), "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(SAMPLE_RATE)
        out.writeframes((samples * 32767).astype("<i2").tobytes())


def made(folder: Path) -> Iterator[Recording]:
    """Every recording that benchmarks.voices.make or `mixed` left in `folder`."""
    for sound in sorted(folder.glob("*.wav")):
        truth = sound.with_suffix("").with_name(f"{sound.stem}.json").read_text(encoding="utf-8")
        yield _recording(sound, json.loads(truth))


def _recording(path: Path, truth: Any) -> Recording:
    turns = tuple(
        SpeakerTurn(turn["speaker"], phrase["start"], phrase["end"])
        for turn in truth["turns"]
        for phrase in turn["phrases"]
    )
    texts = tuple((turn["speaker"], turn["spoken"]) for turn in truth["turns"])
    return Recording(path.stem, path, truth["duration"], turns, texts)


# --- scores ----------------------------------------------------------------------------------------------------------
def score(recording: Recording, turns: Sequence[SpeakerTurn]) -> Score:
    """The turns found against the true ones."""
    from pyannote.core import Annotation, Segment, Timeline
    from pyannote.metrics.diarization import DiarizationErrorRate

    def annotation(some: Sequence[SpeakerTurn]) -> Annotation:
        made = Annotation()
        for number, turn in enumerate(some):
            made[Segment(turn.start, turn.end), number] = turn.speaker
        return made

    everything = Timeline([Segment(0, recording.duration)])
    true, found = annotation(recording.turns), annotation(turns)
    plain = DiarizationErrorRate()(true, found, uem=everything, detailed=True)
    # pyannote.metrics counts both sides of a boundary together.
    collared = DiarizationErrorRate(collar=2 * COLLAR_S)(true, found, uem=everything, detailed=True)
    total = plain["total"]
    return Score(
        plain["missed detection"] / total,
        plain["false alarm"] / total,
        plain["confusion"] / total,
        collared["diarization error rate"],
        len({turn.speaker for turn in turns}),
        recording.speakers,
    )


def speaker_errors(recording: Recording, transcript: Transcript) -> float:
    """cpCER: errors over true characters, each speaker's text against that of who fits best."""
    import meeteval

    def spaced(pairs: Sequence[tuple[str, str]]) -> dict[str, str]:
        names = dict.fromkeys(name for name, _ in pairs)
        return {name: " ".join(comparable("".join(text for n, text in pairs if n == name))) for name in names}

    heard = [(segment.speaker or "", segment.text) for segment in transcript.segments]
    return float(meeteval.wer.cp_word_error_rate(spaced(recording.texts), spaced(heard)).error_rate)


def voices_alone(engine: Engine, path: Path) -> tuple[list[VoiceWindow], int, float]:
    """The voices of all windows without any words, the samples of the recording, and the core seconds it took."""
    with tempfile.TemporaryDirectory(prefix="anjuan-bench-") as scratch:
        params = TranscribePipeline().parse({"speakers": "auto"})
        source = BlobRef("0" * 64, path.stat().st_size, "audio/wav", path)
        setting = Setting(source, params, engine, Path(scratch))
        plan = make_plan(setting)
        began = time.process_time()
        windows = [window for part in range(len(plan.parts)) for window in voices_of(setting, plan, part)]
        return windows, plan.samples, time.process_time() - began


def show(name: str, one: Score, more: str) -> None:
    """One line a run."""
    print(
        f"{name:44} DER {one.der:6.2%} (miss {one.miss:.2%}, false alarm {one.false_alarm:.2%}, confusion "
        f"{one.confusion:.2%}), with collar {one.with_collar:.2%}, {one.found} of {one.true} speakers{more}",
        flush=True,
    )


def summary(name: str, scores: Sequence[Score]) -> None:
    """The mean over recordings."""
    der, collared = np.mean([s.der for s in scores]), np.mean([s.with_collar for s in scores])
    wrong = np.mean([abs(s.found - s.true) for s in scores])
    print(
        f"{name}: mean DER {der:.2%}, with collar {collared:.2%}, worst {max(s.der for s in scores):.2%}, "
        f"speaker count error {wrong:.2f}, over {len(scores)} recordings"
    )


def warm(engine: Engine, folder: Path) -> None:
    """Load the transcriber, so that no recording pays for it."""
    path = folder / "warm.wav"
    _write(path, np.full(SAMPLE_RATE, 0.1, np.float32))
    engine.run(TRANSCRIBE, [SpeechPieces(path, ((0, SAMPLE_RATE),))])


def measure_words(engine: Engine, recording: Recording, rounds: int) -> str:
    """cpCER of the whole line, and what speakers cost over words alone, in the middle of so many rounds."""
    told, _ = _timed(engine, recording, {"speakers": recording.speakers})
    errors = f", cpCER {speaker_errors(recording, told):.2%}"
    if not rounds:
        return errors
    # The first run is not counted: models take the memory that a recording needs. Then each goes first in turn.
    asked: list[JsonObject] = [{"speakers": recording.speakers}, {}]
    costs: list[list[Cost]] = [[], []]
    for number in range(rounds):
        for which in (0, 1) if number % 2 else (1, 0):
            costs[which].append(_timed(engine, recording, asked[which])[1])
    both, plain = (Cost(median(c.wall for c in some), median(c.core for c in some)) for some in costs)
    factors = f"real-time factor {both.wall / recording.duration:.3f} over {plain.wall / recording.duration:.3f}"
    return (
        f"{errors}, {factors} = {both.wall / plain.wall:.3f}, "
        f"core seconds {both.core:.1f} over {plain.core:.1f} = {both.core / plain.core:.3f}"
    )


@dataclass(frozen=True, slots=True)
class Cost:
    """Seconds by the clock on the wall, and of all cores together."""

    wall: float
    core: float


def _timed(engine: Engine, recording: Recording, params: JsonObject) -> tuple[Transcript, Cost]:
    wall, core = time.perf_counter(), time.process_time()
    told = transcribe(engine, recording.path, params)
    return told, Cost(time.perf_counter() - wall, time.process_time() - core)


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print."""
    options = _options(arguments)
    engine = InlineEngine.from_registry(WeightsCache(), choose_device(options.device))
    told: list[Score] = []
    guessed: list[Score] = []
    with tempfile.TemporaryDirectory(prefix="anjuan-bench-") as scratch:
        if options.words:
            warm(engine, Path(scratch))
        for recording in _recordings(options, options.keep or Path(scratch)):
            windows, samples, took = voices_alone(engine, recording.path)
            for number, scores in ((recording.speakers, told), (None, guessed)):
                scores.append(score(recording, diarize(windows, samples, number)))
                words = measure_words(engine, recording, options.cost) if options.words and number else ""
                cost = f", {took / recording.duration:.3f} core seconds a second"
                show(f"{recording.name} {'auto' if number is None else number}", scores[-1], cost + words)
            print(f"peak of memory so far {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MiB")
    engine.close()
    if told:
        summary("number given", told)
        summary("number found", guessed)
    return 0 if told else 1


def _recordings(options: argparse.Namespace, folder: Path) -> Iterator[Recording]:
    if options.recordings is not None:
        return made(options.recordings)
    folder.mkdir(parents=True, exist_ok=True)
    voices = [one for table in options.table for one in utterances_in(table)]
    speeds = [float(speed) for speed in options.speeds.split(",")]
    return mixed(perturbed(voices, speeds), mixtures(options), folder)


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    source = parser.add_mutually_exclusive_group(required=True)
    source.add_argument("--table", type=Path, nargs="+", help="tab-separated utterances: file, speaker, text")
    source.add_argument("--recordings", type=Path, help="folder of NAME.wav and NAME.json")
    parser.add_argument("--minutes", type=float, default=2.0, help="length of each mixed dialogue (default 2)")
    parser.add_argument("--seeds", default="1,2,3", help="of the mixed dialogues, joined with commas (default 1,2,3)")
    parser.add_argument("--speakers", default="", help="how many, joined with commas (default: all of the tables)")
    parser.add_argument("--speeds", default="1", help="at which each speaker is one more, joined with commas")
    parser.add_argument("--rooms", default=",".join(ROOMS), help=f"(default {','.join(ROOMS)})")
    parser.add_argument("--keep", type=Path, help="folder in which mixed dialogues stay")
    parser.add_argument("--words", action="store_true", help="transcribe too: cpCER")
    parser.add_argument(
        "--cost",
        type=int,
        nargs="?",
        const=ROUNDS,
        default=0,
        metavar="ROUNDS",
        help=f"with --words: time and core seconds of speakers over words alone, so many rounds (default {ROUNDS})",
    )
    parser.add_argument("--device", default="auto", help="auto, cpu, cuda or cuda:N")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
