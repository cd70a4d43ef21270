"""The gateway's socket and its thread: takes the port before anything heavy starts, ends within a bound."""

from __future__ import annotations

import errno
import socket
import threading
from typing import TYPE_CHECKING

from models.errors import BadInput, Unavailable

if TYPE_CHECKING:
    from fastapi import FastAPI

BACKLOG = 1024
"""Connections that wait for `accept`: a burst of clients while models load."""
START_S = 30.0
"""How long the app may take to answer its first connection."""


def bind(host: str, port: int) -> socket.socket:
    """A socket that holds `port` on `host` (0: a free one) and does not accept yet.

    Raises Unavailable when the port is taken, BadInput for an address or port that cannot be had here.
    """
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    except socket.gaierror as error:
        raise BadInput("serve.host", f"{host!r} is no address of this machine; use 127.0.0.1 or 0.0.0.0") from error
    held = socket.socket(family, kind, protocol)
    held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        held.bind(address)
        held.listen(BACKLOG)
    except OSError as error:
        held.close()
        if error.errno == errno.EADDRINUSE:
            raise Unavailable("serve.port", f"port {port} on {host} is taken; choose another with --port") from error
        raise BadInput("serve.host", f"cannot listen on {host}:{port}: {error.strerror}") from error
    return held


def address_of(held: socket.socket) -> str:
    """The URL at which a browser on this machine reaches the socket."""
    host, port = held.getsockname()[:2]
    host = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)  # noqa: S104
    return f"http://{host}:{port}"


class Gateway:
    """uvicorn in a thread of this process."""

    def __init__(self, app: FastAPI, held: socket.socket, drain_s: float) -> None:
        import uvicorn

        config = uvicorn.Config(
            app,
            access_log=False,
            log_config=None,
            server_header=False,
            timeout_graceful_shutdown=max(1, int(drain_s)),
        )
        self._server = uvicorn.Server(config)
        self._held = held
        self._drain_s = drain_s
        self._thread = threading.Thread(target=self._serve, name="gateway", daemon=True)

    def start(self) -> None:
        """Begin to answer; raises Unavailable when the app does not start."""
        self._thread.start()
        deadline = threading.Event()
        for _ in range(int(START_S / 0.05)):
            if self._server.started or not self._thread.is_alive():
                break
            deadline.wait(0.05)
        if not self._server.started:
            raise Unavailable("serve.gateway", "the gateway did not start; its messages on stderr say why")

    @property
    def alive(self) -> bool:
        """Whether it still answers."""
        return self._thread.is_alive()

    def stop(self) -> None:
        """Refuse new connections, let open ones end within the drain time, then cut them off."""
        self._server.should_exit = True
        if self._thread.is_alive():
            self._thread.join(self._drain_s + 2.0)
        self._held.close()

    def _serve(self) -> None:
        self._server.run(sockets=[self._held])
