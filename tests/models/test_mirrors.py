"""Bundles and hubs: bytes arrive, broken transfers go on, and nothing goes where it should not."""

from __future__ import annotations

from pathlib import Path

import pytest

from models.manifest import BundleSource, HubSource, Member, ShippedSource, WeightFile
from models.mirrors import BundleMirror, HubMirror, MirrorFailed, ShippedMirror, Workbench, bundle_index
from models.progress import Silent
from tests.models.conftest import Hub, file_table, manifest_of, sha256, write_tar

CONTENT = bytes(range(256)) * 40
FILE = WeightFile("weights.bin", sha256(CONTENT), len(CONTENT))
PATH = "/someone/tiny/resolve/r1/weights.bin"


def mirror_of(hub: Hub, tmp_path: Path, url: str | None = None) -> HubMirror:
    members = (Member("weights.bin", ("weights.bin",)),)
    source = HubSource("someone/tiny", "r1", members, *([url] if url else []))
    return HubMirror(source, "tiny", Workbench(tmp_path, Silent()), hub.url)


def test_a_hub_gives_the_file_at_its_revision(hub: Hub, tmp_path: Path) -> None:
    hub.files[PATH] = CONTENT
    mirror_of(hub, tmp_path).fetch(FILE, tmp_path / "part")
    assert (tmp_path / "part").read_bytes() == CONTENT


def test_a_transfer_that_breaks_goes_on_where_it_ended(hub: Hub, tmp_path: Path) -> None:
    hub.files[PATH] = CONTENT
    hub.breaks_after = 1000
    mirror_of(hub, tmp_path).fetch(FILE, tmp_path / "part")
    assert (tmp_path / "part").read_bytes() == CONTENT
    assert [asked[1] for asked in hub.asked] == ["", "bytes=1000-"]


def test_a_transfer_starts_again_where_the_hub_knows_no_ranges(hub: Hub, tmp_path: Path) -> None:
    hub.files[PATH] = CONTENT
    hub.ranges = False
    hub.breaks_after = 1000
    mirror_of(hub, tmp_path).fetch(FILE, tmp_path / "part")
    assert (tmp_path / "part").read_bytes() == CONTENT


def test_a_part_of_another_version_is_not_continued(hub: Hub, tmp_path: Path) -> None:
    hub.files[PATH] = CONTENT
    (tmp_path / "part").write_bytes(b"older version")
    (tmp_path / "part.etag").write_text('"older"')
    mirror_of(hub, tmp_path).fetch(FILE, tmp_path / "part")
    assert (tmp_path / "part").read_bytes() == CONTENT


def test_a_hub_that_stumbles_is_asked_again(hub: Hub, tmp_path: Path) -> None:
    hub.files[PATH] = CONTENT
    hub.failures = 2
    mirror_of(hub, tmp_path).fetch(FILE, tmp_path / "part")
    assert len(hub.asked) == 3


def test_a_file_that_the_hub_does_not_have_fails_with_its_address(hub: Hub, tmp_path: Path) -> None:
    with pytest.raises(MirrorFailed, match=f"404.*{PATH}"):
        mirror_of(hub, tmp_path).fetch(FILE, tmp_path / "part")


def test_a_hub_that_sends_more_than_the_manifest_says_is_stopped(hub: Hub, tmp_path: Path) -> None:
    hub.files[PATH] = CONTENT + b"more"
    with pytest.raises(MirrorFailed, match=f"more than {len(CONTENT)} bytes"):
        mirror_of(hub, tmp_path).fetch(FILE, tmp_path / "part")


def test_a_hub_that_is_not_there_fails_at_once(tmp_path: Path) -> None:
    nowhere = Hub(url="http://127.0.0.1:9")
    with pytest.raises(MirrorFailed, match="hub someone/tiny@r1"):
        mirror_of(nowhere, tmp_path).fetch(FILE, tmp_path / "part")


def test_the_token_goes_to_the_hub_and_nowhere_else(hub: Hub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_TOKEN", "secret")
    hub.files |= {PATH: CONTENT, "/elsewhere": CONTENT}
    mirror_of(hub, tmp_path).fetch(FILE, tmp_path / "part")
    other = hub.url.replace("127.0.0.1", "localhost")
    mirror_of(hub, tmp_path, f"{other}/elsewhere").fetch(FILE, tmp_path / "other")
    assert [asked[2] for asked in hub.asked] == ["Bearer secret", ""]


@pytest.mark.parametrize("name", ["blobs/" + sha256(CONTENT), "tiny/weights.bin", "hinted.bin"])
@pytest.mark.parametrize("kind", ["folder", "tar"])
def test_a_bundle_is_searched_by_digest_by_path_and_by_hint(tmp_path: Path, name: str, kind: str) -> None:
    manifest = manifest_of(
        file_table("weights.bin", CONTENT)
        + '[[mirrors]]\nkind = "bundle"\n[mirrors.members]\n"weights.bin" = "hinted.bin"\n'
    )
    assert isinstance(manifest.mirrors[0], BundleSource)
    location = tmp_path / "bundle"
    if kind == "folder":
        (location / name).parent.mkdir(parents=True)
        (location / name).write_bytes(CONTENT)
    else:
        write_tar(location, {name: CONTENT}, "w")
    BundleMirror(location, manifest, Workbench(tmp_path, Silent())).fetch(FILE, tmp_path / "part")
    assert (tmp_path / "part").read_bytes() == CONTENT


def test_a_copy_out_of_a_bundle_goes_on_where_it_ended(tmp_path: Path) -> None:
    manifest = manifest_of(file_table("weights.bin", CONTENT))
    (tmp_path / "tiny").mkdir()
    (tmp_path / "tiny/weights.bin").write_bytes(CONTENT)
    (tmp_path / "part").write_bytes(CONTENT[:77])
    BundleMirror(tmp_path, manifest, Workbench(tmp_path, Silent())).fetch(FILE, tmp_path / "part")
    assert (tmp_path / "part").read_bytes() == CONTENT


def test_a_bundle_with_a_broken_index_says_so(tmp_path: Path) -> None:
    (tmp_path / "index.json").write_text("[1")
    with pytest.raises(MirrorFailed, match="index"):
        bundle_index(tmp_path)


def test_what_is_shipped_is_copied_and_its_absence_is_a_failed_mirror(tmp_path: Path) -> None:
    source = ShippedSource((Member("weights.bin", ("small.bin",)),))
    mirror = ShippedMirror(source, tmp_path)
    assert mirror.offers("weights.bin")
    assert not mirror.offers("other.bin")
    with pytest.raises(MirrorFailed, match=r"small\.bin"):
        mirror.fetch(FILE, tmp_path / "part")
    (tmp_path / "small.bin").write_bytes(CONTENT)
    mirror.fetch(FILE, tmp_path / "part")
    assert (tmp_path / "part").read_bytes() == CONTENT
