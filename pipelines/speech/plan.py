"""What of a recording will be written down, and from which sound: fixed before the first word, by the sound alone.

Either the channels are mixed to one sound, or each is the microphone of a seat: then every channel is a sound of its
own, with its own speech, without what leaks into it from the others. Normalised sound and plan lie in the run's scratch
folder; a process that comes after a crash takes both up again.
"""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from cases.codec import from_json, to_json
from models.errors import BadInput, Busy
from models.values import ItemError, SpeechSpan
from pipelines.engine import VOICE_ACTIVITY, AudioSpan, Engine, OutT, RefT, TaskKind
from pipelines.media.audio import (
    SAMPLE_RATE,
    normalise,
    normalise_channels,
    normalised_sound,
    read_span,
    silence_spans,
)
from pipelines.pipeline import Setting
from pipelines.speech.chunks import RATE, Chunk, Span, pack, parts_of, speech_of, windows
from pipelines.speech.crosstalk import find_leaks, foreign, own_speech, share_within
from pipelines.speech.params import TranscribeParams

log = logging.getLogger(__name__)

SOUND = "sound.wav"
PLAN = "plan.json"
WINDOWS_PER_CALL = 16
"""Windows that ask for voice activity at once: a quarter of an hour."""
BUSY_TRIES = 120
"""How often a full queue is asked again: with the waits that it names, some ten minutes; then the job is put back."""
BUSY_WAIT_S = 30.0
"""Longest wait before asking again, whatever the queue says."""
QUIET_STEP = SAMPLE_RATE // 50
"""Resolution of the search for the quietest place: 20 ms."""
COPIED = 0.9
"""Share of a channel's speech that another holds in the same way, from which on it is no microphone of its own."""


@dataclass(frozen=True, slots=True)
class SpeechPlan:
    """What will be written down: length of the normalised sound in samples, and the chunks of each part.

    `seats` has the channel of each part, from 0, where every channel is a seat; it is empty where they are mixed.
    """

    samples: int
    parts: tuple[tuple[Chunk, ...], ...]
    seats: tuple[int, ...] = ()

    def sound(self, scratch: Path, part: int) -> Path:
        """The normalised sound of a part."""
        return channel_sound(scratch, self.seats[part]) if self.seats else scratch / SOUND

    def speaker(self, part: int) -> str | None:
        """Who speaks in a part, where its seat tells: S1 at the first channel."""
        return f"S{self.seats[part] + 1}" if self.seats else None


def channel_sound(scratch: Path, channel: int) -> Path:
    """Where the normalised sound of a channel, from 0, lies."""
    return scratch / f"channel-{channel + 1}.wav"


def make_plan(setting: Setting[TranscribeParams]) -> SpeechPlan:
    """The plan of this job and the normalised sound beside it; taken up again when an earlier process left them."""
    kept = _kept_plan(setting.scratch / PLAN)
    if kept is not None and _is_whole(kept, setting.scratch):
        return kept
    setting.scratch.mkdir(parents=True, exist_ok=True)
    (setting.scratch / PLAN).unlink(missing_ok=True)
    plan = _seat_plan(setting) if setting.params.seated else _mixed_plan(setting)
    partial = setting.scratch / f"{PLAN}.partial"
    partial.write_text(json.dumps(to_json(plan)), encoding="utf-8")
    partial.replace(setting.scratch / PLAN)
    return plan


def _kept_plan(path: Path) -> SpeechPlan | None:
    try:
        return from_json(SpeechPlan, json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, BadInput):
        return None


def _is_whole(plan: SpeechPlan, scratch: Path) -> bool:
    sounds = {plan.sound(scratch, part) for part in range(len(plan.parts))}
    return all(sound.exists() and normalised_sound(sound).samples == plan.samples for sound in sounds)


def _mixed_plan(setting: Setting[TranscribeParams]) -> SpeechPlan:
    sound = setting.scratch / SOUND
    samples = normalise(setting.source.path, sound)
    chunks = _packed(find_speech(setting.engine, sound, samples), sound, samples)
    return SpeechPlan(samples, tuple(parts_of(chunks)))


