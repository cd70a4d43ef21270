"""Shapes that several nouns share on the wire: names, ids, free JSON; refuses what no database or file could keep."""

from __future__ import annotations

import math
import re
import unicodedata
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, StringConstraints
from pydantic import JsonValue as WireJson

from cases.records import Digest, JsonObject, JsonValue
from models.errors import NotFound

JSON_DEPTH = 16
"""Levels of a parameter object; a scene file has six."""
JSON_NODES = 200_000
"""Values in a free JSON object; a transcript of twelve hours has about a hundred thousand words and their times."""
INTEGER_MAX = 2**63
_ID = re.compile(r"[A-Za-z0-9_-]{1,80}")


class Wire(BaseModel):
    """Base of request bodies: an unknown field is an error, so that a misspelt one is not silently ignored."""

    model_config = ConfigDict(extra="forbid")


class Shown(BaseModel):
    """Base of answers: made from our frozen values by their attributes."""

    model_config = ConfigDict(from_attributes=True)


def is_plain(text: str) -> bool:
    """Whether `text` has no control character, no half surrogate and nothing that reverses the writing direction."""
    return not any(
        unicodedata.category(c) in ("Cc", "Cs")
        or c in "\u202a\u202b\u202d\u202e\u2066\u2067\u2068\u2069\u200f\u200e\u202c"
        for c in text
    )


def plain(text: str) -> str:
    """A pydantic check: `text` when it is plain; raises ValueError."""
    if not is_plain(text):
        raise ValueError("control characters are not taken here")
    return text


Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200), AfterValidator(plain)]
"""One line of text for people: a name, a number, a cause."""


def known_shape(value: str) -> str:
    """An id from a path; raises NotFound for what can be none, so that odd bytes never reach the database."""
    if not _ID.fullmatch(value):
        raise NotFound("id.unknown", "nothing has this id")
    return value


def _keepable(value: JsonValue) -> JsonValue:
    """Check a JSON tree without recursion; raises ValueError."""
    queue: list[tuple[JsonValue, int]] = [(value, 0)]
    seen = 0
    while queue:
        node, depth = queue.pop()
        seen += 1
        if depth > JSON_DEPTH or seen > JSON_NODES:
            raise ValueError(f"at most {JSON_DEPTH} levels and {JSON_NODES} values")
        if isinstance(node, dict):
            queue.extend((k, depth + 1) for k in node)
            queue.extend((v, depth + 1) for v in node.values())
        elif isinstance(node, list):
            queue.extend((v, depth + 1) for v in node)
        else:
            _keepable_leaf(node)
    return value


def _keepable_leaf(node: JsonValue) -> None:
    if isinstance(node, float) and not math.isfinite(node):
        raise ValueError("NaN and infinities are no JSON")
    if isinstance(node, int) and abs(node) >= INTEGER_MAX:
        raise ValueError("integers have at most 63 bits")
    if isinstance(node, str) and ("\x00" in node or any(0xD800 <= ord(c) <= 0xDFFF for c in node)):
        raise ValueError("text must be Unicode without NUL and half surrogates")


def _keepable_object(value: JsonObject) -> JsonObject:
    _keepable(value)
    return value


FreeJson = Annotated[dict[str, WireJson], AfterValidator(_keepable_object)]
"""A JSON object whose meaning another layer knows."""


class DigestShown(Shown):
    """Both digests."""

    sha256: str
    sm3: str

    @classmethod
    def of(cls, digest: Digest) -> DigestShown:
        """From the value."""
        return cls(sha256=digest.sha256, sm3=digest.sm3)
