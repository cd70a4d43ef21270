"""`anjuan models`: list, pull, verify, bundle, import and measure the weights; draws progress on stderr."""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Never

import click

from models.errors import AnjuanError, WeightsMissing
from models.manifest import Manifest, load_manifest, load_manifests
from models.task import Material, Task
from models.weights import WeightsCache

if TYPE_CHECKING:
    from tqdm import tqdm

_BUNDLE = click.option(
    "--bundle",
    "bundles",
    multiple=True,
    type=click.Path(exists=True, path_type=Path),
    help="A folder or archive to look into first.  May be repeated.",
)
_CONSENT = click.option("--accept-licence", is_flag=True, help="Accept a licence that is not permissive.")
_JSON = click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")


class Bar:
    """Progress as one bar a step on stderr."""

    def __init__(self) -> None:
        self._bar: tqdm[Never] | None = None

    def start(self, label: str, total: int | None) -> None:
        """Opens a bar; without a total it counts only."""
        from tqdm import tqdm

        self._bar = tqdm(
            desc=label, total=total, unit="B", unit_scale=True, file=sys.stderr, leave=True, mininterval=0.5
        )

    def advance(self, count: int) -> None:
        """Moves the bar on by bytes."""
        if self._bar is not None:
            self._bar.update(count)

    def finish(self) -> None:
        """Closes the bar."""
        if self._bar is not None:
            self._bar.close()
            self._bar = None


@click.group()
def models() -> None:
    """Weights of models: what there is, what is here, and how to get it."""


@models.command("list")
@_JSON
def list_models(as_json: bool) -> None:
    """Lists every model with its task, size, licence and whether it is here."""
    cache = WeightsCache()
    defaults = _defaults(cache)
    rows = [_row(cache, manifest, defaults) for manifest in load_manifests().values()]
    if as_json:
        _print_json(rows)
        return
    for row in rows:
        marks = [
            str(row["state"]),
            *(["default"] if row["default"] else []),
            *([] if row["verified"] else ["unverified"]),
        ]
        size = f"{_megabytes(row['size'])} MB"
        click.echo(f"{row['name']:24} {row['task']:15} {size:>9}  {row['licence']:12} {', '.join(marks)}")


@models.command()
@click.argument("names", nargs=-1)
@click.option("--all", "everything", is_flag=True, help="Every model with a permissive licence.")
@_BUNDLE
@_CONSENT
def pull(names: tuple[str, ...], everything: bool, bundles: tuple[Path, ...], accept_licence: bool) -> None:
    """Fetches models that are not here yet; without NAMES the default of each task."""
    cache = WeightsCache(bundles=bundles, progress=Bar())
    wanted = [m for m in load_manifests().values() if m.permissive] if everything else _named(names, cache)
    failed: list[AnjuanError] = []
    for manifest in wanted:
        try:
            folder = cache.ensure(manifest, consent=accept_licence)
        except WeightsMissing as error:
            click.echo(f"anjuan: {error}", err=True)
            failed.append(error)
        else:
            click.echo(f"{manifest.name}  {folder}")
    if failed:
        raise WeightsMissing("weights.missing", f"{len(failed)} of {len(wanted)} models could not be fetched")


@models.command()
@click.argument("names", nargs=-1)
@_JSON
def verify(names: tuple[str, ...], as_json: bool) -> None:
    """Reads the files of all models that are here (or of NAMES) again and checks every digest; exit 1 names faults."""
    cache = WeightsCache()
    known = load_manifests()
    here = {usage.name for usage in cache.report()}
    wanted = [load_manifest(name) for name in names] or [m for m in known.values() if m.name in here]
    faults = {manifest.name: cache.verify(manifest) for manifest in wanted}
    if as_json:
        _print_json({"checked": [m.name for m in wanted], "faults": [line for f in faults.values() for line in f]})
    else:
        for name, lines in faults.items():
            click.echo("\n".join(lines) if lines else f"{name}: good")
    if any(faults.values()):
        sys.exit(1)


