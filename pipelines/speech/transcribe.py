"""A recording to a transcript: write down the chunks that the plan names, and put sentences together.

Knows the Engine and no runtime. The plan (which chunks, in which parts) is fixed before the first word is written and
depends on the sound alone, so that a resumed run goes on with the same parts and ends with the same record.
"""

from __future__ import annotations

import logging
from collections import Counter, deque
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

from cases.records import JsonObject, ModelUse, Provenance
from cases.transcript import SpeakerTurn, Transcript, TranscriptSegment
from models.errors import Defect
from models.speech.doubts import NO_WORDS, NOT_TRANSCRIBED
from models.task import Task
from models.values import ItemError, Transcription
from pipelines.engine import SPEAKER_EMBEDDING, SPEAKER_SEGMENTATION, TRANSCRIBE, Engine, SpeechPieces
from pipelines.pipeline import Outcome, Part, Setting
from pipelines.speech.attribution import attributed
from pipelines.speech.chunks import RATE, Chunk
from pipelines.speech.coverage import missed
from pipelines.speech.diarize import diarized
from pipelines.speech.layers import layered
from pipelines.speech.params import STAFF, TranscribeParams, parse_params
from pipelines.speech.plan import SpeechPlan, ask, make_plan
from pipelines.speech.roles import QUESTION, with_roles
from pipelines.speech.seats import in_order, joined, seated_roles, turns_of
from pipelines.speech.sentences import full_text, numbered, sentences
from pipelines.speech.staff import read_handed, recognised
from pipelines.speech.voices import VoiceWindow, hear_voices, window_spans

log = logging.getLogger(__name__)

PARTS_AHEAD = 2
"""Parts in the engine's hands at once on a processor: one in work, one waiting, so that it never idles."""
PARTS_AHEAD_CUDA = 8
"""The same on a card, which decodes dozens of chunks together; all of it is seconds of work."""


@dataclass(frozen=True, slots=True)
class SpeechPart:
    """What about two minutes of speech gave; `duration` is that of the whole recording, in seconds.

    `voices` is there when speakers are told apart; whose they are is known at the end only. `turns` is there when the
    part is of the microphone of one seat.
    """

    language: str | None
    duration: float
    segments: tuple[TranscriptSegment, ...]
    voices: tuple[VoiceWindow, ...] = ()
    turns: tuple[SpeakerTurn, ...] = ()


class TranscribePipeline:
    """转写: recording in, Transcript out."""

    task = "transcribe"
    version = "8"
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
        # Beside the words: before them the transcriber would idle, and get fewer chunks at once.
        listening = ThreadPoolExecutor(1, thread_name_prefix="voices")
        running: deque[tuple[int, Future[SpeechPart]]] = deque()
        try:
            while True:
                while len(running) < ahead and (index := next(wanted, None)) is not None:
                    voices = listening.submit(voices_of, setting, plan, index) if setting.params.voices else None
                    running.append((index, pool.submit(_write_down, setting, plan, index, voices)))
                if not running:
                    return
                number, future = running.popleft()
                yield Part(number, total, future.result())
        finally:
            for workers in (listening, pool):
                workers.shutdown(wait=True, cancel_futures=True)

    def assemble(
        self, setting: Setting[TranscribeParams], parts: Sequence[SpeechPart], provenance: Provenance
    ) -> Outcome[Transcript]:
        """The transcript over all parts; raises Defect when not one chunk could be written down."""
        params = setting.params
        turns = joined([turn for part in parts for turn in part.turns])
        segments = [segment for part in parts for segment in part.segments]
        if params.seated:
            segments = in_order(segments, turns)
        if segments and all(NOT_TRANSCRIBED in segment.flags for segment in segments):
            raise Defect("speech.failed", "the model failed on every stretch of speech; see the log for its reason")
        counted: Counter[str] = Counter()
        for part in parts:
            if part.language is not None:
                counted[part.language] += sum(len(segment.text) for segment in part.segments)
        language = params.language or (counted.most_common(1)[0][0] if counted else "zh")
        duration = parts[0].duration if parts else 0.0
        # The text is the same whoever said it: taken before sentences are cut where the speaker changes.
        text = full_text(segments)
        seats = dict(params.seats)
        if params.voices:
            turns, staff = _turns(setting, parts, duration)
            segments = attributed(segments, turns)
            seats = dict.fromkeys(staff, QUESTION) | seats
        if not params.words:
            segments = [replace(segment, words=()) for segment in segments]
        spoken = [turn.speaker for turn in turns] + [s.speaker for s in segments if s.speaker is not None]
        segments = layered(segments, language, params.hotwords, numbers=params.itn)
        segments = with_roles(segments, params.roles, seats)
        if params.seated and params.roles is not False:
            segments = seated_roles(segments, seats)
        return Outcome(
            Transcript(
                language=language,
                duration=duration,
                speakers=tuple(dict.fromkeys(spoken)) or _speakers(params),
                segments=numbered(segments),
                text=text,
                provenance=provenance,
                turns=turns,
            )
        )


