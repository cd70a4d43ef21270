"""Dialogues mixed from single utterances of known speakers, with the exact truth of who speaks when.

Takes any source of voices: a table of speaker, sound file and text. Where a table has too few speakers, the same ones
played faster and slower, pitch and all, are others (speed perturbation; Ko et al., Interspeech 2015). Turns of one to
three utterances follow each other with pauses and overlaps, each speaker at a loudness and in a place of the room of
their own, with noise over all. A seed decides everything. An utterance is speech from its first to its last sound, save
for pauses inside it.
"""

from __future__ import annotations

import csv
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import lru_cache
from itertools import cycle
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.signal import butter, fftconvolve, resample_poly, sosfiltfilt

from pipelines.media.audio import SAMPLE_RATE, normalise, read_span

Sound = NDArray[np.float32]

STEP = SAMPLE_RATE // 100
HUM_HZ = 150.0
"""Below this there is hum and handling in the recordings, up to 15 dB above the rest of their noise."""
ABOVE_NOISE_DB = 15.0
"""Above the noise of its own recording by this much an utterance is heard; all have silence around them."""
BELOW_LOUD_DB = 40.0
"""Below its loud moments by this much nothing is heard, however quiet the recording."""
CLICK_S = 0.1
"""A shorter sound is none of speech."""
PAUSE_S = 0.3
"""A shorter pause inside an utterance is speech."""
UTTERANCES_KEPT = 512
"""Utterances that stay decoded: a long dialogue says each again and again, and reading a file is slow (some 140 MB)."""
LEVEL = 0.06
PEAK = 0.9
SOUND_M_S = 343.0
FAR_ECHO = 2.5
"""How much stronger the room is against the direct sound for a microphone across the table: 8 dB."""


@dataclass(frozen=True, slots=True)
class Utterance:
    """One person saying one thing."""

    speaker: str
    path: Path
    text: str
    speed: float = 1.0


@dataclass(frozen=True, slots=True)
class Recipe:
    """What a dialogue is like: its length, how often the next begins too early, the room; a seed for the rest."""

    seconds: float
    seed: int
    overlap: float = 0.1
    noise_db: float = 25.0
    """Speech over noise."""
    reverberation_s: float = 0.3
    """Time in which the sound of the room falls by 60 dB; 0 for none."""
    gap_s: tuple[float, float] = (0.2, 1.5)
    overlap_s: tuple[float, float] = (0.3, 1.2)


@dataclass(frozen=True, slots=True)
class Said:
    """An utterance in a dialogue: who, what, and where there is sound of it, in seconds."""

    speaker: str
    text: str
    spans: tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True, eq=False)
class Dialogue:
    """The sound, float32 [n] or [microphones, n] at SAMPLE_RATE, and who said what when, in order of beginning."""

    samples: Sound
    said: tuple[Said, ...]


def utterances_in(table: Path) -> list[Utterance]:
    """The utterances of a tab-separated table with the columns file, speaker and text; files lie beside it."""
    with table.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    return [Utterance(row["speaker"], table.parent / row["file"], row["text"]) for row in rows if row["speaker"]]


def perturbed(utterances: Sequence[Utterance], speeds: Sequence[float]) -> list[Utterance]:
    """Every utterance at each of the speeds, each speed a speaker of its own; at 1 it is who it was."""
    return [
        replace(one, speaker=one.speaker if speed == 1 else f"{one.speaker}x{speed:g}", speed=speed)
        for speed in speeds
        for one in utterances
    ]


def some_speakers(utterances: Sequence[Utterance], count: int, seed: int) -> list[Utterance]:
    """What `count` of the speakers say, chosen by the seed; raises ValueError where there are fewer."""
    names = sorted({one.speaker for one in utterances})
    if count > len(names):
        raise ValueError(f"there are {len(names)} speakers, not {count}")
    chosen = set(np.random.default_rng([seed, count]).permutation(names)[:count].tolist())
    return [one for one in utterances if one.speaker in chosen]


def make_dialogue(voices: Sequence[Utterance], recipe: Recipe) -> Dialogue:
    """A dialogue of all speakers in `voices`, `recipe.seconds` long and a few more."""
    rng = np.random.default_rng(recipe.seed)
    by_speaker = _by_speaker(voices)
    room = {name: _Place.drawn(rng, recipe.reverberation_s) for name in by_speaker}
    mixture = np.zeros(_length(recipe), np.float32)
    said: list[Said] = []
    for one, dry, now in _course(by_speaker, recipe, rng):
        _add(mixture, room[one.speaker].heard(dry), now)
        said.append(one)
    return _with_noise(mixture, said, recipe, rng)


