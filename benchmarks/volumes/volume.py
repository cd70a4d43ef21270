"""Binds the documents of an invented case to a volume, and plants faults in it; knows no picture.

The truth says of every page of the file to which document it belongs: documents follow each other without gap or
overlap. The author (责任者) is the authority that seals, the officers who question, or who wrote the piece; date and
author are None where nothing on the document tells them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from random import Random
from typing import Final

from benchmarks.volumes.facts import Dates, Day, Facts, Person, make_facts
from benchmarks.volumes.forms import USUAL, Form, forms
from benchmarks.volumes.rows import Row
from benchmarks.volumes.setting import HEIGHT, WIDTH, SetPage, look, set_document, stamped
from benchmarks.volumes.writing import VOLUME_TITLES, Assignment, VolumeNotes, Written, write
from cases.records import CaseDocument, Quad, ScannedPage

DEVELOPMENT: Final = 1000
"""Seeds below it are for training and development, the others for figures."""
_GROUPS: Final = {"A": "A", "B": "B", "AB": "AB", "C": "C", "D": "D", "E": "DE"}
"""Which groups of types go into which volume; a court's begins with what the procuratorate sent."""
_SHARES: Final = {"A": 3, "B": 4, "AB": 5, "C": 1, "D": 2, "E": 1}


@dataclass(frozen=True, slots=True)
class Faults:
    """How many of each are to be planted, at most: a volume may have no room for all."""

    missing: int = 0
    duplicates: int = 0
    foreign: int = 0
    swapped: int = 0


