"""Whether a sentence went to the wrong voice, told from the exact truth."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.accuracy.interrogations import Interrogation, Line
from benchmarks.accuracy.spoken_interrogations import (
    UNDERSTOOD,
    Attribution,
    attribution,
    cast_of,
    known_truth,
    speak,
)
from benchmarks.voices.kokoro import VOICES
from benchmarks.voices.phrases import PhraseBook
from benchmarks.voices.truth import DialogueTruth, TurnTruth
from cases.records import Provenance
from cases.transcript import Transcript, TranscriptSegment, TranscriptWord
from pipelines.speech.attribution import SPEAKER_UNSURE
from tests.benchmarks.voices.conftest import Hummer

SAID = (Line("q", "你去哪了？", 0), Line("a", "我回家了。", 0), Line("q", "几点？", 1), Line("a", "十点。", 1))


def heard(truth: DialogueTruth, voices: list[str], flags: tuple[str, ...] = ()) -> Transcript:
    segments = [segment(turn, voice, flags) for turn, voice in zip(truth.turns, voices, strict=True)]
    nothing = Provenance("transcribe", "0", "0", (), {}, "test", "0" * 64, "", "")
    return Transcript("zh", truth.duration, ("S1", "S2"), tuple(segments), "", nothing)


def segment(turn: TurnTruth, voice: str, flags: tuple[str, ...]) -> TranscriptSegment:
    characters = [one for phrase in turn.phrases for one in phrase.characters]
    words = tuple(TranscriptWord(one.start, one.end, one.text, 0.9) for one in characters)
    return TranscriptSegment(turn.id, turn.start, turn.end, voice, None, turn.text, 0.9, flags, words)


def test_names_of_voices_do_not_matter_and_a_wrong_voice_is_counted(tmp_path: Path) -> None:
    one = Interrogation("test-0", SAID, ())
    speak(one, PhraseBook(Hummer(), "hum", tmp_path / "phrases"), tmp_path / one.name)
    truth = known_truth(one, tmp_path)
    assert attribution(truth, heard(truth, ["S1", "S2", "S1", "S2"])) == Attribution(4, 0, 0, 0)
    assert attribution(truth, heard(truth, ["S2", "S1", "S2", "S1"])) == Attribution(4, 0, 0, 0)
    assert attribution(truth, heard(truth, ["S1", "S2", "S1", "S1"])) == Attribution(4, 1, 0, 0)
    flagged = heard(truth, ["S1", "S2", "S1", "S1"], (SPEAKER_UNSURE,))
    assert attribution(truth, flagged) == Attribution(4, 1, 0, 1)


def test_only_voices_that_the_recogniser_understands_speak_and_the_two_differ() -> None:
    casts = [cast_of(f"test-{number}") for number in range(200)]
    assert {voice for cast in casts for voice in cast.values()} == set(UNDERSTOOD)
    assert set(UNDERSTOOD) <= set(VOICES)
    assert all(cast["q"] != cast["a"] and cast["a"].startswith("zm_") for cast in casts)


def test_a_voice_that_leaves_the_list_recasts_only_what_it_spoke(monkeypatch: pytest.MonkeyPatch) -> None:
    names = [f"test-{number}" for number in range(200)]
    before = [cast_of(name) for name in names]
    gone = UNDERSTOOD[0]
    monkeypatch.setattr("benchmarks.accuracy.spoken_interrogations.UNDERSTOOD", UNDERSTOOD[1:])
    after = [cast_of(name) for name in names]
    assert [b for b in before if gone not in b.values()] == [
        a for b, a in zip(before, after, strict=True) if gone not in b.values()
    ]
    assert all(gone not in cast.values() for cast in after)
