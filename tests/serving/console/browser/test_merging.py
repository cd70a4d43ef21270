"""Two people's work on one 笔录 brought together: `merging.js` by itself, in the browser that runs it."""

from __future__ import annotations

import pytest

from tests.serving.console.browser.test_turns import RUN, body, heard, turn

pytestmark = pytest.mark.browser

FOUR = [heard(n, f"第{n}句话。", n * 1000, n * 1000 + 900) for n in (1, 2, 3, 4)]
BASE = body(*FOUR)
MARK = {"at": {"media": "m", "start_ms": 1200, "end_ms": 1200}, "label": "改口", "by": "wang"}


@pytest.fixture
def merged(visit):
    """What both made of a record."""
    visit.sign_in()
    return lambda base, mine, theirs: visit.page.evaluate(RUN, ["merging", "merged", [base, mine, theirs]])


@pytest.fixture
def divide(visit):
    """Call a function of dividing.js."""
    visit.sign_in()
    return lambda name, *args: visit.page.evaluate(RUN, ["dividing", name, list(args)])


def ids(record) -> list[str]:
    return [one["id"] for one in record["turns"]]


def with_subject(**known: str) -> dict[str, object]:
    subject = {"name": "张伟", "phone": None, "residence": None, **known}
    return {"header": {"agency": "甲", "recorder": None, "subject": subject}}


def test_two_people_in_different_places_both_keep_what_they_did(merged) -> None:
    base = body(turn(1), turn(2))
    mine = body(turn(1, text_final="我改的"), turn(2), **with_subject(phone="138"))
    theirs = body(turn(1), turn(2, text_final="他改的"), **with_subject(residence="路"))
    both = merged(base, mine, theirs)
    assert [one["text_final"] for one in both["body"]["turns"]] == ["我改的", "他改的"]
    assert both["body"]["header"]["subject"] == {"name": "张伟", "phone": "138", "residence": "路"}
    assert both["lost"] == []


def test_in_the_same_turn_mine_counts_whole_and_never_under_their_confirmation(merged) -> None:
    both = merged(body(turn(1)), body(turn(1, text_final="我改的")), body(turn(1, confirmed_by="li")))
    assert both["body"]["turns"] == [turn(1, text_final="我改的")]


def test_a_change_whose_turn_they_took_away_is_named_as_lost(merged) -> None:
    changed = turn(1, text_final="我改的")
    both = merged(body(turn(1), turn(2)), body(changed, turn(2)), body(turn(2)))
    assert both["body"]["turns"] == [turn(2)]
    assert both["lost"] == [changed]


def test_the_state_is_theirs_since_only_the_server_moves_it(merged) -> None:
    both = merged(body(), body(state="draft"), body(state="to_check"))
    assert both["body"]["state"] == "to_check"


def test_i_divide_one_turn_while_they_write_in_another(merged, divide) -> None:
    mine = divide("divided", BASE, 0, 3, {"me": "wang"})
    theirs = body(*FOUR[:2], {**FOUR[2], "text_final": "他改的"}, FOUR[3])
    both = merged(BASE, mine, theirs)
    assert [one["text_final"] for one in both["body"]["turns"]] == ["第1句", "话。", "第2句话。", "他改的", "第4句话。"]
    assert both["lost"] == []


def test_where_both_divided_the_same_turns_theirs_counts_and_mine_is_told(merged, divide) -> None:
    mine, theirs = divide("joined", BASE, 0, "wang"), divide("joined", BASE, 1, "li")
    both = merged(BASE, mine, theirs)
    assert ids(both["body"]) == ["t1", "t2", "t4"]
    assert [one["text_raw"] for one in both["lost"]] == ["第1句话。第2句话。"]


def test_no_turn_comes_to_stand_behind_two_summaries(merged, divide) -> None:
    mine, theirs = divide("summarised", BASE, 0, 2), divide("summarised", BASE, 2, 3)
    both = merged(BASE, mine, theirs)
    assert [one["summary_of"] for one in both["body"]["turns"] if one["summary_of"]] == [["t3", "t4"]]
    assert [one["id"] for one in both["lost"]] == ["t1s1"]


def test_a_summary_of_mine_and_their_words_in_another_turn_both_stay(merged, divide) -> None:
    mine = divide("summarised", BASE, 0, 1)
    both = merged(BASE, mine, body(*FOUR[:3], {**FOUR[3], "text_final": "他改的"}))
    assert ids(both["body"]) == ["t1s1", "t1", "t2", "t3", "t4"]
    assert both["body"]["turns"][4]["text_final"] == "他改的"


def test_what_they_noted_at_a_turn_that_i_joined_stands_at_the_whole(merged, divide) -> None:
    shown = {"no": "证据1", "name": "手机", "turn": "t2", "at": None}
    both = merged(BASE, divide("joined", BASE, 0, "wang"), body(*FOUR, exhibits=[shown]))
    assert both["body"]["exhibits"] == [{**shown, "turn": "t1"}]


def test_entries_of_both_stay_and_one_that_i_took_out_is_out(merged) -> None:
    old, new, theirs = MARK, {**MARK, "label": "我的"}, {**MARK, "label": "他的", "by": "li"}
    both = merged(body(bookmarks=[old]), body(bookmarks=[new]), body(bookmarks=[old, theirs]))
    assert both["body"]["bookmarks"] == [theirs, new]
