"""Every rule holds to its own examples, rests on something, and explains itself in both languages."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from pipelines.intelligence.review.engine import review
from pipelines.intelligence.review.predicates import PREDICATES
from pipelines.intelligence.review.rule import Rule, families, rules
from pipelines.speech.statute import chinese_number
from tests.pipelines.intelligence.review.example import casefile_of_example

FILES = {
    "刑诉法": "刑事诉讼法(2018).md",
    "规定": "公安机关办理刑事案件程序规定(2020).md",
    "规则": "人民检察院刑事诉讼规则(2019).md",
    "解释": "最高人民法院关于适用刑事诉讼法的解释(2021).md",
}
SAID = {
    "刑诉法 79": "取保候审最长不得超过十二个月",
    "刑诉法 85": "至迟不得超过二十四小时",
    "刑诉法 86": "应当在拘留后的二十四小时以内进行讯问",
    "刑诉法 91": "可以延长至三十日",
    "刑诉法 93": "应当在逮捕后二十四小时以内，通知被逮捕人的家属",
    "刑诉法 94": "都必须在逮捕后的二十四小时以内进行讯问",
    "刑诉法 118": "应当在看守所内进行",
    "刑诉法 119": "传唤、拘传持续的时间不得超过十二小时",
    "刑诉法 122": "侦查人员也应当在笔录上签名",
    "刑诉法 123": "录音或者录像应当全程进行",
    "刑诉法 146": "聘请有专门知识的人进行鉴定",
    "刑诉法 148": "鉴定意见告知犯罪嫌疑人",
    "刑诉法 156": "可以经上一级人民检察院批准延长一个月",
    "刑诉法 158": "再延长二个月|可以延长二个月",
    "刑诉法 159": "可以再延长二个月",
    "刑诉法 160": "自发现之日起",
    "刑诉法 172": "重大、复杂的案件，可以延长十五日",
    "刑诉法 175": "补充侦查以二次为限",
    "刑诉法 281": "应当通知未成年犯罪嫌疑人、被告人的法定代理人到场",
    "规定 79": "在拘传证上签名、捺指印",
    "规定 125": "在拘留证上签名、捺指印",
    "规定 129": "流窜作案",
    "规定 143": "执行逮捕的侦查人员不得少于二人",
    "规定 145": "应当在逮捕通知书中注明原因",
    "规定 148": "在期限届满七日前送请",
    "规定 153": "到达看守所的时间",
    "规定 194": "下列人员不得担任侦查活动的见证人",
    "规定 199": "在传唤证上填写到案时间",
    "规定 200": "传唤持续的时间不得超过十二小时",
    "规定 201": "饮食和必要的休息时间，并记录在案",
    "规定 202": "侦查人员不得少于二人",
    "规定 206": "逐页签名、捺指印",
    "规定 208": "全程不间断进行",
    "规定 212": "也适用于询问证人、被害人",
    "规定 215": "侦查人员不得少于二人",
    "规定 216": "应当拍摄现场照片、绘制现场图",
    "规定 223": "必须向被搜查人出示搜查证，执行搜查的侦查人员不得少于二人",
    "规定 225": "其他见证人在场",
    "规定 226": "由侦查人员和被搜查人或者他的家属，邻居或者其他见证人签名",
    "规定 228": "制作扣押决定书",
    "规定 229": "执行查封、扣押的侦查人员不得少于二人",
    "规定 230": "查封、扣押清单一式三份",
    "规定 251": "附上鉴定机构和鉴定人的资质证明",
    "规定 259": "主持辨认的侦查人员不得少于二人",
    "规定 260": "不得少于十人的照片",
    "规定 262": "由侦查人员、辨认人、见证人签名",
    "规定 287": "只移送诉讼卷",
    "规定 323": "法定代理人到场",
    "规定 326": "询问未成年被害人、证人",
    "规则 190": "全程",
    "规则 264": "重大实质性差异",
    "解释 90": "在同一时段，同一询问人员询问不同证人",
    "解释 95": "有误或者存在矛盾的",
    "解释 111": "比对电子数据完整性校验值",
    "解释 112": "是否由二名以上调查人员、侦查人员进行",
}
"""Every article that a rule cites, and words that stand in it."""


@pytest.mark.parametrize("rule", rules(), ids=lambda rule: rule.id)
def test_a_rule_holds_to_its_examples(rule: Rule) -> None:
    assert {one.fires for one in rule.examples} == {True, False}
    for example in rule.examples:
        found = review(casefile_of_example(example), [rule]).alarms
        assert bool(found) is example.fires, example
        for alarm in found:
            assert "……" not in alarm.explanation + alarm.explanation_en, alarm


def test_there_are_enough_rules_of_every_family() -> None:
    assert len(rules()) >= 60
    assert set(families()) == {
        "deadline", "presence", "marks", "officers", "order", "pages", "amounts", "identity", "contents", "recording"
    }  # fmt: skip


@pytest.mark.parametrize("rule", rules(), ids=lambda rule: rule.id)
def test_a_rule_cites_only_what_was_read(rule: Rule) -> None:
    assert set(rule.statutes) <= SAID.keys()
    assert rule.predicate in PREDICATES
    assert rule.needs


@pytest.mark.shared
@pytest.mark.parametrize("text", SAID)
def test_every_article_says_what_rules_rest_on(text: str, shared: Path) -> None:
    law, _, article = text.partition(" ")
    whole = (shared / "data" / "laws" / FILES[law]).read_text(encoding="utf-8")
    parts = re.split(r"(?m)^第([一二三四五六七八九十百零]+)\s*条", whole)
    articles = dict(zip(parts[1::2], parts[2::2], strict=True))
    assert any(words in articles[chinese_number(int(article))] for words in SAID[text].split("|"))
