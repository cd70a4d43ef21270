"""A case in which everything was done as the law has it: its steps with day, hour, place and officers; knows no fault.

All acts of one day follow each other, so that nobody is in two places at once. Terms are drawn within those of
刑事诉讼法 (2018); which ways a case takes (how detention was extended, whether it was sent back) is drawn or given.
"""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import cache
from importlib import resources
from random import Random
from typing import Final

from benchmarks.voices.invented import identity_number
from benchmarks.volumes.facts import Dates, Day, Facts, Person, make_facts
from benchmarks.volumes.forms import Form, forms
from benchmarks.volumes.writing import Assignment
from cases.codec import from_json

DETENTIONS: Final = ("short", "ordinary", "roving")
GROUNDS: Final = {"ordinary": "案情复杂、需要继续查证", "roving": "系流窜作案"}
OLDEST, YOUNGEST = 1962, 2000


@dataclass(frozen=True, slots=True)
class Ways:
    """Which way a case takes: `custody` is plain, extended or recounted, `freed` bail or surveillance of the second."""

    detention: str
    custody: str
    returned: bool
    freed: str


@dataclass(slots=True)
class Piece:
    """A document to be written: `key` names it in the case, `volume` is A (police) or D (procuratorate)."""

    key: str
    form: Form
    day: Day
    subject: Person
    fixed: dict[str, object] = field(default_factory=dict)
    volume: str = "A"


@dataclass(slots=True)
class Course:
    """A case and its documents, to be changed by whoever plants faults."""

    facts: Facts
    ways: Ways
    pieces: list[Piece]

    def piece(self, key: str) -> Piece:
        """The document of this name; KeyError when the case has none."""
        for one in self.pieces:
            if one.key == key:
                return one
        raise KeyError(key)


def lawful_facts(seed: int) -> Facts:
    """The facts of this seed with everybody of age and of the sex that their number says."""
    facts = make_facts(seed)
    rng = Random(f"lawful people {seed}")
    # The deed names people by what they are called alone, so that its text stays.
    return replace(
        facts,
        suspect=_of_age(facts.suspect, rng),
        accomplice=_of_age(facts.accomplice, rng),
        victim=_of_age(facts.victim, rng),
        witnesses=tuple(_of_age(one, rng) for one in facts.witnesses),
    )


def draw_ways(seed: int, forced: Mapping[str, object] | None = None) -> Ways:
    """The ways that this case takes; those that are given are settled."""
    rng = Random(f"lawful ways {seed}")
    drawn: dict[str, object] = {
        "detention": rng.choice(DETENTIONS),
        "custody": rng.choice(("plain", "plain", "extended", "recounted")),
        "returned": rng.random() < 0.5,
        "freed": rng.choice(("bail", "bail", "surveillance")),
    }
    drawn |= forced or {}
    return Ways(str(drawn["detention"]), str(drawn["custody"]), bool(drawn["returned"]), str(drawn["freed"]))


def make_course(facts: Facts, ways: Ways, seed: int) -> Course:
    """The steps of the case in the order of the law."""
    rng = Random(f"lawful {seed}")
    days = _days(facts, ways, rng)
    facts = replace(facts, dates=days)
    diary = _Diary(facts, rng)
    course = Course(facts, ways, [])
    _police(course, diary, rng)
    _evidence(course, diary, rng)
    if facts.offence.joint:
        _accomplice(course, diary, rng)
    _procuratorate(course, rng)
    return course


def assignments(course: Course, volume: str) -> list[tuple[Piece, Assignment]]:
    """The documents of a volume in the order of binding."""
    mine = sorted(
        (one for one in course.pieces if one.volume == volume), key=lambda one: (one.form.kind.order, one.day)
    )
    times: Counter[str] = Counter()
    found = []
    for one in mine:
        times[one.form.type] += 1
        found.append((one, Assignment(one.form, one.day, one.subject, times[one.form.type], one.fixed)))
    return found


