"""Turns of a 笔录 joined, divided and summed up: `dividing.js` by itself, in the browser that runs it."""

from __future__ import annotations

import pytest

from tests.serving.console.browser.test_turns import RUN, body, heard

pytestmark = pytest.mark.browser

BORN = "我叫张伟，一九九〇年三月十二日出生。"
WORDS = [[1.0 + n * 0.5, 1.5 + n * 0.5, BORN[2 * n : 2 * n + 2], 0.9, 0] for n in range(9)]
DIVIDE = """async ([body, place, caret, words]) => (await import('/static/dividing.js'))
.divided(body, place, caret, { me: 'wang', wordsOf: () => words })"""


@pytest.fixture
def run(visit):
    """Call a function of the module."""
    visit.sign_in()
    return lambda name, *args: visit.page.evaluate(RUN, ["dividing", name, list(args)])


@pytest.fixture
def divided(visit):
    """A turn cut where the words of its sentence are known."""
    visit.sign_in()
    return lambda body, place, caret, words=None: visit.page.evaluate(DIVIDE, [body, place, caret, words])


def places(turn) -> list[tuple[int, int, int, int]]:
    spans = turn["spans"]
    return [(s["at"]["start_ms"], s["at"]["end_ms"], s["char_start"], s["char_end"]) for s in spans]


def long_turn(**changed: object) -> dict[str, object]:
    record = heard(1, BORN, 1000, 6000, text_final="我叫张伟，1990年3月12日出生。", **changed)
    span = {**record["spans"][0], "word_end": 9}  # type: ignore[index]  # a list above
    return {**record, "spans": [span]}


def test_a_turn_is_cut_at_the_word_that_is_said_there_whatever_its_figures(divided) -> None:
    head, tail = divided(body(long_turn()), 0, len("我叫张伟，1990年"), WORDS)["turns"]
    assert (head["text_final"], tail["text_final"]) == ("我叫张伟，1990年", "3月12日出生。")
    assert (head["text_raw"], tail["text_raw"]) == ("我叫张伟，一九九〇年", "三月十二日出生。")
    assert (places(head), places(tail)) == ([(1000, 3500, 0, 10)], [(3500, 6000, 0, 8)])
    assert (head["spans"][0]["word_end"], tail["spans"][0]["word_start"], tail["spans"][0]["word_end"]) == (5, 5, 9)


def test_without_words_the_sentence_is_spread_over_its_letters(divided) -> None:
    _, tail = divided(body(heard(1, "甲乙丙丁", 1000, 2000)), 0, 2)["turns"]
    assert places(tail) == [(1500, 2000, 0, 2)]


def test_a_letter_behind_the_basic_plane_is_one_letter_as_the_server_counts(divided) -> None:
    head, tail = divided(body(heard(1, "我叫𠮷山。是的。", 0, 800)), 0, len("我叫𠮷山。") + 1)["turns"]
    assert (head["text_raw"], tail["text_raw"]) == ("我叫𠮷山。", "是的。")
    assert (places(head)[0][3], places(tail)[0][2:]) == (5, (0, 3))


def test_cut_and_joined_again_a_turn_is_what_it_was(run, divided) -> None:
    record = body(long_turn())
    assert run("joined", divided(record, 0, len("我叫张伟，"), WORDS), 0, "wang")["turns"] == record["turns"]


def test_joined_turns_keep_every_doubt_and_every_place(run) -> None:
    flag = {"code": "quiet", "at": {"media": "m", "start_ms": 0, "end_ms": 900}, "resolved_by": None, "note": None}
    record = body(heard(1, "OK", 0, 900, flags=[flag]), heard(2, "yes，好", 1000, 1900, flags=[{**flag, "note": "x"}]))
    (both,) = run("joined", record, 0, "wang")["turns"]
    assert (both["text_raw"], places(both)) == ("OK yes，好", [(0, 900, 0, 2), (1000, 1900, 3, 8)])
    assert len(both["flags"]) == 2


@pytest.mark.parametrize(
    ("one", "next_", "kept"), [("wang", "wang", "wang"), ("wang", "li", None), ("wang", None, None)]
)
def test_a_joined_turn_stays_confirmed_only_in_ones_own_name(run, one, next_, kept) -> None:
    record = body(heard(1, "甲", 0, 9, confirmed_by=one), heard(2, "乙", 10, 19, confirmed_by=next_))
    assert run("joined", record, 0, "wang")["turns"][0]["confirmed_by"] == kept


