"""Stored content on its way out: ranges (RFC 9110 section 14), entity tags, file names (RFC 6266); knows no noun.

The entity tag is the SHA-256 of the content, so a cached copy or a half download can be checked for good. One range is
honoured; several at once are answered with the whole content, as the standard allows.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import BinaryIO
from urllib.parse import quote

from anyio import CapacityLimiter, to_thread
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.types import Receive, Scope, Send

from serving.api.errors import RangeNotSatisfiable
from serving.api.services import Services

CHUNK_BYTES = 256 * 1024
"""Read at once: large enough to keep a disk busy, small enough for many listeners."""

_RANGE = re.compile(r"bytes=(\d{0,19})-(\d{0,19})")
INLINE_TYPES = ("audio/", "video/", "image/png", "image/jpeg", "image/tiff", "image/webp", "application/pdf")
"""What a browser may show in place; all else is a download, so that no stored page ever runs as one of ours."""


@dataclass(frozen=True, slots=True)
class Content:
    """A stored file: its digest, size, media type and the name that a download gets."""

    sha256: str
    size: int
    media_type: str
    filename: str

    @property
    def etag(self) -> str:
        """The strong entity tag."""
        return f'"{self.sha256}"'


@dataclass(frozen=True, slots=True)
class Span:
    """Bytes `first` up to `end`."""

    first: int
    end: int


def parse_range(header: str | None, size: int) -> Span | None:
    """The one range that `header` asks for; None for none, several, or a unit that is not bytes.

    Raises RangeNotSatisfiable where it lies outside of `size` bytes.
    """
    match = _RANGE.fullmatch(header.strip()) if header else None
    if match is None or match.groups() == ("", ""):
        return None
    first, last = match.groups()
    if not first:
        if int(last) == 0 or size == 0:
            raise RangeNotSatisfiable(size)
        return Span(max(0, size - int(last)), size)
    if last and int(last) < int(first):
        return None
    if int(first) >= size:
        raise RangeNotSatisfiable(size)
    return Span(int(first), min(int(last) + 1, size) if last else size)


def disposition(filename: str, *, inline: bool) -> str:
    """A Content-Disposition with the name twice: plain ASCII for old clients, percent-encoded UTF-8 for all others."""
    plain = "".join(c if c.isascii() and c.isprintable() and c not in '"\\%' else "_" for c in filename)
    kind = "inline" if inline else "attachment"
    return f"{kind}; filename=\"{plain}\"; filename*=UTF-8''{quote(filename, safe='')}"


def _wanted_span(request: Request, content: Content) -> Span | None:
    if_range = request.headers.get("if-range")
    if if_range is not None and if_range.strip() != content.etag:
        return None
    return parse_range(request.headers.get("range"), content.size)


def _is_cached(request: Request, content: Content) -> bool:
    tags = [tag.strip().removeprefix("W/") for tag in request.headers.get("if-none-match", "").split(",")]
    return content.etag in tags or "*" in tags


async def respond(request: Request, content: Content, services: Services) -> Response:
    """The content, or the part that the request asks for (200, 206, 304; raises RangeNotSatisfiable, Tampered)."""
    inline = content.media_type.startswith(INLINE_TYPES) and request.query_params.get("download") is None
    headers = {
        "accept-ranges": "bytes",
        "etag": content.etag,
        "cache-control": "private, no-cache",
        "content-disposition": disposition(content.filename, inline=inline),
        "content-type": content.media_type,
    }
    if _is_cached(request, content):
        return Response(status_code=304, headers=headers)
    span = _wanted_span(request, content)
    part = span or Span(0, content.size)
    headers["content-length"] = str(part.end - part.first)
    if span is not None:
        headers["content-range"] = f"bytes {span.first}-{span.end - 1}/{content.size}"
    status = 206 if span is not None else 200
    if request.method == "HEAD":
        return Response(status_code=status, headers=headers)
    file = await services.ask(services.blobs.open, content.sha256)
    return _Streamed(file, part, services.media_threads, status, headers)


class _Streamed(StreamingResponse):
    """A streamed part of a file that is closed whatever happens, also when the client is gone before the first byte."""

    def __init__(
        self, file: BinaryIO, part: Span, threads: CapacityLimiter, status: int, headers: Mapping[str, str]
    ) -> None:
        super().__init__(_chunks(file, part, threads), status, headers)
        self._file = file

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send, then close."""
        try:
            await super().__call__(scope, receive, send)
        finally:
            self._file.close()


async def _chunks(file: BinaryIO, part: Span, threads: CapacityLimiter) -> AsyncIterator[bytes]:
    def read(position: int, size: int) -> bytes:
        file.seek(position)
        return file.read(size)

    position = part.first
    while position < part.end:
        chunk = await to_thread.run_sync(read, position, min(CHUNK_BYTES, part.end - position), limiter=threads)
        if not chunk:
            # The file is shorter than its row says: stop, and the client sees the length that is missing.
            return
        position += len(chunk)
        yield chunk
