"""Listening to a live run: to its end for a plain answer, or part by part as OpenAI's events; knows no pipeline."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence

import anyio
from starlette.requests import ClientDisconnect, Request

from cases.records import JsonObject
from cases.transcript import Transcript, TranscriptSegment
from pipelines.pipeline import Part
from serving.api.errors import openai_error, problem_of
from serving.api.openai.live import LiveRun
from serving.api.openai.wire import Format, speaker_segment
from serving.api.sse import HEARTBEAT, event

LOOK_S = 1.0
"""How often a waiting answer looks whether its client is still there."""


async def hear(run: LiveRun, request: Request) -> Transcript:
    """The transcript; raises what the run raises, and ClientDisconnect when nobody waits for it any more."""
    found: list[Transcript] = []

    async def last() -> None:
        async for heard in run.listen():
            if isinstance(heard, Transcript):
                found.append(heard)

    try:
        while not found:
            with anyio.move_on_after(LOOK_S):
                await last()
            if not found and await request.is_disconnected():
                raise ClientDisconnect
    finally:
        run.leave()
    return found[0]


async def answer_events(run: LiveRun, format: Format) -> AsyncGenerator[bytes]:
    """`transcript.text.delta` for each part, segments where speakers are asked for, `transcript.text.done` at last."""
    from pipelines.speech.sentences import full_text

    told, segments = "", list[TranscriptSegment]()
    try:
        async for heard in run.listen():
            if isinstance(heard, Transcript):
                for name, data in _last_events(heard, told, format):
                    yield event({"type": name, **data}, name)
                return
            segments += segments_of(heard)
            delta = full_text(segments)[len(told) :]
            if delta:
                told += delta
                yield event({"type": "transcript.text.delta", "delta": delta}, "transcript.text.delta")
            else:
                yield HEARTBEAT
    except Exception as error:  # noqa: BLE001 - the border of a request whose answer has begun
        yield event({"error": openai_error(problem_of(error))}, "error")
    finally:
        run.leave()


def segments_of(part: Part[object]) -> Sequence[TranscriptSegment]:
    """The sentences of a part of the transcribe pipeline."""
    from pipelines.speech.transcribe import SpeechPart

    return part.payload.segments if isinstance(part.payload, SpeechPart) else ()


def _last_events(transcript: Transcript, told: str, format: Format) -> list[tuple[str, JsonObject]]:
    """What is left to tell once the transcript is there."""
    events: list[tuple[str, JsonObject]] = []
    if transcript.text.startswith(told) and len(transcript.text) > len(told):
        events.append(("transcript.text.delta", {"delta": transcript.text[len(told) :]}))
    if format is Format.DIARIZED_JSON:
        events += [("transcript.text.segment", speaker_segment(segment)) for segment in transcript.segments]
    # Without usage: OpenAI's type of this event knows tokens alone, and a strict client refuses seconds.
    return [*events, ("transcript.text.done", {"text": transcript.text})]
