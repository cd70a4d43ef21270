"""Whether a sentence went to the wrong voice, told from the exact truth."""

from __future__ import annotations

from pathlib import Path

from benchmarks.accuracy.interrogations import Interrogation, Line
from benchmarks.accuracy.spoken_interrogations import Attribution, attribution, known_truth, speak
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
