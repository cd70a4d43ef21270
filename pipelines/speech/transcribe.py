"""A recording to a transcript: normalise, find speech, pack it into chunks, write them down, put sentences together.

Knows the Engine and no runtime. The plan (which chunks, in which parts) is fixed before the first word is written and
depends on the sound alone, so that a resumed run goes on with the same parts and ends with the same record.
"""

from __future__ import annotations

import json
import logging
import time
from collections import Counter, deque
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from cases.codec import from_json, to_json
from cases.records import JsonObject, ModelUse, Provenance
from cases.transcript import SpeakerTurn, Transcript, TranscriptSegment
from models.errors import BadInput, Busy, Defect
from models.speech.doubts import NO_WORDS, NOT_TRANSCRIBED
from models.task import Task
from models.values import ItemError, SpeechSpan, Transcription
from pipelines.engine import (
    SPEAKER_EMBEDDING,
    SPEAKER_SEGMENTATION,
    TRANSCRIBE,
    VOICE_ACTIVITY,
    AudioSpan,
    Engine,
    OutT,
    RefT,
    SpeechPieces,
    TaskKind,
)
from pipelines.media.audio import SAMPLE_RATE, normalise, normalised_sound, read_span
from pipelines.pipeline import Outcome, Part, Setting
from pipelines.speech.attribution import attributed
from pipelines.speech.chunks import RATE, Chunk, Span, pack, parts_of, speech_of, windows
from pipelines.speech.coverage import missed
from pipelines.speech.diarize import diarize
from pipelines.speech.layers import layered
from pipelines.speech.params import TranscribeParams, parse_params
from pipelines.speech.roles import with_roles
from pipelines.speech.sentences import full_text, numbered, sentences
from pipelines.speech.voices import VoiceWindow, hear_voices, window_spans

log = logging.getLogger(__name__)

SOUND = "sound.wav"
PLAN = "plan.json"
WINDOWS_PER_CALL = 16
"""Windows that ask for voice activity at once: a quarter of an hour."""
PARTS_AHEAD = 2
"""Parts in the engine's hands at once on a processor: one in work, one waiting, so that it never idles."""
PARTS_AHEAD_CUDA = 8
"""The same on a card, which decodes dozens of chunks together; all of it is seconds of work."""
BUSY_TRIES = 120
"""How often a full queue is asked again: with the waits that it names, some ten minutes; then the job is put back."""
BUSY_WAIT_S = 30.0
"""Longest wait before asking again, whatever the queue says."""
QUIET_STEP = SAMPLE_RATE // 50
"""Resolution of the search for the quietest place: 20 ms."""


@dataclass(frozen=True, slots=True)
class SpeechPlan:
    """What will be written down: length of the normalised sound in samples, and the chunks of each part."""

    samples: int
    parts: tuple[tuple[Chunk, ...], ...]


@dataclass(frozen=True, slots=True)
class SpeechPart:
    """What about two minutes of speech gave; `duration` is that of the whole recording, in seconds.

    `voices` is there when speakers are told apart; whose they are is known at the end only.
    """

    language: str | None
    duration: float
    segments: tuple[TranscriptSegment, ...]
    voices: tuple[VoiceWindow, ...] = ()


