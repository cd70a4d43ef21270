"""Vosk: words while they are spoken."""

from __future__ import annotations

import threading
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from models import registry
from models.device import Device
from models.errors import Unavailable
from models.manifest import load_manifest
from models.speech.vosk import VoskTranscriber, joined, with_options
from models.values import Segment
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


def test_options_are_added_and_the_model_itself_stays_as_it_is(tmp_path: Path) -> None:
    folder, scratch = tmp_path / "model", tmp_path / "scratch"
    for path in (folder / "conf", folder / "graph/phones", scratch):
        path.mkdir(parents=True)
    (folder / "conf/model.conf").write_text("--beam=12.0")
    (folder / "graph/phones/word_boundary.int").write_text("1 begin")
    made = with_options(folder, scratch, "--frames-per-chunk=9")
    assert (made / "conf/model.conf").read_text() == "--beam=12.0\n--frames-per-chunk=9\n"
    assert (made / "graph/phones/word_boundary.int").read_text() == "1 begin"
    assert (folder / "conf/model.conf").read_text() == "--beam=12.0"


@pytest.mark.model
@pytest.mark.shared
def test_a_recogniser_that_is_used_again_hears_what_a_new_one_hears(shared: Path, tmp_path: Path, cpu: Device) -> None:
    pytest.importorskip("vosk")
    model = registry.build("vosk-small-cn", WeightsCache())
    assert isinstance(model, VoskTranscriber)
    model.load(cpu)
    sound = tmp_path / "sound.wav"
    count = normalise(shared / "data/audio/aishell_sample/BAC009S0150W0001.flac", sound)
    samples = read_span(sound, 0, count).samples
    # A pause of two seconds makes Kaldi end an utterance by itself: the next must not go on from its voice.
    long = np.concatenate([samples, np.zeros(32000, np.float32)])

    def say(what: NDArray[np.float32]) -> tuple[Segment | None, object]:
        sentence = model.stream()
        used = sentence._recogniser
        for first in range(0, what.size, 1600):
            sentence.accept(what[first : first + 1600])
        return sentence.finish(), used

    first, used = say(samples)
    second, again = say(long)
    third, last = say(samples)
    assert used is again is last
    assert first is not None
    assert second is not None
    assert third is not None
    assert third.text == first.text == second.text
    for a, b in zip(first.words, third.words, strict=True):
        # Kaldi adds noise of its own to what it hears (dither), so that no two runs are alike to the last digit.
        assert b.text == a.text
        assert abs(a.probability - b.probability) < 0.15
        assert abs(a.start - b.start) <= 0.06
        assert abs(a.end - b.end) <= 0.06
    half = model.stream()
    half.accept(samples[:16000])
    half.close()
    assert say(samples)[1] is not used, "one that was left in the middle of a sentence is not used again"
    model.close()


@pytest.mark.model
@pytest.mark.shared
def test_a_recogniser_that_has_heard_enough_is_replaced_by_one_that_hears_the_same(
    shared: Path, tmp_path: Path, cpu: Device, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("vosk")
    monkeypatch.setattr("models.speech.vosk.REUSED_SAMPLES", 1)
    model = registry.build("vosk-small-cn", WeightsCache())
    assert isinstance(model, VoskTranscriber)
    model.load(cpu)
    sound = tmp_path / "sound.wav"
    count = normalise(shared / "data/audio/aishell_sample/BAC009S0150W0001.flac", sound)
    samples = read_span(sound, 0, count).samples
    sentence = model.stream()
    used, first = sentence._recogniser, sentence.hear(samples)
    for thread in threading.enumerate():
        if thread.name == "vosk-renew":
            thread.join(30)
    other = model.stream()
    assert other._recogniser is not None
    assert other._recogniser is not used
    assert other._recogniser.samples > 0, "it has heard the sentence before"
    again = other.hear(samples)
    assert first is not None
    assert again is not None
    assert again.text == first.text
    assert abs(again.start - first.start) <= 0.06
    model.close()


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
