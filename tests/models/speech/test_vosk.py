"""Vosk: words while they are spoken."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from models import registry
from models.device import Device
from models.errors import Unavailable
from models.manifest import load_manifest
from models.speech.vosk import VoskTranscriber, joined
from models.weights import WeightsCache
from pipelines.media.audio import normalise, read_span


def test_chinese_words_touch_and_others_keep_a_blank() -> None:
    assert joined(["设定", "三十", "度"]) == "设定三十度"
    assert joined(["打开", "iphone", "pro", "手机"]) == "打开iphone pro手机"
    assert joined([]) == ""


def test_a_stream_of_a_model_that_is_not_loaded_is_refused(tmp_path: Path) -> None:
    pytest.importorskip("vosk")
    with pytest.raises(Unavailable, match="load first"):
        VoskTranscriber(load_manifest("vosk-small-cn"), WeightsCache(tmp_path)).stream()


@pytest.mark.model
@pytest.mark.shared
def test_a_sentence_grows_while_it_is_spoken_and_its_words_lie_inside_it(
    shared: Path, tmp_path: Path, cpu: Device
) -> None:
    pytest.importorskip("vosk")
    model = registry.build("vosk-small-cn", WeightsCache())
    assert isinstance(model, VoskTranscriber)
    model.load(cpu)
    sound = tmp_path / "sound.wav"
    count = normalise(shared / "data/audio/aishell_sample/BAC009S0150W0001.flac", sound)
    samples, sentence = read_span(sound, 0, count).samples, model.stream()
    partials = [sentence.accept(samples[first : first + 1600]) for first in range(0, count, 1600)]
    heard = sentence.finish()
    assert heard is not None
    assert heard.text.startswith("设定二十九")
    assert partials[0] == ""
    assert next(n for n, text in enumerate(partials) if text) * 0.1 < 1.4
    assert all(0 <= a.start < a.end <= b.start for a, b in zip(heard.words, heard.words[1:], strict=False))
    assert heard.words[-1].end <= count / 16000
    model.close()


@pytest.mark.model
def test_silence_has_no_words(cpu: Device) -> None:
    pytest.importorskip("vosk")
    model = registry.build("vosk-small-cn", WeightsCache())
    assert isinstance(model, VoskTranscriber)
    model.load(cpu)
    sentence = model.stream()
    assert sentence.accept(np.zeros(32000, np.float32)) == ""
    assert sentence.finish() is None
