"""Found is what a plain look at every text finds: words, phrases, NOT, fields, pinyin; and best comes first."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cases.search.document import Kind
from cases.search.folding import fold
from cases.search.index import SearchIndex
from cases.search.matching import Order, days
from cases.search.query import And, Field, Node, Not, Or, Term, parse
from cases.search.reading import reading
from models.errors import BadInput
from tests.cases.search.conftest import document, matched, source

LETTERS = st.text(alphabet="张三李盜盗窃，,(\n\f 𬭎a1", max_size=14)
WORDS = st.text(alphabet="张三李盗窃𬭎", min_size=1, max_size=5)


def queries() -> st.SearchStrategy[str]:
    """Queries of every shape, as text."""
    return st.recursive(
        WORDS.map(lambda word: f'"{word}"') | WORDS,
        lambda inner: st.one_of(
            st.tuples(inner, inner).map(lambda pair: f"({pair[0]} OR {pair[1]})"),
            st.tuples(inner, inner).map(lambda pair: f"({pair[0]} {pair[1]})"),
            inner.map(lambda one: f"NOT ({one})"),
        ),
        max_leaves=5,
    )


def holds(node: Node, text: str) -> bool:
    """What a plain look at the text says."""
    if isinstance(node, Term):
        return node.text in fold(text)
    if isinstance(node, Not):
        return not holds(node.part, text)
    assert isinstance(node, And | Or)
    parts = [holds(part, text) for part in node.parts]
    return all(parts) if isinstance(node, And) else any(parts)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(LETTERS, min_size=1, max_size=12), st.lists(queries(), min_size=1, max_size=6), st.integers(1, 4))
def test_found_is_what_a_plain_look_finds(texts: list[str], asked: list[str], together: int) -> None:
    with tempfile.TemporaryDirectory(dir="/dev/shm" if Path("/dev/shm").exists() else None) as folder:
        index = SearchIndex(Path(folder))
        made = [source(f"r{n}", f"case{n % 2}", text) for n, text in enumerate(texts)]
        for start in range(0, len(made), together):  # several segments, and merges of them
            index.write(made[start : start + together])
        for query in asked:
            wanted = {f"r{n}" for n, text in enumerate(texts) if holds(parse(query), text)}
            with reading(index, None) as look:
                found = {one.source for one in look.found(matched(look, query).ids.tolist())}
            assert found == wanted, query


def test_a_phrase_runs_over_line_breaks_and_never_over_page_breaks(index, find) -> None:
    index.write([source("lines", "a", "被告人张\n三"), source("pages", "a", "被告人张\f三")])
    assert find("张三") == ["lines"]


def test_fields_decide(index, find) -> None:
    index.write(
        [
            source("书", "A", document("甲", type="起诉意见书", number="京公（2026）12号", persons=("张伟",))),
            source("录", "B", document("甲", kind=Kind.RECORD, type="讯问笔录", day="2025-01-31", author="某公安局")),
            source("车", "A", document("甲", kind=Kind.TRAFFIC, plate="京A12345")),
        ]
    )
    assert find("类型：起诉意见") == ["书"]
    assert find("文号：京公(2026)12号") == ["书"]
    assert find("责任者：公安局") == ["录"]
    assert find("号牌：京a12345 甲") == ["车"]
    assert find("来源：笔录") == ["录"]
    assert find("案件：B") == ["录"]
    assert find("人员：张伟") == ["书"]
    assert find("date:2025-01") == ["录"]
    assert find("date:2025..2026-01") == ["录"]
    assert set(find("日期：2026年10月")) == {"书", "车"}  # the day of storing, where there is no own
    assert set(find("NOT type:讯问")) == {"书", "车"}


def test_a_statute_is_found_by_the_days_that_it_is_in_force(index, find) -> None:
    old = document("旧条文", kind=Kind.STATUTE, day="2011-05-01", until="2021-02-28")
    new = document("新条文", kind=Kind.STATUTE, day="2021-03-01", until="9999-12-31")
    index.write([source("old", None, old), source("new", None, new)])
    assert find("date:2020-06-01 条文", []) == ["old"]
    assert find("date:2021-03-01 条文", []) == ["new"]
    assert set(find("date:2021 条文", [])) == {"old", "new"}


@pytest.mark.parametrize("typed", ["kind:x", "date:昨天", "date:2026-13", "date:26"])
def test_a_field_that_holds_nonsense_is_refused(find, index, typed: str) -> None:
    index.write([])
    with pytest.raises(BadInput):
        find(typed)


def test_days_are_compared_as_text() -> None:
    assert days("2026年1月") == ("2026-01", "2026-01~")
    assert days("2026.1.5") == ("2026-01-05", "2026-01-05~")
    assert days("..2026") == ("", "2026~")
    assert days("2026..") == ("2026", "9999~")


def test_a_name_is_found_by_its_pinyin_and_a_word_by_the_dictionary(index, find) -> None:
    index.write([source("r", "a", "证人章三丰盗窃", names=(("zhangsanfeng", "章三丰"), ("zsf", "章三丰")))])
    index.learn_words([("daoqie", 0, "盗窃"), ("dq", 0, "盗窃"), ("dq", 1, "地区")])
    for typed in ("zhangsanfeng", "zsf", "ZSF", "zhang san feng", "daoqie", "dq"):
        assert find(typed) == ["r"], typed
    assert find('"zsf"') == []
    with reading(index, None) as look:
        assert matched(look, "dq").readings == {"dq": ("盗窃", "地区")}


def test_the_rarer_word_and_the_shorter_text_come_first(index, find) -> None:
    index.write(
        [
            source("common", "a", "被告人" + "盗窃" * 2 + "甲" * 200),
            source("rare", "a", "被告人无缝钢管" + "甲" * 200),
            source("short", "a", "被告人盗窃"),
            *(source(f"rest{n}", "a", "被告人盗窃" + "乙" * 300) for n in range(5)),
        ]
    )
    assert find("盗窃 OR 无缝钢管")[0] == "rare"
    assert find("盗窃")[0] == "short"


def test_a_title_outweighs_a_mention(index, find) -> None:
    index.write([source("mention", "a", "甲" * 60 + "第八条"), source("title", "a", "某法 第八条\f" + "乙" * 70)])
    assert find("第八条") == ["title", "mention"]


def test_newest_first_goes_by_the_own_day_of_a_document(index, find) -> None:
    days_ = ("2024-01-01", "2026-12-01", "1990-05-05")
    index.write([source(day, "a", document("甲", day=day)) for day in days_])
    assert find("甲", order=Order.NEWEST) == ["2026-12-01", "2024-01-01", "1990-05-05"]


def test_an_empty_index_finds_nothing(find, index) -> None:
    assert find("张三 NOT 李四") == []
    assert Field("type", "x") == parse("type:x")
