"""Bundles carry weights to machines without a network, and nothing but weights that manifests know."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from models import bundle
from models.errors import BadInput, Forbidden, Tampered, WeightsMissing
from models.manifest import Manifest
from models.progress import Silent
from models.weights import WeightsCache
from tests.models.conftest import file_table, manifest_of, sha256, write_tar

CONTENT = b"weights to carry"
TINY = manifest_of(file_table("deep/weights.bin", CONTENT))
BOUND = manifest_of(file_table("bound.bin", b"bound"), name="bound", permissive=False)
UNPUBLISHED = manifest_of(file_table("u.bin", b"u", published=False), name="unpublished")


@pytest.fixture(autouse=True)
def only_these_manifests(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("models.manifest._shipped", lambda: (TINY, BOUND, UNPUBLISHED))


@pytest.fixture
def filled(tmp_path: Path) -> WeightsCache:
    folder = tmp_path / "folder"
    for manifest, path, content in [
        (TINY, "deep/weights.bin", CONTENT),
        (BOUND, "bound.bin", b"bound"),
        (UNPUBLISHED, "u.bin", b"u"),
    ]:
        place = folder / manifest.name / path
        place.parent.mkdir(parents=True)
        place.write_bytes(content)
    cache = WeightsCache(tmp_path / "filled", bundles=[folder], offline=True)
    for manifest in (TINY, BOUND, UNPUBLISHED):
        cache.ensure(manifest, consent=True)
    return cache


def write_index(place: Path, models: dict[str, dict[str, str]], members: dict[str, bytes]) -> Path:
    index = json.dumps({"format": bundle.FORMAT, "models": models}).encode()
    return write_tar(place, {"index.json": index, **members}, "w")


def export(cache: WeightsCache, target: Path, *manifests: Manifest) -> Path:
    bundle.export_bundle(cache, manifests, target, Silent())
    return target


def test_what_was_packed_on_one_machine_is_the_same_on_another(filled: WeightsCache, tmp_path: Path) -> None:
    packed = export(filled, tmp_path / "w.tar", TINY, UNPUBLISHED)
    done = bundle.import_bundle(packed, tmp_path / "other", Silent())
    assert done == bundle.Imported(("tiny", "unpublished"), ())
    other = WeightsCache(tmp_path / "other", offline=True)
    assert (other.ensure(TINY) / "deep/weights.bin").read_bytes() == CONTENT
    assert other.pinned(UNPUBLISHED).files[0].sha256 == sha256(b"u")


def test_two_bundles_of_the_same_models_are_equal_bytes(filled: WeightsCache, tmp_path: Path) -> None:
    one, two = export(filled, tmp_path / "1.tar", TINY), export(filled, tmp_path / "2.tar", TINY)
    assert one.read_bytes() == two.read_bytes()


def test_only_the_names_asked_for_are_imported(filled: WeightsCache, tmp_path: Path) -> None:
    packed = export(filled, tmp_path / "w.tar", TINY, UNPUBLISHED)
    assert bundle.import_bundle(packed, tmp_path / "other", Silent(), names=["tiny"]).models == ("tiny",)
    with pytest.raises(BadInput, match="does not hold absent"):
        bundle.import_bundle(packed, tmp_path / "other", Silent(), names=["absent"])


def test_a_bundle_with_other_bytes_is_refused(tmp_path: Path) -> None:
    digest = sha256(CONTENT)
    forged = write_index(tmp_path / "f.tar", {"tiny": {"deep/weights.bin": digest}}, {f"blobs/{digest}": b"forged"})
    with pytest.raises(WeightsMissing, match="other bytes"):
        bundle.import_bundle(forged, tmp_path / "other", Silent())


def test_names_that_climb_out_of_the_bundle_write_nothing_anywhere(tmp_path: Path) -> None:
    evil = write_index(
        tmp_path / "evil.tar",
        {"unpublished": {"u.bin": "../../escaped"}, "../../climber": {"../../../x": "0" * 64}},
        {"blobs/../../escaped": b"x", "../../escaped": b"x", "/tmp/escaped-weights": b"x"},
    )
    root = tmp_path / "deep" / "other"
    with pytest.raises(WeightsMissing):
        bundle.import_bundle(evil, root, Silent(), names=["unpublished"])
    assert bundle.import_bundle(evil, root, Silent(), names=["../../climber"]).unknown == ("../../climber",)
    assert not list(tmp_path.rglob("*escaped*"))
    assert not list(tmp_path.rglob("*climber*"))
    assert not Path("/tmp/escaped-weights").exists()


def test_models_that_this_version_does_not_know_are_named_and_left_out(tmp_path: Path) -> None:
    newer = write_index(tmp_path / "n.tar", {"newer": {"w.bin": "0" * 64}}, {})
    assert bundle.import_bundle(newer, tmp_path / "other", Silent()).unknown == ("newer",)


def test_a_binding_licence_needs_consent_on_import_too(filled: WeightsCache, tmp_path: Path) -> None:
    packed = export(filled, tmp_path / "w.tar", BOUND)
    with pytest.raises(Forbidden):
        bundle.import_bundle(packed, tmp_path / "other", Silent())
    assert bundle.import_bundle(packed, tmp_path / "other", Silent(), consent=True).models == ("bound",)


def test_what_is_no_bundle_is_refused_with_advice(tmp_path: Path) -> None:
    (tmp_path / "text").write_text("not an archive at all")
    with pytest.raises(BadInput, match="no bundle"):
        bundle.import_bundle(tmp_path / "text", tmp_path / "other", Silent())
    with pytest.raises(BadInput, match="--bundle"):
        bundle.import_bundle(write_tar(tmp_path / "t.tar", {"a": b"a"}, "w"), tmp_path / "other", Silent())


def test_packing_refuses_damaged_or_absent_models_and_existing_targets(filled: WeightsCache, tmp_path: Path) -> None:
    (tmp_path / "old.tar").write_bytes(b"precious")
    with pytest.raises(BadInput, match="exists"):
        export(filled, tmp_path / "old.tar", TINY)
    with pytest.raises(BadInput, match="models pull tiny"):
        export(WeightsCache(tmp_path / "empty"), tmp_path / "e.tar", TINY)
    place = filled.folder("tiny") / "deep/weights.bin"
    state = place.stat()
    place.chmod(0o644)
    place.write_bytes(CONTENT.replace(b"carry", b"CARRY"))
    os.utime(place, ns=(state.st_atime_ns, state.st_mtime_ns))
    with pytest.raises(Tampered, match="should be"):
        export(filled, tmp_path / "d.tar", TINY)
    assert not list(tmp_path.glob("*.part"))
