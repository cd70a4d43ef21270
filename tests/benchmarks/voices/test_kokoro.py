"""The pinned weights of the test voices; the voices themselves are heard where they are used."""

from __future__ import annotations

from benchmarks.voices.kokoro import VOICES, kokoro_manifest
from models.manifest import load_manifests
from models.task import Material


def test_every_file_has_a_digest_and_a_mirror_and_the_model_is_joined_from_all_parts() -> None:
    manifest = kokoro_manifest()
    assert manifest.verified
    assert manifest.permissive
    members = {member.path: member.parts for source in manifest.mirrors for member in source.members}
    assert set(members) == {file.path for file in manifest.files}
    assert [part.rpartition("part")[2] for part in members["kokoro.onnx"]] == [f"{n}.bin" for n in range(19)]
    assert {f"{voice}.bin" for voice in VOICES} <= set(members)


def test_the_voices_are_not_among_the_models_of_the_product() -> None:
    manifest = kokoro_manifest()
    assert manifest.task is Material.VOICES
    assert not manifest.default
    assert manifest.name not in load_manifests()
