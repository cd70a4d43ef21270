# ruff: noqa: E501 -- a pattern is read whole, and a Chinese character counts two columns
"""Finds the legal elements of a case in its facts by rules: circumstances, sums, weights, injuries; knows no charge and no term.

Each element says where it stands, so that a person can check it. A rule is a pattern of words with what must not stand
before it ("不构成自首"). Sums and weights are read by `pipelines.numerals`. Elements of 刑法 arts. 17 to 29, 61 to 68 and
the aggravating forms that the common charges name; drug weights are brought to grams of heroin by the thresholds of
刑法 art. 347 and 法释〔2016〕8号 art. 1.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from pipelines.numerals import amount_of

MAX_FACTS_CHARACTERS = 200_000
"""Longer facts are read to here: the longest of 6,812 judgments has 90,179 characters."""


@dataclass(frozen=True, slots=True)
class Element:
    """Something that weighs: its name, its value (1 for what is simply there), its unit and its place in the facts."""

    name: str
    value: float
    unit: str
    start: int
    end: int


_DENIED = re.compile(r"(?:不|未|无|非|没有|不是|不属于|不构成|不成立|不认定为|不能认定(?:为)?|不具有|不符合)(?:其)?$")
_DENIAL_REACH = 8
"""Characters before a match in which a denial is looked for: looking back after a match costs nothing where none is."""

CIRCUMSTANCES: dict[str, str] = {
    "自首": r"自首|(?:主动|自动|自行)(?:到|向|前往|至|去)?[^，。]{0,25}(?:投案|归案|到案)|投案自首|电话(?:通知|传唤)[^。]{0,20}(?:到案|归案|到[^，。]{0,12}(?:接受|派出所|公安))|在(?:现场|原地)等[候待]",
    "坦白": r"坦白|如实(?:供述|交代|供认)|供认不讳",
    "当庭自愿认罪": r"自愿认罪|当庭认罪|(?:对|均)[^。]{0,25}(?:无异议|没有异议|不持异议)",
    "认罪认罚": r"认罪认罚|具结书",
    "立功": r"立功|检举(?:揭发)?[^。]{0,20}(?:查证)?属实|协助[^，。]{0,12}抓获",
    "累犯": r"累犯|刑满释放后[^。]{0,10}五年内",
    "前科": r"前科|曾因[^。]{0,40}(?:判处|判刑|处罚|行政拘留|劳动教养|强制隔离)|刑满释放|劣迹|假释|缓刑考验期",
    "未成年": r"(?:被告人|作案时|犯罪时)[^。]{0,16}(?:未满十八|不满十八|未成年|未满18|不满18)",
    "从犯": r"从犯|次要作用|辅助作用|胁从",
    "主犯": r"主犯|主要作用|首要分子|组织、?策划",
    "未遂": r"未遂|未得逞|未能得逞|未果|未逞",
    "中止": r"犯罪中止|自动放弃|主动放弃",
    "预备": r"犯罪预备|为(?:实施)?犯罪准备",
    "退赃退赔": r"退赃|退赔|退还|退缴|全部退|退出(?:全部|违法)|归还(?:了)?(?:全部|被害)|返还(?:给)?被害|发还|上缴(?:违法|赃)|追回",
    "赔偿": r"赔偿(?!请求|诉讼|责任)|达成(?:和解|调解|赔偿)",
    "谅解": r"谅解",
    "被害人过错": r"被害人[^，。]{0,12}(?:有|存在|具有)[^，。]{0,8}过错|过错在先",
    "防卫过当": r"防卫过当",
    "精神障碍": r"限制(?:刑事)?责任能力|限定(?:刑事)?责任能力",
    "多次": r"多次|数次|先后[^，。]{0,6}次|[三四五六七八九十\d]+(?:余|多)?次",
    "入户": r"入户|入室|(?:翻|爬|撬|钻)[^，。]{0,10}(?:窗|门|墙)[^。]{0,20}(?:进入|入)|进入[^，。]{0,15}(?:家中|屋内|室内|住宅)",
    "扒窃": r"扒窃",
    "携带凶器": r"携带凶器|(?:持|拿|用|掏出|手持)[^，。]{0,8}(?:刀|匕首|斧|棍|钢管|砍|枪|铁锤|剪|砖|酒瓶|啤酒瓶)",
    "暴力": r"殴打|拳打脚踢|捆绑|掐[^，。]{0,6}(?:脖|颈)|捂[^，。]{0,4}嘴|强行|暴力|按倒|威胁|恐吓",
    "持枪": r"持枪|(?:手持|拿)[^，。]{0,6}枪",
    "结伙": r"伙同|结伙|纠集|与[^，。]{1,16}(?:共同|一起|共谋|预谋|合谋)|同案",
    "逃逸": r"逃逸|弃车逃|逃离(?:事故)?现场|驾车(?:逃|离)",
    "无证驾驶": r"无(?:机动车)?驾驶(?:证|资格)|未取得(?:机动车)?驾驶|无证驾驶",
    "酒后驾驶": r"醉酒|酒后驾驶|饮酒后驾",
    "超载超速": r"超载|超速",
    "全部责任": r"(?:负|承担)[^，。]{0,12}全部责任",
    "主要责任": r"(?:负|承担)[^，。]{0,12}主要责任",
    "同等责任": r"(?:负|承担)[^，。]{0,12}同等责任",
    "轮奸": r"轮奸|先后[^，。]{0,12}(?:强奸|发生性关系)",
    "奸淫幼女": r"幼女|(?:未满|不满|不足)(?:十四|14|十二|12)周?岁",
    "公共场所": r"公共场所|当众",
    "怀孕": r"怀孕|流产",
    "醉酒被害": r"(?:醉酒|酒醉|熟睡|昏迷)[^。]{0,30}(?:之机|状态|不知反抗|不敢反抗)|趁[^，。]{0,12}(?:醉|熟睡|睡)",
    "致人死亡": r"死亡|致死|身亡",
    "老弱病残": r"老年人|残疾人|智力(?:残疾|低下|障碍)|精神发育迟滞|孕妇",
    "国家工作人员": r"国家工作人员|利用职务|职务(?:上的)?便利|职权",
    "索贿": r"索要|索取|索贿",
    "挥霍潜逃": r"挥霍|潜逃|携款|网上(?:追逃|通缉)|逃匿|外逃|个人(?:消费|使用)|偿还(?:个人)?(?:债务|欠款)|赌博输",
    "特定款物": r"救灾|抢险|防汛|优抚|扶贫|移民|救济|社会捐助|医疗款",
    "网络": r"互联网|网络|网站|微信|QQ|淘宝|APP|平台",
    "电信诈骗": r"电信|拨打电话|短信|话务|诈骗窝点",
    "冒充身份": r"冒充|虚构(?:身份|事实)|谎称|假冒|伪造",
    "特殊场所毒品": r"向未成年人|学校|监管场所|娱乐场所",
    "贩卖": r"贩卖|出售|卖给|倒卖",
    "种植林木": r"林木|树木|采伐",
    "责令不改": r"责令|经(?:政府|有关)部门",
}
_COMPILED = {name: re.compile(pattern) for name, pattern in CIRCUMSTANCES.items()}

_FIGURE = r"(?:\d[\d,，]*(?:\.\d+)?|[零〇一二三四五六七八九十百千两壹贰叁肆伍陆柒捌玖拾佰仟]+)"
_SUM = re.compile(rf"({_FIGURE})\s*(?:余|多|几)?\s*([万亿千百]{{0,2}})\s*(?:余|多)?\s*(?:元|块钱)")
_WEIGHT = re.compile(rf"({_FIGURE})\s*(?:余|多)?\s*(千克|公斤|毫克|克|g|kg)(?![/／])", re.IGNORECASE)
_COUNTED: dict[str, re.Pattern[str]] = {
    "林木立方米": re.compile(rf"({_FIGURE})\s*(?:余|多)?\s*(?:立方米|m3|m³|方)"),
    "株数": re.compile(rf"({_FIGURE})\s*(?:余|多)?\s*(?:株|棵)"),
    "亩数": re.compile(rf"({_FIGURE})\s*(?:余|多)?\s*亩"),
    "枪支数": re.compile(rf"({_FIGURE})\s*(?:支|把)(?=[^，。]{{0,12}}枪)|枪[^，。]{{0,10}}?({_FIGURE})\s*(?:支|把)"),
    "条数": re.compile(rf"({_FIGURE})\s*(?:余|多)?\s*([万亿]?)\s*(?:余|多)?\s*条"),
    "吨数": re.compile(rf"({_FIGURE})\s*(?:余|多)?\s*吨"),
    "人数": re.compile(rf"({_FIGURE})\s*(?:余|多)?\s*(?:名|人次|户|位)"),
    "次数": re.compile(rf"({_FIGURE})\s*(?:余|多)?\s*(?:次|(?<!一)起|笔)"),
    "酒精毫克": re.compile(rf"({_FIGURE})\s*(?:mg|MG|毫克)\s*[/／]\s*100"),
}
_DEATHS = re.compile(rf"({_FIGURE})\s*(?:名)?(?:人)?(?:当场)?死亡|致(?:被害人)?[^，。]{{1,20}}死亡|死亡")
_INJURY = re.compile(r"(重伤|轻伤|轻微伤)(?:害)?(?:\s*[（(]?\s*)?(一级|二级|[12]级|[甲乙]级|偏重|偏轻)?")
_SEVERE: dict[tuple[str, str], float] = {
    ("重伤", "一级"): 6.0, ("重伤", "1级"): 6.0, ("重伤", ""): 5.0, ("重伤", "二级"): 4.5, ("重伤", "2级"): 4.5,
    ("轻伤", "一级"): 3.0, ("轻伤", "1级"): 3.0, ("轻伤", "偏重"): 3.0, ("轻伤", ""): 2.5,
    ("轻伤", "二级"): 2.0, ("轻伤", "2级"): 2.0, ("轻微伤", ""): 1.0,
}  # fmt: skip
"""A grade of 人体损伤程度鉴定标准 on a scale of our own, 1 to 6."""
_DEFAULT_GRADE = {"重伤": 5.0, "轻伤": 2.5, "轻微伤": 1.0}
_DISABLED = re.compile(r"([一二三四五六七八九十1-9]|10)级伤残|伤残(?:等级)?[^，。]{0,6}?([一二三四五六七八九十])级")

DRUGS: dict[str, float] = {
    "海洛因": 1.0, "甲基苯丙胺": 1.0, "冰毒": 1.0, "麻古": 1.0, "麻果": 1.0, "可卡因": 1.0, "吗啡": 0.5,
    "MDMA": 0.5, "摇头丸": 0.5, "氯胺酮": 0.1, "K粉": 0.1, "鸦片": 0.05, "杜冷丁": 0.2, "哌替啶": 0.2, "美沙酮": 0.05,
    "咖啡因": 0.00025, "大麻": 0.000333, "曲马多": 0.025, "γ-羟丁酸": 0.025, "芬太尼": 0.4, "毒品": 1.0,
}  # fmt: skip
"""Grams of heroin that one gram stands for: 50 g over the weight that the law calls large (数量大)."""
_DRUG = re.compile("|".join(sorted(map(re.escape, DRUGS), key=len, reverse=True)), re.IGNORECASE)
_DRUG_REACH = 40
"""Characters between a weight and the drug that it weighs."""
_GRAMS = {"千克": 1000.0, "公斤": 1000.0, "kg": 1000.0, "克": 1.0, "g": 1.0, "毫克": 0.001}
_TOTAL = re.compile(
    r"(?:共计|合计|总计|累计|总价值|总额|总金额|价值共|共价值|数额|金额共|总数|共[^，。]{0,8})[^，。；]{0,16}$"
)
_LOSS = re.compile(
    r"(?:价值|损失|骗取|骗得|窃取|窃得|盗得|盗走|收受|受贿|侵占|挪用|非法获利|违法所得|获利|贷款|赃款|票面|税额|销售)[^，。；]{0,16}$"
)
_SUM_CONTEXT = 24
LARGEST_SUM = 1e12


def elements_in(facts: str) -> list[Element]:
    """Every element of `facts` in the order of the text; the same circumstance is given at its first place only."""
    facts = facts[:MAX_FACTS_CHARACTERS]
    found = [*_circumstances(facts), *_sums(facts), *_drug_weights(facts), *_injuries(facts), *_counts(facts)]
    return sorted(found, key=lambda one: (one.start, one.end, one.name))


def _circumstances(facts: str) -> Iterator[Element]:
    for name, pattern in _COMPILED.items():
        for match in pattern.finditer(facts):
            if not _DENIED.search(facts[max(0, match.start() - _DENIAL_REACH) : match.start()]):
                yield Element(name, 1.0, "", match.start(), match.end())
                break


def _number(text: str) -> float | None:
    value = amount_of(text.replace("，", ","))
    return value if value is not None and 0 < value < LARGEST_SUM else None


def _sums(facts: str) -> Iterator[Element]:
    for match in _SUM.finditer(facts):
        value = _number(match[1])
        if value is None:
            continue
        for unit in match[2]:
            value *= {"百": 1e2, "千": 1e3, "万": 1e4, "亿": 1e8}[unit]
        before = facts[max(0, match.start() - _SUM_CONTEXT) : match.start()]
        name = "总金额" if _TOTAL.search(before) else "涉案金额" if _LOSS.search(before) else "金额"
        yield Element(name, min(value, LARGEST_SUM), "元", match.start(), match.end())


def _drug_weights(facts: str) -> Iterator[Element]:
    drugs = [(match.start(), match.end(), match[0]) for match in _DRUG.finditer(facts)]
    if not drugs:
        return
    strength = {name.lower(): value for name, value in DRUGS.items()}
    for match in _WEIGHT.finditer(facts):
        value = _number(match[1])
        near = [(max(match.start() - end, start - match.end()), name) for start, end, name in drugs]
        distance, drug = min(near)
        if value is None or distance > _DRUG_REACH:
            continue
        named = [name for gap, name in near if gap <= _DRUG_REACH and name != "毒品"]
        grams = value * _GRAMS[match[2].lower()] * strength[(named[0] if drug == "毒品" and named else drug).lower()]
        yield Element("毒品折合海洛因", grams, "克", match.start(), match.end())


def _injuries(facts: str) -> Iterator[Element]:
    for match in _INJURY.finditer(facts):
        grade = _SEVERE.get((match[1], match[2] or ""), _DEFAULT_GRADE[match[1]])
        yield Element("伤情", grade, "级", match.start(), match.end())
    for match in _DISABLED.finditer(facts):
        value = _number(match[1] or match[2])
        if value is not None and value <= 10:
            yield Element("伤残", 11 - value, "级", match.start(), match.end())
    for match in _DEATHS.finditer(facts):
        count = _number(match[1]) if match[1] else 1.0
        yield Element("死亡人数", min(count or 1.0, 100.0), "人", match.start(), match.end())


def _counts(facts: str) -> Iterator[Element]:
    for name, pattern in _COUNTED.items():
        for match in pattern.finditer(facts):
            text = next((group for group in match.groups() if group), "")
            value = _number(text)
            if value is not None:
                scale = {"万": 1e4, "亿": 1e8}.get(match[2] or "", 1.0) if name == "条数" else 1.0
                yield Element(name, value * scale, "", match.start(), match.end())
