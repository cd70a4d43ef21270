"""Fills a form with the facts of a case: title, number, date, author and the blocks of its body; no layout."""

from __future__ import annotations

import dataclasses
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import time
from functools import cache
from importlib import resources
from random import Random
from typing import Final

from benchmarks.voices.invented import CLOCKS, PLACES, person_name
from benchmarks.volumes.facts import Day, Facts, Person
from benchmarks.volumes.forms import Form, forms
from benchmarks.volumes.rows import Row, rows

VOLUME_TITLES: Final = {
    "A": "诉讼文书卷",
    "B": "证据材料卷",
    "AB": "刑事侦查卷宗",
    "C": "侦查工作卷宗",
    "D": "检察卷宗",
    "E": "刑事诉讼卷宗",
}
_MARKS: Final = {"- ": "flush", "= ": "centre", "> ": "right", "| ": "row", "% ": "seal"}
_CLAUSES: Final = (
    "双方对合作中知悉的对方商业秘密负有保密义务，期限为{some.digits}日。",
    "付款方式为银行转账，收款人{some.name}，首期支付{some.money}元，余款在验收后支付。",
    "交付地点为{some.place}，交付时双方应当清点并签署清单，逾期七日视为验收合格。",
    "未经对方书面同意，任何一方不得将本合同项下的权利义务转让给{some.name}等第三人。",
    "因不可抗力不能履行的，根据影响部分或者全部免除责任，但应在{some.digits}小时内通知对方。",
    "本合同的变更须经双方协商并签订补充协议，补充协议与本合同具有同等效力。",
)


@dataclass(frozen=True, slots=True)
class Block:
    """A part of a body: how it is set, its texts, and the share of the page that a picture takes."""

    kind: str
    texts: tuple[str, ...]
    share: float = 0.0


@dataclass(frozen=True, slots=True)
class Assignment:
    """Which form is to be written when, about whom, for the how manieth time; `fixed` are slots that are settled."""

    form: Form
    day: Day
    subject: Person
    ordinal: int = 1
    fixed: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Written:
    """A filled form; `title` is the wording without marks, empty for a piece that bears none."""

    form: Form
    title: str
    letterhead: str
    number: str | None
    day: Day
    author: str
    ordinal: int
    foot: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class VolumeNotes:
    """What the parts of a volume say about the whole."""

    title: str = ""
    sheets: int = 0
    catalogue: tuple[Row, ...] = ()


class Some:
    """A slot that is drawn anew each time it is named."""

    def __init__(self, rng: Random) -> None:
        self._rng = rng

    @property
    def place(self) -> str:
        """A place."""
        return self._rng.choice(PLACES)

    @property
    def clock(self) -> str:
        """A time of day."""
        return self._rng.choice(CLOCKS)

    @property
    def name(self) -> str:
        """Somebody's name."""
        return person_name(self._rng)

    @property
    def money(self) -> str:
        """An amount."""
        return str(self._rng.randrange(2, 90) * 50)

    @property
    def year(self) -> str:
        """A year before the case."""
        return str(self._rng.randrange(2008, 2022))

    @property
    def colour(self) -> str:
        """A colour."""
        return self._rng.choice(("黑色", "白色", "灰色", "深蓝色", "红色"))

    @property
    def digits(self) -> str:
        """Three digits."""
        return f"{self._rng.randrange(100, 1000)}"


class Numbers:
    """The number of the first document of a type in a case, so that others can name it."""

    def __init__(self, facts: Facts) -> None:
        self._facts = facts

    def __getitem__(self, kind: str) -> str:
        form = next(form for form in forms() if form.type == kind and form.number)
        return form.number.format_map({**_known(self._facts), "n": serial(self._facts, kind, 1)})


def serial(facts: Facts, kind: str, ordinal: int) -> int:
    """The running number of the document of this type that is so manieth in the case."""
    return Random(f"number {facts.seed} {kind} {ordinal}").randrange(10, 3000)


def write(task: Assignment, facts: Facts, rng: Random, notes: VolumeNotes | None = None) -> Written:
    """The form filled; the same for the same facts and state of `rng`."""
    slots = _slots(task, facts, rng, notes or VolumeNotes())
    form = task.form
    blocks: list[Block] = []
    for line in form.body.strip("\n").splitlines():
        blocks.extend(_blocks(line, facts, slots, rng))
    return Written(
        form=form,
        title=rng.choice(form.wordings).format_map(slots),
        letterhead=form.letterhead.format_map(slots),
        number=form.number.format_map(slots) or None,
        day=task.day,
        author=form.author.format_map(slots),
        ordinal=task.ordinal,
        foot=form.foot.format_map(slots),
        blocks=tuple(blocks),
    )


