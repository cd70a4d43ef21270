"""What was said in a session, line by line as it was shown: an append-only file that outlives the process; knows no
sound and no model.

One JSON object a line, each brought to the disk before anybody is told of it: a line that was once shown stays. The
quick pass closes a line, the second pass adds its reading under the same number; neither replaces the other.
"""

from __future__ import annotations

import errno
import json
import os
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from cases.codec import from_json, to_json_object
from cases.transcript import TranscriptSegment, TranscriptWord
from models.errors import BadInput, Unavailable

MAX_EVENTS = 200_000
"""Entries of one session: twelve hours of the shortest sentences, twice over, are a third of it."""


@dataclass(frozen=True, slots=True)
class Final:
    """Line `line` is closed: samples `first` to `last` (16 kHz) and the words of the quick pass (text may be empty)."""

    event: int
    line: int
    first: int
    last: int
    text: str
    confidence: float
    words: tuple[TranscriptWord, ...]


@dataclass(frozen=True, slots=True)
class Rewrite:
    """The second reading of line `line`: its sentences in seconds of the recording, or why there are none."""

    event: int
    line: int
    language: str | None
    segments: tuple[TranscriptSegment, ...]
    failure: str | None

    @property
    def text(self) -> str:
        """All of it."""
        return "".join(segment.text for segment in self.segments)


Entry = Final | Rewrite
_KINDS: dict[str, type[Final] | type[Rewrite]] = {"final": Final, "rewrite": Rewrite}


class Journal:
    """The entries of one session; thread-safe. Entries are numbered from 1 without a gap."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = threading.Lock()
        self._entries, whole = _read(path)
        try:
            self._file = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
            # An entry that was torn in half by a crash was shown to nobody.
            os.ftruncate(self._file, whole)
            os.lseek(self._file, 0, os.SEEK_END)
        except OSError as error:
            raise _unwritable(error) from error
        self._size = whole
        self._lines = sum(isinstance(entry, Final) for entry in self._entries)

    @property
    def lines(self) -> int:
        """How many lines are closed: the number of the next one."""
        return self._lines

    @property
    def last(self) -> int:
        """The number of the newest entry, 0 when there is none."""
        return len(self._entries)

    def after(self, event: int) -> Sequence[Entry]:
        """The entries after number `event`, in order."""
        return tuple(self._entries[max(0, event) :])

    def close_line(self, first: int, last: int, text: str, confidence: float, words: Sequence[TranscriptWord]) -> Final:
        """Write a closed line down, numbered as the next one."""
        with self._lock:
            made = Final(self.last + 1, self._lines, first, last, text, confidence, tuple(words))
            self._append("final", made)
            self._lines += 1
            return made

    def rewrite(
        self, line: int, language: str | None, segments: Sequence[TranscriptSegment], failure: str | None = None
    ) -> Rewrite:
        """Write the second reading of a line down."""
        with self._lock:
            made = Rewrite(self.last + 1, line, language, tuple(segments), failure)
            self._append("rewrite", made)
            return made

    def finals(self) -> list[Final]:
        """The closed lines, in order."""
        return [entry for entry in tuple(self._entries) if isinstance(entry, Final)]

    def rewrites(self) -> dict[int, Rewrite]:
        """The second reading of each line that has one."""
        return {entry.line: entry for entry in tuple(self._entries) if isinstance(entry, Rewrite)}

    def close(self) -> None:
        """Let go of the file."""
        os.close(self._file)

    def _append(self, kind: str, entry: Entry) -> None:
        if len(self._entries) >= MAX_EVENTS:
            raise Unavailable("live.lines", f"a session holds at most {MAX_EVENTS} lines; end it and begin another")
        spelled = json.dumps({"kind": kind, **to_json_object(entry)}, ensure_ascii=False) + "\n"
        data = spelled.encode()
        try:
            written = 0
            while written < len(data):
                written += os.pwrite(self._file, data[written:], self._size + written)
            os.fdatasync(self._file)
        except OSError as error:
            os.ftruncate(self._file, self._size)
            raise _unwritable(error) from error
        self._size += len(data)
        self._entries.append(entry)


def _read(path: Path) -> tuple[list[Entry], int]:
    """The whole entries at `path`, and how many bytes they take."""
    entries: list[Entry] = []
    whole = 0
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return [], 0
    for row in data.splitlines(keepends=True):
        entry = _entry(row) if row.endswith(b"\n") else None
        if entry is None or entry.event != len(entries) + 1:
            break
        entries.append(entry)
        whole += len(row)
    return entries, whole


def _entry(row: bytes) -> Entry | None:
    try:
        found = json.loads(row)
        return from_json(_KINDS[found.pop("kind")], found)
    except (ValueError, KeyError, AttributeError, TypeError, BadInput):
        return None


def _unwritable(error: OSError) -> Unavailable:
    if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        return Unavailable("live.full", "the server's disk is full: what was shown is kept, free space to go on")
    return Unavailable("live.disk", f"the session's lines cannot be written: {error.strerror or error}")
