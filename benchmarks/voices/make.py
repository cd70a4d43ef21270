"""Makes recordings of invented dialogues, and the truth about each, from a seed.

`python -m benchmarks.voices.make --seed N --minutes M -o DIR` writes DIR/NAME.wav (16 kHz, 16 bits) and DIR/NAME.json
(benchmarks.voices.truth), the same for the same options.  Phrases that were said once are kept in
$XDG_CACHE_HOME/anjuan/voices.  The weights (350 MB) are fetched at the first run.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
import wave
from collections.abc import Sequence
from pathlib import Path
from random import Random
from typing import Final

import numpy as np

from benchmarks.voices.dialogue import Kind, Line, Wish, write
from benchmarks.voices.kokoro import EARLY_S, VOICES, Kokoro
from benchmarks.voices.mixing import Room, Sound, SpokenTurn, mix, place
from benchmarks.voices.phrases import SAMPLE_RATE, PhraseBook, phrases_of
from benchmarks.voices.truth import DialogueTruth, SpeakerTruth, turn_truths
from cases.codec import to_json
from models.weights import WeightsCache

SPEEDS: Final = (0.92, 1.0, 1.0, 1.08)


def casting(wish: Wish, lines: Sequence[Line], channels: bool) -> tuple[SpeakerTruth, ...]:
    """A voice of its own for each part; speakers are called S1, S2 … in the order in which they first speak."""
    rng = Random(f"voices {wish.kind} {wish.seed}")
    # Who is questioned in the wording is a man.
    suspect = rng.choice([voice for voice in VOICES if voice.startswith("zm_")])
    others = rng.sample([voice for voice in VOICES if voice != suspect], len(VOICES) - 1)
    roles = {line.part: line.role for line in lines}
    return tuple(
        SpeakerTruth(
            name=f"S{number + 1}",
            part=part,
            role=role,
            voice=suspect if part == "suspect" else others.pop(),
            speed=rng.choice(SPEEDS),
            channel=number if channels else None,
        )
        for number, (part, role) in enumerate(roles.items())
    )


def make(wish: Wish, room: Room, book: PhraseBook) -> tuple[Sound, DialogueTruth]:
    """The recording, float32 [channels, samples] at SAMPLE_RATE, and its truth."""
    lines = write(wish)
    speakers = casting(wish, lines, room.channels)
    by_part = {speaker.part: speaker for speaker in speakers}
    turns = [_said(line, by_part[line.part], book) for line in lines]
    rng = np.random.default_rng([wish.seed, len(lines)])
    placed = place(turns, room.overlap, rng)
    sound = mix(turns, placed, room, rng)
    duration = round(sound.shape[1] / SAMPLE_RATE, 3)
    return sound, DialogueTruth(wish, room, book.identity, duration, speakers, turn_truths(lines, turns, placed))


def _said(line: Line, speaker: SpeakerTruth, book: PhraseBook) -> SpokenTurn:
    phrases = [book.phrase(text, speaker.voice, speaker.speed) for text in phrases_of(line.text)]
    return SpokenTurn(speaker.name, tuple(phrases))


def save(sound: Sound, truth: DialogueTruth, place: Path) -> None:
    """`place`.wav and `place`.json, whatever dots its name has."""
    place.parent.mkdir(parents=True, exist_ok=True)
    with wave.open(f"{place}.wav", "wb") as out:
        out.setnchannels(sound.shape[0])
        out.setsampwidth(2)
        out.setframerate(SAMPLE_RATE)
        out.writeframes(np.rint(sound.T * 32767).astype("<i2").tobytes())
    text = json.dumps(to_json(truth), ensure_ascii=False, indent=1)
    place.with_name(f"{place.name}.json").write_text(text + "\n", encoding="utf-8")


def phrase_folder() -> Path:
    """Where phrases are kept: $XDG_CACHE_HOME/anjuan/voices, else ~/.cache/anjuan/voices."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "anjuan" / "voices"


def name_of(wish: Wish, room: Room) -> str:
    """A file name that says what is inside, and where the room is another than usual."""
    usual = Room()
    marks = [f"reverb{room.reverberation_s:g}"] if room.reverberation_s else []
    marks += [f"overlap{room.overlap:g}"] if room.overlap != usual.overlap else []
    if room.signal_to_noise_db != usual.signal_to_noise_db:
        marks += ["quiet" if room.signal_to_noise_db is None else f"noise{room.signal_to_noise_db:g}dB"]
    marks += ["telephone"] if room.telephone else []
    marks += ["channels"] if room.channels else []
    start = f"{wish.kind}-{wish.wording}-{wish.speakers}speakers-{wish.minutes:g}min-seed{wish.seed}"
    return "-".join([start, *marks])


def main(arguments: Sequence[str] | None = None) -> int:
    """Make one recording and say what it cost."""
    options = _parser().parse_args(arguments)
    kind: Kind = "meeting" if options.meeting else "interrogation"
    wish = Wish(options.seed, options.minutes, options.speakers, kind, options.wording)
    noise = None if options.noise_db == 0 else options.noise_db
    room = Room(options.overlap, options.reverb, noise, options.telephone, options.channels)
    kokoro = Kokoro(WeightsCache())
    book = PhraseBook(kokoro, kokoro.manifest.weights_sha256, phrase_folder(), EARLY_S)
    started = time.monotonic()
    sound, truth = make(wish, room, book)
    took = time.monotonic() - started
    place = options.output / name_of(wish, room)
    save(sound, truth, place)
    print(f"{place}.wav: {truth.duration:.1f} s, {len(truth.turns)} turns, {len(truth.speakers)} speakers")
    print(f"{book.made_s:.1f} s of speech made, the rest was kept; {took:.1f} s in all")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--minutes", type=float, default=3.0, help="about how long (default 3)")
    parser.add_argument("--speakers", type=int, default=2, help="2 to 4, or 3 to 6 in a meeting (default 2)")
    parser.add_argument("--meeting", action="store_true", help="a committee meeting, not an interrogation")
    parser.add_argument("--wording", choices=("a", "b"), default="b", help="a is for tuning, b for figures (default b)")
    parser.add_argument("--overlap", type=float, default=0.06, help="chance that a turn cuts in (default 0.06)")
    parser.add_argument("--reverb", type=float, default=0.0, help="reverberation time in seconds (default none)")
    parser.add_argument("--noise-db", type=float, default=35.0, help="speech over noise in dB, 0 for none (default 35)")
    parser.add_argument("--telephone", action="store_true", help="300 to 3400 Hz, 8 bits")
    parser.add_argument("--channels", action="store_true", help="one channel a speaker")
    parser.add_argument("-o", "--output", type=Path, required=True, help="folder to write to")
    return parser


if __name__ == "__main__":
    sys.exit(main())
