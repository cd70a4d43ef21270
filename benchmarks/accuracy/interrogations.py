"""Interrogations with their record, and records altered on purpose: scripts filled in by a seed; knows no comparison.

A script (interrogations/*.toml) holds what is said and what a clerk writes of it: fillers gone, numerals in figures,
sentences joined, small talk left out. Slots take persons, places, sums, dates, times and tools; spoken and written form
differ. Names and places of each split are from a pool of its own.
"""

from __future__ import annotations

import random
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

from benchmarks.accuracy.interrogation_pools import CONFESSIONS, PERSONS, PLACES
from pipelines.numerals import in_characters

FOLDER = Path(__file__).parent / "interrogations"
KINDS = (
    "dropped answer",
    "changed amount",
    "changed date",
    "changed time",
    "changed place",
    "changed name",
    "changed tool",
    "changed weight",
    "flipped negation",
    "changed intent",
    "added confession",
    "merged turns",
    "question moved into the answer",
)
MARKS = {"flipped negation": "flip", "changed intent": "intent"}
"""Kinds that a script words itself, and the field of an exchange that holds the old and the new words."""
SLOT_KINDS = {"amount": "amount", "date": "date", "time": "time", "place": "place", "person": "name", "tool": "tool"}
SLOT_KINDS |= {"weight": "weight"}


@dataclass(frozen=True, slots=True)
class Line:
    """One thing said (`role` q or a) or one 问 or 答 of the record, and the exchange of the script that it is from."""

    role: str
    text: str
    exchange: int


@dataclass(frozen=True, slots=True)
class Interrogation:
    """What was said and the record of it; `kind` and `where` tell what was altered on purpose, "" for nothing.

    `where` holds indices of `written` that were altered, `lost` those of `said` that the record no longer holds.
    """

    name: str
    said: tuple[Line, ...]
    written: tuple[Line, ...]
    kind: str = ""
    where: tuple[int, ...] = ()
    lost: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Value:
    """A slot's content as it is said and as it is written."""

    kind: str
    said: str
    written: str


def scripts(split: str) -> list[str]:
    """The scripts of a split: dev, held-out, blind, probe, check, last, hands, or one of blind-2 to blind-5."""
    return sorted(p.stem for p in FOLDER.glob("*.toml") if _load(p.stem)["split"] == split)


@cache
def _load(name: str) -> dict[str, Any]:
    with (FOLDER / f"{name}.toml").open("rb") as file:
        return tomllib.load(file)


def _amount(rng: random.Random) -> Value:
    value = rng.choice(
        [300, 450, 800, 1200, 1500, 2600, 3000, 3500, 4800, 5000, 6700, 8000, 12000, 15000, 26000, 38000]
    )
    read = in_characters(value).replace("二千", "两千").replace("二万", "两万")
    short = read[:-1] if read.endswith("百") and value > 1000 and rng.random() < 0.4 else f"{read}块"
    return Value("amount", short + rng.choice(["", "钱"]) if short != read[:-1] else short, f"{value}元")


def _date(rng: random.Random) -> Value:
    month, day = rng.randint(1, 12), rng.randint(1, 28)
    said = f"{in_characters(month)}月{in_characters(day)}号"
    return Value("date", rng.choice(["", "今年", "二零二四年"]) + said, f"2024年{month}月{day}日")


def _time(rng: random.Random) -> Value:
    hour, minute = rng.choice([1, 2, 9, 10, 14, 15, 16, 19, 20, 21, 22, 23]), rng.choice([0, 0, 10, 20, 30, 40, 50])
    period = "凌晨" if hour < 5 else "上午" if hour < 12 else "下午" if hour < 18 else "晚上"
    spoken = "两" if hour % 12 == 2 else in_characters(hour % 12)
    tail = {0: "", 30: "半"}.get(minute, in_characters(minute))
    return Value("time", f"{period}{spoken}点{tail}", f"{hour}时" + (f"{minute}分" if minute else ""))


def _weight(rng: random.Random) -> Value:
    grams = rng.choice([2, 3, 5, 6, 8, 10, 15, 20, 30])
    return Value("weight", f"{'两' if grams == 2 else in_characters(grams)}克", f"{grams}克")


def _count(rng: random.Random) -> Value:
    count = rng.choice([3, 4, 5, 6, 7, 8])
    return Value("count", in_characters(count), str(count))


