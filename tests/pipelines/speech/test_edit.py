"""A person's corrections: sentences changed, merged and split, with times, flags and names kept honest."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases.records import Provenance
from cases.transcript import Transcript, TranscriptSegment, TranscriptWord
from models.errors import BadInput
from pipelines.speech.edit import MARKED, SENTENCE_CHARS, Edit, Sentence, edited
from pipelines.speech.retime import bare, joined

MADE = Provenance("transcribe", "1", "0", (), {}, "cpu", "0" * 64, "2026-01-01T00:00:00Z", "2026-01-01T00:00:01Z")


def segment(number: int, text: str, flags: tuple[str, ...] = (), speaker: str = "S1") -> TranscriptSegment:
    """Ten seconds a sentence, a character a word, half a second each."""
    start = number * 10.0
    words = tuple(TranscriptWord(start + n / 2, start + n / 2 + 0.5, c, 0.8) for n, c in enumerate(text))
    return TranscriptSegment(number, start, start + len(text) / 2, speaker, None, text, 0.8, flags, words)


def transcript(*texts: str, flags: tuple[str, ...] = ()) -> Transcript:
    segments = tuple(segment(n, text, flags if n == 0 else ()) for n, text in enumerate(texts))
    return Transcript("zh", 100.0, ("S1",), segments, "".join(texts), MADE)


def test_what_no_edit_touches_stays_as_it_was() -> None:
    base = transcript("你去了吗", "去了", "没有")
    new = edited(base, [Edit(1, 1, (Sentence("去过了", "S1"),))], "acc_1")
    assert (new.segments[0], new.segments[2]) == (base.segments[0], base.segments[2])
    assert new.segments[1].text == "去过了"
    assert new.text == "你去了吗 去过了 没有"
    assert new.provenance == base.provenance


def test_a_corrected_sentence_has_its_layers_made_anew() -> None:
    base = transcript("给了三千块", "没有")
    base = replace(base, provenance=replace(MADE, parameters={"hotwords": ["张伟"]}))
    new = edited(base, [Edit(0, 0, (Sentence("章伟给了五千块"),))], "acc_1")
    assert [(span.start, span.raw, span.text) for span in new.segments[0].numbers] == [(4, "五千", "5000")]
    assert [one.hotword for one in new.segments[0].suggestions] == ["张伟"]


def test_a_sentence_is_split_where_its_words_divide() -> None:
    new = edited(transcript("你去了吗去了"), [Edit(0, 0, (Sentence("你去了吗？"), Sentence("去了。")))], "acc_1")
    assert [(s.id, s.start, s.end, s.text) for s in new.segments] == [
        (0, 0.0, 2.0, "你去了吗？"),
        (1, 2.0, 3.0, "去了。"),
    ]
    assert not any(word.human for s in new.segments for word in s.words)


def test_a_split_inside_a_word_divides_its_time() -> None:
    words = (TranscriptWord(0.0, 2.0, "好的", 0.8),)
    base = Transcript(
        "zh", 9.0, (), (TranscriptSegment(0, 0.0, 2.0, None, None, "好的", 0.8, (), words),), "好的", MADE
    )
    new = edited(base, [Edit(0, 0, (Sentence("好"), Sentence("的")))], "acc_1")
    assert [(s.start, s.end) for s in new.segments] == [(0.0, 1.0), (1.0, 2.0)]


def test_sentences_are_merged_and_keep_their_words() -> None:
    base = transcript("你去", "了吗")
    new = edited(base, [Edit(0, 1, (Sentence("你去了吗", "S2"),))], "acc_1")
    (one,) = new.segments
    assert (one.start, one.end) == (0.0, 11.0)
    assert one.words == base.segments[0].words + base.segments[1].words
    assert new.speakers == ("S2",)


def test_flags_are_carried_and_can_be_resolved_but_not_removed() -> None:
    base = transcript("你去了吗去了", flags=("repetition", MARKED))
    halves = (Sentence("你去了吗", resolved=("repetition", "made-up")), Sentence("去了", marked=True))
    first, second = edited(base, [Edit(0, 0, halves)], "acc_1").segments
    assert (first.flags, first.resolved) == (("repetition",), ("repetition",))
    assert (second.flags, second.resolved) == (("repetition", MARKED), ())


def test_a_confirmation_bears_the_name_of_who_gave_it_and_ends_with_a_change() -> None:
    first = edited(transcript("去了"), [Edit(0, 0, (Sentence("去了", confirmed=True),))], "acc_1")
    assert first.segments[0].confirmed_by == "acc_1"
    kept = edited(first, [Edit(0, 0, (Sentence("去了", confirmed=True, marked=True),))], "acc_2")
    assert kept.segments[0].confirmed_by == "acc_1"
    changed = edited(first, [Edit(0, 0, (Sentence("没去", confirmed=True),))], "acc_2")
    assert changed.segments[0].confirmed_by == "acc_2"
    assert edited(first, [Edit(0, 0, (Sentence("没去"),))], "acc_2").segments[0].confirmed_by is None


def test_a_gap_that_the_machine_left_takes_a_persons_words() -> None:
    gap = TranscriptSegment(1, 10.0, 14.0, None, None, "", 0.0, ("no-words",), ())
    base = transcript("你好")
    base = Transcript("zh", 100.0, (), (base.segments[0], gap), "你好", MADE)
    new = edited(base, [Edit(1, 1, (Sentence("我来说"),))], "acc_1").segments[1]
    assert [(w.text, w.human) for w in new.words] == [("我", True), ("来", True), ("说", True)]
    assert (new.words[0].start, new.words[-1].end, new.flags) == (10.0, 14.0, ("no-words",))


def test_a_transcript_without_words_is_divided_by_its_characters_and_stays_without() -> None:
    one = TranscriptSegment(0, 0.0, 6.0, None, None, "你去了吗去了", 0.8, (), ())
    base = Transcript("zh", 9.0, (), (one,), one.text, MADE)
    new = edited(base, [Edit(0, 0, (Sentence("你去了吗"), Sentence("去了")))], "acc_1")
    assert [(s.start, s.end, s.words) for s in new.segments] == [(0.0, 4.0, ()), (4.0, 6.0, ())]


@pytest.mark.parametrize(
    "edits",
    [
        [Edit(0, 2, (Sentence("a"),))],
        [Edit(1, 0, (Sentence("a"),))],
        [Edit(0, 0, ())],
        [Edit(1, 1, (Sentence("a"),)), Edit(0, 0, (Sentence("a"),))],
        [Edit(0, 1, (Sentence("a"),)), Edit(1, 1, (Sentence("a"),))],
        [Edit(0, 0, (Sentence("a" * (SENTENCE_CHARS + 1)),))],
        [Edit(0, 0, (Sentence("a", role="judge"),))],
        [Edit(0, 0, (Sentence("a", speaker=" "),))],
    ],
)
def test_edits_that_do_not_fit_are_refused(edits: list[Edit]) -> None:
    with pytest.raises(BadInput):
        edited(transcript("去了", "没有"), edits, "acc_1")


TEXT = st.text(alphabet="我你他去了没有，。ab1", max_size=12)


@st.composite
def corrections(draw: st.DrawFn) -> tuple[Transcript, list[Edit]]:
    base = transcript(*draw(st.lists(TEXT, min_size=1, max_size=6)), flags=("repetition",))
    edits, at = [], 0
    while at < len(base.segments) and draw(st.booleans()):
        first = draw(st.integers(at, len(base.segments) - 1))
        last = draw(st.integers(first, min(first + 2, len(base.segments) - 1)))
        edits.append(Edit(first, last, tuple(Sentence(text) for text in draw(st.lists(TEXT, min_size=1, max_size=3)))))
        at = last + 1
    return base, edits


@given(corrections())
def test_times_stay_in_order_and_inside_and_no_flag_is_lost(case: tuple[Transcript, list[Edit]]) -> None:
    base, edits = case
    new = edited(base, edits, "acc_1")
    assert [s.id for s in new.segments] == list(range(len(new.segments)))
    assert all(earlier.start <= later.start for earlier, later in pairwise(new.segments))
    for one in new.segments:
        assert 0 <= one.start <= one.end <= base.duration
        assert all(one.start <= w.start <= w.end <= one.end for w in one.words)
        if any(c.isalnum() for c in one.text) and any(old.words for old in base.segments):
            assert joined(one.words) == bare(one.text)
    assert any("repetition" in s.flags for s in new.segments)
