"""Weights for machines without a network: one tar with every file by its digest and an index; knows no mirror.

    index.json          {"format": "anjuan-weights/1", "models": {NAME: {PATH: SHA256}}}
    blobs/SHA256        the bytes, each once

A bundle is one more mirror: on import each file is read by its digest and checked against the manifest that ships with
this version, so that a bundle cannot bring other weights than those.  Member names never become paths on disk.
"""

from __future__ import annotations

import io
import json
import tarfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from models.errors import BadInput, Tampered
from models.manifest import Manifest, load_manifests
from models.mirrors import MirrorFailed, bundle_index
from models.progress import Progress
from models.weights import WeightsCache

FORMAT: Final = "anjuan-weights/1"


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import did: models that are here now, and names in the bundle that this version does not know."""

    models: tuple[str, ...]
    unknown: tuple[str, ...]


def export_bundle(cache: WeightsCache, manifests: Sequence[Manifest], target: Path, progress: Progress) -> int:
    """Writes the models, which must be in the cache, into the tar `target`; returns its bytes.

    Raises BadInput when `target` exists or a model is not in the cache, Tampered when its files have faults.
    """
    if target.exists():
        raise BadInput("bundle.exists", f"{target} exists; name another file, or remove it first")
    for manifest in manifests:
        if not cache.has(manifest):
            raise BadInput(
                "bundle.missing", f"{manifest.name} is not here; run anjuan models pull {manifest.name} first"
            )
        if faults := cache.verify(manifest):
            raise Tampered("bundle.damaged", "; ".join(faults))
    index = {m.name: {file.path: str(file.sha256) for file in cache.pinned(m).files} for m in manifests}
    blobs = sorted({digest for files in index.values() for digest in files.values()})
    part = target.with_name(f".{target.name}.part")
    progress.start(target.name, sum(cache.blob(digest).stat().st_size for digest in blobs))
    try:
        with tarfile.open(part, "w") as tar:
            _add(tar, "index.json", json.dumps({"format": FORMAT, "models": index}, indent=1, sort_keys=True).encode())
            for digest in blobs:
                tar.add(cache.blob(digest), f"blobs/{digest}", recursive=False, filter=_plain)
                progress.advance(cache.blob(digest).stat().st_size)
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)
        progress.finish()
    return target.stat().st_size


def import_bundle(
    source: Path, root: Path, progress: Progress, *, names: Sequence[str] = (), consent: bool = False
) -> Imported:
    """Brings the models of the bundle at `source` (all, or those in `names`) into the cache under `root`.

    Raises BadInput when it is no bundle or lacks a name, WeightsMissing when files are absent or have other digests
    than the manifests, Forbidden for a binding licence without `consent`.
    """
    try:
        index = bundle_index(source)
    except MirrorFailed as error:
        raise BadInput("bundle.broken", f"{source} is no bundle of weights: {error}") from error
    if not index:
        raise BadInput(
            "bundle.empty",
            f"{source} is no bundle of weights: it has no index; for a folder of files use"
            " anjuan models pull NAME --bundle PLACE",
        )
    if absent := sorted(set(names) - set(index)):
        raise BadInput("bundle.absent", f"{source} does not hold {', '.join(absent)}; it holds {', '.join(index)}")
    manifests = load_manifests()
    wanted = sorted(names or index)
    cache = WeightsCache(root, bundles=[source], offline=True)
    known = [name for name in wanted if name in manifests]
    for name in known:
        cache.ensure(manifests[name], consent=consent, progress=progress)
    return Imported(tuple(known), tuple(name for name in wanted if name not in manifests))


def _add(tar: tarfile.TarFile, name: str, content: bytes) -> None:
    info = tarfile.TarInfo(name)
    info.size = len(content)
    info.mode = 0o644
    tar.addfile(info, io.BytesIO(content))


def _plain(info: tarfile.TarInfo) -> tarfile.TarInfo:
    """Nothing of this machine goes into a bundle: no owner, no time."""
    info.uid = info.gid = 0
    info.uname = info.gname = ""
    info.mtime = 0
    info.mode = 0o644
    return info
