"""Whole corrected transcripts, and edits that meet a version that somebody else saved meanwhile."""

from __future__ import annotations

from dataclasses import replace

import pytest

from cases.records import Provenance
from cases.transcript import Transcript, TranscriptSegment, TranscriptWord
from models.errors import BadInput
from pipelines.speech.edit import Edit, Sentence, edited
from pipelines.speech.revision import carried, revised

MADE = Provenance("transcribe", "1", "0", (), {}, "cpu", "0" * 64, "2026-01-01T00:00:00Z", "2026-01-01T00:00:01Z")
TEXTS = ("你去了吗", "去了", "什么时候", "昨天", "好的")


def segment(number: int, text: str) -> TranscriptSegment:
    start = number * 10.0
    words = tuple(TranscriptWord(start + n, start + n + 1, c, 0.8) for n, c in enumerate(text))
    flags = ("repetition",) if number == 1 else ()
    return TranscriptSegment(number, start, start + len(text), "S1", None, text, 0.8, flags, words)


BASE = Transcript("zh", 100.0, ("S1",), tuple(segment(n, t) for n, t in enumerate(TEXTS)), "", MADE)


def with_segment(number: int, **changes: object) -> Transcript:
    segments = list(BASE.segments)
    segments[number] = replace(segments[number], **changes)  # type: ignore[arg-type]
    return replace(BASE, segments=tuple(segments))


def say(text: str) -> tuple[Sentence, ...]:
    return (Sentence(text, "S1"),)


def texts(transcript: Transcript) -> list[str]:
    return [s.text for s in transcript.segments]


def test_a_changed_text_has_its_words_timed_anew_and_what_is_not_the_machines_is_a_persons() -> None:
    new = revised(BASE, with_segment(0, text="你来了吗"), "acc_1").segments[0]
    assert [(w.text, w.start, w.human) for w in new.words] == [
        ("你", 0.0, False),
        ("来", 1.0, True),
        ("了", 2.0, False),
        ("吗", 3.0, False),
    ]


def test_nobody_passes_a_word_off_as_the_machines() -> None:
    word = TranscriptWord(40.0, 41.0, "不", 0.99, human=False)
    new = revised(BASE, with_segment(4, text="不的", words=(word, BASE.segments[4].words[1])), "acc_1")
    assert [w.human for w in new.segments[4].words] == [True, False]
    surer = replace(BASE.segments[4].words[0], probability=1.0)
    same = revised(BASE, with_segment(4, text="好", words=(surer,)), "acc_1")
    assert same.segments[4].words[0].probability == 0.8


def test_nobody_confirms_in_somebody_elses_name() -> None:
    assert revised(BASE, with_segment(0, confirmed_by="acc_2"), "acc_1").segments[0].confirmed_by == "acc_1"


def test_a_flag_of_the_machine_cannot_be_dropped_but_resolved() -> None:
    with pytest.raises(BadInput, match="repetition"):
        revised(BASE, with_segment(1, flags=()), "acc_1")
    resolved = revised(BASE, with_segment(1, resolved=("repetition",)), "acc_1")
    assert resolved.segments[1].resolved == ("repetition",)


def test_what_the_machine_wrote_is_taken_even_where_its_times_are_odd() -> None:
    odd = with_segment(2, words=(replace(BASE.segments[2].words[0], end=99.0),))
    assert revised(odd, odd, "acc_1").segments == odd.segments


@pytest.mark.parametrize("change", [{"duration": 200.0}, {"language": "en"}])
def test_duration_and_language_are_the_recordings(change: dict[str, object]) -> None:
    with pytest.raises(BadInput):
        revised(BASE, replace(BASE, **change), "acc_1")  # type: ignore[arg-type]


@pytest.mark.parametrize("time", [float("nan"), float("inf")])
def test_times_are_numbers(time: float) -> None:
    with pytest.raises(BadInput):
        revised(BASE, with_segment(4, end=time), "acc_1")


def test_segments_are_in_the_order_of_their_times() -> None:
    swapped = replace(BASE, segments=tuple(reversed(BASE.segments)))
    with pytest.raises(BadInput):
        revised(BASE, swapped, "acc_1")


def test_edits_of_different_sentences_both_count() -> None:
    theirs = edited(BASE, [Edit(0, 1, say("你去了吗去了")), Edit(3, 3, say("前天"))], "acc_2")
    moved, clashes = carried(BASE, theirs, [Edit(2, 2, say("几点")), Edit(4, 4, say("好"))])
    assert clashes == 0
    assert texts(edited(theirs, moved, "acc_1")) == ["你去了吗去了", "几点", "前天", "好"]


def test_edits_that_do_not_fit_their_base_are_not_carried() -> None:
    for wrong in (Edit(4, 9, say("好")), Edit(2, 1, say("好")), Edit(1, 1, ())):
        with pytest.raises(BadInput, match=r"not in this version|one sentence at least"):
            carried(BASE, BASE, [wrong])


def test_where_both_changed_a_sentence_the_edits_count_and_the_rest_stays() -> None:
    theirs = edited(BASE, [Edit(n, n, say(text)) for n, text in ((1, "去过"), (2, "何时"), (3, "前天"))], "acc_2")
    moved, clashes = carried(BASE, theirs, [Edit(2, 2, say("几点"))])
    assert clashes == 1
    assert texts(edited(theirs, moved, "acc_1")) == ["你去了吗", "去过", "几点", "前天", "好的"]


def test_an_edit_of_a_sentence_that_was_merged_meanwhile_takes_the_merger_apart() -> None:
    theirs = edited(BASE, [Edit(1, 3, say("去了什么时候昨天"))], "acc_2")
    moved, clashes = carried(BASE, theirs, [Edit(1, 1, say("去过")), Edit(3, 3, say("前天")), Edit(4, 4, say("好"))])
    assert clashes == 1
    assert texts(edited(theirs, moved, "acc_1")) == ["你去了吗", "去过", "什么时候", "前天", "好"]


def test_a_merger_over_a_sentence_that_was_split_meanwhile_holds() -> None:
    theirs = edited(BASE, [Edit(2, 2, (Sentence("什么"), Sentence("时候")))], "acc_2")
    moved, clashes = carried(BASE, theirs, [Edit(1, 2, say("去了什么时候"))])
    assert clashes == 1
    assert texts(edited(theirs, moved, "acc_1")) == ["你去了吗", "去了什么时候", "昨天", "好的"]
