"""Cross-talk: where a microphone hears the voice of another seat, by level and coherence; knows no file and no word.

Each seat has a microphone of its own, near its speaker. A voice also reaches the other microphones, later and quieter.
There it is taken for a leak when another channel is louder at that moment and the two are coherent, that is when one
sound explains most of both (magnitude-squared coherence; Carter, Knapp and Nuttall, 1973). Two people who speak at once
are not coherent, so that neither is taken for the leak of the other. From the coherent leaks follows how much quieter a
voice arrives at each other seat; where noise or echo hide coherence, a channel that holds no more than that and its
noise holds no voice of its own. Everything works on blocks, in bounded memory.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.fft import rfft
from scipy.ndimage import uniform_filter1d

from pipelines.speech.chunks import RATE, Span
from pipelines.speech.material import common, length, without

STEP = RATE // 50
"""Resolution: 20 ms."""
FRAME = 1024
"""64 ms: long against the way of a sound through a room, 3 m in 9 ms, without which there is no coherence."""
BAND = slice(19, 257)
"""300 Hz to 4 kHz in bins of FRAME: below it hum is coherent, above it there is little voice."""
AROUND = 15
"""Moments before and after one over which coherence is averaged: 0.6 s; over fewer even noise looks coherent."""
LEVEL_AROUND = 2
"""The same for the level: 0.1 s."""
COHERENT = 0.35
"""Share of a channel's power above its noise that another explains, from which on it is the same sound."""
NOISE = 5
"""Percentile of a block's power that is noise: there are pauses in half a minute."""
MOST_NOISE = 0.8
"""Most of the power at a moment that is put down to noise: the rest decides, however little."""
ECHO = RATE * 3 // 10
"""How long the room answers after another seat has spoken: an echo comes from everywhere and is not coherent."""
LEAK_DB = 1.5
"""By this much the other channel must be louder: in soft moments noise makes both alike."""
OWN_DB = 3.0
"""Above all other channels by this much, a microphone hears its own speaker, whatever else there is."""
LEARNED = RATE // STEP
"""Moments of coherent leak from one seat to another, from which on their distance in loudness is known."""
CLEAR = 75
"""Percentile of the differences in loudness that is the distance: noise makes most of them smaller than it is."""
MORE_DB = 2.0
"""By this much more a channel holds something beside leak and noise."""
SPEAKING_DB = 6.0
"""Above its own noise by this much a channel holds a voice."""
LEAST_OWN = RATE // 5
"""Less sound of one's own between what leaked is a click."""
BREATH = RATE * 3 // 10
"""A shorter pause in one's own speech is no pause."""
KEPT = RATE // 10
"""Kept before and after one's own speech: first and last sounds are soft."""
BLOCK = 1500
"""Moments in work at once: half a minute, some 10 MB a channel."""
SAME_DB = 1.0
SAME_SHARE = 0.95
"""Where channels differ by less, and one explains this share of the other, they hold one sound."""
FLOOR = 1e-12
"""Power of nothing: below the last bit of 16."""

Bools = NDArray[np.bool_]
Spectra = NDArray[np.complex64]
"""Complex64 [moments, bins of BAND]."""
Read = Callable[[int, int, int], NDArray[np.float32]]
"""The samples of a channel, float32, between two places of the recording."""


@dataclass(frozen=True, slots=True)
class Leaks:
    """Bool [channels, moments of STEP]: where other seats leak into a channel (`leaked`), where it hears its own
    speaker for certain (`own`), and where it holds the very sound of an earlier channel (`same`)."""

    leaked: Bools
    own: Bools
    same: Bools


