"""What OpenAI's audio interface asks and answers, as far as it is served here; knows no route and no model.

Field names are OpenAI's. Parameters that steer only their models (temperature, chunking_strategy, include[]) are taken
and have no effect, so that clients written for them work unchanged. Samples of voices are refused, not passed over: who
asks for names and gets S1 and S2 would be misled, and a voice is known here by its owner's consent alone.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from enum import StrEnum

from cases.records import JsonObject, JsonValue
from cases.transcript import Transcript, TranscriptSegment
from models.errors import BadInput
from serving.api.openai.multipart import Form

PROMPT_MAX_CHARS = 1000
"""OpenAI's models look at 224 tokens of a prompt; more steers nothing."""
TERMS_MAX = 100
TERM_MAX_CHARS = 50
"""A prompt steers by its names and terms, so each of them becomes a hotword, as each of `keywords` does."""
_SAMPLES = ("known_speaker_names", "known_speaker_references")
_BETWEEN_TERMS = re.compile(r"[\s,.;:!?，。、；：！？]+")


class Format(StrEnum):
    """`response_format`."""

    JSON = "json"
    TEXT = "text"
    SRT = "srt"
    VTT = "vtt"
    VERBOSE_JSON = "verbose_json"
    DIARIZED_JSON = "diarized_json"


@dataclass(frozen=True, slots=True)
class Wanted:
    """A transcription request."""

    model: str | None
    language: str | None
    prompt: str
    keywords: tuple[str, ...]
    format: Format
    stream: bool
    granularities: frozenset[str]


def wanted_of(form: Form) -> Wanted:
    """The request that a form makes; raises BadInput naming the field that does not fit."""
    name = form.last("response_format") or Format.JSON.value
    if name not in set(Format):
        raise BadInput("request.response_format", f"response_format is one of: {', '.join(Format)}")
    for field in _SAMPLES:
        if _listed(form, field):
            raise BadInput(
                f"request.{field}",
                f"{field} is not served: staff enrol with consent; leave it out, and speakers are S1, S2 ...",
            )
    language = form.last("language") or _only(_listed(form, "languages"))
    if language is not None and not (language.isascii() and language.isalpha() and 2 <= len(language) <= 3):
        raise BadInput("request.language", "language is an ISO 639 code such as zh or en")
    return Wanted(
        model=form.last("model") or None,
        language=language.lower() if language else None,
        prompt=(form.last("prompt") or "")[:PROMPT_MAX_CHARS],
        keywords=tuple(_listed(form, "keywords")),
        format=Format(name),
        stream=_flag(form.last("stream")),
        granularities=_granularities(form),
    )


def _flag(value: str | None) -> bool:
    if value is None or value.lower() in ("", "false", "0"):
        return False
    if value.lower() in ("true", "1"):
        return True
    raise BadInput("request.stream", "stream is true or false")


def _listed(form: Form, name: str) -> list[str]:
    """The values of a list that are not empty: OpenAI's client writes its name with brackets, others without."""
    return [value for value in form.fields.get(f"{name}[]", []) + form.fields.get(name, []) if value.strip()]


def _only(languages: list[str]) -> str | None:
    """The language where one alone is possible; of several none is asked for."""
    return languages[0] if len(languages) == 1 else None


def _granularities(form: Form) -> frozenset[str]:
    given = _listed(form, "timestamp_granularities")
    names = {name.strip() for value in given for name in value.split(",") if name.strip()} or {"segment"}
    if not names <= {"word", "segment"}:
        raise BadInput("request.timestamp_granularities", "timestamp_granularities[] is word or segment")
    return frozenset(names)


def params(wanted: Wanted) -> JsonObject:
    """The parameters of the transcribe pipeline that a request asks for."""
    asked: JsonObject = {}
    if wanted.model is not None:
        asked["model"] = wanted.model
    if wanted.language is not None:
        asked["language"] = wanted.language
    if wanted.format is Format.DIARIZED_JSON:
        asked["speakers"] = "auto"
    terms = [term[:TERM_MAX_CHARS] for term in (*wanted.keywords, *_BETWEEN_TERMS.split(wanted.prompt)) if term]
    if terms:
        asked["hotwords"] = list[JsonValue](terms[:TERMS_MAX])
    return asked


def usage(transcript: Transcript) -> JsonObject:
    """What OpenAI bills by: whole seconds of sound."""
    return {"type": "duration", "seconds": math.ceil(transcript.duration)}


def plain(transcript: Transcript) -> JsonObject:
    """`json`."""
    return {"text": transcript.text, "usage": usage(transcript)}


def verbose(transcript: Transcript, granularities: frozenset[str]) -> JsonObject:
    """`verbose_json`."""
    body: JsonObject = {
        "task": "transcribe",
        "language": transcript.language,
        "duration": transcript.duration,
        "text": transcript.text,
        "usage": usage(transcript),
    }
    if "segment" in granularities:
        body["segments"] = [_segment(segment) for segment in transcript.segments]
    if "word" in granularities:
        body["words"] = [
            {"word": word.text, "start": word.start, "end": word.end}
            for segment in transcript.segments
            for word in segment.words
        ]
    return body


def _segment(segment: TranscriptSegment) -> JsonObject:
    """OpenAI's shape; figures that only its decoder has are its documented neutral values."""
    return {
        "id": segment.id,
        "seek": 0,
        "start": segment.start,
        "end": segment.end,
        "text": segment.text,
        "tokens": [],
        "temperature": 0.0,
        "avg_logprob": math.log(min(1.0, max(segment.confidence, 1e-6))),
        "compression_ratio": 1.0,
        "no_speech_prob": 0.0,
    }


def speaker_segment(segment: TranscriptSegment) -> JsonObject:
    """One segment of `diarized_json`; also an event of a stream."""
    return {
        "type": "transcript.text.segment",
        "id": f"seg_{segment.id}",
        "start": segment.start,
        "end": segment.end,
        "text": segment.text,
        "speaker": segment.speaker or "A",
    }


def diarized(transcript: Transcript) -> JsonObject:
    """`diarized_json`."""
    segments: list[JsonValue] = [speaker_segment(segment) for segment in transcript.segments]
    return {
        "task": "transcribe",
        "duration": transcript.duration,
        "text": transcript.text,
        "segments": segments,
        "usage": usage(transcript),
    }
