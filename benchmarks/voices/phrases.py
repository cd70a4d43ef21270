"""Phrases as sound with the time of each character, kept on disk by what they were made of, so that none is made twice.

A phrase is what is said between two full stops.  Knows no dialogue; the synthesiser is asked only for what is not kept.
"""

from __future__ import annotations

import hashlib
import os
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray

from benchmarks.voices.kokoro import FRAME, RATE, Speech
from benchmarks.voices.reading import Said, read

SAMPLE_RATE: Final = 16_000
"""What the mixtures and the speech models run at."""
FORMAT: Final = "1"
"""Part of a phrase's digest: the form of what is kept."""
MARGIN: Final = SAMPLE_RATE // 25
"""Kept around what is heard: 40 ms, so that no consonant is cut."""
STEP: Final = SAMPLE_RATE // 100
"""Resolution of the search for the first and last sound: 10 ms."""
HEARD: Final = 0.01
"""Of the loudest step's level: -40 dB."""
_END = re.compile(r"(?<=[。？！；?!;])")


class Synthesiser(Protocol):
    """What turns phonemes into speech; `benchmarks.voices.kokoro.Kokoro`, or a fake of the tests."""

    def speak(self, phonemes: str, voice: str, speed: float = 1.0) -> Speech:
        """Speech and the frames of each phoneme."""
        ...


@dataclass(frozen=True, slots=True)
class TimedCharacter:
    """A character as said, and its seconds from the start of the phrase's sound."""

    text: str
    start: float
    end: float


@dataclass(frozen=True, slots=True, eq=False)
class Phrase:
    """`samples` float32 [n] at SAMPLE_RATE; speech is heard from `start` to `end` seconds."""

    text: str
    samples: NDArray[np.float32]
    start: float
    end: float
    characters: tuple[TimedCharacter, ...]


@dataclass(slots=True)
class PhraseBook:
    """Phrases by voice, text and speed; `made_s` counts the seconds of sound that had to be made.

    `early_s`: by how much the synthesiser's sound comes before its frames.
    """

    synthesiser: Synthesiser
    identity: str
    folder: Path
    early_s: float = 0.0
    made_s: float = field(default=0.0, init=False)

    def phrase(self, text: str, voice: str, speed: float = 1.0) -> Phrase:
        """The phrase, made now unless it is kept; raises BadInput for what cannot be said."""
        said = read(text)
        phonemes = "".join(one.phonemes for one in said).strip()
        key = "\n".join([FORMAT, self.identity, voice, f"{speed:.3f}", phonemes])
        place = self.folder / f"{hashlib.sha256(key.encode()).hexdigest()}.npz"
        if not place.exists():
            made = self.synthesiser.speak(phonemes, voice, speed)
            self.made_s += made.samples.size / RATE
            _keep(made, place)
        # What is kept has 16 bits: read it back, so that the first run hears what every later one hears.
        return cut(text, said, _kept(place), self.early_s)


def phrases_of(text: str) -> list[str]:
    """The text cut after each full stop, question mark and semicolon."""
    return [piece for piece in _END.split(text) if piece.strip()]


def cut(text: str, said: tuple[Said, ...], speech: Speech, early_s: float = 0.0) -> Phrase:
    """The sound from its first to its last audible step, and where in it each character lies."""
    from scipy.signal import resample_poly

    samples = np.asarray(resample_poly(speech.samples, 2, 3), np.float32)
    first, last = heard(samples)
    begin, stop = max(0, first - MARGIN), min(samples.size, last + MARGIN)
    offset, heard_from, heard_to = begin / SAMPLE_RATE, first / SAMPLE_RATE, last / SAMPLE_RATE

    def inside(second: float) -> float:
        return round(min(max(second - early_s, heard_from), heard_to) - offset, 3)

    characters = [TimedCharacter(one.text, inside(one.start), inside(one.end)) for one in timed(said, speech)]
    return Phrase(text, samples[begin:stop], heard_from - offset, heard_to - offset, tuple(characters))


def timed(said: tuple[Said, ...], speech: Speech) -> list[TimedCharacter]:
    """Letters and characters with their seconds from the start of the speech, by the predicted frames."""
    bounds = np.concatenate([[0], np.cumsum(speech.frames)]) + speech.lead
    text = "".join(one.phonemes for one in said)
    skipped = len(text) - len(text.lstrip())
    found: list[TimedCharacter] = []
    at = -skipped
    for one in said:
        # The space before a word belongs to the pause, not to the character.
        lead = len(one.phonemes) - len(one.phonemes.lstrip())
        first, last = at + lead, at + len(one.phonemes.rstrip())
        at += len(one.phonemes)
        if one.character.isalnum():
            start, end = (float(bounds[n]) * FRAME / RATE for n in (first, last))
            found.append(TimedCharacter(one.character, start, end))
    return found


def heard(samples: NDArray[np.float32]) -> tuple[int, int]:
    """First and last sample of what is loud enough to be heard, to 10 ms; the whole sound when nothing is."""
    whole = samples[: samples.size // STEP * STEP].reshape(-1, STEP)
    level = np.sqrt(np.mean(np.square(whole), axis=1))
    loud = np.flatnonzero(level > HEARD * level.max(initial=0.0))
    if not loud.size:
        return 0, samples.size
    return int(loud[0]) * STEP, int(loud[-1] + 1) * STEP


def _keep(speech: Speech, place: Path) -> None:
    place.parent.mkdir(parents=True, exist_ok=True)
    partial = place.with_name(f".{place.stem}.{os.getpid()}.npz")
    samples = np.clip(np.rint(speech.samples * 32767), -32768, 32767).astype(np.int16)
    np.savez_compressed(partial, samples=samples, frames=speech.frames, lead=np.array(speech.lead))
    partial.replace(place)


def _kept(place: Path) -> Speech:
    with np.load(place) as kept:
        samples = kept["samples"].astype(np.float32) / 32767
        return Speech(samples, kept["frames"], int(kept["lead"]))
