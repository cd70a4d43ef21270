"""One-time tickets: a browser cannot send a key with a socket, and a key in an address would stand in every log.

Who holds a key asks for a ticket to one address and shows it there once, within seconds. The server keeps its hash in a
small file, so that any process of the same data folder knows it and it outlives a restart; removing the file is what
spends it. Knows no route.
"""

from __future__ import annotations

import hashlib
import json
import secrets
import time
from collections.abc import Callable
from pathlib import Path

from cases.codec import from_json, to_json_object
from cases.records import Actor, Role
from models.errors import BadInput, Busy, Unavailable

PROTOCOL_PREFIX = "ticket."
"""How a socket shows its ticket: as the subprotocol `ticket.<ticket>` beside the one it wants to speak."""
OPEN_MAX = 1000
"""Tickets that may wait to be shown; each is gone within its seconds."""


class Tickets:
    """Tickets in one folder; blocks, call it in a thread."""

    def __init__(self, folder: Path, ttl_s: float, clock: Callable[[], float] = time.time) -> None:
        self._folder = folder
        self.ttl_s = ttl_s
        self._clock = clock

    def issue(self, actor: Actor, address: str) -> str:
        """A ticket with which `actor` may open `address` once; raises Busy when too many wait to be shown."""
        self._sweep()
        ticket = secrets.token_urlsafe(32)
        kept = {"actor": to_json_object(actor), "address": address, "until": self._clock() + self.ttl_s}
        try:
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            place = self._place(ticket)
            half = place.with_suffix(".half")
            half.write_text(json.dumps(kept, ensure_ascii=False), encoding="utf-8")
            half.replace(place)
        except OSError as error:
            raise Unavailable("ticket.disk", f"no ticket can be written: {error.strerror or error}") from error
        return ticket

    def redeem(self, ticket: str, address: str) -> Actor | None:
        """Who was given the ticket; None when it is unknown, spent, too old or for another address. It is spent now."""
        place = self._place(ticket)
        try:
            kept = json.loads(place.read_text(encoding="utf-8"))
            # Of several that show the same ticket only one can remove it.
            place.unlink()
            if kept["address"] != address or kept["until"] < self._clock():
                return None
            actor = dict(kept["actor"])
            return from_json(Actor, {**actor, "role": Role(actor["role"])})
        except (OSError, ValueError, KeyError, TypeError, BadInput):
            return None

    def _place(self, ticket: str) -> Path:
        return self._folder / f"{hashlib.sha256(ticket.encode('utf-8', 'surrogatepass')).hexdigest()}.json"

    def _sweep(self) -> None:
        """Remove what nobody showed in time."""
        waiting = 0
        for path in self._folder.glob("*.*"):
            try:
                old = self._clock() - path.stat().st_mtime > self.ttl_s
            except FileNotFoundError:
                continue
            if old:
                path.unlink(missing_ok=True)
            else:
                waiting += 1
        if waiting >= OPEN_MAX:
            raise Busy("ticket.many", "too many tickets wait to be shown; try again shortly", self.ttl_s)


def ticket_of(protocols: str) -> str | None:
    """The ticket in a Sec-WebSocket-Protocol header."""
    for name in protocols.split(","):
        if name.strip().startswith(PROTOCOL_PREFIX):
            return name.strip().removeprefix(PROTOCOL_PREFIX)
    return None