def _slots(script: dict[str, Any], rng: random.Random) -> dict[str, Value]:
    split = script["split"]
    people = iter(rng.sample(PERSONS[split], len(PERSONS[split])))
    places = iter(rng.sample(PLACES[split], len(PLACES[split])))
    made: dict[str, Value] = {}
    for slot, kind in script["slots"].items():
        if isinstance(kind, list):
            word = rng.choice(kind)
            made[slot] = Value("tool", word, word)
        elif kind in ("person", "place"):
            word = next(people if kind == "person" else places)
            made[slot] = Value(kind, word, word)
        else:
            made[slot] = _drawn(kind, rng, {value.written for value in made.values()})
    return made


def _drawn(kind: str, rng: random.Random, taken: set[str]) -> Value:
    make = {"amount": _amount, "date": _date, "time": _time, "weight": _weight, "count": _count}[kind]
    while (value := make(rng)).written in taken:
        continue
    return value


def _filled(rows: Sequence[Sequence[str]], slots: dict[str, Value], exchange: int, *, spoken: bool) -> Iterator[Line]:
    words = {slot: value.said if spoken else value.written for slot, value in slots.items()}
    for role, text in rows:
        yield Line(role, text.format(**words), exchange)


def interrogation(name: str, seed: int) -> tuple[Interrogation, list[Interrogation]]:
    """The unaltered interrogation of a script and a seed, and one altered record for each kind that fits it.

    A script with `each_mark` has one for each of its marked denials and intents: they are scarce otherwise.
    """
    script = _load(name)
    rng = random.Random(f"{name}/{seed}")
    slots = _slots(script, rng)
    base = _unaltered(name, seed, script, slots)
    altered = [found for kind in KINDS for found in _all_altered(base, script, slots, kind, rng)]
    return base, altered


def every_alteration(name: str, seed: int, rounds: int) -> tuple[Interrogation, list[Interrogation]]:
    """The unaltered interrogation, every marked denial and intent altered, and `rounds` of each other kind.

    For training: the measure takes one of each kind, as a record in doubt has one.
    """
    script = _load(name)
    rng = random.Random(f"{name}/{seed}")
    slots = _slots(script, rng)
    base = _unaltered(name, seed, script, slots)
    found = [_replaced_in(base, script, slots, kind, number) for kind in MARKS for number in _marked(script, kind)]
    for kind in (kind for kind in KINDS if kind not in MARKS):
        for _ in range(rounds):
            one = _altered(base, script, slots, kind, rng)
            found += [one] if one is not None and one not in found else []
    return base, found


def _unaltered(name: str, seed: int, script: dict[str, Any], slots: dict[str, Value]) -> Interrogation:
    said: list[Line] = []
    written: list[Line] = []
    for number, exchange in enumerate(script["exchange"]):
        said.extend(_filled(exchange["said"], slots, number, spoken=True))
        written.extend(_filled(exchange["written"], slots, number, spoken=False))
    return Interrogation(f"{name}-{seed}", tuple(said), tuple(written))


def _all_altered(
    base: Interrogation, script: dict[str, Any], slots: dict[str, Value], kind: str, rng: random.Random
) -> list[Interrogation]:
    if script.get("each_mark") and kind in MARKS:
        return [_replaced_in(base, script, slots, kind, number) for number in _marked(script, kind)]
    found = _altered(base, script, slots, kind, rng)
    return [] if found is None else [found]


def _altered(
    base: Interrogation, script: dict[str, Any], slots: dict[str, Value], kind: str, rng: random.Random
) -> Interrogation | None:
    if kind == "dropped answer":
        return _dropped(base, script, rng)
    if kind in MARKS:
        return _replaced(base, script, slots, kind, rng)
    if kind == "added confession":
        return _confessed(base, script["split"], rng)
    if kind == "merged turns":
        return _merged(base, rng)
    if kind == "question moved into the answer":
        return _moved(base, script, slots, rng)
    return _changed(base, script, slots, kind, rng)


