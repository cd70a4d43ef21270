"""A body on its way to evidence: counted, hashed and written in threads, probed before it is kept; knows no route.

The order is the promise: bytes to `incoming/`, probe there, commit the blob, then one transaction with row and audit
entry. Whatever is refused or breaks off on the way leaves nothing behind; a crash leaves at most an orphan that a sweep
removes.
"""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import anyio
from anyio import to_thread
from starlette.requests import Request

from cases.blobs import Incoming, StoredBlob
from cases.records import Actor, EvidenceItem
from models.errors import BadInput, TooLarge, Unavailable
from pipelines.media.probe import Limits, MediaFacts, probe
from serving.api.errors import Incomplete
from serving.api.services import Services


@dataclass(frozen=True, slots=True)
class Arrival:
    """Who adds which file to which case; `cut_short` says that a broken-off recording is meant."""

    actor: Actor
    case_id: str
    filename: str
    cut_short: bool = False


async def take_in(request: Request, arrival: Arrival, services: Services) -> EvidenceItem:
    """The body as a new piece of evidence; raises BadInput, Busy or Unavailable with nothing left behind."""
    require_room(services, announced_size(request))
    with services.uploads.enter(), services.blobs.receive() as incoming:
        await pour(request, incoming, services, services.settings.upload_max_bytes)
        return await keep(incoming, arrival, services)


async def keep(incoming: Incoming, arrival: Arrival, services: Services) -> EvidenceItem:
    """Probe what has come, commit it and add it to the case."""
    facts = await examined(incoming, services, cut_short=arrival.cut_short)
    blob = await committed(incoming, services)
    return await services.ask(
        services.store.add_evidence,
        arrival.actor,
        arrival.case_id,
        arrival.filename,
        blob,
        facts.media_type,
        facts.facts,
    )


async def examined(incoming: Incoming, services: Services, *, cut_short: bool) -> MediaFacts:
    """What has come, from its bytes; raises BadInput for what cannot become evidence."""
    if incoming.size == 0:
        raise BadInput("evidence.empty", "the body is empty; send the file's bytes")
    return await probed(path_of(incoming, services), services, services.settings.media_limits, cut_short=cut_short)


async def committed(incoming: Incoming, services: Services) -> StoredBlob:
    """The blob that has become of it, on the disk for good."""
    blob: StoredBlob = await to_thread.run_sync(incoming.commit, limiter=services.media_threads)
    services.metrics.received(blob.size)
    return blob


async def probed(path: Path, services: Services, limits: Limits, *, cut_short: bool) -> MediaFacts:
    """What the file is; probing decodes, so few files are probed at once."""
    return await to_thread.run_sync(
        lambda: probe(path, limits, cut_short_is_meant=cut_short), limiter=services.probe_threads
    )


def path_of(incoming: Incoming, services: Services) -> Path:
    """Where the bytes lie before they are committed: both blob stores take them in here, on this machine."""
    return services.settings.blobs_dir / "incoming" / incoming.upload_id


def announced_size(request: Request) -> int:
    """Bytes that Content-Length announces, 0 when it does not; good for an early refusal, never for trust."""
    claimed = request.headers.get("content-length", "")
    return int(claimed[:20]) if claimed.isascii() and claimed.isdigit() else 0


def require_room(services: Services, size: int) -> None:
    """Raises Unavailable when `size` more bytes would eat into the space that database and audit need."""
    folder = services.settings.data_dir
    try:
        free = shutil.disk_usage(folder).free
    except OSError as error:
        raise Unavailable("disk.unreachable", f"{folder.name} cannot be reached; tell the administrator") from error
    if free - size < services.settings.disk_reserve_bytes:
        raise Unavailable("disk.full", "the server has no room for this file; tell the administrator")


async def pour(request: Request, incoming: Incoming, services: Services, limit: int) -> int:
    """Write the body to `incoming` in whole chunks; answers its bytes.

    Raises TooLarge before a byte past `limit` is written, Incomplete when the body stops before its announced end or
    falls silent, Unavailable when the disk fills up.
    """
    poured = 0
    async for chunk in whole_chunks(request, services.settings.upload_chunk_bytes, services.settings.upload_idle_s):
        require_room(services, len(chunk))
        if poured + len(chunk) > limit:
            raise TooLarge("upload.too_large", f"at most {limit} bytes are taken here")
        await to_thread.run_sync(incoming.write, chunk, limiter=services.media_threads)
        poured += len(chunk)
    if poured < announced_size(request):
        raise Incomplete("upload.short", f"{poured} of {announced_size(request)} bytes came; send the file again")
    return poured


async def whole_chunks(request: Request, size: int, idle_s: float) -> AsyncIterator[bytes]:
    """The body in chunks of `size` bytes, the last one shorter; raises Incomplete after `idle_s` of silence."""
    pending = bytearray()
    body = request.stream().__aiter__()
    while True:
        try:
            with anyio.fail_after(idle_s):
                piece = await anext(body)
        except StopAsyncIteration:
            break
        except TimeoutError:
            raise Incomplete("upload.idle", f"nothing came for {idle_s:g} s; send the file again") from None
        pending += piece
        while len(pending) >= size:
            yield bytes(pending[:size])
            del pending[:size]
    if pending:
        yield bytes(pending)
