"""Taking named members out of archives, in one pass and bounded; knows no mirror and no manifest.

A member's own name never becomes a path on disk: what is taken goes to a place that the caller chose, so that no
archive can write outside of it.  Only plain files are taken: links and devices are skipped.
"""

from __future__ import annotations

import tarfile
import zipfile
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Final

from models.errors import Defect

CHUNK_BYTES: Final = 1 << 20
MAX_MEMBER_BYTES: Final = 32 << 30
"""No single weights file is larger; an archive that claims more is broken or hostile."""


def copy_bounded(source: IO[bytes], target: IO[bytes], limit: int, advance: Callable[[int], None]) -> int:
    """Copies `source` to `target` and returns the bytes; raises Defect when there are more than `limit`."""
    total = 0
    while chunk := source.read(CHUNK_BYTES):
        total += len(chunk)
        if total > limit:
            raise Defect("archive.too-large", f"a member holds more than the {limit} bytes that it may")
        target.write(chunk)
        advance(len(chunk))
    return total


def unpack(archive: Path, wanted: Collection[str], into: Path, advance: Callable[[int], None]) -> dict[str, Path]:
    """Writes the members called `wanted` of a zip, wheel or tar into the folder `into` under running numbers.

    Returns where each lies; a name that the archive does not have is absent.  Raises Defect on a broken archive.
    """
    found: dict[str, Path] = {}
    try:
        for name, stream in _members(archive, wanted):
            place = into / f"{archive.name}-{len(found)}"
            with place.open("wb") as target:
                copy_bounded(stream, target, MAX_MEMBER_BYTES, advance)
            found[name] = place
            if len(found) == len(wanted):
                break
    except (zipfile.BadZipFile, tarfile.TarError, EOFError) as error:
        raise Defect("archive.broken", f"{archive.name} cannot be read: {error}") from error
    return found


def names(wheel: Path, *, prefix: str, suffix: str) -> list[str]:
    """The names of a zip's or wheel's members that begin and end so; raises Defect on a broken archive."""
    try:
        with zipfile.ZipFile(wheel) as zipped:
            return [name for name in zipped.namelist() if name.startswith(prefix) and name.endswith(suffix)]
    except zipfile.BadZipFile as error:
        raise Defect("archive.broken", f"{wheel.name} cannot be read: {error}") from error


@contextmanager
def member(archive: Path, name: str) -> Iterator[IO[bytes] | None]:
    """The member called `name` opened for reading, None when there is none; raises Defect on a broken archive."""
    try:
        with archive.open("rb") as file:
            head = file.read(4)
        if head.startswith(b"PK"):
            with zipfile.ZipFile(archive) as zipped:
                stream = zipped.open(name) if name in zipped.namelist() else None
                yield stream
        else:
            with tarfile.open(archive, "r:*") as tarred:
                yield _tar_stream(tarred, name)
    except (zipfile.BadZipFile, tarfile.TarError, EOFError) as error:
        raise Defect("archive.broken", f"{archive.name} cannot be read: {error}") from error


def _tar_stream(tarred: tarfile.TarFile, name: str) -> IO[bytes] | None:
    try:
        info = tarred.getmember(name)
    except KeyError:
        return None
    return tarred.extractfile(info) if info.isreg() else None


def _members(archive: Path, wanted: Collection[str]) -> Iterator[tuple[str, IO[bytes]]]:
    if zipfile.is_zipfile(archive):
        with zipfile.ZipFile(archive) as zipped:
            for name in set(wanted) & set(zipped.namelist()):
                with zipped.open(name) as stream:
                    yield name, stream
        return
    with tarfile.open(archive, "r|*") as tarred:
        seen: set[str] = set()
        for info in tarred:
            stream_or_none = tarred.extractfile(info) if info.isreg() and info.name in wanted else None
            if stream_or_none is not None and info.name not in seen:
                seen.add(info.name)
                yield info.name, stream_or_none
