"""Numbers, sums, dates and times in running Chinese, spoken or written, with their place in it.

三千块, 3000元 and 三千元 are one sum; 晚上十点二十 and 22时20分 one time. `numerals` reads the numerals, `quantity`
says when two agree. Pure; knows no record and no recording. Offsets are those of the text as given: `plain` keeps
its length.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable

from models.speech.simplified import simplified
from pipelines.numerals import DIGITS, FORMAL, amount_of, digits_of
from pipelines.speech.compare.quantity import Quantity, Unit
from pipelines.speech.itn.lexicon import PLATE_PROVINCES

_PLAIN = str.maketrans({**FORMAL, "两": "二"})
_ONES = "".join([*DIGITS, "两", *(c for c in FORMAL if FORMAL[c] in DIGITS)])
_TENS = "十拾百佰千仟万亿"
_CN = _ONES + _TENS
NUMBER = (
    r"(?:\d{1,3}(?:[,，]\d{3})+|\d+)(?:\.\d+)?[十百千万亿]*(?:\d+[百千万])*"
    rf"|[{_ONES}十拾][{_CN}]*(?:点[{_ONES}]+(?=[万千百克斤米公升吨里毫元块]))?[万千百亿]*"
)
_VAGUE = "多余来几"
_ABOUT = "左右|上下|前后|许|多|来钟"


def plain(text: str) -> str:
    """`text` in half-width and simplified characters, lower case, as long as before."""
    narrow = "".join(n if len(n := unicodedata.normalize("NFKC", c)) == 1 else c for c in text)
    return simplified(narrow).lower()


_NUM = rf"(?P<n>{NUMBER})"
_PERIODS = {
    "凌晨": "am", "清晨": "am", "早上": "am", "早晨": "am", "今早": "am", "上午": "am", "中午": "noon", "下午": "pm",
    "傍晚": "pm", "晚上": "night", "夜里": "night", "夜间": "night", "半夜": "night", "深夜": "night", "当晚": "night",
    "昨晚": "night", "今晚": "night", "那晚": "night", "晚": "night", "早": "am",
}  # fmt: skip
_PERIOD = rf"(?P<p>{'|'.join(_PERIODS)})?的?"
_SMALL = rf"(?:\d{{1,2}}|[{_ONES}十]{{1,3}})"
_WEEK = {c: n for n, c in enumerate("一二三四五六", start=1)} | {"日": 7, "天": 7}
_MEASURES = {
    "公斤": ("g", 1000), "千克": ("g", 1000), "市斤": ("g", 500), "斤": ("g", 500), "克": ("g", 1),
    "毫克": ("g", 0.001), "吨": ("g", 1e6), "公里": ("m", 1000), "千米": ("m", 1000), "里地": ("m", 500),
    "米": ("m", 1), "厘米": ("m", 0.01), "公分": ("m", 0.01), "毫升": ("ml", 1), "升": ("ml", 1000),
    "平方米": ("m2", 1), "亩": ("m2", 666.7),
}  # fmt: skip
_SPANS = {
    "小时": 60, "钟头": 60, "个小时": 60, "个钟头": 60, "分钟": 1, "刻钟": 15, "天": 1440,
    "个星期": 10080, "个礼拜": 10080, "周": 10080, "个月": 43200, "年": 525600, "秒钟": 1 / 60, "秒": 1 / 60,
}  # fmt: skip
_SAME_WORD = {
    "名": "人",
    "位": "人",
    "个人": "人",
    "口": "人",
    "部": "台",
    "回": "次",
    "趟": "次",
    "支": "把",
    "只": "个",
}
_WORDS = (
    "个人|名|位|人|次|回|趟|部|台|辆|把|根|张|条|包|瓶|支|只|起|刀|拳|脚|巴掌|下|家|件|套|盒|箱|袋|颗|粒|枚|笔|块|层|棍|枪|杯|"
    "间|本|个|份|捆|桶|头|户"
)


def _date(match: re.Match[str]) -> Quantity | None:
    year, month, day = match["y"], match["m"], match["d"]
    if year is None and month is None and day is None:
        return None
    y, m, d = _whole(year), _whole(month), _whole(day)
    if (m is not None and not 1 <= m <= 12) or (d is not None and not 1 <= d <= 31):
        return None
    if y is not None and y < 100:
        y += 2000 if y < 50 else 1900
    return Quantity(Unit.DATE, (y, m, d, None), match.start(), match.end())


def _whole(part: str | None) -> int | None:
    """A part of a date; 九八 is a year here, no guess."""
    if part is None:
        return None
    digits = digits_of(part.translate(_PLAIN))
    value = float(digits) if digits is not None else amount_of(part)
    return None if value is None else int(value)


def _weekday(match: re.Match[str]) -> Quantity | None:
    number = _WEEK.get(match["w"]) or int(amount_of(match["w"]) or 0)
    return Quantity(Unit.DATE, (None, None, None, number), match.start(), match.end()) if 1 <= number <= 7 else None


def _time(match: re.Match[str]) -> Quantity | None:
    hour = amount_of(match["h"])
    if hour is None or hour > 24:
        return None
    found = match.groupdict()
    tail = found.get("half"), found.get("quarter"), found.get("min")
    period = _PERIODS.get(match["p"] or "")
    sure = period or tail[0] or tail[1] or tail[2] or found.get("sure") or found.get("about")
    # 一点, 两点 may be "a little" and "two points", 一时 "for a moment": something must say that it is a time.
    if not sure and ((match["mark"] == "点" and hour <= 2) or match[0] == "一时"):
        return None
    minute: int | None = None
    if tail[0]:
        minute = 30
    elif tail[1]:
        minute = 15 * int(amount_of(tail[1]) or 1)
    elif tail[2]:
        minute = int(amount_of(tail[2]) or 0)
        if minute > 59:
            return None
    whole = int(hour) % 24
    if period in ("pm", "night", "noon") and 1 <= whole < 12 and not (period == "night" and whole < 5):
        whole += 0 if period == "noon" and whole == 11 else 12
    if period == "night" and whole == 12:
        whole = 0
    half = "given" if period or int(hour) > 12 or match["mark"] == "时" else None
    return Quantity(Unit.TIME, (whole, minute), match.start(), match.end(), "", bool(found.get("about")), half)


def _money(match: re.Match[str]) -> Quantity | None:
    value = amount_of(match["n"] + (match["big"] or ""))
    if value is None:
        return None
    if match["c"]:
        value += (amount_of(match["c"]) or 0) / 10
    foreign = match["u"] if match["u"] in ("美元", "港币", "港元", "欧元") else ""
    return Quantity(Unit.MONEY, value, match.start(), match.end(), foreign, bool(match["v"] or match["v2"]))


def _duration(match: re.Match[str]) -> Quantity | None:
    value = 0.5 if match["n"] == "半" else amount_of(match["n"])
    if value is None:
        return None
    if match["half"]:
        value += 0.5
    unit = match["u"].removeprefix("半") if match["u"] not in _SPANS else match["u"]
    return Quantity(Unit.DURATION, round(value * _SPANS[unit], 3), match.start(), match.end(), "", bool(match["v"]))


def _measure(match: re.Match[str]) -> Quantity | None:
    value = 0.5 if match["n"] == "半" else amount_of(match["n"])
    base, factor = _MEASURES[match["u"]]
    if value is None:
        return None
    if match["half"]:
        value += 0.5
    elif match["c"]:
        value += (amount_of(match["c"]) or 0) / 10
    return Quantity(Unit.MEASURE, round(value * factor, 6), match.start(), match.end(), base, bool(match["v"]))


def _count(match: re.Match[str]) -> Quantity | None:
    value = amount_of(match["n"])
    # 一个, 一下, 一起 are articles and adverbs, not counts; 一二十 is a guess.
    if value is None or match["n"] == "一":
        return None
    word = _SAME_WORD.get(match["u"], match["u"])
    return Quantity(Unit.COUNT, value, match.start(), match.end(), word, bool(match["v"]))


def _ordinal(match: re.Match[str]) -> Quantity | None:
    value = amount_of(match["n"])
    return None if value is None else Quantity(Unit.ORDINAL, value, match.start(), match.end())


def _share(match: re.Match[str]) -> Quantity | None:
    value = amount_of(match["n"] or match["n2"])
    return None if value is None else Quantity(Unit.SHARE, value, match.start(), match.end())


def _digit_row(match: re.Match[str]) -> Quantity | None:
    said = match[0].translate(_PLAIN).replace(" ", "").replace("-", "")
    text = (digits_of(said.removesuffix("x")) or "") + ("x" if said.endswith("x") else "")
    return Quantity(Unit.DIGITS, text, match.start(), match.end()) if text else None


def _plate(match: re.Match[str]) -> Quantity | None:
    return Quantity(Unit.DIGITS, re.sub(r"[·\s]", "", match[0]), match.start(), match.end())


def _bare(match: re.Match[str]) -> Quantity | None:
    value = amount_of(match["n"])
    if value is None or value < 11:
        return None
    return Quantity(Unit.NUMBER, value, match.start(), match.end(), "", bool(match["v"]))


_RULES: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], Quantity | None]], ...] = tuple(
    (re.compile(pattern), make)
    for pattern, make in (
        (
            rf"[{PLATE_PROVINCES}][a-z][·\s]?[a-z0-9]{{5,6}}(?![a-z0-9])",
            _plate,
        ),
        (
            r"(?<![\d一二三四五六七八九十百零幺])(?:1[12][0-9]|[一幺][一二幺][零九二])(?![\d一二三四五六七八九十百千万零月号点块元分年])",
            _digit_row,
        ),
        (rf"(?:\d[ -]?){{6,}}\d[x]?|[{_ONES}\d]{{7,}}[x]?", _digit_row),
        (
            rf"(?:(?P<y>\d{{4}}|\d{{2}}|[零〇○一二三四五六七八九]{{4}}|[零〇一二三四五六七八九]{{2}})年的?)?"
            rf"(?P<m>{_SMALL})月(?!份?[初底末中]?内)(?:份)?的?(?:(?P<d>{_SMALL})[日号](?![楼院桌机房线店馆台床]))?",
            _date,
        ),
        (r"(?P<y>\d{4}|[零〇○一二三四五六七八九]{4})年(?P<m>(?!))?(?P<d>(?!))?", _date),
        # 九八年, 五四年生; 五六年 and 七八年 are guesses of how long.
        (
            rf"(?<![{_CN}\d])(?P<y>(?!五六|六七|七八|八九)[五六七八九][零〇一二三四五六七八九]|[5-9][1-9])年(?!前|后|多|来|级|代)"
            r"(?P<m>(?!))?(?P<d>(?!))?",
            _date,
        ),
        (
            rf"(?<![路街巷道弄\d{_ONES}十])(?P<y>(?!))?(?P<m>(?!))?(?P<d>{_SMALL})[日号](?![楼院门桌机房线店馆台床码])",
            _date,
        ),
        (r"(?:星期|礼拜|周)(?P<w>[一二三四五六日天])(?!边)", _weekday),
        (
            rf"{_PERIOD}(?P<h>{_SMALL})(?P<mark>[点时:：])(?!候|间|半会|儿)(?<!小时)(?:(?P<half>半)|(?P<quarter>[一三])刻|"
            rf"(?:过|差不多)?(?P<min>\d{{2}}|零?[一二三四五六七八九]|[二三四五]?十[一二三四五六七八九]?|\d)(?=分|多|左右|许|[^\d{_CN}个块百千万元]|$)分?)?"
            rf"(?P<sure>钟|整|的时候|那会|之前|之后)?(?P<about>{_ABOUT}|的?样子)?(?![克斤米升])",
            _time,
        ),
        (r"百分之(?P<n>" + NUMBER + r")|(?P<n2>\d+(?:\.\d+)?)%", _share),
        (r"第(?P<n>" + NUMBER + r")", _ordinal),
        (
            rf"{_NUM}(?P<v>[{_VAGUE}])?(?P<big>[百千万亿])?(?P<v2>[多余])?个?"
            r"(?P<u>元|圆|块(?!儿|头|表|玉|布|石|砖|肉|手|地|土|木|铁|板|去)|美元|港币|港元|欧元|人民币)"
            rf"(?:(?P<c>[{_ONES}\d])(?:[毛角]|(?=[^\w]|$|钱)))?钱?",
            _money,
        ),
        (
            rf"(?P<n>{NUMBER}|半)(?P<v>[{_VAGUE}])?个?"
            rf"(?P<u>{'|'.join(sorted(_MEASURES, key=len, reverse=True))})(?!粉)"
            # 三斤半, 一米八: what follows the unit is a half or tenths of it.
            r"(?:(?P<half>半)(?![天夜年月日路])|(?P<c>[一二三四五六七八九])(?=\W|$|[的高长深宽厚左来多]))?",
            _measure,
        ),
        (
            rf"(?P<n>{NUMBER}|半)(?P<v>[多来几])?(?P<half>个半|(?!))?"
            rf"(?P<u>{'|'.join(sorted(_SPANS, key=len, reverse=True))})"
            r"(?!前科|纪|龄|级)(?:半(?!夜))?",
            _duration,
        ),
        (rf"{_NUM}(?:周?岁)", lambda m: _aged(m)),
        (rf"{_NUM}(?P<v>[{_VAGUE}])?(?P<u>{_WORDS})", _count),
        (rf"(?<![{_CN}\d.])(?P<n>(?:\d[\d,，.]*|[{_ONES}])[{_CN}\d]*)(?P<v>[多余])?(?![{_CN}\d%分号])", _bare),
    )
)


def _aged(match: re.Match[str]) -> Quantity | None:
    value = amount_of(match["n"])
    return None if value is None else Quantity(Unit.AGE, value, match.start(), match.end())


def quantities(text: str) -> list[Quantity]:
    """Every quantity of `text` (made `plain` before) in order, none over another; more telling kinds go first."""
    taken = bytearray(len(text))
    found: list[Quantity] = []
    for pattern, make in _RULES:
        for match in pattern.finditer(text):
            if any(taken[match.start() : match.end()]):
                continue
            one = make(match)
            if one is not None and one.end > one.start:
                taken[one.start : one.end] = b"\1" * (one.end - one.start)
                found.append(one)
    return sorted(found, key=lambda one: one.start)
