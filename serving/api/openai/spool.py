"""The sound of one live request on its way to disk: hashed as it is written, in a folder that goes away with the
request.
"""

from __future__ import annotations

import hashlib
import shutil
import uuid
from pathlib import Path

from models.errors import TooLarge


class Spool:
    """One file being written, and a scratch folder beside it for whoever reads it; `close` removes both."""

    def __init__(self, root: Path, max_bytes: int) -> None:
        self._folder = root / uuid.uuid4().hex
        self.scratch = self._folder / "scratch"
        self.scratch.mkdir(parents=True, mode=0o700)
        self.path = self._folder / "sound"
        self._file = self.path.open("xb")
        self._max_bytes = max_bytes
        self._hash = hashlib.sha256()
        self.size = 0

    def write(self, chunk: bytes) -> None:
        """Append; raises TooLarge past the limit."""
        if self.size + len(chunk) > self._max_bytes:
            raise TooLarge(
                "live.too_large", f"live audio has at most {self._max_bytes} bytes; put longer ones in a case"
            )
        self.size += len(chunk)
        self._hash.update(chunk)
        self._file.write(chunk)

    def finish(self) -> str:
        """Make all that was written readable by others; the SHA-256, lower-case hex."""
        self._file.close()
        return self._hash.hexdigest()

    def close(self) -> None:
        """Remove everything; a second call does nothing."""
        self._file.close()
        shutil.rmtree(self._folder, ignore_errors=True)