def make_seated(voices: Sequence[Utterance], recipe: Recipe, leak_db: float) -> Dialogue:
    """The same with a microphone for each speaker, in the order of `voices`: samples are float32 [speakers, n].

    Each microphone hears its own speaker near, and the others later, by `leak_db` quieter and with more of the room.
    """
    rng = np.random.default_rng(recipe.seed)
    by_speaker = _by_speaker(voices)
    names = list(by_speaker)
    near = {name: _Place.drawn(rng, recipe.reverberation_s) for name in names}
    far = {(a, b): near[a].from_afar(rng, leak_db) for a in names for b in names if a != b}
    mixture = np.zeros((len(names), _length(recipe)), np.float32)
    said: list[Said] = []
    for one, dry, now in _course(by_speaker, recipe, rng):
        for row, name in enumerate(names):
            place = near[name] if name == one.speaker else far[one.speaker, name]
            _add(mixture[row], place.heard(dry), now)
        said.append(one)
    return _with_noise(mixture, said, recipe, rng)


def _by_speaker(voices: Sequence[Utterance]) -> dict[str, list[Utterance]]:
    return {name: [u for u in voices if u.speaker == name] for name in dict.fromkeys(u.speaker for u in voices)}


def _length(recipe: Recipe) -> int:
    return round((recipe.seconds + 60) * SAMPLE_RATE)


def _add(mixture: Sound, wet: Sound, now: int) -> None:
    wet = wet[: mixture.size - now]
    mixture[now : now + wet.size] += wet


def _course(
    by_speaker: Mapping[str, Sequence[Utterance]], recipe: Recipe, rng: np.random.Generator
) -> Iterator[tuple[Said, Sound, int]]:
    """Each utterance with its sound and its first sample."""
    now = SAMPLE_RATE // 2
    for speaker, turn in _turns(by_speaker, rng):
        if now > recipe.seconds * SAMPLE_RATE:
            return
        first = now
        ended = now
        for utterance in turn:
            dry = _spoken(utterance.path, utterance.speed)
            spans = tuple((a + now / SAMPLE_RATE, b + now / SAMPLE_RATE) for a, b in sounding(dry))
            yield Said(speaker, utterance.text, spans), dry, now
            ended = round(spans[-1][1] * SAMPLE_RATE)
            now += dry.size + round(rng.uniform(0.1, 0.4) * SAMPLE_RATE)
        if rng.random() < recipe.overlap:
            now = max(first + SAMPLE_RATE, ended - round(rng.uniform(*recipe.overlap_s) * SAMPLE_RATE))
        else:
            now = ended + round(rng.uniform(*recipe.gap_s) * SAMPLE_RATE)


def _with_noise(mixture: Sound, said: Sequence[Said], recipe: Recipe, rng: np.random.Generator) -> Dialogue:
    end = round(max(one.spans[-1][1] for one in said) * SAMPLE_RATE) + SAMPLE_RATE // 2
    level = LEVEL * 10 ** (-recipe.noise_db / 20)
    rows = np.atleast_2d(mixture)[:, :end]
    noisy = np.stack([row + _noise(end, level, rng) for row in rows]).reshape(*mixture.shape[:-1], end)
    samples = noisy * np.float32(min(1.0, PEAK / float(np.abs(noisy).max())))
    return Dialogue(samples, tuple(sorted(said, key=lambda one: one.spans[0][0])))