# --- a microphone for each seat --------------------------------------------------------------------------------------
def _seat_plan(setting: Setting[TranscribeParams]) -> SpeechPlan:
    """The parts of all channels by time; what leaks into a channel is silence in its sound from here on.

    Raises BadInput for a recording with one channel, with two that hold the same sound, or with more or fewer than the
    seats that are named.
    """
    count, samples = normalise_channels(setting.source.path, lambda n: channel_sound(setting.scratch, n))
    if setting.params.named_seats not in (0, count):
        raise BadInput(
            "params.seats",
            f"seats names {setting.params.named_seats} and the recording has {count} channels; name each",
        )
    sounds = [channel_sound(setting.scratch, n) for n in range(count)]
    speech = [find_speech(setting.engine, sound, samples) for sound in sounds]
    leaks = find_leaks(lambda n, first, last: read_span(sounds[n], first, last).samples, count, samples)
    parts: list[tuple[int, int, tuple[Chunk, ...]]] = []
    for channel, sound in enumerate(sounds):
        _refuse_copy(channel, share_within(speech[channel], leaks.same[channel]))
        own = own_speech(speech[channel], leaks.leaked[channel], leaks.own[channel])
        silence_spans(sound, foreign(own, leaks.leaked[channel], samples))
        parts += [(part[0].first, channel, part) for part in parts_of(_packed(own, sound, samples)) if part]
    parts.sort(key=lambda one: one[:2])
    ordered = parts or [(0, 0, ())]
    return SpeechPlan(samples, tuple(part for _, _, part in ordered), tuple(channel for _, channel, _ in ordered))


def _packed(speech: Sequence[Span], sound: Path, samples: int) -> list[Chunk]:
    return pack(speech, samples, lambda first, last: quietest(sound, first, last))


def _refuse_copy(channel: int, share: float) -> None:
    if share >= COPIED:
        raise BadInput(
            "audio.same-channels",
            f"channel {channel + 1} holds the same sound as one before it, so it is no microphone of its own; "
            "leave channels out and use speakers",
        )


# --- speech ----------------------------------------------------------------------------------------------------------
def find_speech(engine: Engine, sound: Path, samples: int) -> list[Span]:
    """Where somebody speaks in normalised `sound`; a window that the model fails on counts as speech throughout."""
    all_windows = windows(samples)
    found: list[tuple[SpeechSpan, ...]] = []
    for first in range(0, len(all_windows), WINDOWS_PER_CALL):
        some = all_windows[first : first + WINDOWS_PER_CALL]
        answers = ask(engine, VOICE_ACTIVITY, [AudioSpan(sound, w.first, w.last) for w in some])
        for window, answer in zip(some, answers, strict=True):
            if isinstance(answer, ItemError):
                log.warning("voice activity failed, the minute is kept whole: %s", answer.code)
                answer = (SpeechSpan(0.0, (window.last - window.first) / RATE),)
            found.append(answer)
    return speech_of(zip(all_windows, found, strict=True))


def quietest(sound: Path, first: int, last: int) -> int:
    """The middle of the quietest 20 ms between two samples of normalised sound."""
    samples = read_span(sound, first, last).samples
    whole = samples[: samples.size // QUIET_STEP * QUIET_STEP].reshape(-1, QUIET_STEP)
    if not whole.size:
        return last
    return first + int(np.square(whole).mean(axis=1).argmin()) * QUIET_STEP + QUIET_STEP // 2


def ask(
    engine: Engine, kind: TaskKind[RefT, OutT], spans: Sequence[RefT], model: str | None = None
) -> list[OutT | ItemError]:
    """The engine's answers; a full queue is asked again, since a recording has waited longer than a minute before."""
    for _ in range(BUSY_TRIES):
        try:
            return engine.run(kind, spans, model=model)
        except Busy as busy:
            time.sleep(min(busy.retry_after_s, BUSY_WAIT_S))
    return engine.run(kind, spans, model=model)
