"""Reads a statute in markdown into articles, and gives them to search; knows no store and no index.

The shape is that of public law collections: `# title`, lines that say when it was passed and amended, `## 编/章`
headings, and articles that begin 第...条. The last day that the head names is taken for the first in force; where it
is only when the text was passed or amended, say `--since`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from contextlib import suppress
from datetime import date
from pathlib import Path

from cases.search.document import Document, Fields, Kind, Piece, Source
from cases.statutes import Article, Statute
from models.errors import BadInput, TooLarge
from pipelines.intelligence.search.follow import STATUTE

MAX_BYTES = 16 << 20
"""刑法 has 0.3 MB."""
_ARTICLE = re.compile(
    r"(第[一二三四五六七八九十百千零〇\d]+条(?:之[一二三四五六七八九十]+)?)[\s\u3000]+(.*)", re.DOTALL
)
_DAY = re.compile(r"(\d{4})\s*年\s*(\d{1,2})\s*月\s*(\d{1,2})\s*日")
_HEAD_END = "<!-- INFO END -->"


def read_statute(file: Path, since: str | None = None, until: str | None = None) -> Statute:
    """The statute in a markdown file; raises BadInput saying what is missing, TooLarge."""
    if file.stat().st_size > MAX_BYTES:
        raise TooLarge("statute.size", f"{file.name} is larger than {MAX_BYTES >> 20} MiB; no statute is")
    try:
        text = unicodedata.normalize("NFC", file.read_text(encoding="utf-8-sig"))
    except UnicodeDecodeError as error:
        raise BadInput("statute.encoding", f"{file.name} is no UTF-8; save it as UTF-8") from error
    blocks = [block.strip() for block in re.split(r"\n\s*\n", text) if block.strip()]
    title = next((block[2:].strip() for block in blocks if block.startswith("# ")), "")
    if not title:
        raise BadInput("statute.title", f"{file.name} has no title; begin it with a line `# title`")
    articles = _articles(blocks)
    if not articles:
        raise BadInput("statute.articles", f"{file.name} has no article; articles begin with 第...条 and a blank")
    first = since or _first_day(text.partition(_HEAD_END)[0] if _HEAD_END in text else text[:2000])
    if first is None:
        raise BadInput("statute.since", f"{file.name} does not say since when it is in force; say --since 2021-03-01")
    if until is not None and until < first:
        raise BadInput("statute.until", f"{file.name} would end on {until}, before it begins on {first}")
    return Statute(title, first, until or "", articles)


def _articles(blocks: Iterable[str]) -> tuple[Article, ...]:
    found: list[Article] = []
    heading = ""
    for block in blocks:
        if block.startswith("#"):
            heading = block.lstrip("#").strip()
        elif match := _ARTICLE.match(block):
            found.append(Article(match[1], heading, match[2].strip()))
        elif found and not block.startswith("<!--"):
            last = found[-1]
            found[-1] = Article(last.number, last.heading, f"{last.text}\n{block}")
    return tuple(found)


def _first_day(head: str) -> str | None:
    """The last day that the head names: when the text came into force, or was last amended."""
    found = []
    for year, month, day in _DAY.findall(unicodedata.normalize("NFKC", head)):
        with suppress(ValueError):
            found.append(date(int(year), int(month), int(day)).isoformat())
    return max(found, default=None)


def sources_of(statutes: Iterable[tuple[str, Statute]]) -> list[Source]:
    """What search takes in: a document an article, found by the days that it is in force."""
    given = list(statutes)
    sources = []
    for digest, statute in given:
        # A new version of the title may end this one, which must then be taken in again.
        version = sum(other.title == statute.title for _, other in given)
        until = statute.until or "9999-12-31"
        documents = tuple(_document(statute, one, until) for one in statute.articles)
        sources.append(Source(f"{STATUTE}{digest}", None, version, statute.since, documents))
    return sources


def _document(statute: Statute, article: Article, until: str) -> Document:
    title = f"{statute.title} {article.number}"
    begin = f"{title}\f"
    fields = Fields("法条", title, article.number, day=statute.since, until=until)
    return Document(Kind.STATUTE, fields, begin + article.text, (Piece(len(begin), mark=article.number),))
