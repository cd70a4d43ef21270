"""What goes over a live socket: binary frames in, JSON both ways; knows no session. Described in docs/live.md.

A frame is 8 bytes, the number of its first sample since the session began (unsigned, most significant byte first),
and the samples, or one Opus packet where the hello said so. Numbers of samples rather than of frames, so that a client
may cut what it sends again as it likes, and change from one form to the other with the next socket.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import Literal

from pydantic import Field, TypeAdapter, ValidationError

from cases.records import JsonObject
from models.errors import BadInput, TooLarge
from pipelines.speech.live.endpoints import RATE
from pipelines.speech.live.journal import Entry, Final
from pipelines.speech.live.opus import PACKET_MAX_BYTES
from pipelines.speech.live.quick import Partial
from serving.api.wire import Wire

PROTOCOL = "anjuan.live.v1"
HEADER = struct.Struct(">Q")
MESSAGE_MAX_CHARS = 1000

NORMAL, BAD_FRAME, TRY_LATER = 1000, 1008, 1013
TAKEN_OVER, IDLE = 4409, 4408
"""Why the server closes a socket: RFC 6455, 7.4, and two of our own."""


class Hello(Wire):
    """The first message: tell me what happened after event number `after`; my sound comes as `codec`."""

    type: Literal["hello"]
    after: int = Field(0, ge=0, lt=2**53)
    codec: Literal["pcm", "opus"] = "pcm"


class End(Wire):
    """The last message: all sound is sent, keep the session."""

    type: Literal["end"]


Said = Hello | End
_SAID: TypeAdapter[Said] = TypeAdapter(Said)


@dataclass(frozen=True, slots=True)
class SoundFrame:
    """Samples from number `first` on: 16-bit little-endian, or an Opus packet."""

    first: int
    data: bytes


def said(text: str) -> Said:
    """A message of the client; raises BadInput for what is none."""
    if len(text) > MESSAGE_MAX_CHARS:
        raise BadInput("live.message", f"a message has at most {MESSAGE_MAX_CHARS} characters")
    try:
        return _SAID.validate_json(text)
    except ValidationError:
        raise BadInput("live.message", 'send {"type": "hello", "after": N} or {"type": "end"}') from None


def frame(data: bytes, max_bytes: int) -> SoundFrame:
    """A binary message; raises TooLarge, BadInput."""
    if len(data) > max_bytes:
        raise TooLarge("live.frame", f"a frame has at most {max_bytes} bytes; send shorter ones")
    if len(data) < HEADER.size or (len(data) - HEADER.size) % 2:
        raise BadInput("live.frame", "a frame is 8 bytes of sample number and whole samples of 2 bytes")
    (first,) = HEADER.unpack_from(data)
    return SoundFrame(first, data[HEADER.size :])


def packet(data: bytes) -> SoundFrame:
    """A binary message of a socket that sends Opus; raises TooLarge, BadInput. The packet itself is not looked into."""
    if len(data) > HEADER.size + PACKET_MAX_BYTES:
        raise TooLarge("live.packet", f"an Opus packet has at most {PACKET_MAX_BYTES} bytes; send one in each message")
    if len(data) <= HEADER.size:
        raise BadInput("live.packet", "a frame is 8 bytes of sample number and one Opus packet")
    (first,) = HEADER.unpack_from(data)
    return SoundFrame(first, data[HEADER.size :])


def entry_event(entry: Entry) -> JsonObject:
    """A closed line, or its second reading."""
    if isinstance(entry, Final):
        return {
            "type": "final",
            "event": entry.event,
            "line": entry.line,
            "start": round(entry.first / RATE, 3),
            "end": round(entry.last / RATE, 3),
            "text": entry.text,
            "confidence": entry.confidence,
        }
    flags = dict.fromkeys(flag for segment in entry.segments for flag in segment.flags)
    return {
        "type": "rewrite",
        "event": entry.event,
        "line": entry.line,
        "text": entry.text,
        "flags": list(flags),
        "failure": entry.failure,
    }


def partial_event(partial: Partial, line: int, event: int) -> JsonObject:
    """The line that is being spoken; it replaces the partial before it and is not sent again."""
    return {
        "type": "partial",
        "event": event,
        "line": line,
        "start": round(partial.first / RATE, 3),
        "text": partial.text,
        "stable": partial.stable,
    }


def error_event(code: str, message: str, **more: int | float) -> JsonObject:
    """Something did not work; the socket may stay open."""
    return {"type": "error", "code": code, "message": message, **more}
