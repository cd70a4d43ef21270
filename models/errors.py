"""The errors of Anjuan, drawn once for every layer; this module knows no layer above it.

AnjuanError
├── BadInput        the caller sent something that cannot be used; the message says what to do instead
│   ├── NotFound    the thing named does not exist, or not for this caller
│   ├── Forbidden   the caller is known, and may not
│   ├── Conflict    the thing exists in a state that forbids the act
│   ├── Unsupported the bytes are of a kind that is not taken here
│   └── TooLarge    a limit on bytes, seconds, pages or pixels was passed
├── Unavailable     nothing is wrong with the input; try again later or make something available
│   ├── Busy        a bounded queue is full; carries the seconds after which to try again
│   ├── Lost        what worked on the input ended in the middle of it, again and again
│   └── WeightsMissing   weights are neither cached nor on any mirror
└── Defect          a fault of ours or of the stored data
    └── Tampered    stored bytes or rows do not match their digests
"""

from __future__ import annotations


class AnjuanError(Exception):
    """Base of all; `code` is stable, lower-case, dotted; `message` is for people and names no secret."""

    code: str

    def __init__(self, code: str, message: str) -> None:
        super().__init__(code, message)
        self.code = code
        self.message = message

    def __str__(self) -> str:
        return self.message


class BadInput(AnjuanError):
    """The caller sent something that cannot be used; nothing was stored because of it."""


class NotFound(BadInput):
    """The thing named does not exist, or does not exist for this caller."""


class Forbidden(BadInput):
    """The caller is known and may not do this."""


class Conflict(BadInput):
    """The thing exists in a state that forbids the act."""


class Unsupported(BadInput):
    """The bytes are of a kind that is not taken here."""


class TooLarge(BadInput):
    """A limit on bytes, seconds, pages or pixels was passed."""


class Unavailable(AnjuanError):
    """The input may be fine; a part that is needed cannot serve now."""


class Busy(Unavailable):
    """A bounded queue is full; `retry_after_s` says when to try again."""

    def __init__(self, code: str, message: str, retry_after_s: float) -> None:
        super().__init__(code, message)
        # Exceptions cross process borders by their args: keep the third one there too.
        self.args = (code, message, retry_after_s)
        self.retry_after_s = retry_after_s


class Lost(Unavailable):
    """What worked on this input ended in the middle of it, and again when asked again: the input may be at fault."""


class WeightsMissing(Unavailable):
    """Weights are neither in the cache nor on any mirror that this machine reaches."""


class Defect(AnjuanError):
    """A fault of ours, or of the stored data."""


class Tampered(Defect):
    """Stored bytes or rows do not match their digests."""