def _changed(
    base: Interrogation, script: dict[str, Any], slots: dict[str, Value], kind: str, rng: random.Random
) -> Interrogation | None:
    """Another value in one answer of the record that names a slot of the kind."""
    wanted = [slot for slot, value in slots.items() if SLOT_KINDS.get(value.kind) == kind.removeprefix("changed ")]
    places = [
        (n, slot)
        for slot in wanted
        for n, line in enumerate(base.written)
        if line.role == "a" and slots[slot].written in line.text
    ]
    if not places:
        return None
    index, slot = rng.choice(places)
    old = slots[slot]
    taken = {value.written for value in slots.values()}
    if isinstance(script["slots"][slot], list):
        new = rng.choice([word for word in script["slots"][slot] if word not in taken])
    elif old.kind in ("person", "place"):
        pool = (PERSONS if old.kind == "person" else PLACES)[script["split"]]
        new = rng.choice([word for word in pool if word not in taken])
    else:
        new = _drawn(old.kind, rng, taken).written
    return _with_text(base, kind, index, base.written[index].text.replace(old.written, new))


def _with_text(base: Interrogation, kind: str, index: int, text: str) -> Interrogation:
    written = list(base.written)
    written[index] = replace(written[index], text=text)
    return replace(base, written=tuple(written), kind=kind, where=(index,))


def _dropped(base: Interrogation, script: dict[str, Any], rng: random.Random) -> Interrogation | None:
    """A whole exchange, question and answer, is gone from the record."""
    numbers = [
        n
        for n in {line.exchange for line in base.written}
        if n > 1 and sum(len(line.text) for line in base.said if line.exchange == n and line.role == "a") >= 18
    ]
    number = rng.choice(sorted(numbers))
    written = tuple(line for line in base.written if line.exchange != number)
    lost = tuple(n for n, line in enumerate(base.said) if line.exchange == number)
    return replace(base, written=written, kind="dropped answer", lost=lost)


def _replaced(
    base: Interrogation, script: dict[str, Any], slots: dict[str, Value], kind: str, rng: random.Random
) -> Interrogation | None:
    marked = _marked(script, kind)
    return _replaced_in(base, script, slots, kind, rng.choice(marked)) if marked else None


def _marked(script: dict[str, Any], kind: str) -> list[int]:
    return [n for n, exchange in enumerate(script["exchange"]) if MARKS[kind] in exchange]


def _replaced_in(
    base: Interrogation, script: dict[str, Any], slots: dict[str, Value], kind: str, number: int
) -> Interrogation:
    words = {slot: value.written for slot, value in slots.items()}
    old, new = (text.format(**words) for text in script["exchange"][number][MARKS[kind]])
    index = next(n for n, line in enumerate(base.written) if line.exchange == number and old in line.text)
    return _with_text(base, kind, index, base.written[index].text.replace(old, new))


def _confessed(base: Interrogation, split: str, rng: random.Random) -> Interrogation:
    answers = [n for n, line in enumerate(base.written) if line.role == "a" and n > 6]
    index = rng.choice(answers)
    return _with_text(base, "added confession", index, base.written[index].text + rng.choice(CONFESSIONS[split]))


def _merged(base: Interrogation, rng: random.Random) -> Interrogation | None:
    """Two exchanges of the record become one: the second question is gone, its answer joined to the first."""
    places = [
        n
        for n in range(4, len(base.written) - 2)
        if base.written[n].role == "a" and base.written[n + 1].role == "q" and len(base.written[n + 2].text) >= 10
    ]
    index = rng.choice(places)
    joined = replace(base.written[index], text=base.written[index].text + base.written[index + 2].text)
    written = (*base.written[:index], joined, *base.written[index + 3 :])
    return replace(base, written=written, kind="merged turns", where=(index,))


def _moved(
    base: Interrogation, script: dict[str, Any], slots: dict[str, Value], rng: random.Random
) -> Interrogation | None:
    """A leading question that was answered with yes is written as an open question and an answer in its words."""
    marked = [n for n, exchange in enumerate(script["exchange"]) if "leading" in exchange]
    if not marked:
        return None
    number = rng.choice(marked)
    lines = list(_filled(script["exchange"][number]["leading"], slots, number, spoken=False))
    first = next(n for n, line in enumerate(base.written) if line.exchange == number)
    rest = [line for line in base.written[first:] if line.exchange != number]
    written = (*base.written[:first], *lines, *rest)
    return replace(base, written=written, kind="question moved into the answer", where=(first, first + 1))
