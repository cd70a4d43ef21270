"""Plants faults in a lawful case, one for each rule of review, and binds it; the faults are data (`violations.toml`).

Knows rules by their ids alone. Seeds below 1000 are for development, from 1000 on for figures. A fault may break other
rules, too (a paper that is dated too late is out of order as well): what is told is that this rule is broken.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib import resources
from random import Random
from typing import Final, cast

from benchmarks.voices.invented import person_name
from benchmarks.volumes.facts import Day, Facts
from benchmarks.volumes.lawful import (
    Course,
    assignments,
    draw_ways,
    form_named,
    lawful_facts,
    make_course,
    own_forms,
    with_birthday,
    years_before,
)
from benchmarks.volumes.lawful import Piece as Piece
from benchmarks.volumes.volume import NONE, Faults, Volume, bind
from benchmarks.volumes.writing import VOLUME_TITLES, Block, Written, write
from cases.records import PageLine, ScannedPage
from models.errors import Defect

MOST_TRIES: Final = 200
"""Seeds that are tried until a case can hold the faults."""
_TALK: Final = ("问：", "答：")
_DAYS = re.compile(r"\{(plus|minus)(\d+)\}")


@dataclass(frozen=True, slots=True)
class PlantedCase:
    """The volumes of a case, and the ids of the rules that it breaks on purpose."""

    seed: int
    volumes: tuple[Volume, ...]
    broken: tuple[str, ...]


@cache
def violations() -> dict[str, Mapping[str, object]]:
    """What is to be done for each rule, by its id."""
    text = (resources.files("benchmarks.volumes") / "violations.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def make_case(seed: int, broken: Sequence[str] = ()) -> PlantedCase:
    """The case of this seed, lawful but for `broken`; the next seed that can hold them where this one cannot.

    Raises Defect when none of `MOST_TRIES` seeds can, or the faults shut each other out.
    """
    todo = [(rule, violations()[rule]) for rule in broken]
    for tried in range(seed, seed + MOST_TRIES):
        facts = lawful_facts(tried)
        joint = not any(one.get("joint") for _, one in todo) or facts.offence.joint
        value = not any(one.get("value") for _, one in todo) or "价值共计人民币" in facts.deed
        if joint and value:
            return PlantedCase(tried, tuple(_volumes(facts, tried, [one for _, one in todo])), tuple(broken))
    raise Defect("volumes.seed", f"no case from seed {seed} on can hold {', '.join(broken)}")


def compatible(one: str, other: str) -> bool:
    """Whether two faults can stand in one case: they touch different documents and want no other ways."""
    mine, theirs = violations()[one], violations()[other]
    ways = [cast("Mapping[str, object]", entry.get("forced", {})) for entry in (mine, theirs)]
    if any(ways[0].get(name, value) != value for name, value in ways[1].items()):
        return False
    return not (_touched(mine) & _touched(theirs)) and not (
        {"pages", "add"} & mine.keys() and {"pages", "add"} & theirs.keys()
    )


def _touched(entry: Mapping[str, object]) -> set[str]:
    """The documents that a fault is about, by their type."""
    names = [str(one) for one in _list(entry, "drop") + _list(entry, "single")]
    for what in ("move", "slot", "edit", "copy", "seal"):
        names += [str(cast("list[object]", one)[0]) for one in _list(entry, what)]
    for what in ("meet", "talk"):
        names += [str(name) for one in _list(entry, what) for name in cast("list[object]", one)[:2]]
    found = {_TYPES.get(name, name) for name in names}
    if "young" in entry:
        found |= {"讯问笔录", "询问笔录（被害人）", "户籍证明", "搜查笔录"}
    # A paper that others count from or compare with is touched by whatever moves them.
    return found | {other for name in found for other in _BESIDE.get(name, ())}


_TYPES: Final = {
    "detention": "拘留证", "detention_notice": "拘留通知书", "extension": "延长拘留期限通知书",
    "request": "提请批准逮捕书", "approval": "批准逮捕决定书", "arrest": "逮捕证",
    "arrest_notice": "逮捕通知书", "summons": "传唤证",
    "opinion": "起诉意见书", "indictment": "起诉书", "supplement": "补充侦查报告书", "sent_back": "补充侦查决定书",
    "filing": "立案决定书", "search_warrant": "搜查证", "search": "搜查笔录", "seizure": "扣押笔录",
    "seizure_decision": "扣押决定书", "appointment": "鉴定聘请书", "opinion_notice": "鉴定意见通知书",
    "identification": "辨认笔录", "extraction": "电子数据提取笔录", "witness_1": "询问笔录（证人）",
    "witness_2": "询问笔录（证人）", "custody_request": "提请批准延长侦查羁押期限意见书", "freed": "取保候审决定书",
    "first_interrogation": "讯问笔录", **{f"interrogation_{n}": "讯问笔录" for n in range(1, 6)},
}  # fmt: skip
_BESIDE: Final = {
    "拘留证": ("拘留通知书", "讯问笔录", "提请批准逮捕书", "逮捕证", "延长拘留期限通知书", "起诉意见书", "立案决定书"),
    "逮捕证": (
        "逮捕通知书",
        "讯问笔录",
        "批准逮捕决定书",
        "起诉意见书",
        "提请批准延长侦查羁押期限意见书",
        "计算侦查羁押期限通知书",
    ),
    "提请批准逮捕书": ("批准逮捕决定书", "延长拘留期限通知书"),
    "起诉意见书": ("起诉书", "补充侦查决定书", "补充侦查报告书", "立案决定书", "价格认定书", "卷宗封面", "拘留证"),
    "立案决定书": ("受案登记表", "讯问笔录"),
    "搜查证": ("搜查笔录",),
    "扣押决定书": ("扣押清单", "扣押笔录"),
    "扣押清单": ("发还清单", "随案移送清单"),
    "鉴定聘请书": ("其他鉴定意见", "鉴定意见通知书"),
    "起诉书": ("补充侦查决定书", "补充侦查报告书"),
}
"""Papers that rules compare: faults in both might hide each other."""


def _list(entry: Mapping[str, object], name: str) -> list[object]:
    return cast("list[object]", entry.get(name, []))


def _volumes(facts: Facts, seed: int, todo: Sequence[Mapping[str, object]]) -> list[Volume]:
    forced: dict[str, object] = {}
    for entry in todo:
        forced |= cast("Mapping[str, object]", entry.get("forced", {}))
        if "young" in entry:
            facts = _with_minor(facts, str(entry["young"]), seed)
    course = make_course(facts, draw_ways(seed, forced), seed)
    for entry in todo:
        _change_course(course, entry)
    found = []
    for letter, title in (("A", VOLUME_TITLES["AB"]), ("D", VOLUME_TITLES["D"])):
        rng = Random(f"lawful volume {seed} {letter}")
        written = [_Draft(piece, write(task, course.facts, rng)) for piece, task in assignments(course, letter)]
        _change_words(written, course, todo)
        faults = _page_faults(todo) if letter == "A" else NONE
        volume = bind(title, [one.written for one in written], course.facts, rng, faults, _part_editor(todo, letter))
        found.append(_change_pages(replace(volume, name=f"case{seed}-{letter}"), todo, rng))
    return found


@dataclass(slots=True)
class _Draft:
    piece: Piece
    written: Written


def _with_minor(facts: Facts, who: str, seed: int) -> Facts:
    rng = Random(f"lawful minor {seed}")
    born = years_before(facts.dates.deed, 16)
    if who == "helper":
        helper = with_birthday(facts.witnesses[1], born, rng)
        return replace(facts, witnesses=(facts.witnesses[0], helper, *facts.witnesses[2:]))
    return replace(facts, **{who: with_birthday(getattr(facts, who), born, rng)})  # type: ignore[arg-type]  # a Person


# --- the course ------------------------------------------------------------------------------------------------------
def _change_course(course: Course, entry: Mapping[str, object]) -> None:
    gone = {str(name) for name in _list(entry, "drop")}
    course.pieces = [one for one in course.pieces if one.key not in gone and one.form.type not in gone]
    for key, name, days in cast("list[tuple[str, str, int]]", _list(entry, "move")):
        if not any(one.key == key for one in course.pieces):
            continue
        piece = course.piece(key)
        if name == "day":
            piece.day = piece.day.after(days)
        else:
            piece.fixed[name] = cast(Day, piece.fixed[name]).after(days)
    for key, name, value in cast("list[tuple[str, str, str]]", _list(entry, "slot")):
        course.piece(key).fixed[name] = value
    for key in cast("list[str]", _list(entry, "single")):
        course.piece(key).fixed["pair"] = course.facts.officers[0]
    for first, second, how in cast("list[tuple[str, str, str]]", _list(entry, "meet")):
        _meet(course.piece(first), course.piece(second), how)
    for key, days, slots in cast("list[tuple[str, int, dict[str, object]]]", _list(entry, "copy")):
        one = course.piece(key)
        course.pieces.append(replace(one, day=one.day.after(days), fixed=one.fixed | slots))
    for kind, count in cast("list[tuple[str, int]]", _list(entry, "add")):
        form = form_named(kind)
        day = course.facts.dates.filed
        course.pieces += [Piece(f"added_{n}", form, day.after(3), course.facts.suspect) for n in range(count)]


def _meet(first: Piece, second: Piece, how: str) -> None:
    second.day = first.day
    names = ("start", "end", "pair", "second") if how == "officers" else ("start",)
    second.fixed |= {name: first.fixed[name] for name in names}
    if how == "subject":
        hour = int(str(first.fixed["start"]).split("时")[0])
        second.fixed["start"] = f"{hour}时{int(str(first.fixed['start']).split('时')[1][:-1]) + 1:02}分"
        second.fixed["end"] = f"{hour + 2}时05分"


# --- the words -------------------------------------------------------------------------------------------------------
def _change_words(drafts: list[_Draft], course: Course, todo: Sequence[Mapping[str, object]]) -> None:
    by_key = {one.piece.key: one for one in drafts}
    for entry in todo:
        for first, second in cast("list[tuple[str, str]]", _list(entry, "talk")):
            if first in by_key and second in by_key:
                _copy_talk(by_key[first], by_key[second])
        for kind, find, put, which in cast("list[tuple[str, str, str, str]]", _list(entry, "edit")):
            if which == "one page":
                continue
            for one in drafts:
                wanted = own_forms()[kind] is one.piece.form if kind in own_forms() else one.piece.form.type == kind
                if not wanted:
                    continue
                one.written, done = _edited(
                    one.written, _Edit(_told(find, course, one.piece), _told(put, course, one.piece), which)
                )
                if done and which in ("first", "last", "one document", "second cell"):
                    break


def _copy_talk(source: _Draft, target: _Draft) -> None:
    said = [block for block in source.written.blocks if block.kind == "paragraph" and block.texts[0].startswith(_TALK)]
    middle = said[2:-6]
    blocks = list(target.written.blocks)
    at = next(n for n, block in enumerate(blocks) if block.texts and block.texts[0].startswith("答：")) + 1
    target.written = replace(target.written, blocks=(*blocks[:at], *middle, *blocks[at:]))


@dataclass(frozen=True, slots=True)
class _Edit:
    find: str
    put: str
    which: str


def _edited(written: Written, edit: _Edit) -> tuple[Written, bool]:
    """The document with the edit, and whether anything was found."""
    if edit.which == "row":
        kept = tuple(block for block in written.blocks if block.kind != "row" or edit.find not in block.texts)
        return replace(written, blocks=kept), len(kept) < len(written.blocks)
    if edit.which == "pages shifted":
        return _shifted(written, int(edit.find), int(edit.put)), True
    every = edit.which in ("all", "one document")
    places = [
        (n, m)
        for n, block in enumerate(written.blocks)
        for m, text in enumerate(block.texts)
        if _fits(edit, block, m, text)
    ]
    chosen = places if every else places[-1:] if edit.which == "last" else places[:1]
    blocks = list(written.blocks)
    for n, m in chosen:
        texts = list(blocks[n].texts)
        texts[m] = re.sub(edit.find, edit.put, texts[m])
        blocks[n] = replace(blocks[n], texts=tuple(texts))
    kept = tuple(block for block in blocks if block.kind in ("page", "row", "picture") or any(block.texts))
    found = replace(written, blocks=kept)
    if every:
        found = replace(
            found,
            foot=re.sub(edit.find, edit.put, found.foot),
            letterhead=re.sub(edit.find, edit.put, found.letterhead),
            author=re.sub(edit.find, edit.put, found.author),
        )
    return found, bool(chosen)


def _shifted(written: Written, by: int, first: int) -> Written:
    """The catalogue whose pages are `by` off from row `first` on."""
    blocks = list(written.blocks)
    for n, block in enumerate(blocks):
        if block.kind == "row" and block.texts[0].isdecimal() and int(block.texts[0]) >= first:
            pages = re.sub(r"\d+", lambda m: str(int(m[0]) + by), block.texts[5])
            blocks[n] = replace(block, texts=(*block.texts[:5], pages, *block.texts[6:]))
    return replace(written, blocks=tuple(blocks))


def _fits(edit: _Edit, block: Block, cell: int, text: str) -> bool:
    if edit.which == "second cell":
        return block.kind == "row" and cell == 1 and text != "名称"
    return re.search(edit.find, text) is not None


def _told(text: str, course: Course, piece: Piece) -> str:
    """The text with the names and days of the case in the place of its slots."""
    facts = course.facts
    number, rng = facts.suspect.identity, Random(f"other {facts.seed}")
    other = with_birthday(facts.suspect, facts.suspect.birth.date, rng)
    wrong = "0123456789"[(int(number[-1]) + 1) % 10] if number[-1].isdecimal() else "1"
    slots = {
        "officer": facts.officers[0],
        "victim": facts.victim.name,
        "suspect": facts.suspect.name,
        "suspect_number": number,
        "suspect_birth": str(facts.suspect.birth),
        "bad_number": number[:-1] + wrong,
        "other_number": other.identity,
        "other_birth": str(facts.suspect.birth.after(40)),
        "other_sex": "女" if facts.suspect.sex == "男" else "男",
        "other_name": person_name(rng) + "某",
        "procuratorate": facts.organs.procuratorate,
    }
    for name, value in slots.items():
        text = text.replace("{" + name + "}", value)
    return _DAYS.sub(lambda m: str(piece.day.after(int(m[2]) if m[1] == "plus" else -int(m[2]))), text)


# --- binding ----------------------------------------------------------------------------------------------------------
def _part_editor(todo: Sequence[Mapping[str, object]], letter: str) -> Callable[[Written], Written | None]:
    """Changes what cover, catalogue and remarks of the police's volume say, or leaves one out."""

    def edit(one: Written) -> Written | None:
        if letter != "A":
            return one
        for entry in todo:
            if one.form.type in _list(entry, "drop"):
                return None
            for kind, find, put, which in cast("list[tuple[str, str, str, str]]", _list(entry, "edit")):
                if kind == one.form.type:
                    one, _ = _edited(one, _Edit(find, put, which))
        return one

    return edit