class TranscribePipeline:
    """转写: recording in, Transcript out."""

    task = "transcribe"
    version = "6"
    part_type = SpeechPart

    def parse(self, params: JsonObject) -> TranscribeParams:
        """Typed parameters; raises BadInput naming the one that does not fit."""
        return parse_params(params)

    def models(self, params: TranscribeParams, engine: Engine) -> tuple[ModelUse, ...]:
        """Voice activity, the transcriber, and those that tell speakers apart, where they are asked to.

        Raises BadInput when the model asked for is unknown.
        """
        found = (engine.model(Task.VOICE_ACTIVITY), engine.model(Task.TRANSCRIBE, params.model))
        if not params.voices:
            return found
        return (*found, engine.model(Task.SPEAKER_SEGMENTATION), engine.model(Task.SPEAKER_EMBEDDING))

    def run(self, setting: Setting[TranscribeParams], done: Mapping[int, SpeechPart]) -> Iterator[Part[SpeechPart]]:
        """Parts in order; raises BadInput when there is no sound in the evidence, Unavailable as the engine does."""
        self.models(setting.params, setting.engine)
        plan = make_plan(setting)
        total = len(plan.parts)
        ahead = PARTS_AHEAD_CUDA if setting.engine.device.startswith("cuda") else PARTS_AHEAD
        wanted = iter([n for n in range(total) if n not in done])
        pool = ThreadPoolExecutor(ahead, thread_name_prefix="transcribe")
        running: deque[tuple[int, Future[SpeechPart]]] = deque()
        try:
            while True:
                while len(running) < ahead and (index := next(wanted, None)) is not None:
                    running.append((index, pool.submit(_write_down, setting, plan, index)))
                if not running:
                    return
                number, future = running.popleft()
                yield Part(number, total, future.result())
        finally:
            pool.shutdown(wait=True, cancel_futures=True)

    def assemble(
        self, setting: Setting[TranscribeParams], parts: Sequence[SpeechPart], provenance: Provenance
    ) -> Outcome[Transcript]:
        """The transcript over all parts; raises Defect when not one chunk could be written down."""
        segments = [segment for part in parts for segment in part.segments]
        if segments and all(NOT_TRANSCRIBED in segment.flags for segment in segments):
            raise Defect("speech.failed", "the model failed on every stretch of speech; see the log for its reason")
        counted: Counter[str] = Counter()
        for part in parts:
            if part.language is not None:
                counted[part.language] += sum(len(segment.text) for segment in part.segments)
        language = setting.params.language or (counted.most_common(1)[0][0] if counted else "zh")
        duration = parts[0].duration if parts else 0.0
        turns: tuple[SpeakerTurn, ...] = ()
        # The text is the same whoever said it: taken before sentences are cut where the speaker changes.
        text = full_text(segments)
        if setting.params.voices:
            turns = _turns(setting.params, parts, duration)
            segments = attributed(segments, turns)
        if not setting.params.words:
            segments = [replace(segment, words=()) for segment in segments]
        spoken = [turn.speaker for turn in turns] + [s.speaker for s in segments if s.speaker is not None]
        segments = layered(segments, language, setting.params.hotwords, numbers=setting.params.itn)
        segments = with_roles(segments, setting.params.roles, dict(setting.params.seats))
        return Outcome(
            Transcript(
                language=language,
                duration=duration,
                speakers=tuple(dict.fromkeys(spoken)) or _speakers(setting.params),
                segments=numbered(segments),
                text=text,
                provenance=provenance,
                turns=turns,
            )
        )


def _speaker(params: TranscribeParams) -> str | None:
    return "S1" if params.speakers == 1 else None


def _speakers(params: TranscribeParams) -> tuple[str, ...]:
    """Who is there when nobody spoke."""
    return ("S1",) if params.speakers == 1 else ()


def _turns(params: TranscribeParams, parts: Sequence[SpeechPart], duration: float) -> tuple[SpeakerTurn, ...]:
    """Who spoke when, over all parts."""
    windows = sorted((window for part in parts for window in part.voices), key=lambda window: window.first)
    wanted = params.speakers if isinstance(params.speakers, int) else None
    return diarize(windows, round(duration * RATE), wanted)


# --- the plan --------------------------------------------------------------------------------------------------------
def make_plan(setting: Setting[TranscribeParams]) -> SpeechPlan:
    """The plan of this job and the normalised sound beside it; taken up again when an earlier process left them."""
    sound = setting.scratch / SOUND
    kept = _kept_plan(setting.scratch / PLAN)
    if kept is not None and sound.exists() and normalised_sound(sound).samples == kept.samples:
        return kept
    setting.scratch.mkdir(parents=True, exist_ok=True)
    samples = normalise(setting.source.path, sound)
    chunks = pack(find_speech(setting.engine, sound, samples), samples, lambda a, b: quietest(sound, a, b))
    plan = SpeechPlan(samples, tuple(parts_of(chunks)))
    partial = setting.scratch / f"{PLAN}.partial"
    partial.write_text(json.dumps(to_json(plan)), encoding="utf-8")
    partial.replace(setting.scratch / PLAN)
    return plan


def _kept_plan(path: Path) -> SpeechPlan | None:
    try:
        return from_json(SpeechPlan, json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, BadInput):
        return None


def find_speech(engine: Engine, sound: Path, samples: int) -> list[Span]:
    """Where somebody speaks in normalised `sound`; a window that the model fails on counts as speech throughout."""
    all_windows = windows(samples)
    found: list[tuple[SpeechSpan, ...]] = []
    for first in range(0, len(all_windows), WINDOWS_PER_CALL):
        some = all_windows[first : first + WINDOWS_PER_CALL]
        answers = _ask(engine, VOICE_ACTIVITY, [AudioSpan(sound, w.first, w.last) for w in some])
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