@cache
def own_forms() -> dict[str, Form]:
    """The forms of this list, by name."""
    text = (resources.files("benchmarks.volumes") / "forms" / "lawful.toml").read_text(encoding="utf-8")
    return {name: from_json(Form, entry) for name, entry in tomllib.loads(text).items()}


def form_named(kind: str, **changed: object) -> Form:
    """The first form of this type in the common lists, with some of its fields changed."""
    found = next(form for form in forms() if form.type == kind)
    return replace(found, **changed) if changed else found  # type: ignore[arg-type]  # from_json checked what forms hold


def clock(minutes: int) -> str:
    """As forms write it: 9时05分."""
    return f"{minutes // 60}时{minutes % 60:02}分"


@dataclass(slots=True)
class _Diary:
    """Hands out the hours of each day one after another, with a pair of officers and a place."""

    facts: Facts
    rng: Random
    taken: dict[date, int] = field(default_factory=dict)

    def slot(self, day: Day, room: str, earliest: int = 9 * 60) -> dict[str, object]:
        """Start, end, officers and place of an act."""
        start = max(self.taken.get(day.date, 0), earliest) + self.rng.randrange(0, 15)
        end = start + self.rng.randrange(25, 75)
        self.taken[day.date] = end + 10
        first, second = self.rng.sample(self.facts.officers[:6], 2)
        hours = {"start": clock(start), "end": clock(end)}
        return {**hours, "room": room, "pair": f"{first}、{second}", "second": second}


def _days(facts: Facts, ways: Ways, rng: Random) -> Dates:
    deed = facts.dates.deed
    accepted = deed.after(rng.randint(0, 1))
    filed = accepted.after(rng.randint(0, 2))
    detained = filed.after(rng.randint(1, 9))
    wait = {"short": (1, 3), "ordinary": (5, 7), "roving": (10, 29)}[ways.detention]
    requested = detained.after(rng.randint(*wait))
    arrested = requested.after(rng.randint(3, 7))
    transferred = arrested.after(rng.randint(63, 80) if ways.custody != "plain" else rng.randint(30, 57))
    returned = transferred.after(rng.randint(18, 28))
    charged = returned.after(rng.randint(36, 50)) if ways.returned else transferred.after(rng.randint(18, 28))
    return Dates(
        deed, accepted, filed, detained, detained.after(2), requested, arrested, transferred, returned, charged,
        charged.after(20), charged.after(30),
    )  # fmt: skip


def _police(course: Course, diary: _Diary, rng: Random) -> None:
    facts, dates = course.facts, course.facts.dates
    suspect, police = facts.suspect, f"{facts.organs.station}办案区"
    inside = facts.organs.detention
    add = course.pieces.append
    for key, kind, day in (
        ("acceptance", "受案登记表", dates.accepted),
        ("receipt", "受案回执", dates.accepted),
        ("filing", "立案决定书", dates.filed),
        ("rights", "犯罪嫌疑人诉讼权利义务告知书", dates.detained),
        ("request", "提请批准逮捕书", dates.requested),
        ("approval", "批准逮捕决定书", dates.arrested),
        ("opinion", "起诉意见书", dates.transferred),
        ("told_of_transfer", "移送审查起诉告知书", dates.transferred),
    ):
        add(Piece(key, form_named(kind), day, suspect, {"start": clock(rng.randrange(540, 1020))}))
    came, gone = clock(8 * 60 + 30), clock(rng.randrange(16 * 60, 18 * 60))
    add(Piece("summons", own_forms()["summons"], dates.detained, suspect, {"start": came, "end": gone}))
    first = diary.slot(dates.detained, police) | {"came": came, "gone": gone}
    add(Piece("interrogation_1", own_forms()["first_interrogation"], dates.detained, suspect, first))
    held = {"start": clock(18 * 60 + 5), "sent": dates.detained, "sent_at": clock(21 * 60 + 40)}
    add(Piece("detention", own_forms()["detention"], dates.detained, suspect, held))
    told = {"start": held["start"], "held": dates.detained, "told": dates.detained.after(1), "told_at": clock(600)}
    add(Piece("detention_notice", own_forms()["detention_notice"], dates.detained, suspect, told))
    talk = own_forms()["interrogation"]
    add(Piece("interrogation_2", talk, dates.detained.after(1), suspect, diary.slot(dates.detained.after(1), inside)))
    if course.ways.detention != "short":
        last = dates.detained.after(7 if course.ways.detention == "ordinary" else 30)
        fixed: dict[str, object] = {"until": last, "ground": GROUNDS[course.ways.detention]}
        add(Piece("extension", own_forms()["extension"], dates.extended, suspect, fixed))
    held = {"start": clock(15 * 60 + 5), "sent": dates.arrested, "sent_at": clock(17 * 60 + 10)}
    add(Piece("arrest", own_forms()["arrest"], dates.arrested, suspect, held))
    told = {"start": held["start"], "held": dates.arrested, "told": dates.arrested.after(1), "told_at": clock(610)}
    add(Piece("arrest_notice", own_forms()["arrest_notice"], dates.arrested, suspect, told))
    for number, day in ((3, dates.arrested.after(1)), (4, dates.arrested.after(20))):
        add(Piece(f"interrogation_{number}", talk, day, suspect, diary.slot(day, inside)))
    _custody(course, rng)


