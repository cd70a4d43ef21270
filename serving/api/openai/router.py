"""OpenAI's audio interface: /v1/models and /v1/audio/transcriptions, for clients that were written for it."""

from __future__ import annotations

from anyio import to_thread
from fastapi import APIRouter, Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

from cases.records import BlobRef, JsonObject
from cases.transcript import Transcript
from models.errors import BadInput, NotFound
from models.task import Task
from pipelines.media.probe import Kind
from serving.api.evidence.intake import announced_size, probed, require_room, whole_chunks
from serving.api.openai import wire
from serving.api.openai.listening import answer_events, hear
from serving.api.openai.live import LiveJob, LiveRun
from serving.api.openai.multipart import Form, boundary_of, read_form
from serving.api.openai.spool import Spool
from serving.api.services import CurrentServices, Services
from serving.api.sse import EventStream
from serving.api.transcripts import TranscriptFormat, exported
from serving.security.policy import SIGNED_IN, WRITERS, Access, Body, Policy, declare

router = APIRouter(prefix="/v1", tags=["openai"])

AUDIO = Policy(Access.API, WRITERS, Body.AUDIO)
_FORM: JsonObject = {
    "type": "object",
    "required": ["file"],
    "properties": {
        "file": {"type": "string", "format": "binary"},
        "model": {"type": "string"},
        "language": {"type": "string"},
        "languages[]": {"type": "array", "items": {"type": "string"}},
        "prompt": {"type": "string"},
        "keywords[]": {"type": "array", "items": {"type": "string"}},
        "response_format": {"type": "string", "enum": [str(name) for name in wire.Format]},
        "stream": {"type": "boolean"},
        "timestamp_granularities[]": {"type": "array", "items": {"type": "string", "enum": ["word", "segment"]}},
    },
}
_OPENAI_ERRORS: dict[int | str, dict[str, object]] = {
    status: {"description": "OpenAI's error object: {error: {message, type, param, code}}."}
    for status in (400, 401, 404, 413, 429, 503)
}


def _model_shown(name: str) -> JsonObject:
    return {"id": name, "object": "model", "created": 0, "owned_by": "anjuan"}


@router.get(
    "/models",
    summary="The transcription models",
    dependencies=[declare(SIGNED_IN)],
    responses=_OPENAI_ERRORS,
    response_class=JSONResponse,
)
async def models(services: CurrentServices) -> JSONResponse:
    """The default stands first."""
    names = await services.ask(services.engine.models, Task.TRANSCRIBE)
    return JSONResponse({"object": "list", "data": [_model_shown(name) for name in names]})


@router.get(
    "/models/{model}",
    summary="One transcription model",
    dependencies=[declare(SIGNED_IN)],
    responses=_OPENAI_ERRORS,
    response_class=JSONResponse,
)
async def model(model: str, services: CurrentServices) -> JSONResponse:
    """404 when no model of that name serves here."""
    await services.ask(_require_model, services, model)
    return JSONResponse(_model_shown(model))


@router.post(
    "/audio/transcriptions",
    summary="Write a recording down",
    dependencies=[declare(AUDIO)],
    responses={**_OPENAI_ERRORS, 200: {"description": "By response_format; with stream: server-sent events."}},
    openapi_extra={"requestBody": {"required": True, "content": {"multipart/form-data": {"schema": _FORM}}}},
    response_class=Response,
)
async def transcriptions(request: Request, services: CurrentServices) -> Response:
    """The sound is in no case and is removed with the answer; 429 when all live places are taken."""
    spool, form = await _spooled(request, services)
    try:
        wanted = wire.wanted_of(form)
        job = await _job(spool, wanted, services)
        services.live.take()
    except BaseException:
        spool.close()
        raise

    def ended() -> None:
        services.live.give()
        spool.close()

    run = LiveRun(job, ended)
    if wanted.stream:
        return EventStream(answer_events(run, wanted.format), done=run.leave)
    return _answer(await hear(run, request), wanted)


async def _spooled(request: Request, services: Services) -> tuple[Spool, Form]:
    """The form, its file on disk; raises BadInput, TooLarge, Busy."""
    settings = services.settings
    boundary = boundary_of(request.headers.get("content-type", ""))
    require_room(services, announced_size(request))
    with services.uploads.enter():
        spool = Spool(settings.work_dir / "live", settings.live_bytes)
        try:
            chunks = whole_chunks(request, settings.upload_chunk_bytes, settings.upload_idle_s)

            async def write(chunk: bytes) -> None:
                await to_thread.run_sync(spool.write, chunk, limiter=services.media_threads)

            form = await read_form(chunks, boundary, "file", write)
            if not spool.size:
                raise BadInput("request.file", "the field file is missing or empty; send the recording in it")
        except BaseException:
            spool.close()
            raise
    return spool, form


def _require_model(services: Services, name: str | None) -> None:
    names = services.engine.models(Task.TRANSCRIBE)
    if name is not None and name not in names:
        raise NotFound("model.unknown", f"no model {name!r} transcribes here; there are: {', '.join(names)}")


async def _job(spool: Spool, wanted: wire.Wanted, services: Services) -> LiveJob:
    """What to run; raises NotFound for a wrong model, BadInput for what is no recording."""
    await services.ask(_require_model, services, wanted.model)
    sha256 = await to_thread.run_sync(spool.finish, limiter=services.media_threads)
    limits = services.settings.live_limits
    facts = await probed(spool.path, services, limits, cut_short=True)
    if facts.kind not in (Kind.AUDIO, Kind.VIDEO):
        raise BadInput("request.file", "the file is no recording; send sound, or video with sound")
    source = BlobRef(sha256, spool.size, facts.media_type, spool.path)
    return LiveJob(services.engine, source, wire.params(wanted), spool.scratch)


def _answer(transcript: Transcript, wanted: wire.Wanted) -> Response:
    match wanted.format:
        case wire.Format.TEXT:
            return PlainTextResponse(f"{transcript.text}\n")
        case wire.Format.SRT | wire.Format.VTT:
            format = TranscriptFormat(wanted.format.value)
            return PlainTextResponse(exported(transcript, format), media_type=format.media_type)
        case wire.Format.VERBOSE_JSON:
            return JSONResponse(wire.verbose(transcript, wanted.granularities))
        case wire.Format.DIARIZED_JSON:
            return JSONResponse(wire.diarized(transcript))
        case _:
            return JSONResponse(wire.plain(transcript))
