"""Key facts by kind, and words that only look like names and places."""

from __future__ import annotations

import pytest

from pipelines.speech.compare.facts import FactKind, facts, person_names, place_core
from pipelines.speech.compare.quantities import plain


def found(text: str) -> set[tuple[str, str]]:
    return {(fact.kind.value, fact.text) for fact in facts(plain(text))}


def test_a_sentence_gives_person_place_tool_means_and_count() -> None:
    said = found("我和张伟在福万家超市门口用一把水果刀捅了李国强两刀")
    assert {
        ("person", "张伟"),
        ("place", "福万家超市"),
        ("tool", "水果刀"),
        ("means", "捅"),
        ("person", "李国强"),
        ("count", "两刀"),
    } <= said


@pytest.mark.parametrize("text", ["我很高兴", "马上就来", "周围没有人", "钱包在车上", "他在里面的店里", "出门上街"])
def test_common_words_are_neither_names_nor_places(text: str) -> None:
    assert not {kind for kind, _ in found(text)} & {"person", "place"}


def test_aliases_are_names() -> None:
    assert {name for name, _ in person_names("他外号叫黑子，我跟老王一起")} >= {"老王"}


def test_the_other_side_is_no_person_and_a_post_no_place() -> None:
    assert list(person_names("对方付了多少钱")) == []
    assert FactKind.PLACE not in {fact.kind for fact in facts("任公司仓储部主管")}


def test_a_knife_of_no_list_is_a_tool_and_a_stab_is_none() -> None:
    assert ("tool", "裁纸刀") in found("拿裁纸刀") or ("tool", "纸刀") in found("拿裁纸刀")
    assert FactKind.TOOL not in {fact.kind for fact in facts("捅了他三刀")}


def test_what_tells_a_place_from_others_of_its_sort() -> None:
    assert place_core("福万家超市") == place_core("经过福万家超市") == "万家超市"
    assert place_core("人民路") == "人民路"
    assert place_core("好运来酒店") != place_core("蓝天酒店")


@pytest.mark.parametrize(
    "text", ["想给孩子弄些肉吃", "我们走的是后山小路", "顺着那条土路跑了", "无人员探路", "因高速公路有卡点"]
)
def test_what_bears_no_name_is_no_place(text: str) -> None:
    assert FactKind.PLACE not in {fact.kind for fact in facts(text)}


def test_a_street_called_after_a_mountain_is_a_place() -> None:
    assert [fact.text for fact in facts("在中山路口等") if fact.kind is FactKind.PLACE] == ["中山路口"]
