"""One invented case: who, where, what, when, and how its documents are numbered; seeded, nobody and no place is real.

Knows no form and no page. Slots of the forms name the fields here, as in {suspect.name} or {dates.arrested}.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from importlib import resources
from random import Random
from typing import Final

from benchmarks.voices.invented import GOODS, HOMES, JOBS, PLACES, SURNAMES, identity_number, person_name
from pipelines.numerals import in_characters, one_by_one

CITIES: Final = (("江州", "江"), ("云阳", "云"), ("临沧河", "临"), ("平川", "平"), ("青泽", "青"), ("白石", "白"))
"""Invented cities and the letter that stands for each in document numbers."""
DISTRICTS: Final = ("城南", "城东", "望江", "北湖", "西岭", "金桥")
STATIONS: Final = ("新华路", "河西", "柳林", "长乐", "东站", "石桥")
_GIVEN: Final = "伟强磊军勇杰涛明超芳敏静丽娟艳秀兰霞梅辉鹏飞平波健俊峰海志国建文永福玲红英华慧"


@dataclass(frozen=True, slots=True, order=True)
class Day:
    """A day as documents write it."""

    date: date

    def __str__(self) -> str:
        return f"{self.date.year}年{self.date.month}月{self.date.day}日"

    @property
    def iso(self) -> str:
        """As truth writes it."""
        return self.date.isoformat()

    @property
    def formal(self) -> str:
        """In Chinese numerals, as decisions close: 二〇二四年三月十五日."""
        year = one_by_one(str(self.date.year)).replace("零", "〇")
        return f"{year}年{in_characters(self.date.month)}月{in_characters(self.date.day)}日"

    def after(self, days: int) -> Day:
        """So many days later."""
        return Day(self.date + timedelta(days=days))


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody invented."""

    name: str
    sex: str
    nation: str
    birth: Day
    identity: str
    home: str
    native: str
    school: str
    job: str
    phone: str


@dataclass(frozen=True, slots=True)
class Organs:
    """The authorities of the case and the letters that stand for them in document numbers."""

    city: str
    district: str
    police: str
    police_mark: str
    station: str
    procuratorate: str
    procuratorate_mark: str
    court: str
    court_mark: str
    detention: str
    hospital: str
    bank: str
    forensic: str
    price: str


@dataclass(frozen=True, slots=True)
class Dates:
    """The days of the case, in the order in which the law lets them follow each other."""

    deed: Day
    accepted: Day
    filed: Day
    detained: Day
    extended: Day
    requested: Day
    arrested: Day
    transferred: Day
    returned: Day
    charged: Day
    tried: Day
    judged: Day


@dataclass(frozen=True, slots=True)
class Offence:
    """What is charged: `joint` when two did it; `deed` has slots; `asked` are questions and answers by who is asked."""

    name: str
    joint: bool
    article: str
    deed: str
    scene: str
    asked: dict[str, list[list[str]]]


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything that the documents of one case have in common."""

    seed: int
    offence: Offence
    deed: str
    organs: Organs
    dates: Dates
    suspect: Person
    accomplice: Person
    victim: Person
    witnesses: tuple[Person, ...]
    officers: tuple[str, ...]
    prosecutor: str
    judge: str
    clerk: str
    counsel: str
    place: str
    goods: tuple[str, ...]
    amount: int
    alcohol: int

    @property
    def suspects(self) -> str:
        """All that the case is against."""
        return f"{self.suspect.name}、{self.accomplice.name}" if self.offence.joint else self.suspect.name

    @property
    def year(self) -> int:
        """The year in document numbers."""
        return self.dates.filed.date.year


def make_facts(seed: int) -> Facts:
    """The case of this seed."""
    rng = Random(f"volumes facts {seed}")
    offence = rng.choice(offences())
    organs = _organs(rng)
    people = [_person(rng, organs) for _ in range(7)]
    amount, place = rng.randrange(12, 980) * 100, rng.choice(PLACES)
    dates = _dates(rng)
    deed = offence.deed.format(
        suspect=people[0], accomplice=people[1], victim=people[2], dates=dates, place=place, amount=amount
    )
    return Facts(
        seed=seed,
        offence=offence,
        deed=deed,
        organs=organs,
        dates=dates,
        suspect=people[0],
        accomplice=people[1],
        victim=people[2],
        witnesses=tuple(people[3:]),
        officers=tuple(person_name(rng) for _ in range(8)),
        prosecutor=person_name(rng),
        judge=person_name(rng),
        clerk=person_name(rng),
        counsel=person_name(rng),
        place=place,
        goods=tuple(rng.sample(GOODS, 5)),
        amount=amount,
        alcohol=rng.randrange(86, 240),
    )


@cache
def offences() -> tuple[Offence, ...]:
    """The offences that a case may be about."""
    text = (resources.files("benchmarks.volumes") / "wording" / "offences.toml").read_text(encoding="utf-8")
    return tuple(Offence(**one) for one in tomllib.loads(text)["offences"])


def _person(rng: Random, organs: Organs) -> Person:
    street = f"{rng.choice(DISTRICTS)}区{rng.choice(HOMES)}"
    birth = date(rng.randrange(1962, 2005), rng.randrange(1, 13), rng.randrange(1, 29))
    name = rng.choice(SURNAMES) + "".join(rng.sample(_GIVEN, rng.choice((1, 2, 2))))
    return Person(
        name=name,
        sex=rng.choice("男男女"),
        nation=rng.choice(("汉族", "汉族", "汉族", "回族", "土家族")),
        birth=Day(birth),
        identity=identity_number(rng, birth),
        home=f"{organs.city}市{street}{rng.randrange(1, 30)}栋{rng.randrange(101, 909)}室",
        native=f"{rng.choice(CITIES)[0]}市",
        school=rng.choice(("小学", "初中", "高中", "中专", "大专")),
        job=rng.choice(JOBS),
        phone=f"1{rng.choice('3578')}{rng.randrange(10**9):09}",
    )


def _organs(rng: Random) -> Organs:
    city, letter = rng.choice(CITIES)
    district = rng.choice(DISTRICTS)
    station = rng.choice(STATIONS)
    code = f"00{rng.randrange(10, 99)}"
    return Organs(
        city=city,
        district=district,
        police=f"{city}市公安局{district}分局",
        police_mark=f"{letter}公（{district}）",
        station=f"{city}市公安局{district}分局{station}派出所",
        procuratorate=f"{city}市{district}区人民检察院",
        procuratorate_mark=f"{letter}{district[0]}检",
        court=f"{city}市{district}区人民法院",
        court_mark=f"{letter}{code}刑",
        detention=f"{city}市看守所",
        hospital=f"{city}市第{rng.choice('一二三')}人民医院",
        bank=rng.choice((f"{city}农村商业银行", f"{city}银行", f"{city}市商业银行{district}支行")),
        forensic=rng.choice((f"{city}市公安司法鉴定中心", f"{city}明正司法鉴定所")),
        price=f"{city}市{district}区价格认证中心",
    )


def _dates(rng: Random) -> Dates:
    deed = Day(date(rng.choice((2022, 2023, 2024)), rng.randrange(1, 13), rng.randrange(1, 29)))
    # Days from each step to the next: at least one, at most what 刑事诉讼法 (2018) art. 91, 156 and 172 allow.
    steps = ((0, 1), (1, 2), (1, 20), (2, 3), (4, 25), (2, 7), (30, 58), (15, 30), (31, 60), (10, 30), (1, 20))
    days = [deed]
    for least, most in steps:
        days.append(days[-1].after(rng.randint(least, most)))
    return Dates(*days)