def sounding(dry: Sound) -> list[tuple[float, float]]:
    """Where an utterance can be heard, in its own seconds; short pauses count as sound."""
    clear = sosfiltfilt(butter(4, HUM_HZ, "highpass", fs=SAMPLE_RATE, output="sos"), dry)
    whole = clear[: clear.size // STEP * STEP].reshape(-1, STEP)
    # Over 50 ms, so that neither a click nor the closure of a consonant decides.
    power = np.convolve(np.square(whole).mean(axis=1), np.full(5, 0.2), "same")
    energy = 10 * np.log10(power + 1e-10)
    quiet, loud = np.percentile(energy, [5, 95]).tolist()
    heard = np.flatnonzero(energy > max(quiet + ABOVE_NOISE_DB, loud - BELOW_LOUD_DB))
    spans: list[tuple[float, float]] = []
    for step in heard.tolist():
        start, end = step * STEP / SAMPLE_RATE, (step + 1) * STEP / SAMPLE_RATE
        if spans and start - spans[-1][1] <= PAUSE_S:
            spans[-1] = (spans[-1][0], end)
        else:
            spans.append((start, end))
    return [span for span in spans if span[1] - span[0] >= CLICK_S] or [(0.0, dry.size / SAMPLE_RATE)]


@dataclass(frozen=True, slots=True, eq=False)
class _Place:
    """Where somebody sits: how loud, and how the room answers (`echo`, float32 [n], starts with the direct sound)."""

    gain: float
    echo: Sound

    @classmethod
    def drawn(cls, rng: np.random.Generator, seconds: float) -> _Place:
        """A place by chance; the echo is noise that decays (Polack's model)."""
        gain = float(10 ** (rng.uniform(-3, 3) / 20))
        count = max(1, round(seconds * SAMPLE_RATE))
        echo = rng.standard_normal(count) * 10 ** (-3 * np.arange(count) / count)
        echo *= 0.4 / np.sqrt(np.square(echo).sum())
        echo[: SAMPLE_RATE // 250] = 0.0
        echo[0] = 1.0
        return cls(gain, echo.astype(np.float32))

    def from_afar(self, rng: np.random.Generator, leak_db: float) -> _Place:
        """The same voice in another's microphone, 0.5 to 3 m further away, with an echo of its own."""
        late = round(float(rng.uniform(0.5, 3.0)) / SOUND_M_S * SAMPLE_RATE)
        echo = np.zeros(self.echo.size + late, np.float32)
        echo[late] = 1.0
        if self.echo.size > 1:
            tail = rng.standard_normal(self.echo.size - 1) * np.abs(self.echo[1:])
            echo[late + 1 :] = tail * FAR_ECHO
        return _Place(self.gain * 10 ** (-leak_db / 20), echo)

    def heard(self, dry: Sound) -> Sound:
        """The sound as the microphone hears it."""
        loud = dry[np.abs(dry) > 0.1 * np.abs(dry).max()]
        scale = self.gain * LEVEL / float(np.sqrt(np.square(loud).mean()))
        return np.asarray(fftconvolve(dry * np.float32(scale), self.echo), np.float32)


def _turns(
    by_speaker: Mapping[str, Sequence[Utterance]], rng: np.random.Generator
) -> Iterator[tuple[str, list[Utterance]]]:
    """Turns without end: everybody in turn by chance, nobody twice in a row, utterances in a shuffled order."""
    names = list(by_speaker)
    stock = {}
    for name, some in by_speaker.items():
        order = list(some)
        rng.shuffle(order)
        stock[name] = cycle(order)
    last = ""
    while True:
        # Everybody has a turn in each round, so that nobody is missing from a short dialogue.
        for name in rng.permutation(names).tolist():
            if name == last and len(names) > 1:
                continue
            last = name
            yield name, [next(stock[name]) for _ in range(int(rng.integers(1, 4)))]


@lru_cache(UTTERANCES_KEPT)
def _spoken(path: Path, speed: float) -> Sound:
    with tempfile.TemporaryDirectory(prefix="anjuan-bench-") as folder:
        sound = Path(folder) / "u.wav"
        samples = read_span(sound, 0, normalise(path, sound)).samples
    if speed == 1:
        return samples
    ratio = Fraction(speed).limit_denominator(100)
    return np.asarray(resample_poly(samples, ratio.denominator, ratio.numerator), np.float32)


def _noise(count: int, rms: float, rng: np.random.Generator) -> Sound:
    """Noise of a room, falling with frequency, made in pieces of a minute so that an hour fits in memory."""
    pieces: list[Sound] = []
    for first in range(0, count, 60 * SAMPLE_RATE):
        size = min(60 * SAMPLE_RATE, count - first)
        spectrum = np.fft.rfft(rng.standard_normal(size))
        spectrum /= np.maximum(np.fft.rfftfreq(size, 1 / SAMPLE_RATE), 40.0) ** 0.5
        sound = np.fft.irfft(spectrum, size)
        pieces.append((sound * (rms / np.sqrt(np.square(sound).mean()))).astype(np.float32))
    return np.concatenate(pieces)