def test_what_points_at_a_turn_that_was_joined_points_at_the_whole(run) -> None:
    notice = {"code": "rights", "turn": "t2", "answer": None, "confirmed_by": None}
    shown = {"no": "证据1", "name": "手机", "turn": "t2", "at": None}
    record = body(heard(1, "甲", 0, 9), heard(2, "乙", 10, 19), notices=[notice], exhibits=[shown])
    both = run("joined", record, 0, "wang")
    assert (both["notices"][0]["turn"], both["exhibits"][0]["turn"]) == ("t1", "t1")


def test_what_was_noted_goes_to_the_part_in_which_it_was_said(divided) -> None:
    def shown(ms: int) -> dict[str, object]:
        return {"no": str(ms), "name": "x", "turn": "t1", "at": {"media": "m", "start_ms": ms, "end_ms": ms}}

    made = divided(body(heard(1, "甲乙丙丁", 0, 1000), exhibits=[shown(100), shown(700)]), 0, 2)
    assert [one["turn"] for one in made["exhibits"]] == ["t1", "t1.1"]


@pytest.mark.parametrize("caret", [0, 4])
def test_nothing_is_cut_off_at_an_end(divided, caret: int) -> None:
    assert divided(body(heard(1, "甲乙丙丁", 0, 1000)), 0, caret) is None


def test_a_sentence_of_no_length_is_not_cut(divided) -> None:
    assert divided(body(heard(1, "甲乙丙丁", 500, 500)), 0, 2) is None


def test_a_summary_stands_before_its_turns_and_has_their_places(run) -> None:
    record = body(heard(1, "甲", 0, 9), heard(2, "乙", 10, 19), heard(3, "丙", 20, 29))
    summary, *rest = run("summarised", record, 0, 1)["turns"]
    assert (summary["id"], summary["summary_of"], summary["text_raw"]) == ("t1s1", ["t1", "t2"], "")
    assert places(summary) == [(0, 9, 0, 0), (10, 19, 0, 0)]
    assert rest == record["turns"]
    assert run("dissolved", {**record, "turns": [summary, *rest]}, 0)["turns"] == record["turns"]


def test_a_summary_takes_up_one_that_it_covers_and_joins_with_nothing(run) -> None:
    record = run("summarised", body(*[heard(n, f"第{n}", n * 10, n * 10 + 9) for n in (1, 2, 3)]), 0, 1)
    wider = run("summarised", record, 0, 3)
    assert [one["summary_of"] for one in wider["turns"]] == [["t1", "t2", "t3"], [], [], []]
    assert run("joined", record, 0, "wang") is None
    assert run("joined", record, 2, "wang") is None
    assert run("summarised", record, 2, 3) is None


def test_turns_behind_a_summary_are_still_joined_and_cut(run, divided) -> None:
    record = run("summarised", body(heard(1, "甲乙", 0, 90), heard(2, "丙", 100, 190)), 0, 1)
    assert run("joined", record, 1, "wang")["turns"][0]["summary_of"] == ["t1"]
    assert divided(record, 1, 1)["turns"][0]["summary_of"] == ["t1", "t1.1", "t2"]


def test_who_confirms_a_summary_settles_the_doubts_behind_it_and_vouches_for_no_more(run) -> None:
    flag = {"code": "quiet", "at": None, "resolved_by": None, "note": None}
    record = run("summarised", body(heard(1, "甲", 0, 9, flags=[flag]), heard(2, "乙", 10, 19)), 0, 1)
    summary, first, _ = run("vouched", record, 0, "wang")["turns"]
    assert (summary["confirmed_by"], first["confirmed_by"]) == ("wang", None)
    assert first["flags"][0]["resolved_by"] == "wang"


@pytest.mark.parametrize(
    ("second", "caret"), [(1.1, 0), (3.6, len("我叫张伟，1990年")), (5.6, len("我叫张伟，1990年3月12日出"))]
)
def test_the_playhead_finds_its_character(visit, second: float, caret: int) -> None:
    visit.sign_in()
    find = (
        """async ([turn, second, words]) => (await import('/static/dividing.js')).caretAt(turn, second, () => words)"""
    )
    assert visit.page.evaluate(find, [long_turn(), second, WORDS]) == caret