NONE: Final = Faults()


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong where, by page number in the file.

    `missing`: the page before which one is missing; `duplicate`: the second copy; `foreign`: the page of another case;
    `swapped`: the first of two that changed places.
    """

    kind: str
    page: int


@dataclass(frozen=True, slots=True)
class Volume:
    """A volume and the truth about it; `pictures` are the places of pictures on each page."""

    seed: int
    name: str
    pages: tuple[ScannedPage, ...]
    documents: tuple[CaseDocument, ...]
    faults: tuple[Fault, ...]
    pictures: tuple[tuple[Quad, ...], ...]


@dataclass(frozen=True, slots=True)
class _Bound:
    """A document as bound."""

    written: Written
    pages: tuple[SetPage, ...]


@dataclass(frozen=True, slots=True)
class _Leaf:
    """A page on its way into the file: which document it is of, what was done to it, whether one before it is gone."""

    page: SetPage
    document: int
    fault: str | None = None
    after_gap: bool = False


def make_volume(seed: int, documents: int = 20, faults: Faults = NONE, wording: int = USUAL) -> Volume:
    """The volume of this seed with so many documents besides its cover, catalogue and remarks; pieces without a title
    are in this wording."""
    rng = Random(f"volumes {seed} {documents}")
    facts = make_facts(seed)
    kind = rng.choices(list(_SHARES), list(_SHARES.values()))[0]
    tasks = _assignments(kind, documents, facts, rng, wording)
    written = [write(task, facts, rng) for task in tasks]
    return bind(VOLUME_TITLES[kind], written, facts, rng, faults)


def bind(
    title: str,
    written: Sequence[Written],
    facts: Facts,
    rng: Random,
    faults: Faults = NONE,
    edit: Callable[[Written], Written | None] = lambda one: one,
) -> Volume:
    """The volume of these documents, with cover, catalogue and remarks; `edit` changes what those three say, or
    leaves one out."""
    pages = [set_document(one, look(one, rng)) for one in written]
    bound = _bound(pages, duplex=rng.random() < 0.4)
    front, back = _parts(title, written, pages, facts, rng, edit)
    entries = [*front, *map(_Bound, written, bound), *back]
    leaves = [_Leaf(page, at) for at, one in enumerate(entries) for page in one.pages]
    planted = _planted(leaves, entries, faults, facts.seed, rng)
    return _volume(facts.seed, planted, entries)


def _assignments(kind: str, count: int, facts: Facts, rng: Random, wording: int) -> list[Assignment]:
    """Which documents the volume holds, in the order of binding."""
    groups = _GROUPS[kind]
    fitting = [form for form in forms(wording) if form.kind.group[0] in groups and _fits(form, facts)]
    pool = [form for form in fitting for _ in range(form.most)]
    chosen: list[Form] = []
    while len(chosen) < count:
        chosen.extend(rng.sample(pool, min(len(pool), count - len(chosen))))
    tasks = [Assignment(form, _day(form, facts.dates, rng), _subject(form, facts, rng)) for form in chosen]
    tasks.sort(key=_place_in_binding)
    times: Counter[tuple[str, str]] = Counter()
    found: list[Assignment] = []
    for task in tasks:
        key = (task.form.type, task.subject.name)
        times[key] += 1
        day = _named_day(task.form.first, facts.dates) if task.form.first and times[key] == 1 else task.day
        found.append(replace(task, ordinal=times[key], day=day))
    return sorted(found, key=_place_in_binding)


def _place_in_binding(task: Assignment) -> tuple[int, Day]:
    return task.form.kind.order, task.day


def _fits(form: Form, facts: Facts) -> bool:
    offence = facts.offence
    return (offence.joint or not form.joint) and (not form.offences or offence.name in form.offences)


def _day(form: Form, dates: Dates, rng: Random) -> Day:
    if form.day == "past":
        return dates.deed.after(-1100)
    first, _, last = form.day.partition("..")
    start, end = _named_day(first, dates), _named_day(last or first, dates)
    return start.after(rng.randint(0, (end.date - start.date).days))


def _named_day(name: str, dates: Dates) -> Day:
    found: Day = getattr(dates, name)
    return found


def _subject(form: Form, facts: Facts, rng: Random) -> Person:
    if form.subject == "witness":
        return rng.choice(facts.witnesses)
    if form.subject == "anybody":
        return rng.choice((facts.suspect, facts.accomplice, facts.victim, *facts.witnesses))
    found: Person = getattr(facts, form.subject)
    return found


def _bound(pages: Sequence[Sequence[SetPage]], duplex: bool) -> list[tuple[SetPage, ...]]:
    """The pages with their numbers stamped; those printed on both sides bear every second at the left."""
    number, found = 0, list[tuple[SetPage, ...]]()
    for sheet in pages:
        found.append(
            tuple(stamped(page, number + at, duplex and (number + at) % 2 == 0) for at, page in enumerate(sheet, 1))
        )
        number += len(sheet)
    return found


def _parts(
    title: str,
    written: Sequence[Written],
    pages: Sequence[Sequence[SetPage]],
    facts: Facts,
    rng: Random,
    edit: Callable[[Written], Written | None],
) -> tuple[list[_Bound], list[_Bound]]:
    """Cover and catalogue, and the remarks at the end."""
    rows, first = list[Row](), 1
    for number, (one, sheet) in enumerate(zip(written, pages, strict=True), start=1):
        span = f"{first}-{first + len(sheet) - 1}" if len(sheet) > 1 else str(first)
        name = one.title or one.form.type
        rows.append((str(number), one.number or "", one.author, name, f"{one.day.date:%Y%m%d}", span, ""))
        first += len(sheet)
    notes = VolumeNotes(title, first - 1, tuple(rows))
    blank = {form.type: form for form in forms() if form.kind.is_part_of_volume}
    found: list[list[_Bound]] = [[], []]
    for kind, end in (("卷宗封面", 0), ("卷内目录", 0), ("备考表", 1)):
        part = edit(write(Assignment(blank[kind], facts.dates.transferred, facts.suspect), facts, rng, notes))
        if part is not None:
            found[end].append(_Bound(part, set_document(part, look(part, rng))))
    return found[0], found[1]


def _planted(leaves: list[_Leaf], entries: list[_Bound], faults: Faults, seed: int, rng: Random) -> list[_Leaf]:
    """The pages with the faults, each in another document; `entries` grows by foreign documents."""
    inner = [number for number, one in enumerate(entries) if not one.written.form.kind.is_part_of_volume]
    lengths = Counter(leaf.document for leaf in leaves)
    # A document that loses a page keeps its first, and the two that change places are not first.
    struck: set[int] = set()
    for kind, least in [("swapped", 3)] * faults.swapped + [("missing", 2)] * faults.missing:
        long = [number for number in inner if lengths[number] >= least and number not in struck]
        if long:
            struck.add(victim := rng.choice(long))
            leaves = _without(leaves, victim, rng) if kind == "missing" else _swapped(leaves, victim, rng)
    touched = {*struck, *(leaf.document for leaf in leaves if leaf.after_gap)}
    others = [number for number in inner if number not in touched]
    free = rng.sample(others, len(others))
    for _ in range(min(faults.duplicates, len(free))):
        leaves = _doubled(leaves, free.pop(), rng)
    for _ in range(min(faults.foreign, len(free))):
        leaves = _with_foreign(leaves, entries, free.pop(), seed, rng)
    return leaves


def _places(leaves: Sequence[_Leaf], document: int) -> list[int]:
    return [at for at, leaf in enumerate(leaves) if leaf.document == document]


def _without(leaves: list[_Leaf], document: int, rng: Random) -> list[_Leaf]:
    gone = rng.choice(_places(leaves, document)[1:])
    after = replace(leaves[gone + 1], after_gap=True)
    return [*leaves[:gone], after, *leaves[gone + 2 :]]


def _swapped(leaves: list[_Leaf], document: int, rng: Random) -> list[_Leaf]:
    at = rng.choice(_places(leaves, document)[1:-1])
    return [*leaves[:at], replace(leaves[at + 1], fault="swapped"), leaves[at], *leaves[at + 2 :]]


def _doubled(leaves: list[_Leaf], document: int, rng: Random) -> list[_Leaf]:
    at = rng.choice(_places(leaves, document))
    return [*leaves[: at + 1], replace(leaves[at], fault="duplicate"), *leaves[at + 1 :]]


def _with_foreign(leaves: list[_Leaf], entries: list[_Bound], host: int, seed: int, rng: Random) -> list[_Leaf]:
    """A page of another case: a later page of the same form inside a long document, else a document after this one."""
    base = seed - seed % DEVELOPMENT
    other = make_facts(base + (seed - base + rng.randrange(1, DEVELOPMENT)) % DEVELOPMENT)
    form = entries[host].written.form
    if form not in forms():
        # A form of a lawful case has slots that only that case fills.
        form = next(one for one in forms() if one.type == form.type)
    task = Assignment(form, _day(form, other.dates, rng), _subject(form, other, rng))
    one = write(task, other, rng)
    pages = set_document(one, look(one, rng))
    places = _places(leaves, host)
    inside = len(pages) > 1 and len(places) > 1
    page = rng.choice(pages[1:]) if inside else pages[0]
    if rng.random() < 0.5:
        page = stamped(page, rng.randrange(1, 200), verso=False)
    if inside:
        at = rng.choice(places[1:])
        return [*leaves[:at], _Leaf(page, host, "foreign"), *leaves[at:]]
    entries.append(_Bound(one, pages))
    at = places[-1] + 1
    return [*leaves[:at], _Leaf(page, len(entries) - 1, "foreign"), *leaves[at:]]


def _volume(seed: int, leaves: Sequence[_Leaf], entries: Sequence[_Bound]) -> Volume:
    pages = tuple(
        ScannedPage(number, WIDTH, HEIGHT, 0, 0.0, leaf.page.lines, leaf.page.tables, leaf.page.seals)
        for number, leaf in enumerate(leaves, start=1)
    )
    faults = [Fault(leaf.fault, number) for number, leaf in enumerate(leaves, start=1) if leaf.fault]
    faults += [Fault("missing", number) for number, leaf in enumerate(leaves, start=1) if leaf.after_gap]
    spans: dict[int, list[int]] = {}
    for number, leaf in enumerate(leaves, start=1):
        spans.setdefault(leaf.document, []).append(number)
    return Volume(
        seed=seed,
        name=f"volume-seed{seed}",
        pages=pages,
        documents=tuple(_truth(entries[at], numbers) for at, numbers in spans.items()),
        faults=tuple(sorted(faults, key=lambda fault: (fault.page, fault.kind))),
        pictures=tuple(leaf.page.pictures for leaf in leaves),
    )


def _truth(one: _Bound, numbers: Sequence[int]) -> CaseDocument:
    written, day = one.written, one.written.day
    text = "".join(line.text for page in one.pages for line in page.lines)
    title = written.title or written.form.type
    date = day.iso if str(day) in text or day.formal in text else None
    author = written.author if all(name in text for name in written.author.split("、")) else None
    return CaseDocument(written.form.type, title, written.number, date, author, numbers[0], numbers[-1], 1.0)
