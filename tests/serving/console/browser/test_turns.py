"""What a person does to the turns of a 笔录, as values: `turns.js` by itself, in the browser that runs it."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.browser

RUN = """async ([module, name, args]) => (await import(`/static/${module}.js`))[name](...args)"""
BASE = {
    "state": "draft",
    "content_sha256": None,
    "page_count": None,
    "header": {"agency": "甲", "recorder": None, "subject": {"name": "张伟", "phone": None, "residence": None}},
    "notices": [{"code": "rights", "turn": None, "confirmed_by": None}],
    "turns": [],
    "media": [{"id": "m", "duration_ms": 60_000, "gaps": []}],
    "exhibits": [],
    "bookmarks": [],
    "glossary": [],
    "interruptions": [],
    "review": {"closing": None, "corrections": []},
}


@pytest.fixture
def run(visit):
    """Call a function of the module."""
    visit.sign_in()
    return lambda name, *args: visit.page.evaluate(RUN, ["turns", name, list(args)])


def turn(number: int, **changed: object) -> dict[str, object]:
    flag = {"code": "low-confidence", "at": None, "resolved_by": None, "resolved_at": None, "note": None}
    plain = {"id": f"t{number}", "role": "answer", "text_raw": "听清", "text_final": "听清", "confirmed_by": None}
    return {**plain, "confirmed_at": None, "speaker": None, "summary_of": [], "spans": [], "flags": [flag], **changed}


def heard(number: int, text: str, start_ms: int, end_ms: int, **changed: object) -> dict[str, object]:
    """A turn of one sentence, which is the segment of the same number."""
    at = {"media": "m", "start_ms": start_ms, "end_ms": end_ms}
    span = {"at": at, "char_start": 0, "char_end": len(text), "segment": number, "word_start": 0, "word_end": 0}
    plain = {"text_raw": text, "text_final": text, "flags": [], "spans": [{**span, "confidence": 0.9}]}
    return turn(number, **{**plain, **changed})


def body(*turns: dict[str, object], **changed: object) -> dict[str, object]:
    return {**BASE, "turns": list(turns), **changed}


def test_of_a_turn_behind_a_summary_only_the_doubts_wait(run) -> None:
    assert run("waits", turn(1, flags=[]))
    assert not run("waits", turn(1, flags=[]), True)
    assert run("waits", turn(1), True)


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
    here = run("settled", turn(1), "wang", [turn(1)])
    assert here["flags"][0]["resolved_by"] == "wang"
    assert run("settled", here, "wang", [turn(1)])["flags"][0]["resolved_by"] is None
    assert run("settled", here, "wang", [here]) == here


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
