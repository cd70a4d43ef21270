"""What a person does to the turns of a 笔录, as values: `turns.js` by itself, in the browser that runs it."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.browser

RUN = """async ([name, args]) => (await import('/static/turns.js'))[name](...args)"""
BASE = {
    "state": "draft",
    "content_sha256": None,
    "page_count": None,
    "header": {"agency": "甲", "recorder": None, "subject": {"name": "张伟", "phone": None, "residence": None}},
    "notices": [{"code": "rights", "turn": None, "confirmed_by": None}],
    "turns": [],
}


@pytest.fixture
def run(visit):
    """Call a function of the module."""
    visit.sign_in()
    return lambda name, *args: visit.page.evaluate(RUN, [name, list(args)])


def turn(number: int, **changed: object) -> dict[str, object]:
    flag = {"code": "low-confidence", "at": None, "resolved_by": None, "resolved_at": None, "note": None}
    plain = {"id": f"t{number}", "role": "answer", "text_raw": "听清", "text_final": "听清", "confirmed_by": None}
    return {**plain, "confirmed_at": None, "spans": [], "flags": [flag], **changed}


def body(*turns: dict[str, object], **changed: object) -> dict[str, object]:
    return {**BASE, "turns": list(turns), **changed}


def test_confirming_settles_the_doubts_and_keeps_who_confirmed_first(run) -> None:
    done = run("confirmed", turn(1), "wang")
    assert (done["confirmed_by"], done["flags"][0]["resolved_by"]) == ("wang", "wang")
    assert run("confirmed", done, "li") == done


def test_a_turn_whose_part_nobody_told_is_not_confirmed(run) -> None:
    unknown = turn(1, role=None)
    assert run("confirmed", unknown, "wang") == unknown
    assert run("waits", unknown)


def test_other_words_are_confirmed_by_nobody_and_leave_the_raw_ones(run) -> None:
    done = run("withText", turn(1, confirmed_by="wang"), "听  清了 ")
    assert (done["text_final"], done["text_raw"], done["confirmed_by"]) == ("听 清了", "听清", None)


def test_doubts_that_the_server_has_as_settled_are_not_opened_again(run) -> None:
    here = run("settled", turn(1), "wang", turn(1))
    assert here["flags"][0]["resolved_by"] == "wang"
    assert run("settled", here, "wang", turn(1))["flags"][0]["resolved_by"] is None
    assert run("settled", here, "wang", here) == here


def test_a_value_is_put_where_its_path_leads_and_what_is_not_there_is_made(run) -> None:
    done = run("withValue", BASE, "header.recorder.name", "陈立")
    assert done["header"]["recorder"] == {"name": "陈立"}
    assert done["header"]["subject"] == BASE["header"]["subject"]  # type: ignore[index]  # a literal above
    assert run("valueAt", {"turns": [turn(1)]}, "turns[0].id") == "t1"


@pytest.mark.parametrize(
    ("one", "other", "equal"),
    [
        ({"a": [1, {"b": None}]}, {"a": [1, {"b": None}]}, True),
        ({"a": 1}, {"a": 1, "b": None}, False),
        ([1, 2], [2, 1], False),
        ([], {}, False),
        (None, {}, False),
        ("1", 1, False),
    ],
)
def test_values_are_the_same_by_what_they_hold(run, one, other, equal: bool) -> None:
    assert run("same", one, other) is equal


def test_two_people_in_different_places_both_keep_what_they_did(run) -> None:
    base = body(turn(1), turn(2))
    mine = run("withValue", body(turn(1, text_final="我改的"), turn(2)), "header.subject.phone", "138")
    theirs = run("withValue", body(turn(1), turn(2, text_final="他改的")), "header.subject.residence", "路")
    both = run("merged", base, mine, theirs)
    assert [one["text_final"] for one in both["body"]["turns"]] == ["我改的", "他改的"]
    assert both["body"]["header"]["subject"] == {"name": "张伟", "phone": "138", "residence": "路"}
    assert both["lost"] == []


def test_in_the_same_turn_mine_counts_whole_and_never_under_their_confirmation(run) -> None:
    both = run("merged", body(turn(1)), body(turn(1, text_final="我改的")), body(turn(1, confirmed_by="li")))
    assert both["body"]["turns"] == [turn(1, text_final="我改的")]


def test_a_change_whose_turn_they_took_away_is_named_as_lost(run) -> None:
    changed = turn(1, text_final="我改的")
    both = run("merged", body(turn(1), turn(2)), body(changed, turn(2)), body(turn(2)))
    assert both["body"]["turns"] == [turn(2)]
    assert both["lost"] == [changed]


def test_the_state_is_theirs_since_only_the_server_moves_it(run) -> None:
    both = run("merged", body(), body(state="draft"), body(state="to_check"))
    assert both["body"]["state"] == "to_check"
