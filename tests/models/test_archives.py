"""Archives: named members come out, and nothing else, wherever their names point."""

from __future__ import annotations

import io
import tarfile
from pathlib import Path

import pytest

from models import archives
from models.errors import Defect
from tests.models.conftest import write_tar, write_wheel


def ignore(_count: int) -> None:
    """No progress."""


@pytest.mark.parametrize("kind", ["wheel", "tgz"])
def test_wanted_members_come_out_and_others_stay(tmp_path: Path, kind: str) -> None:
    members = {"a/one": b"1", "a/two": b"22", "three": b"333"}
    make = {
        "wheel": lambda: write_wheel(tmp_path, "tiny", members),
        "tgz": lambda: write_tar(tmp_path / "t.tgz", members),
    }
    into = tmp_path / "out"
    into.mkdir()
    found = archives.unpack(make[kind](), {"a/two", "absent"}, into, ignore)
    assert {name: place.read_bytes() for name, place in found.items()} == {"a/two": b"22"}
    assert len(list(into.iterdir())) == 1


def test_a_member_whose_name_climbs_out_lands_in_the_folder_given(tmp_path: Path) -> None:
    evil = write_tar(tmp_path / "evil.tgz", {"../../escaped": b"x"})
    into = tmp_path / "deep" / "out"
    into.mkdir(parents=True)
    found = archives.unpack(evil, {"../../escaped"}, into, ignore)
    assert found["../../escaped"].parent == into
    assert not list(tmp_path.rglob("escaped"))


def test_a_link_inside_an_archive_is_not_followed(tmp_path: Path) -> None:
    with tarfile.open(tmp_path / "links.tar", "w") as tar:
        link = tarfile.TarInfo("weights.bin")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/hostname"
        tar.addfile(link)
    assert archives.unpack(tmp_path / "links.tar", {"weights.bin"}, tmp_path, ignore) == {}
    with archives.member(tmp_path / "links.tar", "weights.bin") as stream:
        assert stream is None


def test_a_broken_archive_is_named(tmp_path: Path) -> None:
    whole = write_tar(tmp_path / "t.tgz", {"big": bytes(100_000)})
    whole.write_bytes(whole.read_bytes()[:60])
    with pytest.raises(Defect, match=r"t\.tgz cannot be read"):
        archives.unpack(whole, {"big"}, tmp_path, ignore)


def test_a_member_larger_than_it_may_be_is_stopped() -> None:
    with pytest.raises(Defect, match="more than the 10 bytes"):
        archives.copy_bounded(io.BytesIO(bytes(11)), io.BytesIO(), 10, ignore)