@models.command()
@click.argument("names", nargs=-1)
@click.option(
    "-o", "--output", required=True, type=click.Path(dir_okay=False, path_type=Path), help="The tar to write."
)
def bundle(names: tuple[str, ...], output: Path) -> None:
    """Packs models that are here (without NAMES: the defaults) into one file for a machine without a network."""
    from models.bundle import export_bundle

    cache = WeightsCache()
    wanted = _named(names, cache)
    size = export_bundle(cache, wanted, output, Bar())
    click.echo(f"{output}  {_megabytes(size)} MB  {', '.join(manifest.name for manifest in wanted)}")


@models.command("import")
@click.argument("source", type=click.Path(exists=True, path_type=Path))
@click.argument("names", nargs=-1)
@_CONSENT
def import_models(source: Path, names: tuple[str, ...], accept_licence: bool) -> None:
    """Brings the models of a bundle (or only NAMES) into the cache; asks no network."""
    from models.bundle import import_bundle

    done = import_bundle(source, WeightsCache().root, Bar(), names=names, consent=accept_licence)
    for name in done.models:
        click.echo(name)
    for name in done.unknown:
        click.echo(f"{name}: not known to this version, left out", err=True)


@models.command()
@click.option("--evict", multiple=True, metavar="NAME", help="Remove this model.  May be repeated.")
@click.option("--max-mb", type=click.IntRange(min=0), help="Remove what was unused longest until the rest fits.")
@click.option(
    "--forget", is_flag=True, help="With --evict: forget learnt digests too, so that changed files are taken."
)
@_JSON
def cache(evict: tuple[str, ...], max_mb: int | None, forget: bool, as_json: bool) -> None:
    """Shows what the models take on disk and when each was last used; makes room."""
    store = WeightsCache()
    for name in evict:
        load_manifest(name)
    if evict:
        store.evict(evict, forget=forget)
    if max_mb is not None:
        store.shrink(max_mb * 1_000_000)
    usages = store.report()
    if as_json:
        rows = [{"name": u.name, "size": u.size, "last_used": _when(u.last_used)} for u in usages]
        _print_json({"root": str(store.root), "size": sum(u.size for u in usages), "models": rows})
        return
    click.echo(f"{store.root}  {_megabytes(sum(u.size for u in usages))} MB")
    for usage in usages:
        click.echo(f"{usage.name:24} {_megabytes(usage.size):>6} MB  last used {_when(usage.last_used)}")


def _named(names: tuple[str, ...], cache: WeightsCache) -> list[Manifest]:
    """The manifests called `names`, or the defaults of all tasks."""
    known = load_manifests()
    return [load_manifest(name) for name in names] or [known[name] for name in _defaults(cache)]


def _defaults(cache: WeightsCache) -> list[str]:
    from models import registry

    served = {manifest.task for manifest in load_manifests().values() if manifest.default}
    materials = [m.name for m in load_manifests().values() if m.default and isinstance(m.task, Material)]
    return [*(registry.default_name(task, cache) for task in Task if task in served), *materials]


def _row(cache: WeightsCache, manifest: Manifest, defaults: list[str]) -> dict[str, str | int | bool]:
    pinned = cache.pinned(manifest)
    return {
        "name": manifest.name,
        "task": manifest.task.value,
        "default": manifest.name in defaults,
        "state": "here" if cache.has(manifest) else "not here",
        "size": manifest.size,
        "licence": manifest.licence,
        "permissive": manifest.permissive,
        "verified": manifest.verified,
        "weights_sha256": pinned.weights_sha256,
        "converter": cache.converter(manifest.name),
        "source": manifest.source,
        "accuracy": manifest.accuracy,
    }


def _print_json(content: object) -> None:
    click.echo(json.dumps(content, ensure_ascii=False, indent=1))


def _megabytes(size: str | int | bool) -> int:
    return round(int(size) / 1_000_000)


def _when(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds") if seconds else "never"