def find_leaks(read: Read, channels: int, samples: int) -> Leaks:
    """The leaks between `channels` channels of `samples` samples each, read block by block."""
    moments = -(-samples // STEP)
    shape = (channels, moments)
    found = Leaks(np.zeros(shape, np.bool_), np.zeros(shape, np.bool_), np.zeros(shape, np.bool_))
    levels = np.zeros(shape, np.float32)
    for first in range(0, moments, BLOCK):
        last = min(first + BLOCK, moments)
        before = min(first, 2 * AROUND)
        spectra = [_spectra(read, channel, (first - before, last + 2 * AROUND), samples) for channel in range(channels)]
        block, loud = _block(spectra)
        inner = slice(before, before + last - first)
        found.leaked[:, first:last] = block.leaked[:, inner]
        found.own[:, first:last] = block.own[:, inner]
        found.same[:, first:last] = block.same[:, inner]
        levels[:, first:last] = loud[:, inner]
    quiet = np.stack([_nothing_more(levels, here, found.leaked[here]) for here in range(channels)])
    return Leaks((_held(found.leaked) | quiet) & ~found.own, found.own, found.same)


def own_speech(speech: Sequence[Span], leaked: Bools, own: Bools) -> list[Span]:
    """What of one channel's `speech` is its own speaker's; `leaked` and `own` are that channel's, bool [moments].

    A stretch into which nothing leaks stays as it is.
    """
    away, certain = _spans(leaked), _spans(own)
    found: list[Span] = []
    for span in speech:
        near = _reaching(away, span)
        if not near:
            found.append(span)
            continue
        pieces = _joined(without([span], near))
        kept = [piece for piece in pieces if length(common([piece], _reaching(certain, piece))) >= LEAST_OWN]
        found += _joined([(max(span[0], first - KEPT), min(span[1], last + KEPT)) for first, last in kept])
    return found


def foreign(own: Sequence[Span], leaked: Bools, samples: int) -> list[Span]:
    """Where a channel of `samples` holds nothing but what leaked into it, given its own speech."""
    return [(first, min(last, samples)) for first, last in _spans(leaked & ~_moments(own, leaked.size))]


def share_within(speech: Sequence[Span], moments: Bools) -> float:
    """The share of `speech` that lies in `moments` (bool [moments]); 0 where there is none."""
    spoken = _moments(speech, moments.size)
    return float((spoken & moments).sum() / spoken.sum()) if spoken.any() else 0.0


# --- sound -----------------------------------------------------------------------------------------------------------
def _spectra(read: Read, channel: int, moments: Span, samples: int) -> Spectra:
    """The spectrum around each moment; outside the recording there is silence."""
    lead = (FRAME - STEP) // 2
    first, last = moments[0] * STEP - lead, (moments[1] - 1) * STEP - lead + FRAME
    sound = np.zeros(last - first, np.float32)
    begin, end = max(first, 0), min(last, samples)
    if end > begin:
        sound[begin - first : end - first] = read(channel, begin, end)
    frames = np.lib.stride_tricks.sliding_window_view(sound, FRAME)[::STEP]
    window = np.hanning(FRAME).astype(np.float32)
    return np.asarray(rfft(frames * window, axis=1)[:, BAND], np.complex64)


def _block(spectra: Sequence[Spectra]) -> tuple[Leaks, NDArray[np.float32]]:
    """What coherence tells of some moments, and the level of each channel in dB, float32 [channels, moments]."""
    powers = [np.square(np.abs(one)) for one in spectra]
    levels = np.stack([10 * np.log10(_mean(power.sum(axis=1), LEVEL_AROUND) + np.float32(FLOOR)) for power in powers])
    smooth = [_mean(power, AROUND) for power in powers]
    voiced = [_above_noise(power) for power in smooth]
    shape = levels.shape
    leaked, same = np.zeros(shape, np.bool_), np.zeros(shape, np.bool_)
    loudest = np.full(shape, -np.inf)
    for here in range(len(spectra)):
        for there in range(len(spectra)):
            if here == there:
                continue
            explained = _joint(spectra[here], spectra[there], smooth[there]) / voiced[here]
            leaked[here] |= (levels[there] >= levels[here] + LEAK_DB) & (explained >= COHERENT)
            loudest[here] = np.maximum(loudest[here], levels[there])
            if there < here:
                same[here] |= (np.abs(levels[there] - levels[here]) < SAME_DB) & (explained >= SAME_SHARE)
    return Leaks(leaked, levels >= loudest + OWN_DB, same), levels


def _nothing_more(levels: NDArray[np.float32], here: int, leaked: Bools) -> Bools:
    """Where `here` is no louder than its noise and the leak of the loudest other channel together, bool [moments]."""
    noise = np.percentile(levels, NOISE, axis=1)
    others = levels.copy()
    others[here] = -np.inf
    loudest = others.argmax(axis=0)
    found = np.zeros(leaked.size, np.bool_)
    for there in range(len(levels)):
        speaking = (loudest == there) & (levels[there] >= noise[there] + SPEAKING_DB)
        learned = leaked & speaking
        if learned.sum() >= LEARNED:
            distance = float(np.percentile(levels[there][learned] - levels[here][learned], CLEAR))
            found |= speaking & (levels[here] <= _together(levels[there] - distance, noise[here]) + MORE_DB)
    return found


def _together(decibels: NDArray[np.float32], more: float) -> NDArray[np.float32]:
    """The level of two sounds that have nothing to do with each other."""
    return np.asarray(10 * np.log10(10 ** (decibels / 10) + 10 ** (more / 10)), np.float32)


def _joint(here: Spectra, there: Spectra, power_there: NDArray[np.float32]) -> NDArray[np.float32]:
    """The power `here` that the sound `there` explains at each moment."""
    cross = here * there.conj()
    joint = np.square(_mean(cross.real, AROUND)) + np.square(_mean(cross.imag, AROUND))
    return np.asarray((joint / (power_there + FLOOR)).sum(axis=1), np.float32)


def _above_noise(power: NDArray[np.float32]) -> NDArray[np.float32]:
    """The power of each moment without the noise of its block."""
    noise = np.minimum(np.percentile(power, NOISE, axis=0), MOST_NOISE * power)
    return np.asarray((power - noise).sum(axis=1) + FLOOR, np.float32)


def _mean(values: NDArray[np.float32], around: int) -> NDArray[np.float32]:
    return np.asarray(uniform_filter1d(values, 2 * around + 1, axis=0, mode="nearest"), np.float32)


# --- moments ---------------------------------------------------------------------------------------------------------
def _held(leaked: Bools) -> Bools:
    """Each leak and its echo."""
    held = leaked.copy()
    for shift in range(1, ECHO // STEP + 1):
        held[:, shift:] |= leaked[:, :-shift]
    return held


def _moments(spans: Sequence[Span], count: int) -> Bools:
    """Bool [count]: every moment that a span touches."""
    found = np.zeros(count, np.bool_)
    for first, last in spans:
        found[first // STEP : -(-last // STEP)] = True
    return found


def _reaching(spans: Sequence[Span], limits: Span) -> Sequence[Span]:
    """Those of ordered, disjoint `spans` that reach into `limits`."""
    first = bisect_right(spans, limits[0], key=lambda span: span[1])
    return spans[first : bisect_left(spans, limits[1], key=lambda span: span[0])]


def _spans(moments: Bools) -> list[Span]:
    edges = np.flatnonzero(np.diff(np.concatenate([[False], moments, [False]]).astype(np.int8))) * STEP
    return list(zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True))


def _joined(spans: Sequence[Span]) -> list[Span]:
    """Spans with what is no pause between them made one."""
    found: list[Span] = []
    for first, last in spans:
        if found and first - found[-1][1] <= BREATH:
            found[-1] = (found[-1][0], max(last, found[-1][1]))
        else:
            found.append((first, last))
    return found
