"""How the fetching of weights tells how far it is; knows no terminal: the command line draws, tests count."""

from __future__ import annotations

from typing import Protocol


class Progress(Protocol):
    """Told by whoever moves bytes: one `start`, any number of `advance`, one `finish`, for each step in turn."""

    def start(self, label: str, total: int | None) -> None:
        """A step begins; `total` is its length in bytes, None when nobody knows it."""
        ...

    def advance(self, count: int) -> None:
        """`count` more bytes have arrived."""
        ...

    def finish(self) -> None:
        """The step has ended, well or not."""
        ...


class Silent:
    """Shows nothing."""

    def start(self, label: str, total: int | None) -> None:
        """Nothing to show."""

    def advance(self, count: int) -> None:
        """Nothing to show."""

    def finish(self) -> None:
        """Nothing to show."""