def _speakers(params: TranscribeParams) -> tuple[str, ...]:
    """Who is there when nobody spoke."""
    return ("S1",) if params.speakers == 1 else ()


def _turns(
    setting: Setting[TranscribeParams], parts: Sequence[SpeechPart], duration: float
) -> tuple[tuple[SpeakerTurn, ...], tuple[str, ...]]:
    """Who spoke when, over all parts, and those of them who are staff, by name."""
    params = setting.params
    windows = sorted((window for part in parts for window in part.voices), key=lambda window: window.first)
    wanted = params.speakers if isinstance(params.speakers, int) else None
    turns, voices = diarized(windows, round(duration * RATE), wanted)
    staff = read_handed(setting.others.get(STAFF)) if params.staff is not None else []
    if not staff:
        return turns, ()
    names = recognised(voices, staff, setting.engine.model(Task.SPEAKER_EMBEDDING).weights_sha256)
    return tuple(replace(turn, speaker=names.get(turn.speaker, turn.speaker)) for turn in turns), tuple(names.values())


# --- one part --------------------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class _Source:
    """What the chunks of one part are read from, and who speaks there if that is known."""

    setting: Setting[TranscribeParams]
    sound: Path
    speaker: str | None

    @property
    def words(self) -> bool:
        """Words are kept to the end where speakers are told apart, since sentences are cut between them."""
        return self.setting.params.words or self.setting.params.voices


def _write_down(
    setting: Setting[TranscribeParams], plan: SpeechPlan, index: int, voices: Future[tuple[VoiceWindow, ...]] | None
) -> SpeechPart:
    """The words of one part, and its `voices`, which are listened to beside them."""
    chunks = plan.parts[index]
    seat = plan.speaker(index)
    source = _Source(setting, plan.sound(setting.scratch, index), "S1" if setting.params.speakers == 1 else seat)
    heard = _transcribe(source, chunks)
    found: list[TranscriptSegment] = []
    languages: Counter[str] = Counter()
    for chunk, answer in zip(chunks, heard, strict=True):
        if isinstance(answer, ItemError):
            found.extend(_gaps(chunk, source.speaker, NOT_TRANSCRIBED))
            continue
        languages[answer.language] += sum(len(segment.text) for segment in answer.segments)
        found.extend(sentences(answer, chunk, speaker=source.speaker, words=source.words))
    found.extend(_second_reading(source, chunks, heard))
    found.sort(key=lambda segment: segment.start)
    language = languages.most_common(1)[0][0] if languages else None
    turns = turns_of(chunks, seat) if seat is not None else ()
    known = voices.result() if voices is not None else ()
    return SpeechPart(language, round(plan.samples / RATE, 3), tuple(found), known, turns)


def voices_of(setting: Setting[TranscribeParams], plan: SpeechPlan, index: int) -> tuple[VoiceWindow, ...]:
    """The voices of the windows of one part."""
    engine = setting.engine
    return hear_voices(
        plan.sound(setting.scratch, index),
        window_spans(plan.parts, plan.samples)[index],
        [span for chunks in plan.parts for chunk in chunks for span in chunk.speech],
        segment=lambda asked: ask(engine, SPEAKER_SEGMENTATION, asked),
        embed=lambda asked: ask(engine, SPEAKER_EMBEDDING, asked),
    )


def _second_reading(
    source: _Source, chunks: Sequence[Chunk], heard: Sequence[Transcription | ItemError]
) -> list[TranscriptSegment]:
    """The sentences that the first reading left out, asked for on their own; a flagged gap where none come."""
    left_out: list[Chunk] = []
    for chunk, answer in zip(chunks, heard, strict=True):
        if not isinstance(answer, ItemError):
            left_out.extend(missed(answer, chunk))
    found: list[TranscriptSegment] = []
    for chunk, answer in zip(left_out, _transcribe(source, left_out), strict=True):
        said = (
            []
            if isinstance(answer, ItemError)
            else sentences(answer, chunk, speaker=source.speaker, words=source.words)
        )
        found.extend(said or _gaps(chunk, source.speaker, NO_WORDS))
    return found


def _transcribe(source: _Source, chunks: Sequence[Chunk]) -> list[Transcription | ItemError]:
    """What each chunk says; a chunk that fails is asked for once more on its own."""
    if not chunks:
        return []
    setting, params = source.setting, source.setting.params
    spans = [clip_of(chunk, source.sound, params) for chunk in chunks]
    answers = ask(setting.engine, TRANSCRIBE, spans, params.model)
    for number, answer in enumerate(answers):
        if isinstance(answer, ItemError):
            log.warning("a chunk of %.1f s failed and is tried again: %s", _seconds(chunks[number]), answer.code)
            answers[number] = ask(setting.engine, TRANSCRIBE, [spans[number]], params.model)[0]
    return answers


def clip_of(chunk: Chunk, sound: Path, params: TranscribeParams) -> SpeechPieces:
    """What is asked of the engine for one chunk of a sound."""
    return SpeechPieces(sound, chunk.heard, params.language, params.hotwords)


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
