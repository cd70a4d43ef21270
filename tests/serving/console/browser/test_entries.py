"""What a 笔录 notes beside its turns: `entries.js` by itself, in the browser that runs it."""

from __future__ import annotations

import pytest

from tests.serving.console.browser.test_turns import RUN, body, heard

pytestmark = pytest.mark.browser

TOOK = "我拿了两部手机。还有手包。"


@pytest.fixture
def run(visit):
    """Call a function of the module."""
    visit.sign_in()
    return lambda name, *args: visit.page.evaluate(RUN, ["entries", name, list(args)])


def record(**changed: object) -> dict[str, object]:
    return body(heard(1, "甲", 0, 900), heard(2, TOOK, 1000, 1900, confirmed_by="wang"), **changed)


def mark(ms: int, label: str = "改口") -> dict[str, object]:
    return {"at": {"media": "m", "start_ms": ms, "end_ms": ms}, "label": label, "by": "wang"}


@pytest.mark.parametrize(
    ("old", "words", "before", "after", "text"),
    [
        ("两部", "三部", "两部", "三部", "我拿了三部手机。还有手包。"),
        ("", "没有了。", "", "没有了。", TOOK + "没有了。"),
        ("两部手机。", "", "两部手机。还", "还", "我拿了还有手包。"),
        ("手机", "手", "手机。", "手。", "我拿了两部手。还有手包。"),
    ],
)
def test_a_correction_is_the_only_such_place_in_its_turn(run, old, words, before, after, text) -> None:
    start = TOOK.index(old) if old else len(TOOK)
    made = run("corrected", record(), 1, [start, start + len(old)], words, "张伟")
    (one,) = made["review"]["corrections"]
    assert (one["turn"], one["before"], one["after"], one["by"]) == ("t2", before, after, "张伟")
    assert one["fingerprint_slot"]
    assert made["turns"][1]["text_final"] == text
    assert made["turns"][1]["confirmed_by"] is None
    assert text.count(after) == 1


def test_a_correction_of_corrected_words_strikes_what_stood_first(run) -> None:
    once = run("corrected", record(), 1, [3, 5], "三部", "张伟")
    twice = run("corrected", once, 1, [3, 4], "五", "张伟")
    assert [(one["before"], one["after"]) for one in twice["review"]["corrections"]] == [("两部", "五部")]
    assert run("corrected", twice, 1, [3, 5], "两部", "张伟")["review"]["corrections"] == []


def test_a_correction_taken_out_gives_the_words_back(run, visit) -> None:
    made = run("corrected", record(), 1, [3, 5], "三部", "张伟")
    taken = """async ([body]) => (await import('/static/entries.js'))
    .without(body, 'correction', body.review.corrections[0])"""
    back = visit.page.evaluate(taken, [made])
    assert (back["turns"][1]["text_final"], back["review"]["corrections"]) == (TOOK, [])


def test_entries_stand_in_the_order_of_the_recording_each_at_its_turn(run) -> None:
    shown = {"no": "证据1", "name": "手机", "turn": "t1", "at": {"media": "m", "start_ms": 500, "end_ms": 500}}
    found = run("entries", record(bookmarks=[mark(1950), mark(100)], exhibits=[shown]))
    assert [(kind, turn) for kind, _, turn in found] == [("bookmark", "t1"), ("exhibit", "t1"), ("bookmark", "t2")]


@pytest.mark.parametrize(
    ("numbers", "following"), [([], "证据1"), (["证据1"], "证据2"), (["物证9号"], "物证10号"), (["照片"], "证据2")]
)
def test_the_next_exhibit_has_the_next_number(run, numbers, following) -> None:
    shown = [{"no": no, "name": "x", "turn": "t1", "at": None} for no in numbers]
    assert run("nextNo", record(exhibits=shown)) == following


def test_a_gap_in_the_sound_waits_for_its_reason(run) -> None:
    gap = {"media": "m", "start_ms": 900, "end_ms": 1000}
    media = [{"id": "m", "duration_ms": 60_000, "gaps": [gap]}]
    assert run("unexplained", record(media=media)) == gap
    told = [{"at": gap, "reason": "换盘", "approved_by": None, "explained_in": "t2"}]
    assert run("unexplained", record(media=media, interruptions=told)) is None