@cache
def questions() -> dict[str, dict[str, list[list[str]]]]:
    """What records ask whatever the offence."""
    text = (resources.files("benchmarks.volumes") / "wording" / "questions.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def _slots(task: Assignment, facts: Facts, rng: Random, notes: VolumeNotes) -> dict[str, object]:
    first, second = rng.sample(facts.officers[:6], 2)
    start = rng.randrange(8 * 60, 19 * 60)
    age = task.day.date.year - task.subject.birth.date.year
    return {
        **_known(facts),
        "numbers": Numbers(facts),
        "some": Some(rng),
        "day": task.day,
        "later": task.day.after(30),
        "subject": task.subject,
        "nation": task.subject.nation.removesuffix("族"),
        "age": age,
        "ordinal": rng.choice((str(task.ordinal), "一二三四五六七八九十"[(task.ordinal - 1) % 10])),
        "pair": f"{first}、{second}",
        "second": second,
        "start": _clock(start),
        "end": _clock(start + rng.randrange(25, 150)),
        "room": rng.choice((f"{facts.organs.station}办案区", f"{facts.organs.police}询问室", facts.organs.detention)),
        "phone": f"0{rng.randrange(10**10):010}",
        "n": serial(facts, task.form.type, task.ordinal),
        "m": rng.randrange(2, 12),
        "money": rng.randrange(2, 40) * 500,
        "account": f"6200{rng.randrange(10**8):08}",
        "hash": "".join(rng.choice("0123456789abcdef") for _ in range(32)),
        "volume_title": notes.title,
        "sheets": notes.sheets,
        "catalogue": notes.catalogue,
        **task.fixed,
    }


def _known(facts: Facts) -> dict[str, object]:
    """The slots that are the same in all documents of the case."""
    return {
        **{field.name: getattr(facts, field.name) for field in dataclasses.fields(facts)},
        "suspects": facts.suspects,
        "year": facts.year,
        "before": facts.year - 3,
        "next": facts.dates.tried.date.year,
    }


def _clock(minutes: int) -> str:
    at = time(minutes // 60, minutes % 60)
    return f"{at.hour}时{at.minute:02}分"


def _blocks(line: str, facts: Facts, slots: dict[str, object], rng: Random) -> list[Block]:
    if line.startswith("@"):
        return _expanded(line[1:], facts, slots, rng)
    if line.startswith("+ "):
        return [Block("paragraph", (line[2:].format_map(slots),))] if facts.offence.joint else []
    if line == "---":
        return [Block("page", ())]
    if line.startswith("[card] "):
        return [Block("card", tuple(line[7:].format_map(slots).split(";")))]
    if line.startswith("[picture "):
        share, _, caption = line[9:].partition("] ")
        return [Block("picture", (caption.format_map(slots),), int(share) / 100)]
    kind = _MARKS.get(line[:2], "paragraph")
    text = (line if kind == "paragraph" else line[2:]).format_map(slots)
    if kind == "row":
        return [Block("row", tuple(cell.strip() for cell in text.split(" | ")))]
    return [Block(kind, (text,))]


def _expanded(order: str, facts: Facts, slots: dict[str, object], rng: Random) -> list[Block]:
    what, *names, limits = order.split()
    least, _, most = limits.partition("..")
    # Most documents are short, a few are long.
    count = round(rng.triangular(int(least), int(most), int(least)))
    if what == "talk":
        return _talk(names[0], count, facts, slots, rng)
    if what == "rows":
        return [Block("row", cells) for cells in rows(names[0], count, slots, rng)]
    if what == "answers":
        told = facts.offence.asked.get(names[0], [])
        return [Block("paragraph", (pair[1].format_map(slots),)) for pair in rng.sample(told, min(count, len(told)))]
    if what == "clauses":
        texts = [rng.choice(_CLAUSES).format_map(slots) for _ in range(count)]
        return [Block("paragraph", (f"第{number}条 {text}",)) for number, text in enumerate(texts, start=7)]
    return [Block("paragraph", (_told(slots, rng),)) for _ in range(count)]


def _told(slots: dict[str, object], rng: Random) -> str:
    """A paragraph of what records answer."""
    pairs = rng.sample(questions()["middle"]["any"], rng.choice((1, 2, 3)))
    return "".join(pair[1].format_map(slots) for pair in pairs)


def _talk(who: str, count: int, facts: Facts, slots: dict[str, object], rng: Random) -> list[Block]:
    """Questions and answers: how records begin, the deed, `count` others, and how they end."""
    known = questions()
    pool = known["middle"]["any"]
    between = [pair for _ in range(count // len(pool) + 1) for pair in rng.sample(pool, len(pool))][:count]
    about = facts.offence.asked.get(who, [])
    pairs = [*known["opening"].get(who, []), *about, *between, *known["ending"]["any"]]
    texts = [text for question, answer in pairs for text in (f"问：{question}", f"答：{answer}")]
    return [Block("paragraph", (text.format_map(slots),)) for text in texts]