# --- one part --------------------------------------------------------------------------------------------------------
def _write_down(setting: Setting[TranscribeParams], plan: SpeechPlan, index: int) -> SpeechPart:
    chunks = plan.parts[index]
    voices = voices_of(setting, plan, index) if setting.params.voices else ()
    heard = _transcribe(setting, chunks)
    speaker = _speaker(setting.params)
    found: list[TranscriptSegment] = []
    languages: Counter[str] = Counter()
    for chunk, answer in zip(chunks, heard, strict=True):
        if isinstance(answer, ItemError):
            found.extend(_gaps(chunk, speaker, NOT_TRANSCRIBED))
            continue
        languages[answer.language] += sum(len(segment.text) for segment in answer.segments)
        found.extend(sentences(answer, chunk, speaker=speaker, words=_keep_words(setting.params)))
    found.extend(_second_reading(setting, chunks, heard))
    found.sort(key=lambda segment: segment.start)
    language = languages.most_common(1)[0][0] if languages else None
    return SpeechPart(language, round(plan.samples / RATE, 3), tuple(found), voices)


def _keep_words(params: TranscribeParams) -> bool:
    """Words are kept to the end where speakers are told apart, since sentences are cut between them."""
    return params.words or params.voices


def voices_of(setting: Setting[TranscribeParams], plan: SpeechPlan, index: int) -> tuple[VoiceWindow, ...]:
    """The voices of the windows of one part."""
    engine = setting.engine
    return hear_voices(
        setting.scratch / SOUND,
        window_spans(plan.parts, plan.samples)[index],
        [span for chunks in plan.parts for chunk in chunks for span in chunk.speech],
        segment=lambda asked: _ask(engine, SPEAKER_SEGMENTATION, asked),
        embed=lambda asked: _ask(engine, SPEAKER_EMBEDDING, asked),
    )


def _second_reading(
    setting: Setting[TranscribeParams], chunks: Sequence[Chunk], heard: Sequence[Transcription | ItemError]
) -> list[TranscriptSegment]:
    """The sentences that the first reading left out, asked for on their own; a flagged gap where none come."""
    left_out: list[Chunk] = []
    for chunk, answer in zip(chunks, heard, strict=True):
        if not isinstance(answer, ItemError):
            left_out.extend(missed(answer, chunk))
    speaker = _speaker(setting.params)
    found: list[TranscriptSegment] = []
    for chunk, answer in zip(left_out, _transcribe(setting, left_out), strict=True):
        said = (
            []
            if isinstance(answer, ItemError)
            else sentences(answer, chunk, speaker=speaker, words=_keep_words(setting.params))
        )
        found.extend(said or _gaps(chunk, speaker, NO_WORDS))
    return found


def _transcribe(setting: Setting[TranscribeParams], chunks: Sequence[Chunk]) -> list[Transcription | ItemError]:
    """What each chunk says; a chunk that fails is asked for once more on its own."""
    if not chunks:
        return []
    params = setting.params
    spans = [
        SpeechPieces(setting.scratch / SOUND, c.heard, params.language, params.hotwords, setting.origin) for c in chunks
    ]
    answers = _ask(setting.engine, TRANSCRIBE, spans, params.model)
    for number, answer in enumerate(answers):
        if isinstance(answer, ItemError):
            log.warning("a chunk of %.1f s failed and is tried again: %s", _seconds(chunks[number]), answer.code)
            answers[number] = _ask(setting.engine, TRANSCRIBE, [spans[number]], params.model)[0]
    return answers


def _ask(
    engine: Engine, kind: TaskKind[RefT, OutT], spans: Sequence[RefT], model: str | None = None
) -> list[OutT | ItemError]:
    """The engine's answers; a full queue is asked again, since a recording has waited longer than a minute before."""
    for _ in range(BUSY_TRIES):
        try:
            return engine.run(kind, spans, model=model)
        except Busy as busy:
            time.sleep(min(busy.retry_after_s, BUSY_WAIT_S))
    return engine.run(kind, spans, model=model)


def _gaps(chunk: Chunk, speaker: str | None, flag: str) -> list[TranscriptSegment]:
    """Speech without words: an empty sentence with a flag for each stretch, so that a person listens."""
    found: list[TranscriptSegment] = []
    for first, last in chunk.heard:
        inside = [span for span in chunk.speech if first <= span[0] and span[1] <= last]
        start, end = inside[0][0] / RATE, inside[-1][1] / RATE
        found.append(TranscriptSegment(0, round(start, 3), round(end, 3), speaker, None, "", 0.0, (flag,), ()))
    return found


def _seconds(chunk: Chunk) -> float:
    return chunk.samples / RATE
