"""Mixed dialogues hold what their truth says, and the scores are those of hand-made errors."""

from __future__ import annotations

import wave
from pathlib import Path

import numpy as np
import pytest

from benchmarks.accuracy.dialogues import Recipe, make_dialogue, sounding, utterances_in
from benchmarks.accuracy.diarisation import Recording, score, speaker_errors
from cases.records import Provenance
from cases.transcript import SpeakerTurn, Transcript, TranscriptSegment

RATE = 16000


@pytest.fixture
def table(tmp_path: Path) -> Path:
    """Utterances of two speakers: a tone of a second in half a second of faint noise on each side."""
    rows = ["file\tseconds\tspeaker\ttext"]
    for speaker, hertz in (("A", 200), ("B", 600)):
        for number in range(4):
            t = np.arange(RATE) / RATE
            faint = 1e-4 * np.random.default_rng(number).standard_normal(2 * RATE)
            faint[RATE // 2 : RATE * 3 // 2] += 0.5 * np.sin(2 * np.pi * hertz * t)
            name = f"{speaker}{number}.wav"
            with wave.open(str(tmp_path / name), "wb") as out:
                out.setnchannels(1)
                out.setsampwidth(2)
                out.setframerate(RATE)
                out.writeframes((faint * 32767).astype("<i2").tobytes())
            rows.append(f"{name}\t2.0\t{speaker}\t{speaker}{number}")
    place = tmp_path / "t.tsv"
    place.write_text("\n".join(rows) + "\n", encoding="utf-8")
    return place


def test_an_utterance_sounds_from_its_first_to_its_last_sound() -> None:
    faint = 1e-4 * np.random.default_rng(0).standard_normal(2 * RATE)
    faint[RATE // 2 : RATE * 3 // 2] += 0.5 * np.sin(2 * np.pi * 300 * np.arange(RATE) / RATE)
    (span,) = sounding(faint.astype(np.float32))
    assert span == pytest.approx((0.5, 1.5), abs=0.06)


def test_a_dialogue_is_loud_where_its_truth_says_and_the_same_again(table: Path) -> None:
    recipe = Recipe(20.0, 5, overlap=0.5, noise_db=40.0, reverberation_s=0.0)
    dialogue = make_dialogue(utterances_in(table), recipe)
    assert {one.speaker for one in dialogue.said} == {"A", "B"}
    true = np.zeros(dialogue.samples.size, np.bool_)
    for one in dialogue.said:
        for start, end in one.spans:
            true[round(start * RATE) : round(end * RATE)] = True
    loud = np.convolve(np.abs(dialogue.samples), np.full(800, 1 / 800), "same") > 0.01
    assert float(np.mean(true == loud)) > 0.97
    again = make_dialogue(utterances_in(table), recipe)
    assert np.array_equal(again.samples, dialogue.samples)
    assert again.said == dialogue.said


TRUE = Recording(
    "r",
    Path("r.wav"),
    20.0,
    (SpeakerTurn("A", 0.0, 10.0), SpeakerTurn("B", 10.0, 20.0)),
    (("A", "你好"), ("B", "是的")),
)


def test_names_do_not_matter_and_each_kind_of_error_is_its_own() -> None:
    assert score(TRUE, [SpeakerTurn("S2", 0.0, 10.0), SpeakerTurn("S1", 10.0, 20.0)]).der == 0.0
    one = score(TRUE, [SpeakerTurn("S1", 0.0, 12.0), SpeakerTurn("S2", 12.0, 18.0), SpeakerTurn("S2", 5.0, 6.0)])
    assert (one.miss, one.confusion, one.false_alarm) == pytest.approx((0.1, 0.1, 0.05))
    assert (one.found, one.true) == (2, 2)
    assert score(TRUE, [SpeakerTurn("S1", 0.0, 10.1), SpeakerTurn("S2", 10.1, 20.0)]).with_collar == 0.0


def test_a_character_under_the_wrong_speaker_is_an_error() -> None:
    def said(*pairs: tuple[str, str]) -> Transcript:
        segments = tuple(
            TranscriptSegment(n, n, n + 1, who, None, text, 0.9, (), ()) for n, (who, text) in enumerate(pairs)
        )
        made = Provenance("transcribe", "1", "0", (), {}, "cpu", "0" * 64, "", "")
        return Transcript("zh", 20.0, ("S1", "S2"), segments, "", made)

    assert speaker_errors(TRUE, said(("S1", "你好。"), ("S2", "是的。"))) == 0.0
    assert speaker_errors(TRUE, said(("S1", "你好是"), ("S2", "的"))) == pytest.approx(0.5)
