"""The key facts of a stretch of talk: sums, times, places, names, tools, means, property; pure, knows no severity.

MPS rules on recording (公通字〔2014〕33号) name what a summarising record must keep: time, place, means, tool, victim,
state of mind. States of mind and denials are `polarity`'s. A word list finds tools, means and property, a suffix finds
places, a surname with what stands around it finds names.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from pipelines.speech.compare.lexicon import (
    COMPOUND_SURNAMES,
    GENERIC_PLACES,
    MEANS,
    NO_NAMES,
    NO_STREETS,
    PLACE_SUFFIXES,
    PROPERTY,
    SURNAMES,
    TOOLS,
    WORDY_SURNAMES,
)
from pipelines.speech.compare.quantities import quantities
from pipelines.speech.compare.quantity import Quantity, Unit


class FactKind(StrEnum):
    """What a fact is about; the names are in the list of differences."""

    AMOUNT = "amount"
    DATE = "date"
    TIME = "time"
    DURATION = "duration"
    COUNT = "count"
    MEASURE = "measure"
    NUMBER = "number"
    PLACE = "place"
    PERSON = "person"
    TOOL = "tool"
    MEANS = "means"
    PROPERTY = "property"
    INTENT = "intent"
    NEGATION = "negation"


_KIND_OF = {
    Unit.MONEY: FactKind.AMOUNT,
    Unit.NUMBER: FactKind.AMOUNT,
    Unit.DATE: FactKind.DATE,
    Unit.TIME: FactKind.TIME,
    Unit.DURATION: FactKind.DURATION,
    Unit.AGE: FactKind.NUMBER,
    Unit.DIGITS: FactKind.NUMBER,
    Unit.MEASURE: FactKind.MEASURE,
    Unit.SHARE: FactKind.AMOUNT,
    Unit.COUNT: FactKind.COUNT,
    Unit.ORDINAL: FactKind.COUNT,
}


@dataclass(frozen=True, slots=True)
class Fact:
    """A key fact: `text` from `start` up to `end`; its `quantity` if it is one, else `name`, what it counts as."""

    kind: FactKind
    text: str
    start: int
    end: int
    name: str = ""
    quantity: Quantity | None = None


@cache
def _means() -> tuple[re.Pattern[str], dict[str, str]]:
    becomes = {word: group[0] for group in MEANS for word in group}
    return re.compile("|".join(sorted(becomes, key=len, reverse=True))), becomes


@cache
def _things(words: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile("|".join(sorted(words, key=len, reverse=True)))


_MORE_TOOLS = re.compile(r"[\u4e00-\u9fff]刀(?!锁)|[铁木钢][棍棒管条]")
_NO_TOOLS = re.compile(r"[一二两三四五六七八九十几\d每了这那第把拿用持着过一]刀")
_PLACE = re.compile(
    f"(?:{'|'.join(sorted(PLACE_SUFFIXES, key=len, reverse=True))})"
    "(?!卡|集体|民|委会|长|支书|干部|级|里人|账号|账户|存折)"
)
_NAME_CHARS = re.compile(r"[\u4e00-\u9fffa-z0-9]")
_PLACE_STOPS = frozenset(
    "在到去从往于住把将被对给跟和与及的了是有我你他她它们就又再还都也没不叫这那个里上下来走回经过路进出向，。、；：？！"
    "后前时候然们当晚夜天午早点分号您请问说讲称该贵任属原现您哪几什么怎样很多少买卖偷抢打开坐骑乘租借用拿砸何为干啥要想因绕"
)
_FIRM_STOPS = frozenset("进入至在到去从往于住把将被对给跟和与及的了是有我你他她说称该贵任，,、。；;：:？?！!")
"""What ends a place's name on its left before a suffix of two characters or more: 好运来酒店 holds a 来."""
_ARTICLE = re.compile(r"^.*?[一二两三四五六七八九十几\d某每][张个家条所间座栋处名台部辆只]")
_LONGEST_PLACE = 6
_GIVEN = "[\u4e00-\u9fff]"
_NAME = re.compile(rf"(?<![对双我警甲乙各一](?=方))(?:{'|'.join(COMPOUND_SURNAMES)}|[{SURNAMES}]){_GIVEN}{{1,2}}")
_NAME_BEFORE = re.compile(
    r"([捅打砍骗偷抢刺踢约欠害揍扎是叫骂喊等见看追帮陪]了?|的|同事|朋友|老板|老乡|工友|同学|亲戚|叫|名叫|叫做|是|和|跟|与|同|找|被|把|将|给|向|对|让|由|认识|姓名|联系|卖给|介绍|、|，|。|：|:|^|"
    r"妻子|老婆|媳妇|爱人|丈夫|老公|儿子|女儿|父亲|母亲|[哥弟姐妹叔舅姨]|表[哥弟姐妹]|邻居|司机|会计|村民|战友|徒弟|师傅|经理|队长|主任|所长|局长|"
    r"女友|男友|室友|辅导员|库管员?|员工|嫌疑人|同案|老总|老师|托|请|雇佣?|喊|经|由|叫做|问|说|找了?)$"
)
_NAME_AFTER = re.compile(
    r"^(的|了|在|和|跟|与|说|给|把|就|打|来|去|从|一起|是|也|都|家|那|、|，|。|？|！|,|$|先|后|又|没|不|有|开|用|拿|带|让|叫|介绍|手|这|告诉|认识|联系|商量|共|二人|两|三|被|到|回|看|见|坐|走|住|骑|跑|过|知道|当|约|负责|因|对|向|要|欠|借|还|收|买|卖|偷|抢|骗|砍|捅|推|拉|喊|问|做|干|提|骂|追|抓|送|写|签|接|发|转|加|等|为|以|将|赖|掀|站|躲|骑|冲|拉|踢|打|砸|扔|抱|追|出|进|上|下|喝|吃|同意|提出|答应|担任|负责|以及|劝|催|约|陪|管|供|驾|雇|请|托|指使|主动|通过|代|打电话|处|家里|那里|那边|这边|手上|手里)"
)
_NOT_GIVEN = frozenset(
    "的了是在有和就都也不没我你他她给把被到去来从用拿打这那个们吗呢吧啊说很还又跟对让叫着过想要会能上下里外时点"
    "卖买偷抢骗付送借租骂讲问收卸砸砍捅等处手称系供人种物"
)
_ALIAS = re.compile(
    rf"(?:外号|绰号|人称|叫他|叫她|喊他|喊她)[“\"'‘]?([\u4e00-\u9fff]{{2,4}}?)(?=[”\"'’的，。、？吗]|$)|(?:老|小|阿)[{SURNAMES}](?![\u4e00-\u9fff]?[店区学])"
)


