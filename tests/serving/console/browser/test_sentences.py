"""The editor's pure modules in the engine that runs them: no change loses its sound, and each step goes back."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

pytestmark = pytest.mark.browser

FEW = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
TEXT = st.text(alphabet="我你他去了没有，。ab1 ", max_size=10)
ROWS = st.lists(TEXT.map(str.strip), min_size=1, max_size=5)


@pytest.fixture
def run(visit):
    """Call a function of JavaScript over the module's exports, with values as JSON."""
    visit.go("/sign-in")

    def call(body: str, *values: Any) -> Any:
        given = json.dumps(values, ensure_ascii=False)
        return visit.page.evaluate(
            f"""async () => {{ const s = await import('/static/sentences.js');
            const {{ History }} = await import('/static/history.js'); return (({body}))(s, {given}, History); }}"""
        )

    return call


def saved(texts: list[str]) -> list[dict[str, Any]]:
    """Rows as the page's data block has them: half a second a character."""
    rows = []
    for n, text in enumerate(texts):
        start = n * 10.0
        words = [[start + k / 2, start + k / 2 + 0.5, c, 0.8, 0] for k, c in enumerate(text) if c.strip()]
        row = {"start": start, "end": start + len(text) / 2, "text": text, "speaker": "S1", "role": None}
        rows.append(
            {**row, "flags": [], "resolved": [], "confirmed_by": None, "suggestions": [], "numbers": [], "words": words}
        )
    return rows


def test_words_that_an_edit_left_alone_keep_their_times_and_the_rest_lies_between(run) -> None:
    words = run("(s, [rows]) => s.withText(s.fromSaved(rows)[0], '我前天晚上去了。').words", saved(["我昨天去了。"]))
    assert [w[2] for w in words] == ["我", "前", "天", "晚", "上", "去", "了。"]
    assert [w[4] for w in words] == [0, 1, 1, 1, 1, 0, 0]
    assert (words[0][:2], words[5][:2], words[6][:2]) == ([0.0, 0.5], [1.5, 2.0], [2.0, 2.5])
    assert (words[1][0], words[4][1]) == (0.5, 1.5)


@given(texts=ROWS, new=TEXT)
@FEW
def test_whatever_is_written_its_words_say_it_and_stay_in_order(run, texts: list[str], new: str) -> None:
    one = run("(s, [rows, text]) => s.withText(s.fromSaved(rows)[0], text)", saved(texts), new)
    said = "".join(w[2] for w in one["words"])
    if any(c.isalnum() for c in new):
        assert said == one["text"]
    starts = [w[0] for w in one["words"]]
    assert starts == sorted(starts)
    assert all(one["start"] <= w[0] <= w[1] <= one["end"] for w in one["words"])


@given(texts=ROWS, at=st.integers(0, 10))
@FEW
def test_what_is_split_and_merged_again_is_as_it_was(run, texts: list[str], at: int) -> None:
    before, after = run(
        """(s, [rows, at]) => { const one = s.fromSaved(rows)[0]; const cut = s.split(one, at);
        return [one, s.merged(...cut)]; }""",
        saved(texts),
        at,
    )
    assert "".join(w[2] for w in after["words"]).replace(" ", "") == "".join(w[2] for w in before["words"]).replace(
        " ", ""
    )
    assert after["text"].replace(" ", "") == before["text"].replace(" ", "")
    assert (after["start"], after["first"], after["last"]) == (before["start"], 0, 0)


def test_edits_say_only_what_changed_and_a_draft_of_them_gives_the_same_sentences(run) -> None:
    edits, again = run(
        """(s, [rows]) => { const saved = s.fromSaved(rows); let now = [...saved];
        now.splice(1, 1, ...s.split(now[1], 2)); now[0] = s.withText(now[0], '没去');
        now.splice(3, 2, s.merged(now[3], now[4]));
        const edits = s.edits(saved, now); return [edits, s.edits(saved, s.applied(saved, edits))]; }""",
        saved(["去了", "什么时候", "昨天", "晚上", "好的"]),
    )
    assert [(e["first"], e["last"], [x["text"] for x in e["sentences"]]) for e in edits] == [
        (0, 0, ["没去"]),
        (1, 1, ["什么", "时候"]),
        (2, 3, ["昨天晚上"]),
    ]
    assert again == edits


def test_nothing_is_sent_for_what_was_undone(run) -> None:
    assert run(
        """(s, [rows], History) => { const saved = s.fromSaved(rows), past = new History(); let now = [...saved];
        const act = (at, after) => { past.push({ at, before: [now[at]], after }); now.splice(at, 1, ...after); };
        act(0, [s.swapped(now[0])]); act(0, s.split(now[0], 1)); act(1, [s.confirmed(now[1])]);
        const full = s.edits(saved, now).length;
        for (let step = past.undo(); step; step = past.undo()) now.splice(step.at, step.before.length, ...step.after);
        const none = s.edits(saved, now).length;
        for (let step = past.redo(); step; step = past.redo()) now.splice(step.at, step.before.length, ...step.after);
        return [full, none, now.length, past.canRedo]; }""",
        saved(["去了吗", "好"]),
    ) == [1, 0, 3, False]


def test_after_a_save_older_steps_speak_of_the_new_sentences(run) -> None:
    assert run(
        """(s, [rows]) => { const saved = s.fromSaved(rows), halves = s.split(saved[1], 1);
        const kept = [saved[0], ...halves, saved[2]];
        const next = kept.map((one, n) => ({ ...one, first: n, last: n }));
        const move = s.rebased(kept, next);
        const back = [saved[0], saved[1], saved[2]].map(move);
        const left = s.edits(next, back).map((e) => [e.first, e.last, e.sentences.length]);
        return [left, kept.map(move).every((one, n) => one === next[n])]; }""",
        saved(["去了", "好的", "没有"]),
    ) == [[[1, 2, 1]], True]


def test_a_confirmation_settles_doubts_and_a_change_of_text_ends_it(run) -> None:
    rows = saved(["嗯嗯"])
    rows[0]["flags"] = ["repetition"]
    assert run(
        """(s, [rows]) => { const one = s.fromSaved(rows)[0], yes = s.confirmed(one), no = s.withText(yes, '嗯');
        return [s.doubts(one), s.doubts(yes), yes.flags, no.confirmed, s.doubts(s.marked(yes))]; }""",
        rows,
    ) == [["repetition"], [], ["repetition"], False, ["marked"]]


def test_a_suggested_hotword_is_a_doubt_until_it_is_taken_or_the_sentence_confirmed(run) -> None:
    rows = saved(["我叫张卫"])
    rows[0]["suggestions"] = [[2, 4, "张卫", "张伟"]]
    assert run(
        """(s, [rows]) => { const one = s.fromSaved(rows)[0], taken = s.hinted(one);
        const settled = s.doubts(s.confirmed(one)), same = s.hinted(taken) === taken;
        return [s.doubts(one), taken.text, s.doubts(taken), settled, same]; }""",
        rows,
    ) == [["hotword"], "我叫张伟", [], [], True]
