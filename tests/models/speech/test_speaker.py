"""The real speaker network: one person near, another far, and what is no voice refused."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from models.device import Device, DeviceKind
from models.errors import Unavailable
from models.manifest import load_manifest
from models.network import open_network
from models.quantisation import in_bytes, ranges_for
from models.speech.speaker import WeSpeaker, features
from models.values import AudioClip, ItemError, SpeakerEmbedding
from models.weights import WeightsCache
from pipelines.media.audio import normalise, read_span


def test_a_network_that_is_not_loaded_says_so() -> None:
    with pytest.raises(Unavailable, match="load"):
        WeSpeaker(load_manifest("wespeaker-resnet34"), WeightsCache()).predict(
            [AudioClip(np.ones(16000, np.float32), 16000)]
        )


@pytest.fixture(scope="module")
def network(cpu: Device) -> WeSpeaker:
    model = WeSpeaker(load_manifest("wespeaker-resnet34"), WeightsCache())
    model.load(cpu)
    return model


@pytest.mark.model
def test_clips_that_cannot_be_a_voice_fail_alone(network: WeSpeaker) -> None:
    tone = np.sin(np.arange(16000) / 20).astype(np.float32)
    short, slow, long, good = network.predict(
        [
            AudioClip(tone[:1000], 16000),
            AudioClip(tone, 8000),
            AudioClip(np.tile(tone, 31), 16000),
            AudioClip(tone, 16000),
        ]
    )
    assert all(isinstance(answer, ItemError) for answer in (short, slow, long))
    assert isinstance(good, SpeakerEmbedding)
    assert good.vector.shape == (256,)
    assert float(np.linalg.norm(good.vector)) == pytest.approx(1.0, abs=1e-5)


@pytest.mark.model
@pytest.mark.shared
def test_utterances_of_one_person_are_nearer_than_those_of_two(
    network: WeSpeaker, shared: Path, tmp_path: Path
) -> None:
    folder = shared / "data" / "audio" / "aishell_sample"
    vectors: dict[str, list[np.ndarray[tuple[int], np.dtype[np.float32]]]] = {}
    for speaker in ("S0150", "S0252"):
        for file in sorted(folder.glob(f"*{speaker}*.flac"))[:8]:
            count = normalise(file, tmp_path / "u.wav")
            (answer,) = network.predict([read_span(tmp_path / "u.wav", 0, min(count, 48000))])
            assert isinstance(answer, SpeakerEmbedding)
            vectors.setdefault(speaker, []).append(answer.vector)
    one, other = (np.stack(found) for found in vectors.values())
    own = [(group @ group.T)[np.triu_indices(8, 1)].min() for group in (one, other)]
    assert min(own) > float((one @ other.T).max())


@pytest.mark.model
def test_in_bytes_a_voice_stays_the_voice() -> None:
    manifest = load_manifest("wespeaker-resnet34")
    weights = WeightsCache().ensure(manifest) / manifest.files[0].path
    ranges = ranges_for(manifest.name, manifest.weights_sha256)
    assert ranges is not None
    one_core = Device(DeviceKind.CPU, 0, 1, "test")
    floats = open_network(weights, one_core, 1, arena=True)
    whole = open_network(in_bytes(weights, ranges), one_core, 1, arena=True)
    moments = np.arange(32000) / 16000
    # Voices by their pitch: a row of harmonics, louder and softer as syllables are.
    for pitch in (95.0, 140.0, 230.0):
        harmonics = sum(np.sin(2 * np.pi * pitch * n * moments) / n for n in range(1, 20))
        clip = AudioClip((0.1 * harmonics * (1 + np.sin(8 * np.pi * moments))).astype(np.float32), 16000)
        heard = [one.run(None, {"feats": features(clip)[None]})[0][0] for one in (floats, whole)]
        exact, rounded = (one / np.linalg.norm(one) for one in heard)
        assert 0.95 < float(exact @ rounded) < 0.99999
