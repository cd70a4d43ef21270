"""Both passes with the real models, on a real voice."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from benchmarks.accuracy.chinese_text import character_errors, comparable
from models import registry
from models.device import Device
from models.speech.vad import SileroVad
from models.speech.vosk import VoskTranscriber
from models.weights import WeightsCache
from pipelines.inline import InlineEngine
from pipelines.media.audio import normalise, read_span
from pipelines.speech.live.dictation import Dictation, Passes
from pipelines.speech.live.journal import Final
from pipelines.speech.live.quick import Partial


@pytest.mark.model
@pytest.mark.shared
@pytest.mark.timeout(300)
def test_a_spoken_sentence_is_shown_closed_and_read_again(shared: Path, tmp_path: Path, device: Device) -> None:
    pytest.importorskip("vosk")
    cache = WeightsCache()
    voice, quick = registry.build("silero-vad", cache), registry.build("vosk-small-cn", cache)
    assert isinstance(voice, SileroVad)
    assert isinstance(quick, VoskTranscriber)
    voice.load(device)
    quick.load(device)
    engine = InlineEngine.from_registry(cache, device)
    wav = tmp_path / "in.wav"
    count = normalise(shared / "data/audio/aishell_sample/BAC009S0150W0001.flac", wav)
    samples = np.rint(read_span(wav, 0, count).samples * 32768).astype("<i2")
    silence = np.zeros(16000, "<i2")
    sound = np.concatenate([silence, samples, silence, silence])
    folder = tmp_path / "session"
    folder.mkdir()
    dictation = Dictation(folder, 16000, Passes(voice, quick, engine))
    news = []
    for first in range(0, sound.size, 1600):
        dictation.append(first, sound[first : first + 1600].tobytes())
        news += dictation.listen()
    news += dictation.finish()
    (final,) = [one for one in news if isinstance(one, Final)]
    partials = [one for one in news if isinstance(one, Partial)]
    assert len(partials) >= 2
    assert 0.9 < final.first / 16000 < 1.8
    (rewrite,) = dictation.rewrite()
    for text in (final.text, rewrite.text):
        assert character_errors("设定二十九度", comparable(text)).rate <= 0.4, text
    assert final.first / 16000 - 0.4 <= rewrite.segments[0].start < rewrite.segments[-1].end <= sound.size / 16000
    dictation.close()
    engine.close()