def _custody(course: Course, rng: Random) -> None:
    facts, arrested = course.facts, course.facts.dates.arrested
    if course.ways.custody == "extended":
        # The request goes out at least seven days before the two months end (规定 148).
        days = {"custody_request": arrested.after(rng.randint(45, 50)), "custody_approval": arrested.after(55)}
        days["custody_notice"] = arrested.after(56)
        for key, day in days.items():
            course.pieces.append(Piece(key, own_forms()[key], day, facts.suspect, {"arrest_day": arrested}))
    elif course.ways.custody == "recounted":
        course.pieces.append(
            Piece("recount", own_forms()["recount"], arrested.after(rng.randint(25, 40)), facts.suspect)
        )


def _evidence(course: Course, diary: _Diary, rng: Random) -> None:
    facts, dates = course.facts, course.facts.dates
    add = course.pieces.append
    station = f"{facts.organs.station}办案区"

    def act(key: str, kind: str | Form, day: Day, subject: Person | None = None, room: str = "") -> None:
        form = form_named(kind) if isinstance(kind, str) else kind
        add(Piece(key, form, day, subject or facts.suspect, diary.slot(day, room or station)))

    def paper(key: str, kind: str, day: Day, subject: Person | None = None, **changed: object) -> None:
        add(
            Piece(
                key,
                form_named(kind, **changed),
                day,
                subject or facts.suspect,
                {"start": clock(rng.randrange(540, 1000))},
            )
        )

    scene = dates.accepted
    act("scene", "现场勘验检查笔录", scene)
    paper("plan", "现场图", scene)
    paper("scene_photographs", "现场照片", scene)
    act("victim", "询问笔录（被害人）", scene, facts.victim, facts.organs.station)
    act("witness_1", "询问笔录（证人）", dates.filed, facts.witnesses[0])
    act("witness_2", own_forms()["witness"], dates.filed.after(1), facts.witnesses[2])
    paper("arrival", "到案经过", dates.detained)
    paper("search_warrant", "搜查证", dates.detained)
    act("search", "搜查笔录", dates.detained)
    paper("seizure_decision", "扣押决定书", dates.detained)
    act("seizure", "扣押笔录", dates.detained)
    paper("seizure_list", "扣押清单", dates.detained, body=form_named("扣押清单").body.replace("5..40", "5..12"))
    few = {
        kind: form_named(kind).body.replace("2..6", "2..5").replace("3..12", "3..5")
        for kind in ("发还清单", "随案移送清单")
    }
    paper("return_list", "发还清单", dates.arrested.after(10), body=few["发还清单"])
    paper("transfer_list", "随案移送清单", dates.transferred, body=few["随案移送清单"])
    act("identification", "辨认笔录", dates.detained.after(1), facts.witnesses[0])
    paper("identification_photographs", "辨认照片", dates.detained.after(1))
    paper("appointment", "鉴定聘请书", dates.filed)
    add(Piece("opinion_of_expert", own_forms()["plain_opinion"], dates.filed.after(5), facts.suspect))
    paper("price", "价格认定书", dates.filed.after(4))
    paper("qualification", "鉴定资质", dates.deed.after(-900))
    paper("opinion_notice", "鉴定意见通知书", dates.filed.after(12))
    act("extraction", "电子数据提取笔录", dates.detained.after(2))
    paper("statement", "银行流水", dates.filed.after(3))
    for key, person in (("suspect", facts.suspect), ("victim", facts.victim), ("helper", facts.witnesses[1])):
        paper(f"register_{key}", "户籍证明", dates.filed, person)
    paper("card", "身份证复印件", dates.filed, titles=("身份证复印件",))
    paper("record_of_convictions", "违法犯罪经历查询", dates.filed)


