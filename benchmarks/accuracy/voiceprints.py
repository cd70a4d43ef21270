"""Staff voiceprints: how often the right person is not known, and somebody else is, over thresholds.

`python -m benchmarks.accuracy.voiceprints --table TABLE [--recordings DIR] [--seconds 6,15]` takes the voices in a
table of utterances (AISHELL) and those of the dialogues that benchmarks.voices.make left in DIR. A print is made of
24 s of one speaker, clean; a probe is the middle of as much other speech of somebody as `--seconds` says, clean or as a
room, a telephone or noise leaves it. False reject: the same person under the threshold; false accept: another over it.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import numpy as np
from numpy.typing import NDArray

from benchmarks.accuracy.dialogues import utterances_in
from benchmarks.accuracy.diarisation import made
from benchmarks.accuracy.sounds import Sound, noisy, reverberant, telephone
from models.device import choose_device
from models.registry import build
from models.speech.speaker import WeSpeaker
from models.values import AudioClip, ItemError
from models.weights import WeightsCache
from pipelines.media.audio import SAMPLE_RATE, normalise, read_span
from pipelines.speech.staff import ALIKE, PIECE, SAME_PERSON

MODEL = "wespeaker-resnet34"
PRINT_PIECES = 8
MOST_PIECES = 40
"""Two minutes a speaker: a print and a dozen probes."""
LEAST_PIECES = 12
THRESHOLDS = (0.35, 0.4, 0.45, 0.5, 0.55, 0.6, 0.65, 0.7)
CONDITIONS: dict[str, Callable[[Sound], Sound]] = {
    "clean": lambda sound: sound,
    "room": lambda sound: reverberant(sound, 1),
    "room and noise 15 dB": lambda sound: noisy(reverberant(sound, 1), 15.0, 2),
    "telephone": telephone,
}
Vectors = NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class Voice:
    """A speaker's pieces of three seconds by condition, float32 [pieces, 256] of length one, in one order."""

    name: str
    pieces: dict[str, Vectors]

    @property
    def print(self) -> NDArray[np.float32]:
        """As enrolment makes it."""
        return _middle(self.pieces["clean"][:PRINT_PIECES])

    def probes(self, condition: str, pieces: int) -> Vectors:
        """What a recording tells of the speaker, from that many pieces each that the print does not hold."""
        rest = self.pieces[condition][PRINT_PIECES:]
        return np.stack([_middle(rest[n : n + pieces]) for n in range(0, len(rest) - pieces + 1, pieces)])


def _middle(vectors: Vectors) -> NDArray[np.float32]:
    middle = vectors.mean(axis=0)
    return np.asarray(middle / np.linalg.norm(middle), np.float32)


def sounds_of(table: Path, recordings: Path | None, folder: Path) -> Iterator[tuple[str, Sound]]:
    """Each speaker with all their speech, one piece after another."""
    by_speaker: dict[str, list[Sound]] = {}
    for utterance in utterances_in(table):
        known = by_speaker.setdefault(utterance.speaker, [])
        if sum(piece.size for piece in known) < MOST_PIECES * PIECE:
            samples = normalise(utterance.path, folder / "u.wav")
            known.append(np.asarray(read_span(folder / "u.wav", 0, samples).samples, np.float64))
    for recording in made(recordings) if recordings is not None else ():
        truth = json.loads(recording.path.with_name(f"{recording.path.stem}.json").read_text(encoding="utf-8"))
        voices = {one["name"]: one["voice"] for one in truth["speakers"]}
        samples = normalise(recording.path, folder / "r.wav")
        for turn in recording.turns:
            first, last = round(turn.start * SAMPLE_RATE), min(round(turn.end * SAMPLE_RATE), samples)
            piece = np.asarray(read_span(folder / "r.wav", first, last).samples, np.float64)
            by_speaker.setdefault(voices[turn.speaker], []).append(piece)
    for name, pieces in by_speaker.items():
        yield name, np.concatenate(pieces)[: MOST_PIECES * PIECE]


def known(model: WeSpeaker, name: str, sound: Sound) -> Voice:
    """The voice of one speaker in all conditions."""
    pieces: dict[str, Vectors] = {}
    for condition, changed in CONDITIONS.items():
        heard = changed(sound).astype(np.float32)
        clips = [AudioClip(heard[n : n + PIECE], SAMPLE_RATE) for n in range(0, heard.size - PIECE + 1, PIECE)]
        answers = model.predict(clips)
        pieces[condition] = np.stack([one.vector for one in answers if not isinstance(one, ItemError)])
    return Voice(name, pieces)


def show(title: str, same: NDArray[np.float64], other: NDArray[np.float64]) -> None:
    """Both errors at each threshold."""
    print(
        f"{title}: same person {same.mean():.3f} (least {same.min():.3f}, {same.size}), others {other.mean():.3f} "
        f"(most {other.max():.3f}, {other.size})"
    )
    for threshold in THRESHOLDS:
        mark = " <- SAME_PERSON" if threshold == SAME_PERSON else ""
        print(f"  {threshold:.2f}  FR {(same < threshold).mean():7.2%}  FA {(other >= threshold).mean():7.2%}{mark}")


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--table", type=Path, required=True, help="tab-separated table of utterances")
    parser.add_argument("--recordings", type=Path, help="folder of NAME.wav and NAME.json")
    parser.add_argument("--seconds", default="6,15", help="speech behind a probe, joined with commas (default 6,15)")
    parser.add_argument("--device", default="auto", help="auto, cpu, cuda or cuda:N")
    options = parser.parse_args(arguments)
    model = cast(WeSpeaker, build(MODEL, WeightsCache()))
    model.load(choose_device(options.device))
    with tempfile.TemporaryDirectory(prefix="anjuan-bench-") as folder:
        sounds = list(sounds_of(options.table, options.recordings, Path(folder)))
    voices = [known(model, name, sound) for name, sound in sounds if sound.size >= LEAST_PIECES * PIECE]
    model.close()
    print(f"{len(voices)} voices: {', '.join(voice.name for voice in voices)}")
    for voice in voices:
        clean = voice.pieces["clean"]
        pairs = (clean @ clean.T)[np.triu_indices(len(clean), 1)]
        print(f"  {voice.name}: pairs of pieces {pairs.mean():.3f}, under {ALIKE}: {(pairs < ALIKE).mean():.2%}")
    for seconds in [float(one) for one in options.seconds.split(",")]:
        count = round(seconds * SAMPLE_RATE / PIECE)
        for condition in CONDITIONS:
            same = np.concatenate([voice.probes(condition, count) @ voice.print for voice in voices])
            other = [a.probes(condition, count) @ b.print for a in voices for b in voices if a is not b]
            show(f"{seconds:g} s, {condition}", same, np.concatenate(other))
    return 0


if __name__ == "__main__":
    sys.exit(main())
