"""The measure of 问 and 答, and a floor under it on a few dialogues of the wording that rules are written with."""

from __future__ import annotations

from dataclasses import replace

import pytest

from benchmarks.accuracy.roles import Tally, attributed, blank, mistaken, scored, summed, written
from benchmarks.voices.dialogue import Wish
from benchmarks.voices.mixing import Room
from benchmarks.voices.truth import DialogueTruth, TurnTruth
from cases.transcript import TranscriptSegment, TranscriptWord
from pipelines.speech.roles import ROLE_UNSURE, with_roles


def sentence(start: float, end: float, text: str, role: str | None = None) -> TranscriptSegment:
    return TranscriptSegment(0, start, end, None, role, text, 0.9, (), ())


def turn_truth(number: int, start: float, end: float, speaker: str, role: str) -> TurnTruth:
    return TurnTruth(number, speaker, "", role, "", "", start, end, False, (), ())


def test_right_wrong_and_flagged_are_counted_and_what_has_no_true_role_is_not() -> None:
    truth = [sentence(n, n + 1, "话", role) for n, role in enumerate(["question", "answer", "answer", None])]
    told = [replace(one, role="question") for one in truth]
    told[1] = replace(told[1], flags=(ROLE_UNSURE,))
    assert scored(truth, told) == Tally(3, 1, 1, 1)
    assert summed([Tally(3, 1, 1, 1), Tally(1, 1, 0, 0)]) == Tally(4, 2, 1, 1)
    assert Tally(4, 2, 1, 1).accuracy == 0.5


def test_the_machine_gets_a_dialogue_without_what_it_is_to_find() -> None:
    known = replace(sentence(0, 1, "话", "answer"), speaker="S2", flags=("repetition", ROLE_UNSURE))
    assert blank([known], speakers=True) == [replace(known, role=None, flags=("repetition",))]
    assert blank([known], speakers=False) == [replace(known, role=None, speaker=None, flags=("repetition",))]


def test_a_machine_sentence_takes_the_role_of_the_turn_that_it_overlaps_most() -> None:
    turns = (turn_truth(0, 0.0, 2.0, "S1", "question"), turn_truth(1, 2.5, 6.0, "S2", "answer"))
    truth = DialogueTruth(Wish(1, 1.0), Room(), "", 10.0, (), turns)
    heard = [sentence(0.1, 2.0, "问"), sentence(1.8, 4.0, "答"), sentence(8.0, 9.0, "空"), sentence(3.0, 5.0, "")]
    found = attributed(heard, truth, speakers=True)
    assert [(one.text, one.role, one.speaker) for one in found] == [("问", "question", "S1"), ("答", "answer", "S2")]
    assert [one.speaker for one in attributed(heard, truth, speakers=False)] == [None, None]


def test_a_machine_sentence_over_two_turns_is_cut_between_the_words_where_the_speaker_changes() -> None:
    turns = (turn_truth(0, 0.0, 2.0, "S1", "question"), turn_truth(1, 2.2, 4.0, "S2", "answer"))
    truth = DialogueTruth(Wish(1, 1.0), Room(), "", 5.0, (), turns)
    words = tuple(TranscriptWord(n, n + 0.9, text, 0.9) for n, text in enumerate(["有", "吗", "没", "有"]))
    heard = [replace(sentence(0.0, 3.9, "有吗没有"), words=words)]
    cut = attributed(heard, truth, speakers=True)
    assert [(one.text, one.speaker, one.role) for one in cut] == [("有吗", "S1", "question"), ("没有", "S2", "answer")]
    assert (cut[0].end, cut[1].start) == (1.9, 2.0)
    assert len(attributed(heard, truth, speakers=False)) == 1


def test_as_many_sentences_as_wished_go_to_the_other_speaker() -> None:
    truth = written(Wish(1, 10.0, 2, wording="a"))
    pairs = list(zip(truth, mistaken(truth, 0.1, 1), strict=True))
    assert 0.05 < sum(a.speaker != b.speaker for a, b in pairs) / len(pairs) < 0.15
    assert all(replace(b, speaker=a.speaker) == a for a, b in pairs)
    assert {b.speaker for _, b in pairs} == {"asker", "suspect"}


@pytest.mark.parametrize("speakers", [2, 3, 4])
def test_with_speakers_known_at_least_97_of_100_sentences_get_their_role(speakers: int) -> None:
    dialogues = [written(Wish(seed, 3.0, speakers, wording="a")) for seed in range(4)]
    tally = summed(scored(one, with_roles(blank(one, speakers=True), None, {})) for one in dialogues)
    assert tally.sentences > 150
    assert tally.accuracy >= 0.97
