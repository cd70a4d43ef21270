"""The end of a server, asked for by a signal: heard at once, and over within a bound; knows nothing of what is ended.

Python runs a handler only between two steps of the main thread. That thread may be inside Ray's or a model's native
code for long, and what a handler raises can be lost in code that catches everything. So the bound does not hang on
handlers: a thread hears each signal through the interpreter's wake-up descriptor, which is written to the moment it
arrives, and counts from there.
"""

from __future__ import annotations

import logging
import os
import signal
import socket
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from types import FrameType

from serving.run_folder import end, marked

log = logging.getLogger(__name__)

SHUTDOWN_S = 14.0
"""All of the end together, from the signal on; service managers and people lose patience soon after."""
SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)

Handler = Callable[[int, FrameType | None], None]
Installed = Callable[[int, FrameType | None], object] | int | None
"""What `signal.getsignal` gives."""


class Ending:
    """Ends this process by force, its marked children first, when it has not ended SHUTDOWN_S after `begin`."""

    def __init__(self, within_s: float = SHUTDOWN_S) -> None:
        self._within_s = within_s
        self._timer: threading.Timer | None = None
        self._lock = threading.Lock()
        self.mark = ""
        """What the server's children carry in their environment, once there are any."""

    def begin(self) -> None:
        """Count from now on; a second call changes nothing."""
        with self._lock:
            if self._timer is None:
                self._timer = threading.Timer(self._within_s, self._force)
                self._timer.daemon = True
                self._timer.start()

    def done(self) -> None:
        """The end came by itself."""
        with self._lock:
            if self._timer is not None:
                self._timer.cancel()

    def _force(self) -> None:
        log.error("the server did not end in %.0f s; ending it by force", self._within_s)
        if self.mark:
            end(marked(self.mark))
        os._exit(1)


@contextmanager
def signals(handler: Handler, heard: Callable[[], None]) -> Iterator[None]:
    """`handler` in the main thread for SIGNALS, and `heard` in a thread of its own as soon as one arrives.

    The earlier handlers come back at the end. Enter it in the main thread.
    """
    before = {number: signal.getsignal(number) for number in SIGNALS}
    reads, writes = socket.socketpair()
    writes.setblocking(False)
    earlier = signal.set_wakeup_fd(writes.fileno(), warn_on_full_buffer=False)
    listener = threading.Thread(target=_listen, args=(reads, heard), name="signals", daemon=True)
    listener.start()
    try:
        for number in SIGNALS:
            signal.signal(number, handler)
        yield
    finally:
        _restore(before)
        signal.set_wakeup_fd(earlier)
        writes.close()
        listener.join()
        reads.close()


@contextmanager
def kept_signals() -> Iterator[None]:
    """Put the handlers of SIGNALS back after the block, whatever it put in their place in Python or native code.

    Ray's native handler ends the process at SIGTERM with a stack trace, and what is to be ended with it is left. A
    signal that arrives within the block, after that handler came, still meets it.
    """
    before = {number: signal.getsignal(number) for number in SIGNALS}
    try:
        yield
    finally:
        if threading.current_thread() is threading.main_thread():  # no other may, and no signal arrives there
            _restore(before)


def _restore(before: Mapping[signal.Signals, Installed]) -> None:
    for number, was in before.items():
        signal.signal(number, was)


def _listen(reads: socket.socket, heard: Callable[[], None]) -> None:
    """Call `heard` for signals that end a server, until the other side is closed."""
    while numbers := reads.recv(64):
        if any(number in SIGNALS for number in numbers):
            heard()