def facts(text: str, found: Sequence[Quantity] | None = None, names: Collection[str] = ()) -> list[Fact]:
    """The facts of `text` (made `plain` before) in order; `names` are persons known from elsewhere in the record."""
    counted = list(quantities(text) if found is None else found)
    taken = bytearray(len(text))
    made: list[Fact] = []
    for quantity in counted:
        _keep(made, taken, _of_quantity(text, quantity))
    for known in sorted(names, key=len, reverse=True):
        for match in re.finditer(re.escape(known), text):
            _keep(made, taken, Fact(FactKind.PERSON, known, match.start(), match.end(), known))
    for fact in (*_tools(text), *_places(text), *_named(text), *_of_list(text, FactKind.PROPERTY), *_ways(text)):
        _keep(made, taken, fact)
    return sorted(made, key=lambda fact: fact.start)


def _keep(made: list[Fact], taken: bytearray, fact: Fact) -> None:
    if not any(taken[fact.start : fact.end]):
        taken[fact.start : fact.end] = b"\1" * (fact.end - fact.start)
        made.append(fact)


def _of_quantity(text: str, quantity: Quantity) -> Fact:
    kind = _KIND_OF[quantity.unit]
    return Fact(kind, text[quantity.start : quantity.end], quantity.start, quantity.end, "", quantity)


def _tools(text: str) -> Iterator[Fact]:
    yield from _of_list(text, FactKind.TOOL)
    for match in _MORE_TOOLS.finditer(text):
        if not _NO_TOOLS.fullmatch(match[0]):
            yield Fact(FactKind.TOOL, match[0], match.start(), match.end(), match[0])


def _of_list(text: str, kind: FactKind) -> Iterator[Fact]:
    pattern = _things(tuple(TOOLS if kind is FactKind.TOOL else PROPERTY))
    for match in pattern.finditer(text):
        yield Fact(kind, match[0], match.start(), match.end(), match[0])


def _ways(text: str) -> Iterator[Fact]:
    pattern, becomes = _means()
    for match in pattern.finditer(text):
        yield Fact(FactKind.MEANS, match[0], match.start(), match.end(), becomes[match[0]])


def _places(text: str) -> Iterator[Fact]:
    for match in _PLACE.finditer(text):
        start = match.start()
        if text.endswith(NO_STREETS, 0, match.end()):
            continue
        stops = _PLACE_STOPS if len(match[0]) == 1 else _FIRM_STOPS
        while start > 0 and match.start() - start < _LONGEST_PLACE and _in_name(text[start - 1], stops):
            start -= 1
        left = text[start : match.start()]
        left = _ARTICLE.sub("", left)
        for generic in GENERIC_PLACES:
            left = left.removeprefix(generic)
        # A suffix of one character makes a place only with a name of two: 李村 and 出门上街 look alike.
        if len(left) >= (2 if len(match[0]) == 1 else 1):
            begin = match.start() - len(left)
            yield Fact(FactKind.PLACE, text[begin : match.end()], begin, match.end(), text[begin : match.end()])


def place_core(text: str) -> str:
    """The end of a place that tells it from others: 万家超市 of 经过福万家超市, whatever stands before it."""
    for suffix in sorted(PLACE_SUFFIXES, key=len, reverse=True):
        if text.endswith(suffix) and len(text) > len(suffix):
            return text[-len(suffix) - 2 :]
    return text


def _in_name(character: str, stops: Collection[str]) -> bool:
    return character not in stops and bool(_NAME_CHARS.match(character))


def _named(text: str) -> Iterator[Fact]:
    for name, start in person_names(text):
        yield Fact(FactKind.PERSON, name, start, start + len(name), name)


def person_names(text: str) -> Iterator[tuple[str, int]]:
    """What looks like a person's name, and where: a surname with one or two characters, between words that fit."""
    position = 0
    while match := _NAME.search(text, position):
        position = match.start() + 1
        start = match.start()
        led = bool(_NAME_BEFORE.search(text[max(0, start - 3) : start]))
        for name in (match[0], match[0][:-1]):
            followed = bool(_NAME_AFTER.match(text[start + len(name) :]))
            # Two characters look like many things: they need a fitting word on either side, three on one.
            either = len(name) == 3 and name[0] not in WORDY_SURNAMES
            fits = (led or followed) if either else (led and followed)
            if len(name) >= 2 and fits and _is_name(name):
                yield name, start
                position = start + len(name)
                break
    for match in _ALIAS.finditer(text):
        group = 1 if match[1] else 0
        yield match[group], match.start(group)


def _is_name(name: str) -> bool:
    return not any(name.startswith(word) for word in NO_NAMES) and not any(c in _NOT_GIVEN for c in name[1:])
