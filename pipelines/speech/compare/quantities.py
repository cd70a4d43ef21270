"""Numbers, sums, dates and times in running Chinese, spoken or written, as comparable values with their place in it.

三千块, 3000元 and 三千元 are one sum; 晚上十点二十 and 22时20分 one time. What is vague in speech (三千多, 十点左右) is
kept as vague and agrees with every value that it may mean. Pure; knows no record and no recording. Offsets are those of
the text as given: `plain` keeps its length.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from models.speech.simplified import simplified

_DIGITS = {c: n for n, group in enumerate(("零〇○0", "一幺壹1", "二两贰2", "三叁3", "四肆4")) for c in group}
_DIGITS |= {c: n for n, group in enumerate(("五伍5", "六陆6", "七柒7", "八捌8", "九玖9"), start=5) for c in group}
_UNITS = {"十": 10, "拾": 10, "百": 100, "佰": 100, "千": 1000, "仟": 1000, "万": 10_000, "亿": 100_000_000}
_CN = "零〇○一幺壹二两贰三叁四肆五伍六陆七柒八捌九玖十拾百佰千仟万亿"
_ONES, _TENS = _CN[:-8], _CN[-8:]
NUMBER = (
    r"(?:\d{1,3}(?:[,，]\d{3})+|\d+)(?:\.\d+)?[十百千万亿]*(?:\d+[百千万])*"
    rf"|[{_ONES}十拾][{_CN}]*(?:点[{_ONES}]+(?=[万千百克斤米公升吨里毫元块]))?[万千百亿]*"
)
_GUESS = re.compile(rf"[{_ONES[1:]}]{{2}}(?:[{_TENS}]+)?")
"""三四个, 一二十: a guess between two numbers, which agrees with too much to be compared."""
_VAGUE = "多余来几"
_ABOUT = "左右|上下|前后|许|多|来钟"


class Unit(StrEnum):
    """What a value is counted in."""

    MONEY = "amount"
    DATE = "date"
    TIME = "time"
    DURATION = "duration"
    AGE = "age"
    MEASURE = "measure"
    COUNT = "count"
    ORDINAL = "ordinal"
    SHARE = "share"
    DIGITS = "digits"
    NUMBER = "number"


@dataclass(frozen=True, slots=True)
class Quantity:
    """A value from `start` up to `end` of the text.

    `value` is a number for most units; (year, month, day, weekday) of a date and (hour, minute) of a time with None
    for what is not said; a string of digits. `of` is the unit of measure or the measure word; `vague` says 多 or 左右;
    `half_day` of a time is None where nobody said whether it was before or after noon.
    """

    unit: Unit
    value: float | str | tuple[int | None, ...]
    start: int
    end: int
    of: str = ""
    vague: bool = False
    half_day: str | None = None


def plain(text: str) -> str:
    """`text` in half-width and simplified characters, lower case, as long as before."""
    narrow = "".join(n if len(n := unicodedata.normalize("NFKC", c)) == 1 else c for c in text)
    return simplified(narrow).lower()


def value_of(numeral: str) -> float | None:
    """The value of a numeral in either script (三千五, 1.2万, 二〇二四, 12,000); None when it is none."""
    text = numeral.replace(",", "").replace("，", "")
    if not text:
        return None
    if "点" in text:
        whole, _, rest = text.partition("点")
        decimals = rest.rstrip("".join(_UNITS))
        scale = value_of(f"1{rest[len(decimals) :]}") or 1.0
        return ((value_of(whole) or 0.0) + float("0." + "".join(str(_DIGITS[c]) for c in decimals))) * scale
    if not any(c in _UNITS for c in text):
        return _digits_value(text)
    total, section, current, shorthand = 0.0, 0.0, None, 0
    for piece in re.findall(r"\d+(?:\.\d+)?|[^\d]", text):
        if piece in _UNITS:
            unit = _UNITS[piece]
            if unit >= 10_000:
                total += (section + (current or 0.0) or 1.0) * unit
                section = 0.0
            else:
                section += (1.0 if current is None else current) * unit
            current, shorthand = None, unit // 10
        elif piece in _DIGITS or piece[0].isdigit():
            digit = float(_DIGITS[piece]) if piece in _DIGITS else float(piece)
            if piece in "零〇○0":
                shorthand = 1
            current = digit if current is None else current * 10 + digit
        else:
            return None
    # 三千五 is 3500: a last digit counts in tenths of the unit before it, unless 零 stands between.
    return total + section + (current or 0.0) * (shorthand if current is not None and current < 10 else 1)


def _digits_value(text: str) -> float | None:
    if re.fullmatch(r"\d+(\.\d+)?", text):
        return float(text)
    if all(c in _DIGITS for c in text):
        return float("".join(str(_DIGITS[c]) for c in text))
    return None


# --- what stands in a text -------------------------------------------------------------------------------------------
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
    numbers = [None if part is None else value_of(part) for part in (year, month, day)]
    y, m, d = (None if number is None else int(number) for number in numbers)
    if (m is not None and not 1 <= m <= 12) or (d is not None and not 1 <= d <= 31):
        return None
    if y is not None and y < 100:
        y += 2000 if y < 50 else 1900
    return Quantity(Unit.DATE, (y, m, d, None), match.start(), match.end())


def _weekday(match: re.Match[str]) -> Quantity | None:
    number = _WEEK.get(match["w"]) or int(value_of(match["w"]) or 0)
    return Quantity(Unit.DATE, (None, None, None, number), match.start(), match.end()) if 1 <= number <= 7 else None


def _time(match: re.Match[str]) -> Quantity | None:
    hour = value_of(match["h"])
    if hour is None or hour > 24:
        return None
    found = match.groupdict()
    tail = found.get("half"), found.get("quarter"), found.get("min")
    period = _PERIODS.get(match["p"] or "")
    sure = period or tail[0] or tail[1] or tail[2] or found.get("sure") or found.get("about")
    # 一点, 两点 may be "a little" and "two points": something must say that it is a time.
    if not sure and match["mark"] == "点" and hour <= 2:
        return None
    minute: int | None = None
    if tail[0]:
        minute = 30
    elif tail[1]:
        minute = 15 * int(value_of(tail[1]) or 1)
    elif tail[2]:
        minute = int(value_of(tail[2]) or 0)
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
    value = value_of(match["n"] + (match["big"] or ""))
    if value is None or _GUESS.fullmatch(match["n"]):
        return None
    if match["c"]:
        value += (value_of(match["c"]) or 0) / 10
    foreign = match["u"] if match["u"] in ("美元", "港币", "港元", "欧元") else ""
    return Quantity(Unit.MONEY, value, match.start(), match.end(), foreign, bool(match["v"] or match["v2"]))


def _duration(match: re.Match[str]) -> Quantity | None:
    value = 0.5 if match["n"] == "半" else value_of(match["n"])
    if value is None:
        return None
    if match["half"]:
        value += 0.5
    unit = match["u"].removeprefix("半") if match["u"] not in _SPANS else match["u"]
    return Quantity(Unit.DURATION, round(value * _SPANS[unit], 3), match.start(), match.end(), "", bool(match["v"]))


def _measure(match: re.Match[str]) -> Quantity | None:
    value = 0.5 if match["n"] == "半" else value_of(match["n"])
    base, factor = _MEASURES[match["u"]]
    if value is None:
        return None
    return Quantity(Unit.MEASURE, round(value * factor, 6), match.start(), match.end(), base, bool(match["v"]))


def _count(match: re.Match[str]) -> Quantity | None:
    value = value_of(match["n"])
    # 一个, 一下, 一起 are articles and adverbs, not counts; 一二十 is a guess.
    if value is None or match["n"] == "一" or _GUESS.fullmatch(match["n"]):
        return None
    word = _SAME_WORD.get(match["u"], match["u"])
    return Quantity(Unit.COUNT, value, match.start(), match.end(), word, bool(match["v"]))


def _ordinal(match: re.Match[str]) -> Quantity | None:
    value = value_of(match["n"])
    return None if value is None else Quantity(Unit.ORDINAL, value, match.start(), match.end())


def _share(match: re.Match[str]) -> Quantity | None:
    value = value_of(match["n"] or match["n2"])
    return None if value is None else Quantity(Unit.SHARE, value, match.start(), match.end())


def _digit_row(match: re.Match[str]) -> Quantity | None:
    text = "".join(str(_DIGITS.get(c, c)) for c in match[0] if c not in " -")
    return Quantity(Unit.DIGITS, text, match.start(), match.end())


def _plate(match: re.Match[str]) -> Quantity | None:
    return Quantity(Unit.DIGITS, re.sub(r"[·\s]", "", match[0]), match.start(), match.end())


def _bare(match: re.Match[str]) -> Quantity | None:
    value = value_of(match["n"])
    if value is None or value < 11 or _GUESS.fullmatch(match["n"]):
        return None
    return Quantity(Unit.NUMBER, value, match.start(), match.end(), "", bool(match["v"]))


_RULES: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], Quantity | None]], ...] = tuple(
    (re.compile(pattern), make)
    for pattern, make in (
        (
            r"[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼][a-z][·\s]?[a-z0-9]{5,6}(?![a-z0-9])",
            _plate,
        ),
        (
            r"(?<![\d一二三四五六七八九十百零幺])(?:1[12][0-9]|[一幺][一二幺][零九二])(?![\d一二三四五六七八九十百千万零月号点块元分年])",
            _digit_row,
        ),
        (rf"(?:\d[ -]?){{6,}}\d[x]?|[{''.join(_DIGITS)}]{{7,}}[x]?", _digit_row),
        (
            rf"(?:(?P<y>\d{{4}}|\d{{2}}|[零〇○一二三四五六七八九]{{4}}|[零〇一二三四五六七八九]{{2}})年的?)?"
            rf"(?P<m>{_SMALL})月(?!份?[初底末中]?内)(?:份)?的?(?:(?P<d>{_SMALL})[日号](?![楼院桌机房线店馆台床]))?",
            _date,
        ),
        (r"(?P<y>\d{4}|[零〇○一二三四五六七八九]{4})年(?P<m>(?!))?(?P<d>(?!))?", _date),
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
            rf"(?P<u>{'|'.join(sorted(_MEASURES, key=len, reverse=True))})(?!粉)",
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
    value = value_of(match["n"])
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


# --- whether two agree -----------------------------------------------------------------------------------------------
_BARE = {Unit.NUMBER: (Unit.MONEY, Unit.COUNT, Unit.NUMBER, Unit.MEASURE, Unit.AGE, Unit.SHARE)}


def comparable(a: Quantity, b: Quantity) -> bool:
    """Whether both say how much of the same thing."""
    if a.unit is b.unit:
        if a.unit is Unit.COUNT:
            return a.of == b.of or "个" in (a.of, b.of)
        if a.unit is Unit.DATE:
            return any(x is not None and y is not None for x, y in zip(_parts(a), _parts(b), strict=True))
        return a.of == b.of
    return b.unit in _BARE.get(a.unit, ()) or a.unit in _BARE.get(b.unit, ())


def agree(a: Quantity, b: Quantity) -> bool:
    """Whether two comparable quantities may mean the same."""
    if not comparable(a, b):
        return False
    if Unit.DATE in (a.unit, b.unit):
        return all(x is None or y is None or x == y for x, y in zip(_parts(a), _parts(b), strict=True))
    if Unit.TIME in (a.unit, b.unit):
        return _same_time(a, b)
    if isinstance(a.value, str) or isinstance(b.value, str):
        return a.value == b.value
    return _same_number(a, b)


def _parts(quantity: Quantity) -> tuple[int | None, ...]:
    return quantity.value if isinstance(quantity.value, tuple) else ()


def _same_time(a: Quantity, b: Quantity) -> bool:
    (ha, ma), (hb, mb) = _parts(a), _parts(b)
    if ha is None or hb is None:
        return False
    hours = ha == hb if a.half_day and b.half_day else ha % 12 == hb % 12
    return hours and (ma == mb or ma is None or mb is None)


def _same_number(a: Quantity, b: Quantity) -> bool:
    if not isinstance(a.value, float | int) or not isinstance(b.value, float | int):
        return False
    if a.value == b.value:
        return True
    for vague, other in ((a, b), (b, a)):
        if vague.vague and isinstance(vague.value, float | int) and isinstance(other.value, float | int):
            step = 10 ** (len(str(int(vague.value))) - 1) if vague.value >= 1 else 1
            while step > 1 and vague.value % step:
                step //= 10
            if vague.value <= other.value < vague.value + step:
                return True
    return False


# --- how it is said --------------------------------------------------------------------------------------------------
_SPOKEN = "零一二三四五六七八九"


def spoken(quantity: Quantity) -> list[str]:
    """How the value is said, without its unit: 三千五百 and 三千五, 九点五十, 九月二十号; [] where nobody knows."""
    value = quantity.value
    if isinstance(value, str):
        return ["".join(_SPOKEN[int(c)] if c.isdigit() else c for c in value)]
    if isinstance(value, tuple):
        return _spoken_moment(quantity.unit, value)
    if value != int(value) or not 2 <= value < 1e12:
        return []
    read = read_number(int(value))
    short = [read[:-1]] if len(read) > 2 and read[-1] in "百千万" and read[-3] in "千万百" else []
    return [form.replace("二千", "两千").replace("二万", "两万") for form in (read, *short)]


def _spoken_moment(unit: Unit, value: tuple[int | None, ...]) -> list[str]:
    if unit is Unit.TIME:
        hour, minute = value
        if hour is None:
            return []
        tails = [""] if not minute else ["半", "三十"] if minute == 30 else [read_number(minute)]
        hours = {"两" if h == 2 else read_number(h) for h in (hour % 12 or 12, hour) if h}
        return [f"{h}点{tail}" for h in sorted(hours) for tail in tails]
    _, month, day, _ = value
    if month is None or day is None:
        return []
    return [f"{read_number(month)}月{read_number(day)}{mark}" for mark in ("号", "日")]


def read_number(number: int) -> str:
    """A whole number from 0 to below 10**12 as it is read: 12 is 十二, 3050 is 三千零五十."""
    if number == 0:
        return "零"
    text = ""
    for scale, name in ((100_000_000, "亿"), (10_000, "万"), (1, "")):
        part, number = divmod(number, scale)
        if part:
            gap = "零" if text and part < 1000 else ""
            text += gap + _below_ten_thousand(part) + name
    return text.removeprefix("一") if text.startswith("一十") else text


def _below_ten_thousand(number: int) -> str:
    text = ""
    for scale, name in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit, number = divmod(number, scale)
        if digit:
            text += _SPOKEN[digit] + name
        elif text and number and not text.endswith("零"):
            text += "零"
    return text
