"""The rules as clerks read of them: the table of the document is the rules of the code."""

from __future__ import annotations

from pathlib import Path

from pipelines.speech.course import STATE_NAMES
from pipelines.speech.validators.catalogue import RULES
from pipelines.speech.validators.rule import Severity

DOCUMENT = Path(__file__).resolve().parents[4] / "docs" / "speech.zh-CN.md"


def test_the_document_lists_every_rule_with_its_articles_and_what_no_article_says() -> None:
    text = DOCUMENT.read_text(encoding="utf-8")
    for rule in RULES:
        severity = "错误" if rule.severity is Severity.ERROR else "提示"
        articles = "；".join(dict.fromkeys(map(str, rule.citations))) or "—"
        assert f"| {rule.id} | {rule.title} | {severity} | {STATE_NAMES[rule.due]} | {articles} |" in text
        assert not rule.basis or f"- **{rule.id}**：{rule.basis}" in text
