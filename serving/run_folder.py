"""DIR/run: which server owns a data folder, and what a killed one left behind; knows no Ray and no HTTP.

One server owns a folder by a file lock. It writes down its process, the moment that process started and a random mark
that all its children inherit in their environment, so that the next start can tell its predecessor's leftovers from
any other process of the machine: neither a reused process number nor a second server beside it is ever hit.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import logging
import os
import secrets
import shutil
import signal
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from models.errors import Unavailable

log = logging.getLogger(__name__)

MARK = "ANJUAN_RUN"
"""Environment variable that names the server which a process belongs to."""
END_S = 5.0
"""How long a leftover process may take to vanish after SIGKILL."""
PROC = Path("/proc")


def started_at(pid: int) -> str | None:
    """When process `pid` started, in the kernel's ticks since boot; None when there is none (or no /proc)."""
    try:
        stat = (PROC / str(pid) / "stat").read_text()
    except OSError:
        return None
    # The name may hold spaces and parentheses: fields are counted from the last one, "starttime" is the 22nd.
    fields = stat.rpartition(")")[2].split()
    return None if fields[0] == "Z" else fields[19]


def marked(mark: str) -> list[int]:
    """Processes of this user that carry `mark`, this one excepted; empty where there is no /proc."""
    wanted = f"{MARK}={mark}".encode()
    return [pid for pid, environment in _read_all("environ") if wanted in environment.split(b"\0")]


def mentioning(folder: Path) -> list[int]:
    """Processes whose command line names `folder` or something in it, this one excepted."""
    return [pid for pid, words in _read_all("cmdline") if str(folder).encode() in words]


def _read_all(what: str) -> Iterator[tuple[int, bytes]]:
    """The file `what` of every other process that this user may look into."""
    if not PROC.is_dir():
        return
    for folder in PROC.iterdir():
        if folder.name.isdigit() and int(folder.name) != os.getpid():
            with contextlib.suppress(OSError):
                yield int(folder.name), (folder / what).read_bytes()


def end(found: Sequence[int]) -> int:
    """Kill these processes and wait for them to be gone, at most END_S; how many there were."""
    for pid in found:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.kill(pid, signal.SIGKILL)
    deadline = time.monotonic() + END_S
    while any(started_at(pid) for pid in found) and time.monotonic() < deadline:
        time.sleep(0.05)
    return len(found)


class RunFolder:
    """DIR/run while a server owns it; a context manager."""

    def __init__(self, data_dir: Path) -> None:
        self._folder = data_dir / "run"
        self._file = self._folder / "server.json"
        self._lock: IO[str] | None = None
        self.mark = secrets.token_hex(16)
        self.predecessor: str | None = None
        """Mark of the server that owned the folder before and did not end by itself."""

    def __enter__(self) -> Self:
        """Own the folder, end what a killed server left; raises Unavailable when a server runs on it."""
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        left = self._read().get("mark")
        if not self._acquire():
            self._refuse_if_alive()
            self._clear()
            if not self._acquire():
                raise Unavailable("run.taken", f"another process holds {self._folder}; end it and start again")
        self.predecessor = left if isinstance(left, str) else None
        self._clear()
        self._write({"pid": os.getpid(), "started": started_at(os.getpid()), "mark": self.mark, "temporary": []})
        os.environ[MARK] = self.mark
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End what is left of this server's children and give the folder back."""
        self._clear()
        os.environ.pop(MARK, None)
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    def note_temporary(self, folder: Path) -> None:
        """Remember a folder outside DIR that belongs to this run, to be removed at its end or by the next start."""
        state = self._read()
        known = state.get("temporary")
        self._write({**state, "temporary": [*(known if isinstance(known, list) else []), str(folder)]})

    def _acquire(self) -> bool:
        lock = (self._folder / "lock").open("a")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.close()
            return False
        self._lock = lock
        return True

    def _refuse_if_alive(self) -> None:
        state = self._read()
        pid, started = state.get("pid"), state.get("started")
        if isinstance(pid, int) and started is not None and started_at(pid) == started:
            raise Unavailable("run.taken", f"a server (process {pid}) runs on {self._folder.parent}; end it first")

    def _clear(self) -> None:
        """End the processes and remove the folders that the run file names, then the file."""
        state = self._read()
        mark, folders = state.get("mark"), state.get("temporary")
        if isinstance(mark, str) and (ended := end(marked(mark))):
            log.info("ended %d processes of an earlier server", ended)
        for folder in folders if isinstance(folders, list) else []:
            shutil.rmtree(str(folder), ignore_errors=True)
        self._file.unlink(missing_ok=True)

    def _read(self) -> dict[str, object]:
        try:
            state = json.loads(self._file.read_text())
        except (OSError, ValueError):
            return {}
        return state if isinstance(state, dict) else {}

    def _write(self, state: dict[str, object]) -> None:
        new = self._file.with_suffix(".new")
        new.write_text(json.dumps(state))
        new.replace(self._file)
