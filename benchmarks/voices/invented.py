"""Invented people and cases: names, places, amounts and times that fill the slots of the wording; seeded, nobody real.

Identity numbers have a true check digit (GB 11643-1999) and a district code that no district has.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from random import Random
from typing import Final

SURNAMES: Final = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕"
GIVEN: Final = "伟强磊军勇杰涛明超辉鹏飞平刚波斌健俊峰海龙志国建文永福胜学祥成康光天达亮"
PLACES: Final = [
    "城东的红星小区",
    "人民路的菜市场",
    "新华书店旁边的巷子",
    "汽车南站的候车室",
    "解放路的一家网吧",
    "江边的旧仓库",
    "中山公园的后门",
    "光明街的五金店",
    "体育场的停车场",
    "第二人民医院的门诊楼",
    "河西工业园的宿舍",
    "东方商场的三楼",
]
TOOLS: Final = ["一把螺丝刀", "一根撬棍", "一把老虎钳", "一张硬卡片", "一把开锁工具", "一根铁丝"]
WEAPONS: Final = ["木棍", "啤酒瓶", "铁管", "砖头", "板凳", "扳手"]
BODIES: Final = ["头部", "左胳膊", "右手", "后背", "肩膀", "右腿"]
GOODS: Final = [
    "一台笔记本电脑",
    "一部手机",
    "一辆电动车",
    "两条香烟",
    "一条金项链",
    "一块手表",
    "一台照相机",
    "一批电缆",
]
NATIVE: Final = ["湖南省衡阳县", "四川省南充市", "河南省信阳市", "安徽省阜阳市", "江西省九江市", "湖北省孝感市"]
HOMES: Final = ["和平路12号", "建设街35号", "滨河路108号", "学府路7号", "长江路26号", "青年路51号"]
JOBS: Final = ["在工地上打工", "在一家饭店当厨师", "没有固定工作", "开货车跑运输", "在快递公司送货", "在电子厂上班"]
AGENCIES: Final = ["城东派出所", "河西派出所", "市公安局刑侦大队", "新华路派出所"]
CARS: Final = ["一辆白色小轿车", "一辆黑色越野车", "一辆银灰色面包车"]
CLOCKS: Final = ["晚上8点", "晚上9点半", "凌晨2点", "下午3点20分", "中午12点", "早上6点40分", "晚上11点", "傍晚5点半"]
PLATES: Final = "湘川豫皖赣鄂苏浙"
_WEIGHTS: Final = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def person_name(rng: Random) -> str:
    """A surname and one or two characters."""
    return rng.choice(SURNAMES) + "".join(rng.sample(GIVEN, rng.choice((1, 2, 2))))


def identity_number(rng: Random, birth: datetime.date) -> str:
    """18 digits with a true check digit and a district that does not exist."""
    first = f"{rng.choice((32, 41, 43, 51))}0000{birth:%Y%m%d}{rng.randrange(1, 1000):03}"
    check = "10X98765432"[sum(int(digit) * weight for digit, weight in zip(first, _WEIGHTS, strict=True)) % 11]
    # A trailing X cannot be told from a letter of a name by ear: another number is drawn.
    return first + check if check != "X" else identity_number(rng, birth)


def person(rng: Random) -> dict[str, str]:
    """What somebody says of himself at the start."""
    birth = datetime.date(rng.randrange(1965, 2004), rng.randrange(1, 13), rng.randrange(1, 29))
    return {
        "agency": rng.choice(AGENCIES),
        "name": person_name(rng),
        "sex": "男",
        "nation": rng.choice(("汉族", "汉族", "汉族", "回族", "土家族", "壮族")),
        "birth": f"{birth.year}年{birth.month}月{birth.day}日",
        "identity": identity_number(rng, birth),
        "native": rng.choice(NATIVE),
        "home": rng.choice(HOMES),
        "school": rng.choice(("小学", "初中", "高中", "中专", "大专")),
        "job": rng.choice(JOBS),
        "phone": f"1{rng.choice('3578')}{rng.randrange(10**9):09}",
        "age_child": str(rng.randrange(3, 16)),
        "members": rng.choice(("9", "11", "13")),
    }


def case(rng: Random) -> dict[str, str]:
    """One thing that happened."""
    amount = rng.randrange(12, 980) * 100
    place, place2 = rng.sample(PLACES, 2)
    victim, partner = person_name(rng), person_name(rng)
    return {
        "date": f"{rng.choice((2023, 2024, 2025))}年{rng.randrange(1, 13)}月{rng.randrange(1, 29)}日",
        "clock": rng.choice(CLOCKS),
        "place": place,
        "place2": place2,
        "tool": rng.choice(TOOLS),
        "weapon": rng.choice(WEAPONS),
        "body": rng.choice(BODIES),
        "goods": rng.choice(GOODS),
        "amount": str(amount),
        "part": str(max(100, amount // rng.choice((2, 3, 4)) // 100 * 100)),
        "victim": victim,
        "partner": partner,
        "weeks": str(rng.randrange(2, 9)),
        "times": str(rng.randrange(2, 7)),
        "tail": "".join(rng.choice("零一二三四五六七八九") for _ in range(4)),
        "car": rng.choice(CARS),
        "plate": f"{rng.choice(PLATES)}{rng.choice('ABCDEF')}{rng.randrange(10000, 100000)}",
        "drinks": str(rng.randrange(2, 9)),
        "alcohol": str(rng.randrange(81, 240)),
        "licence": rng.choice(("C1", "C2", "B2")),
        "emergency": "幺幺零",
    }


def filled(text: str, slots: Mapping[str, str]) -> str:
    """The wording with its slots filled; raises KeyError for a slot that nothing fills."""
    return text.format_map(dict(slots))
