"""Rows of the tables that forms hold: goods, statements, calls, prices, files; drawn from a case's slots, no layout."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from random import Random
from typing import cast

from benchmarks.voices.invented import GOODS, person_name
from benchmarks.volumes.facts import Day

Row = tuple[str, ...]


def rows(kind: str, count: int, slots: Mapping[str, object], rng: Random) -> list[Row]:
    """`count` rows of this kind; the catalogue's are those of the volume. Raises KeyError for an unknown kind."""
    if kind == "catalogue":
        return list(cast("tuple[Row, ...]", slots["catalogue"]))
    if kind == "bank":
        return _bank(count, slots, rng)
    if kind == "prices":
        return _prices(count, slots, rng)
    return [_KINDS[kind](number, slots, rng) for number in range(1, count + 1)]


def _goods(number: int, slots: Mapping[str, object], rng: Random) -> Row:
    thing = _thing(number, slots, rng)
    mark = rng.choice(
        ("黑色，有磨损", "银色，九成新", f"编号{rng.randrange(10**5, 10**6)}", "外包装完好", "红色，带皮套")
    )
    return str(number), thing[2:], thing[:2], mark, rng.choice(("", "", "扣押", "已拍照"))


def _papers(number: int, slots: Mapping[str, object], rng: Random) -> Row:
    name = rng.choice(("账户交易明细", "开户资料", "监控录像光盘", "合同复印件", "身份证复印件", "通话详单"))
    return str(number), name, f"{rng.randrange(1, 9)}份", "加盖公章", rng.choice(("", "复印件"))


def _bank(count: int, slots: Mapping[str, object], rng: Random) -> list[Row]:
    day, balance = cast(Day, slots["day"]).date - timedelta(days=count), float(rng.randrange(1000, 90000))
    found: list[Row] = []
    for _ in range(count):
        day += timedelta(days=rng.choice((0, 1, 1, 1)))
        change = rng.choice((-1, 1)) * rng.randrange(10, 9000) + rng.randrange(100) / 100
        change = abs(change) if balance + change < 0 else change
        balance += change
        kind = rng.choice(("转账", "消费", "取现", "快捷支付", "网银转账"))
        other = rng.choice(
            (person_name(rng), f"财付通{rng.randrange(1000, 9999)}", f"6217****{rng.randrange(1000, 9999)}")
        )
        found.append(
            (f"{day:%Y%m%d}", kind, f"{change:+.2f}", f"{balance:.2f}", other, rng.choice(("", "", "货款", "借款")))
        )
    return found


def _calls(number: int, slots: Mapping[str, object], rng: Random) -> Row:
    day = cast(Day, slots["day"]).date - timedelta(days=rng.randrange(1, 60))
    at = f"{rng.randrange(24):02}:{rng.randrange(60):02}:{rng.randrange(60):02}"
    return (
        f"{day:%m-%d} {at}",
        rng.choice(("主叫", "被叫")),
        f"1{rng.randrange(10**10):010}",
        f"{rng.randrange(5, 900)}秒",
        "本地",
    )


def _invoice(number: int, slots: Mapping[str, object], rng: Random) -> Row:
    price = rng.randrange(20, 900)
    return (
        rng.choice(("检查费", "治疗费", "西药费", "材料费", "配件", "修理费")),
        "项",
        "1",
        f"{price}.00",
        f"{price}.00",
    )


def _prices(count: int, slots: Mapping[str, object], rng: Random) -> list[Row]:
    """What each thing is worth: together the amount of the case."""
    left, found = cast(int, slots["amount"]), list[Row]()
    for number in range(1, count + 1):
        price = left if number == count else rng.randrange(1, max(2, 2 * left // (count - number + 1)))
        left -= price
        thing = _thing(number, slots, rng)
        found.append((str(number), thing[2:], thing[:2], f"{rng.randrange(5, 10) * 10}%", f"{price}元"))
    return found


def _thing(number: int, slots: Mapping[str, object], rng: Random) -> str:
    """The goods of the case first, then others; the first two characters say how many."""
    goods = cast("tuple[str, ...]", slots["goods"])
    return goods[number - 1] if number <= len(goods) else rng.choice(GOODS)


def _files(number: int, slots: Mapping[str, object], rng: Random) -> Row:
    name = f"{rng.choice(('IMG', 'VID', 'chat', 'DOC'))}_{rng.randrange(1000, 9999)}.{rng.choice(('jpg', 'mp4', 'db'))}"
    digest = "".join(rng.choice("0123456789abcdef") for _ in range(16))
    return str(number), name, f"{rng.randrange(12, 9000)}KB", digest


_KINDS: dict[str, Callable[[int, Mapping[str, object], Random], Row]] = {
    "goods": _goods,
    "papers": _papers,
    "calls": _calls,
    "invoice": _invoice,
    "files": _files,
}