def _page_faults(todo: Sequence[Mapping[str, object]]) -> Faults:
    wanted = {str(entry["pages"]): 1 for entry in todo if "pages" in entry}
    return Faults(**wanted)


def _change_pages(volume: Volume, todo: Sequence[Mapping[str, object]], rng: Random) -> Volume:
    """Seals and the feet of single pages, which are changed where they stand."""
    pages = list(volume.pages)
    for entry in todo:
        for kind, text in cast("list[tuple[str, str]]", _list(entry, "seal")):
            for number in _pages_of(volume, kind):
                seals = tuple(replace(seal, text=text) for seal in pages[number - 1].seals) if text else ()
                pages[number - 1] = replace(pages[number - 1], seals=seals)
        for kind, find, put, which in cast("list[tuple[str, str, str, str]]", _list(entry, "edit")):
            if which != "one page":
                continue
            places = [
                number
                for number in _pages_of(volume, kind)
                if any(
                    re.search(find, line.text) and line.box[0][1] > 0.88 * pages[number - 1].height
                    for line in pages[number - 1].lines
                )
            ]
            if places:
                number = rng.choice(places)
                pages[number - 1] = _without_foot(pages[number - 1], find, put)
    return replace(volume, pages=tuple(pages))


def _pages_of(volume: Volume, kind: str) -> list[int]:
    return [
        number for one in volume.documents if one.type == kind for number in range(one.first_page, one.last_page + 1)
    ]


def _without_foot(page: ScannedPage, find: str, put: str) -> ScannedPage:
    def changed(line: PageLine) -> PageLine:
        low = line.box[0][1] > 0.88 * page.height
        return replace(line, text=re.sub(find, put, line.text)) if low else line

    return replace(page, lines=tuple(changed(line) for line in page.lines))
