"""Citations: article numbers as statutes spell them, and every cited word found in the statute's own text."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from pipelines.speech.forms import load_forms
from pipelines.speech.statute import Citation, Law, chinese_number
from pipelines.speech.validators.catalogue import RULES

FILES = {
    Law.PROCEDURE: "刑事诉讼法(2018).md",
    Law.POLICE: "公安机关办理刑事案件程序规定(2020).md",
    Law.PROCURATORATE: "人民检察院刑事诉讼规则(2019).md",
    Law.INTERPRETATION: "最高人民法院关于适用刑事诉讼法的解释(2021).md",
}


@pytest.mark.parametrize(
    ("number", "spelled"),
    [
        (9, "九"),
        (10, "十"),
        (18, "十八"),
        (34, "三十四"),
        (43, "四十三"),
        (90, "九十"),
        (118, "一百一十八"),
        (200, "二百"),
        (203, "二百零三"),
        (210, "二百一十"),
        (465, "四百六十五"),
    ],
)
def test_articles_are_numbered_as_statutes_number_them(number: int, spelled: str) -> None:
    assert chinese_number(number) == spelled


def test_a_citation_reads_as_people_cite() -> None:
    assert str(Citation(Law.POLICE, 206, "逐页")) == "《公安机关办理刑事案件程序规定》第二百零六条"


def every_citation() -> list[Citation]:
    forms = load_forms().values()
    cited = {citation for rule in RULES for citation in rule.citations}
    cited |= {text.citation for form in forms for text in form.notices} | {form.closing_citation for form in forms}
    return sorted(cited, key=lambda one: (one.law, one.article, one.words))


@pytest.mark.shared
@pytest.mark.parametrize("citation", every_citation(), ids=lambda one: f"{one.law.name}-{one.article}-{one.words[:8]}")
def test_every_article_bears_out_what_is_cited_of_it(citation: Citation, shared: Path) -> None:
    text = (shared / "data" / "laws" / FILES[citation.law]).read_text(encoding="utf-8")
    parts = re.split(r"(?m)^第([一二三四五六七八九十百零]+)\s*条", text)
    articles = dict(zip(parts[1::2], parts[2::2], strict=True))
    assert citation.words in articles[chinese_number(citation.article)]
