"""The sessions of a data folder: one folder each, with a note of whose it is; blocks, call it in a thread."""

from __future__ import annotations

import os
import re
import shutil
import time
from collections.abc import Iterator
from pathlib import Path

from pydantic import ValidationError

from cases.blobs import sync_folder
from cases.records import Actor
from models.errors import NotFound, Unavailable
from pipelines.speech.live.dictation import JOURNAL, SOUND
from serving.api.live.wire import LiveNote

_ID = re.compile(r"live_[0-9a-f]{20}")
NOTE = "session.json"


class LiveNotes:
    """Notes of sessions under one folder."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def add(self, note: LiveNote) -> None:
        """A new session's folder."""
        try:
            self.folder(note.id).mkdir(parents=True, mode=0o700)
            sync_folder(self._root)
        except OSError as error:
            raise _unwritable(error) from error
        self.update(note)

    def update(self, note: LiveNote) -> None:
        """Replace a note as a whole: a crash or a loss of power leaves the old one or the new one."""
        folder = self.folder(note.id)
        half = folder / f".{NOTE}"
        try:
            with half.open("wb") as file:
                file.write(note.model_dump_json().encode())
                file.flush()
                os.fsync(file.fileno())
            half.replace(folder / NOTE)
            sync_folder(folder)
        except OSError as error:
            raise _unwritable(error) from error

    def find(self, actor: Actor, session_id: str) -> LiveNote:
        """The session that `actor` began; raises NotFound for all others."""
        note = self._read(session_id)
        if note is None or note.account_id != actor.id:
            raise NotFound("live.unknown", "there is no such session; it may have been kept as evidence long ago")
        return note

    def all(self) -> Iterator[tuple[LiveNote, float]]:
        """Every session with the seconds since anything was written to it."""
        for folder in sorted(self._root.glob("live_*")):
            note = self._read(folder.name)
            if note is not None:
                yield note, time.time() - _touched(folder)

    def drop_sound(self, session_id: str) -> None:
        """Remove what has become evidence; the note stays for whoever asks how it ended."""
        for name in (SOUND, JOURNAL):
            (self.folder(session_id) / name).unlink(missing_ok=True)

    def remove(self, session_id: str) -> None:
        """Forget a session."""
        shutil.rmtree(self.folder(session_id), ignore_errors=True)

    def folder(self, session_id: str) -> Path:
        """Where a session lies."""
        return self._root / session_id

    def _read(self, session_id: str) -> LiveNote | None:
        if not _ID.fullmatch(session_id):
            return None
        try:
            return LiveNote.model_validate_json((self.folder(session_id) / NOTE).read_bytes())
        except (OSError, ValidationError):
            return None


def _unwritable(error: OSError) -> Unavailable:
    return Unavailable("live.disk", f"the session cannot be written: {error.strerror or error}")


def _touched(folder: Path) -> float:
    """When a session was last written to; now, when it is just going."""
    try:
        return max(path.stat().st_mtime for path in (folder, *folder.iterdir()))
    except FileNotFoundError:
        return time.time()
