"""The notes of open uploads: one small JSON file each, so that uploads survive a restart and any gateway may go on.

Blocks; call it in a thread. A note is written before the first byte and goes when it has
been left too long, whether the upload was finished or not.
"""

from __future__ import annotations

import re
import time
from pathlib import Path

from pydantic import ValidationError

from cases.records import Actor
from models.errors import Busy, NotFound
from serving.api.uploads.wire import UploadNote

_ID = re.compile(r"up_[0-9a-f]{20}")
FULL_RETRY_S = 60.0


class UploadNotes:
    """Notes in one folder."""

    def __init__(self, folder: Path, ttl_s: float, per_account: int) -> None:
        self._folder = folder
        self._ttl_s = ttl_s
        self._per_account = per_account

    def add(self, note: UploadNote) -> None:
        """Write a note down; raises Busy when the account has too many uploads open."""
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        open_notes = [n for n in self._living() if n.account_id == note.account_id and n.evidence is None]
        if len(open_notes) >= self._per_account:
            raise Busy("upload.open", "you have too many unfinished uploads; finish or drop some", FULL_RETRY_S)
        self.update(note)

    def update(self, note: UploadNote) -> None:
        """Replace a note as a whole: a crash leaves the old one or the new one."""
        half = self._folder / f".{note.id}"
        half.write_text(note.model_dump_json(), encoding="utf-8")
        half.replace(self._place(note.id))

    def find(self, actor: Actor, upload_id: str) -> UploadNote:
        """The note of an upload that `actor` began; raises NotFound for all others."""
        if _ID.fullmatch(upload_id):
            note = self._read(self._place(upload_id))
            if note is not None and note.account_id == actor.id:
                return note
        raise NotFound("upload.unknown", "there is no such upload; it may be finished or have been left too long")

    def remove(self, upload_id: str) -> None:
        """Forget an upload."""
        self._place(upload_id).unlink(missing_ok=True)

    def _place(self, upload_id: str) -> Path:
        return self._folder / f"{upload_id}.json"

    def _living(self) -> list[UploadNote]:
        """All notes; those left too long are swept away."""
        found: list[UploadNote] = []
        for path in self._folder.glob("up_*.json"):
            if time.time() - _age_mark(path) > self._ttl_s:
                path.unlink(missing_ok=True)
            elif (note := self._read(path)) is not None:
                found.append(note)
        return found

    @staticmethod
    def _read(path: Path) -> UploadNote | None:
        try:
            return UploadNote.model_validate_json(path.read_bytes())
        except (OSError, ValidationError):
            return None


def _age_mark(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except OSError:
        return time.time()
