"""Mixed dialogues hold what their truth says, and the scores are those of hand-made errors."""

from __future__ import annotations

import argparse
import wave
from pathlib import Path

import numpy as np
import pytest

from benchmarks.accuracy.dialogues import Recipe, make_dialogue, perturbed, some_speakers, sounding, utterances_in
from benchmarks.accuracy.diarisation import Mixture, Recording, made, mixed, mixtures, score, speaker_errors
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


def test_a_speaker_at_another_speed_is_another_speaker_with_shorter_utterances(table: Path) -> None:
    voices = perturbed(utterances_in(table), [1.0, 1.25])
    assert {one.speaker for one in voices} == {"A", "B", "Ax1.25", "Bx1.25"}
    still = Recipe(30.0, 2, overlap=0.0, noise_db=40.0, reverberation_s=0.0)
    said = make_dialogue(voices, still).said
    lengths = {name: said_s(said, name) for name in ("A", "Ax1.25")}
    assert lengths["Ax1.25"] == pytest.approx(lengths["A"] / 1.25, abs=0.08)


def said_s(said, name: str) -> float:
    """Seconds of the first utterance of a speaker."""
    first = next(one for one in said if one.speaker == name)
    return first.spans[-1][1] - first.spans[0][0]


def test_so_many_speakers_as_asked_are_chosen_by_the_seed(table: Path) -> None:
    voices = perturbed(utterances_in(table), [0.9, 1.0, 1.1])
    chosen = [{one.speaker for one in some_speakers(voices, 3, seed)} for seed in range(8)]
    assert all(len(names) == 3 for names in chosen)
    assert len({frozenset(names) for names in chosen}) > 1
    assert chosen[0] == {one.speaker for one in some_speakers(voices, 3, 0)}
    with pytest.raises(ValueError, match="6 speakers, not 7"):
        some_speakers(voices, 7, 0)


def test_the_command_line_asks_for_each_number_of_speakers_in_each_room_with_each_seed() -> None:
    asked = argparse.Namespace(speakers="2,3", seeds="1,2", rooms="quiet,hard", minutes=5.0)
    assert len(set(mixtures(asked))) == 8
    assert next(iter(mixtures(asked))).name == "quiet-2speakers-5min-seed1"
    everybody = argparse.Namespace(speakers="", seeds="7", rooms="room", minutes=0.5)
    assert [one.name for one in mixtures(everybody)] == ["room-0.5min-seed7"]


def test_a_mixed_dialogue_is_found_again_with_its_truth(table: Path, tmp_path: Path) -> None:
    folder = tmp_path / "kept"
    folder.mkdir()
    (one,) = mixed(utterances_in(table), [Mixture(2, 0.3, "room", 4)], folder)
    assert (one.name, one.speakers) == ("room-2speakers-0.3min-seed4", 2)
    assert list(made(folder)) == [one]


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