def _accomplice(course: Course, diary: _Diary, rng: Random) -> None:
    facts, dates = course.facts, course.facts.dates
    second, own = facts.accomplice, own_forms()
    add = course.pieces.append
    day = dates.detained.after(1)
    add(Piece("compelled", own["compelled"], day, second, {"start": clock(8 * 60 + 10), "end": clock(15 * 60 + 20)}))
    room = f"{facts.organs.station}办案区"
    add(Piece("interrogation_5", own["interrogation"], day, second, diary.slot(day, room)))
    freed = day.after(1)
    longest = 360 if course.ways.freed == "bail" else 180
    until = freed.after(rng.randint(150, longest))
    add(Piece("freed", own[course.ways.freed], freed, second, {"until": until}))
    if course.ways.freed == "bail":
        money: dict[str, object] = {"money": rng.randrange(2, 40) * 500}
        add(Piece("bail_paid", form_named("收取保证金通知书"), freed, second, money))
        add(Piece("bail_ended", form_named("解除取保候审决定书"), dates.transferred, second))
        add(Piece("bail_returned", form_named("退还保证金决定书"), dates.transferred, second, money))


def _procuratorate(course: Course, rng: Random) -> None:
    facts, dates = course.facts, course.facts.dates
    if course.ways.returned:
        done = dates.returned.after(rng.randint(15, 27))
        course.pieces.append(
            Piece("sent_back", form_named("补充侦查决定书"), dates.returned, facts.suspect, volume="D")
        )
        fixed: dict[str, object] = {"returned": dates.returned}
        course.pieces.append(Piece("supplement", own_forms()["supplement"], done, facts.suspect, fixed, volume="D"))
    for key, kind in (
        ("report", "审查起诉报告"),
        ("indictment", "起诉书"),
        ("proposal", "量刑建议书"),
        ("plea", "认罪认罚具结书"),
    ):
        course.pieces.append(Piece(key, form_named(kind), dates.charged, facts.suspect, volume="D"))


def _of_age(person: Person, rng: Random) -> Person:
    born = person.birth.date
    if born.year > YOUNGEST:
        born = born.replace(year=rng.randrange(OLDEST, YOUNGEST))
    return with_birthday(person, born, rng)


def with_birthday(person: Person, born: date, rng: Random) -> Person:
    """The person born on that day, with a number that says so and tells the sex."""
    number = identity_number(rng, born)
    while (int(number[16]) % 2 == 1) != (person.sex == "男"):
        number = identity_number(rng, born)
    return replace(person, birth=Day(born), identity=number)


def years_before(day: Day, years: int) -> date:
    """A birthday that makes somebody so old on that day."""
    return (day.date - timedelta(days=round(365.25 * years) + 60)).replace(day=15)
