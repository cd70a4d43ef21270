"""What a person types is read as they mean it, with an input method's marks, and faults are named."""

from __future__ import annotations

import pytest

from cases.search.query import And, Field, Node, Not, Or, Term, parse, terms
from models.errors import BadInput


def word(text: str) -> Term:
    return Term(text)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("张三", word("张三")),
        ("张三 盗窃", And((word("张三"), word("盗窃")))),
        ("张三　盗窃", And((word("张三"), word("盗窃")))),
        ("张三，盗窃", And((word("张三"), word("盗窃")))),
        ("张三, 盗窃", And((word("张三"), word("盗窃")))),
        ("张三 AND 盗窃", And((word("张三"), word("盗窃")))),
        ("张三 ＡＮＤ 盗窃", And((word("张三"), word("盗窃")))),
        ("张三 OR 李四 王五", Or((word("张三"), And((word("李四"), word("王五")))))),
        ("张三｜李四", Or((word("张三"), word("李四")))),
        ("（张三 OR 李四）王五", And((Or((word("张三"), word("李四"))), word("王五")))),
        ("张三 NOT 李四", And((word("张三"), Not(word("李四"))))),
        ("张三 -李四", And((word("张三"), Not(word("李四"))))),
        ("张三 ！李四", And((word("张三"), Not(word("李四"))))),
        ("NOT（张三 李四）", Not(And((word("张三"), word("李四"))))),
        ("NOT NOT 张三", Not(Not(word("张三")))),
        ("“河滨 市场，后门”", word("河滨市场,后门")),
        ("「河滨市场」", word("河滨市场")),
        ('"AND"', word("and")),
        ("類型：起诉意见书", Field("type", "起诉意见书")),
        ("type:起诉意见书", Field("type", "起诉意见书")),
        ("人员：“张 三”", Field("person", "张三")),
        ("文号：京公（2026）12号", Field("number", "京公(2026)12号")),
        ("盗窃（未遂）", word("盗窃(未遂)")),
        ("10:30", word("10:30")),
        ("问：你叫什么", word("问:你叫什么")),
        ("粤B-12345", word("粤b-12345")),
        ("１２０元", word("120元")),
        ("電動車", word("电动车")),
        ("10,000元", word("10,000元")),
        ("zs", Term("zs", pinyin=True)),
        ('"zs"', word("zs")),
        ("A1", word("a1")),
    ],
)
def test_a_query_is_read_as_it_is_meant(typed: str, meant: Node) -> None:
    assert parse(typed) == meant


def test_neighbouring_syllables_may_be_one_name() -> None:
    read = parse("zhang san")
    assert isinstance(read, Or)
    assert Term("zhangsan", pinyin=True) in read.parts


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("", "search.empty"),
        (" ， ", "search.empty"),
        ("(张三", "search.bracket"),
        ("张三)", "search.bracket"),
        ("“张三", "search.quote"),
        ('""', "search.quote"),
        ("张三 OR", "search.operator"),
        ("AND 张三", "search.operator"),
        ("NOT", "search.operator"),
        ("()", "search.operator"),
        ("type:", "search.field"),
        ("张" * 501, "search.long"),
        ("张 " * 33, "search.terms"),
        ("(" * 20 + "张" + ")" * 20, "search.depth"),
        ("NOT " * 30 + "张", "search.depth"),
        ("\u200b", "search.empty"),
    ],
)
def test_a_fault_is_named(typed: str, code: str) -> None:
    with pytest.raises(BadInput) as refused:
        parse(typed)
    assert refused.value.code == code


def test_terms_under_not_are_not_marked_in_hits() -> None:
    assert terms(parse("张三 (李四 OR 王五) NOT 赵六 type:书")) == [word("张三"), word("李四"), word("王五")]
