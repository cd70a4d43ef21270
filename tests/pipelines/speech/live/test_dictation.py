"""A session: sound first, both passes, and going on after a crash as if nothing had been."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from models.errors import Unavailable
from models.fakes import FakeSentence, FakeStreamingTranscriber, FakeVoiceActivity
from models.speech.stream_process import StreamLost
from models.values import ItemError
from pipelines.engine import Lane
from pipelines.inline import InlineEngine
from pipelines.speech.live.dictation import LOSSES, Dictation, News, Passes
from pipelines.speech.live.journal import Final, Rewrite
from pipelines.speech.live.quick import Partial


def pcm(*seconds: tuple[float, int], rate: int = 16000) -> NDArray[np.int16]:
    """Stretches of (length in seconds, loudness), a square wave of 250 Hz."""
    sign = np.where(np.arange(rate // 250) < rate // 500, 1, -1)
    return np.concatenate([np.resize(sign * loud, round(s * rate)) for s, loud in seconds]).astype(np.int16)


THREE = ((0.5, 0), (2, 9000), (1, 0), (1.5, 9000), (1, 0), (1, 9000), (1, 0))


@pytest.fixture
def passes(fake_engine: InlineEngine) -> Passes:
    return Passes(FakeVoiceActivity(), FakeStreamingTranscriber(), fake_engine)


def speak(dictation: Dictation, sound: NDArray[np.int16], step: int = 1600) -> list[News]:
    news: list[News] = []
    for first in range(dictation.sound.samples, sound.size, step):
        dictation.append(first, sound[first : first + step].tobytes())
        news += dictation.listen()
    return news


def lines(news: list[News]) -> list[tuple[int, str]]:
    return [(one.line, one.text) for one in news if isinstance(one, Final)]


@pytest.mark.parametrize("rate", [8000, 16000, 48000])
def test_sentences_are_shown_closed_and_read_again(tmp_path: Path, passes: Passes, rate: int) -> None:
    dictation = Dictation(tmp_path, rate, passes)
    news = speak(dictation, pcm(*THREE, rate=rate), rate // 10)
    news += dictation.finish()
    assert [line for line, _ in lines(news)] == [0, 1, 2]
    assert lines(news)[0][1].startswith("有声有声有声")
    assert any(isinstance(one, Partial) for one in news)
    spans = [(final.first / 16000, final.last / 16000) for final in dictation.journal.finals()]
    for (first, last), (start, end) in zip(spans, [(0.5, 2.5), (3.5, 5.0), (6.0, 7.0)], strict=True):
        assert start - 0.4 < first < start
        assert end < last < end + 0.4
    rewrites = dictation.rewrite()
    assert [one.line for one in rewrites] == [0, 1, 2]
    assert rewrites[1].segments[0].start >= 3.2
    assert dictation.rewrite() == []
    assert sorted(path.name for path in tmp_path.iterdir()) == ["lines.jsonl", "sound.pcm"]
    dictation.close()


def test_the_second_pass_goes_down_the_live_lane(tmp_path: Path, passes: Passes) -> None:
    lanes: list[Lane] = []

    class Watched(InlineEngine):
        def run(self, kind, items, *, model=None, lane=Lane.BATCH):  # type: ignore[no-untyped-def]
            lanes.append(lane)
            return [ItemError("model.failed", "it failed") for _ in items]

    watched = Watched(lambda _: FakeVoiceActivity(), lambda _: (), passes.engine._device)  # type: ignore[attr-defined]
    dictation = Dictation(tmp_path, 16000, Passes(passes.voice, passes.quick, watched))
    speak(dictation, pcm(*THREE))
    assert {one.failure for one in dictation.rewrite()} == {"model.failed"}
    assert lanes == [Lane.LIVE]
    dictation.close()


@pytest.mark.parametrize("cut", [0.3, 1.7, 3.0, 4.2, 5.3, 8.0])
def test_a_session_that_was_cut_off_ends_with_the_lines_of_an_unbroken_one(
    tmp_path: Path, passes: Passes, cut: float
) -> None:
    sound, folders = pcm(*THREE), [tmp_path / name for name in ("whole", "broken")]
    for folder in folders:
        folder.mkdir()
    whole = Dictation(folders[0], 16000, passes)
    speak(whole, sound)
    whole.finish()
    broken = Dictation(folders[1], 16000, passes)
    speak(broken, sound[: round(cut * 16000)])
    # As after kill -9: nothing is finished, the files are as they are.
    broken.close()
    again = Dictation(folders[1], 16000, passes)
    speak(again, sound)
    again.finish()
    assert [(f.line, f.text) for f in again.journal.finals()] == [(f.line, f.text) for f in whole.journal.finals()]
    assert again.sound.read(0, sound.size).tolist() == sound.tolist()
    for dictation in (whole, again):
        dictation.close()


def test_a_recogniser_that_fell_behind_loses_nothing(tmp_path: Path, passes: Passes) -> None:
    dictation = Dictation(tmp_path, 16000, passes)
    dictation.append(0, pcm(*THREE).tobytes())
    assert dictation.lag_s == 8.0
    news = dictation.listen()
    assert dictation.lag_s == 6.0
    assert len(lines(news + dictation.finish())) == 3
    dictation.close()


def test_a_line_is_in_the_journal_before_it_is_told(tmp_path: Path, passes: Passes) -> None:
    dictation = Dictation(tmp_path, 16000, passes)
    sound = pcm(*THREE)
    for first in range(0, sound.size, 1600):
        dictation.append(first, sound[first : first + 1600].tobytes())
        for one in dictation.listen():
            if isinstance(one, Final | Rewrite):
                kept = (tmp_path / "lines.jsonl").read_text(encoding="utf-8").splitlines()
                assert json.loads(kept[-1])["event"] == one.event
    dictation.close()


class Fragile(FakeStreamingTranscriber):
    """Loses every open sentence when the sound of `at` seconds (loud ones) has been heard, `times` times."""

    def __init__(self, loud_s: float, times: int) -> None:
        super().__init__()
        self.loud_s, self.times, self.lost = loud_s, times, 0

    def stream(self) -> FakeSentence:
        return FragileSentence(self)


class FragileSentence(FakeSentence):
    def __init__(self, owner: Fragile) -> None:
        super().__init__()
        self._owner = owner

    def accept(self, samples: NDArray[np.float32]) -> str:
        text, owner = super().accept(samples), self._owner
        if self._loud >= owner.loud_s * 16000 and owner.lost < owner.times:
            owner.lost += 1
            raise StreamLost("live.quick", "lost")
        return text


@pytest.mark.parametrize("loud_s", [0.01, 1.0, 1.9])
def test_a_recogniser_that_is_lost_costs_no_line_and_no_word(tmp_path: Path, passes: Passes, loud_s: float) -> None:
    folders = [tmp_path / name for name in ("whole", "broken")]
    for folder in folders:
        folder.mkdir()
    whole = Dictation(folders[0], 16000, passes)
    speak(whole, pcm(*THREE))
    whole.finish()
    fragile = Fragile(loud_s, times=2)
    broken = Dictation(folders[1], 16000, replace(passes, quick=fragile))
    shown = lines(speak(broken, pcm(*THREE)) + broken.finish())
    assert fragile.lost == 2
    assert [(f.line, f.text) for f in broken.journal.finals()] == [(f.line, f.text) for f in whole.journal.finals()]
    assert shown == [(f.line, f.text) for f in broken.journal.finals()], "no line is shown twice"
    for dictation in (whole, broken):
        dictation.close()


def test_sound_that_breaks_every_recogniser_is_a_line_without_words_that_the_second_pass_reads(
    tmp_path: Path, passes: Passes
) -> None:
    # Only the first line is so long.
    fragile = Fragile(1.7, times=1000)
    dictation = Dictation(tmp_path, 16000, replace(passes, quick=fragile))
    speak(dictation, pcm(*THREE))
    dictation.finish()
    finals = dictation.journal.finals()
    assert [bool(final.text) for final in finals] == [False, True, True]
    assert fragile.lost == LOSSES
    assert dictation.rewrite()[0].text
    dictation.close()


def test_where_no_recogniser_can_be_had_the_sound_waits_and_is_heard_later(tmp_path: Path, passes: Passes) -> None:
    class Away(FakeStreamingTranscriber):
        away = False

        def stream(self) -> FakeSentence:
            if self.away:
                raise Unavailable("model.package", "it is away")
            return super().stream()

    quick = Away()
    dictation = Dictation(tmp_path, 16000, replace(passes, quick=quick))
    sound = pcm(*THREE)
    dictation.append(0, sound.tobytes())
    Away.away = True
    with pytest.raises(Unavailable, match="away"):
        dictation.finish()
    assert dictation.lag_s > 0
    Away.away = False
    assert len(lines(dictation.finish())) == 3
    dictation.close()
