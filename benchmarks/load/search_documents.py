"""Documents to load a search index with, by varying what there is: judgments, read sentences, invented volumes.

A case holds about CASE_DOCUMENTS documents. Three fifths are pages cut from judgments, a fifth transcripts strung
together from read sentences, the rest documents of invented volumes and traffic violations. Each case has people of its
own, whose names are put in place of the masked ones (某某), so that names are rare and words are common, as in fact.
"""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from dataclasses import replace
from itertools import cycle
from pathlib import Path
from random import Random

import zstandard

from benchmarks.volumes.volume import make_volume
from cases.records import PageLine, Provenance, ScannedPage, ScanRecord
from cases.search.document import Document, Fields, Kind, Piece, Source
from pipelines.intelligence.search.extraction import paper_documents
from pipelines.intelligence.search.names import typed

CASE_DOCUMENTS = 20
SURNAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾"
GIVEN = "伟芳娜敏静秀英丽强磊军洋勇艳杰娟涛明超兰霞平刚桂华建文斌宇浩凯健俊帆雪荣玉萍红玲芬燕彬梅鑫波慧鹏飞"
PAGE_CHARS, LINE_CHARS = 650, 32
SENTENCES = 60
"""Of a transcript; three minutes of talk."""
VOLUMES = 24
"""Invented volumes that are varied."""
VIOLATIONS = ("闯红灯 1625", "逆行 1301", "超速 1352", "违法停车 1039")
NOTHING = Provenance("made", "1", "1", (), {}, "cpu", "", "", "")


class Material:
    """What there is to vary, read once: the texts of judgments, sentences, documents of invented volumes."""

    def __init__(self, shared: Path) -> None:
        packed = (shared / "cases" / "judgments.jsonl.zst").open("rb")
        reader = zstandard.ZstdDecompressor(max_window_size=1 << 31).stream_reader(packed)
        lines = io.TextIOWrapper(reader, encoding="utf-8")
        self.pages = [page for line in lines for page in _cut(json.loads(line).get("qw") or "")]
        spoken = (shared / "audio" / "aishell_sample" / "transcripts.tsv").read_text(encoding="utf-8").splitlines()
        self.sentences = [line.split("\t")[-1] for line in spoken[1:]]
        self.papers = [one for seed in range(VOLUMES) for one in _volume_papers(seed)]


def _cut(text: str) -> list[str]:
    plain = "".join(text.split())
    return [plain[at : at + PAGE_CHARS] for at in range(0, len(plain), PAGE_CHARS)]


def _volume_papers(seed: int) -> list[Document]:
    made = make_volume(seed)
    return list(paper_documents(ScanRecord(made.pages, made.documents, "", NOTHING)))


def names_of(case: int) -> list[str]:
    """The people of a case."""
    rng = Random(f"people {case}")
    return [rng.choice(SURNAMES) + "".join(rng.sample(GIVEN, 2)) for _ in range(3)]


def sources(material: Material, documents: int, first_case: int = 0) -> Iterator[list[Source]]:
    """The sources of case after case, until so many documents are made."""
    pages = cycle(material.pages)
    made, case = 0, first_case
    while made < documents:
        rng = Random(f"case {case}")
        people = names_of(case)
        count = min(CASE_DOCUMENTS, documents - made)
        kept = [_document(material, pages, people, rng, case, n) for n in range(count)]
        yield [_source(case, part, kept[part::4], people) for part in range(min(4, count))]
        made, case = made + count, case + 1


def case_name(case: int) -> str:
    """The id of a made case."""
    return f"case_{case:07d}"


def _source(case: int, part: int, documents: list[Document], people: list[str]) -> Source:
    day = f"20{10 + case % 16}-{1 + case % 12:02d}-{1 + part:02d}T08:00:00+00:00"
    return Source(f"rec_{case:07d}_{part}", case_name(case), 1, day, tuple(documents), typed(people))


def _document(
    material: Material, pages: Iterator[str], people: list[str], rng: Random, case: int, number: int
) -> Document:
    share = number / CASE_DOCUMENTS
    if share < 0.6:
        return _page(next(pages), people, f"物证编号{case:07d}-{number:02d}")
    if share < 0.8:
        return _transcript(rng.choices(material.sentences, k=SENTENCES), people)
    if share < 0.95:
        paper = rng.choice(material.papers)
        fields = replace(paper.fields, persons=tuple(people))
        return replace(paper, fields=fields, text=f"{people[0]}、{people[1]}\n{paper.text}")
    said = f"{rng.choice(VIOLATIONS)} 皖A{rng.randrange(100000):05d}"
    return Document(Kind.TRAFFIC, Fields(said.split()[0], plate=said.split()[-1]), said, (Piece(0, second=12.5),))


def _page(text: str, people: list[str], exhibit: str) -> Document:
    for name in people:
        text = text.replace("某某", name, 2)
    text = f"{text}{exhibit}"
    lines = [text[at : at + LINE_CHARS] for at in range(0, len(text), LINE_CHARS)]
    placed = tuple(
        PageLine(line, _box(n), 0.95, "print") for n, line in enumerate(lines)
    )  # fmt: skip
    page = ScannedPage(1, 1654, 2339, 0, 0.0, placed)
    made = next(iter(paper_documents(ScanRecord((page,), (), "", NOTHING))))
    return replace(made, fields=replace(made.fields, type="判决书", persons=tuple(people)))


def _box(line: int) -> tuple[tuple[float, float], tuple[float, float], tuple[float, float], tuple[float, float]]:
    top = 200.0 + 60 * line
    return ((200.0, top), (1450.0, top), (1450.0, top + 40), (200.0, top + 40))


def _transcript(sentences: list[str], people: list[str]) -> Document:
    said = [f"我叫{people[0]}", *sentences]
    pieces, at = [], 0
    for n, sentence in enumerate(said):
        pieces.append(Piece(at, second=3.0 * n, mark=str(n)))
        at += len(sentence) + 1
    return Document(Kind.TRANSCRIPT, Fields("转写文本", persons=tuple(people)), "\n".join(said), tuple(pieces))
