"""A reader that errs as real ones do, so that cataloguing is measured without reading pictures; knows no form.

Characters are taken for others of like shape or dropped, boxes are a little off, lines are torn or run together, and
doubt follows error: lines with a mistake get less confidence, though some of them keep a high one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from random import Random
from typing import Final

from benchmarks.volumes.volume import Volume
from cases.records import PageLine, Point, Quad, ScannedPage
from pipelines.files.catalogue.titles import title_of

ALIKE: Final = (
    "未末 日曰 入人八 己已巳 土士 0O〇 1l 千干于 天夫 大太犬 问间 讯汛 询洵 拘抅 捕铺 逮递 书节 决诀 定走 立位 案寨 "
    "被披 受爱 侦贞 查杳 证正 扣拍 押抻 鉴监 辨辩 认让 笔毛 录彔 供洪 卷券 目自 表衣 刑刊 事亊 公么 安女 检捡 察蔡 "
    "院皖 法去 判刺 县具 市巾 号另 第弟 页负 共其 年午 月用 （( ）) ：: ，, 。. 〔[ 〕] 5S 8B 2Z"
)
"""Groups of characters of like shape."""
_TEAR: Final = 0.25
"""Share of the rate at which lines are torn in two or run together with the next."""


def misread(volume: Volume, rate: float, seed: int) -> Volume:
    """The volume as a reader saw it who mistakes this share of the characters (0 to 1); its truth stays."""
    rng = Random(f"misread {volume.seed} {seed}")
    return replace(volume, pages=tuple(misread_page(page, rate, rng) for page in volume.pages))


def misread_page(page: ScannedPage, rate: float, rng: Random) -> ScannedPage:
    """The page's lines with errors; tables and seals are dropped, as their texts are in the truth alone."""
    lines = [line for one in page.lines for line in _torn(one, rate, rng)]
    read = [_read(line, rate, rng) for line in _joined(lines, rate, rng)]
    return replace(page, lines=tuple(line for line in read if line.text), tables=(), seals=())


def _alike() -> Mapping[str, str]:
    groups = ALIKE.split()
    return {character: group.replace(character, "") for group in groups for character in group}


def _read(line: PageLine, rate: float, rng: Random) -> PageLine:
    table, text, wrong = _alike(), list[str](), 0
    for character in line.text:
        if rng.random() >= rate:
            text.append(character)
            continue
        wrong += 1
        # Most errors are confusions, the others are lost characters.
        if character in table and rng.random() < 0.8:
            text.append(rng.choice(table[character]))
    sure = rng.uniform(0.93, 0.999)
    doubt = rng.uniform(0.05, 0.4) if wrong and rng.random() < 0.7 else 0.0
    return replace(line, text="".join(text).strip(), box=_jittered(line.box, rng), confidence=round(sure - doubt, 4))


def _jittered(box: Quad, rng: Random) -> Quad:
    """Corners moved by up to a twentieth of the height."""
    reach = abs(box[3][1] - box[0][1]) / 20

    def off(point: Point) -> Point:
        return round(point[0] + rng.uniform(-reach, reach), 1), round(point[1] + rng.uniform(-reach, reach), 1)

    return off(box[0]), off(box[1]), off(box[2]), off(box[3])


def _torn(line: PageLine, rate: float, rng: Random) -> list[PageLine]:
    """The line, sometimes in two pieces that share its box out by their length."""
    if len(line.text) < 6 or rng.random() >= rate * _TEAR * 4:
        return [line]
    at = rng.randrange(2, len(line.text) - 2)
    share = at / len(line.text)
    (left, top), (right, _), (_, bottom), _ = line.box
    middle = left + (right - left) * share
    return [
        replace(line, text=line.text[:at], box=((left, top), (middle, top), (middle, bottom), (left, bottom))),
        replace(line, text=line.text[at:], box=((middle, top), (right, top), (right, bottom), (middle, bottom))),
    ]


def _joined(lines: Sequence[PageLine], rate: float, rng: Random) -> list[PageLine]:
    """Neighbours at one height sometimes run together."""
    found: list[PageLine] = []
    for line in lines:
        if found and abs(found[-1].box[0][1] - line.box[0][1]) < 8 and rng.random() < rate * _TEAR * 8:
            before = found.pop()
            box = (before.box[0], line.box[1], line.box[2], before.box[3])
            line = replace(before, text=before.text + line.text, box=box)
        found.append(line)
    return found


def untitled(volume: Volume, share: float, seed: int) -> Volume:
    """The volume as if its reader had lost the titles of this share of its documents, or forms had others: what the
    rules take for the title of a first page is gone."""
    rng = Random(f"untitled {seed} {share}")
    lost = {one.first_page for one in volume.documents if rng.random() < share}
    return replace(volume, pages=tuple(_untitled(page) if page.number in lost else page for page in volume.pages))


def _untitled(page: ScannedPage) -> ScannedPage:
    title = title_of(page)
    gone = title.lines if title is not None else ()
    return replace(page, lines=tuple(line for at, line in enumerate(page.lines) if at not in gone))
