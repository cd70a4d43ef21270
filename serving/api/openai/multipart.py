"""A multipart form (RFC 7578) read as it comes: small fields to text, the one file to a sink; knows no field's meaning.

Every length is bounded, and nothing is kept in memory but the small fields: the file goes on in pieces as they arrive.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from email.message import Message

from models.errors import BadInput, TooLarge

MAX_FIELDS = 64
"""The largest known request has about twenty."""
MAX_HEADER_BYTES = 8 * 1024
MAX_VALUE_BYTES = 64 * 1024
MAX_PREAMBLE_BYTES = 1024

_BOUNDARY = re.compile(r"[0-9A-Za-z'()+_,./:=? -]{0,69}[0-9A-Za-z'()+_,./:=?-]")

Sink = Callable[[bytes], Awaitable[None]]


@dataclass(slots=True)
class Form:
    """What a form held: every value of each field in order, and the name of the file that went to the sink."""

    fields: dict[str, list[str]] = field(default_factory=dict)
    filename: str | None = None

    def last(self, name: str) -> str | None:
        """The last value of a field."""
        return self.fields[name][-1] if name in self.fields else None


def boundary_of(content_type: str) -> bytes:
    """The boundary that a Content-Type header names; raises BadInput when the body is no multipart form."""
    message = Message()
    message["content-type"] = content_type
    boundary = message.get_boundary()
    if message.get_content_type() != "multipart/form-data" or not boundary or not _BOUNDARY.fullmatch(boundary):
        raise BadInput("form.type", "send the request as multipart/form-data")
    return boundary.encode("ascii")


class _Buffer:
    """Bytes that came and were not yet used."""

    def __init__(self, chunks: AsyncIterator[bytes]) -> None:
        self._chunks = chunks
        # The first delimiter may stand at the very beginning, without the line break that precedes all others.
        self.data = bytearray(b"\r\n")

    async def more(self) -> None:
        """Take the next chunk; raises BadInput when there is none."""
        async for chunk in self._chunks:
            self.data += chunk
            return
        raise BadInput("form.incomplete", "the form breaks off before its end; send it again")

    async def exactly(self, count: int) -> bytes:
        """The next `count` bytes."""
        while len(self.data) < count:
            await self.more()
        taken = bytes(self.data[:count])
        del self.data[:count]
        return taken

    async def until(self, token: bytes, limit: int, what: str = "a part of the form") -> bytes:
        """The bytes before `token`, which is dropped; raises TooLarge, naming `what` they are, past `limit`."""
        while (place := self.data.find(token)) < 0:
            if len(self.data) > limit + len(token):
                raise TooLarge("form.part", f"{what} is larger than {limit} bytes")
            await self.more()
        if place > limit:
            raise TooLarge("form.part", f"{what} is larger than {limit} bytes")
        taken = bytes(self.data[:place])
        del self.data[: place + len(token)]
        return taken

    async def stream_until(self, token: bytes, sink: Sink) -> None:
        """Give the bytes before `token` to `sink` as they come, and drop the token."""
        while (place := self.data.find(token)) < 0:
            # The token may be cut in two by the end of a chunk, so its length stays behind.
            ready = len(self.data) - len(token) + 1
            if ready > 0:
                await sink(bytes(self.data[:ready]))
                del self.data[:ready]
            await self.more()
        if place:
            await sink(bytes(self.data[:place]))
        del self.data[: place + len(token)]


async def read_form(chunks: AsyncIterator[bytes], boundary: bytes, file_field: str, sink: Sink) -> Form:
    """Read a whole form; the part `file_field` goes to `sink`, files in other parts are refused.

    Raises BadInput for what is no form or breaks off, TooLarge past a limit.
    """
    delimiter = b"\r\n--" + boundary
    buffer, form = _Buffer(chunks), Form()
    await buffer.until(delimiter, MAX_PREAMBLE_BYTES)
    for _ in range(MAX_FIELDS):
        ending = await buffer.exactly(2)
        if ending == b"--":
            return form
        if ending != b"\r\n":
            raise BadInput("form.shape", "the form's parts do not end as the standard says")
        headers = await buffer.until(b"\r\n\r\n", MAX_HEADER_BYTES)
        name, filename = _disposition(headers)
        if name == file_field:
            if form.filename is not None:
                raise BadInput("form.files", "send one file")
            form.filename = filename or "audio"
            await buffer.stream_until(delimiter, sink)
        else:
            value = await buffer.until(delimiter, MAX_VALUE_BYTES, f"the field {name!r}")
            form.fields.setdefault(name, []).append(_text(value, name))
    raise TooLarge("form.fields", f"a form has at most {MAX_FIELDS} fields")


def _text(value: bytes, name: str) -> str:
    try:
        text = value.decode("utf-8")
    except UnicodeDecodeError:
        raise BadInput("form.encoding", f"the field {name!r} is not UTF-8") from None
    if "\x00" in text:
        raise BadInput("form.encoding", f"the field {name!r} holds a NUL")
    return text


def _disposition(headers: bytes) -> tuple[str, str | None]:
    """Name and file name of a part."""
    try:
        lines = headers.decode("utf-8").split("\r\n")
    except UnicodeDecodeError:
        raise BadInput("form.encoding", "the form's part headers are not UTF-8") from None
    for line in lines:
        key, _, value = line.partition(":")
        if key.strip().lower() == "content-disposition":
            message = Message()
            message["content-disposition"] = value.strip()
            name = message.get_param("name", header="content-disposition")
            if isinstance(name, str) and name:
                return name[:100], message.get_filename()
    raise BadInput("form.shape", "a part of the form has no name")
