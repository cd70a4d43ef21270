"""How differences are laid out for a page: order, neighbours of both sides, marked characters, counts."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases.discrepancy import RecordingPlace
from serving.console.differences import AROUND_CHARS, Side, rows, tally
from tests.serving.console.conftest import WRITTEN, transcript
from tests.serving.console.conftest import differences as listed

TALK = transcript("ab" * 32)
BODY = listed(TALK, {"transcript": "rec_1"}, "cd" * 32)


def text(side: Side) -> str:
    return "".join(piece.text for piece in side.pieces)


def test_the_gravest_come_first_and_keep_the_order_of_the_record() -> None:
    shown = [(row.found.severity, row.found.id) for row in rows(BODY, TALK)]
    order = ["major", "substantive", "listen", "minor", "wording"]
    assert shown == sorted(shown, key=lambda one: (order.index(one[0]), one[1]))
    assert sorted(number for _, number in shown) == [one.id for one in BODY.discrepancies]


def test_both_sides_are_the_words_of_the_list_between_their_neighbours() -> None:
    for row in rows(BODY, TALK):
        assert text(row.written) == row.found.record.text
        assert text(row.heard) == row.found.recording.text
        paragraph = BODY.paragraphs[row.found.record.paragraph - 1]
        assert row.written.before + text(row.written) + row.written.after == paragraph
    date = next(row for row in rows(BODY, TALK) if row.found.fact == "date")
    assert (date.heard.before, date.heard.after) == ("我叫张伟，", "出生，住在滨河路十八号院。")


def test_the_neighbours_of_words_said_twice_are_those_of_their_own_time() -> None:
    segment = TALK.segments[11]
    commas = [word for word in segment.words if "，" in word.text]
    for word, before in zip(commas, ("手机卖给了一个收旧货的人", "手机卖给了一个收旧货的人，钱已经花了"), strict=True):
        place = RecordingPlace(word.start, word.end, (segment.id,), "，")
        (row,) = rows(replace(BODY, discrepancies=(replace(BODY.discrepancies[0], recording=place),)), TALK)
        assert row.heard.before == before


def test_without_a_transcript_there_is_what_the_list_says_alone() -> None:
    assert all((row.heard.before, row.heard.after) == ("", "") for row in rows(BODY, None))


def test_a_long_paragraph_is_cut_around_the_words() -> None:
    one = next(d for d in BODY.discrepancies if d.fact == "amount")
    longer = replace(one, record=replace(one.record, start=one.record.start + 90, end=one.record.end + 90))
    at = one.record.paragraph - 1
    paragraphs = (*WRITTEN[:at], "长" * 90 + WRITTEN[at] + "长" * 90, *WRITTEN[at + 1 :])
    (row,) = rows(replace(BODY, discrepancies=(longer,), paragraphs=paragraphs), TALK)
    assert row.written.before.startswith("…")
    assert row.written.after.endswith("…")
    assert len(row.written.before) == len(row.written.after) == AROUND_CHARS + 1


def test_a_place_that_the_paragraphs_do_not_hold_has_no_neighbours() -> None:
    one = BODY.discrepancies[0]
    far = replace(one, record=replace(one.record, paragraph=99))
    (row,) = rows(replace(BODY, discrepancies=(far,)), TALK)
    assert (row.written.before, row.written.after) == ("", "")


@given(written=st.text(max_size=12), heard=st.text(max_size=12))
def test_marked_characters_are_all_that_makes_the_sides_differ(written: str, heard: str) -> None:
    one = BODY.discrepancies[0]
    pair = replace(one, record=replace(one.record, text=written), recording=replace(one.recording, text=heard))
    (row,) = rows(replace(BODY, discrepancies=(pair,)), None)
    assert (text(row.written), text(row.heard)) == (written, heard)
    same = [["".join(p.text for p in side.pieces if not p.differs)] for side in (row.written, row.heard)]
    assert same[0] == same[1]


def test_the_counts_are_of_what_is_there_gravest_first_and_a_new_name_is_counted_too() -> None:
    counted = tally(BODY.discrepancies)
    assert [name for name, _ in counted.severities] == ["major", "substantive", "listen", "minor", "wording"]
    assert sum(n for _, n in counted.kinds) == sum(n for _, n in counted.severities) == len(BODY.discrepancies)
    newer = tally([replace(BODY.discrepancies[0], severity="fatal", fact=None)])
    assert newer.severities == (("fatal", 1),)
    assert newer.facts == ()


@pytest.mark.parametrize("fact", ["date", "amount"])
def test_facts_are_counted_where_one_is_at_stake(fact: str) -> None:
    assert (fact, 1) in tally(BODY.discrepancies).facts
