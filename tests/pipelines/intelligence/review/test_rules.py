"""Every rule holds to its own examples, rests on something, and explains itself in both languages."""

from __future__ import annotations

import pytest

from pipelines.intelligence.review.engine import review
from pipelines.intelligence.review.example import casefile_of_example
from pipelines.intelligence.review.predicates import PREDICATES
from pipelines.intelligence.review.rule import Rule, families, rules

CITED = {
    "刑诉法": {79, 85, 86, 91, 93, 94, 118, 119, 122, 123, 156, 158, 159, 160, 172, 175, 281},
    "规定": {79, 125, 129, 143, 145, 148, 153, 194, 199, 200, 201, 202, 206, 207, 208, 215, 216, 223, 225, 226, 229, 230,
             251, 259, 260, 287, 323},
    "规则": {190, 264},
    "解释": {95, 110, 111, 112, 113, 114},
}  # fmt: skip
"""Articles whose text was read for these rules: another needs its text read first."""


@pytest.mark.parametrize("rule", rules(), ids=lambda rule: rule.id)
def test_a_rule_holds_to_its_examples(rule: Rule) -> None:
    assert {one.fires for one in rule.examples} == {True, False}
    for example in rule.examples:
        found = review(casefile_of_example(example), [rule]).alarms
        assert bool(found) is example.fires, example
        for alarm in found:
            assert "……" not in alarm.explanation + alarm.explanation_en, alarm


def test_there_are_enough_rules_of_every_family() -> None:
    assert len(rules()) >= 60
    assert set(families()) == {
        "deadline", "presence", "marks", "officers", "order", "pages", "amounts", "identity", "contents", "recording"
    }  # fmt: skip


@pytest.mark.parametrize("rule", rules(), ids=lambda rule: rule.id)
def test_a_rule_cites_only_what_was_read(rule: Rule) -> None:
    for text in rule.statutes:
        law, _, article = text.partition(" ")
        assert int(article) in CITED[law], text
    assert rule.predicate in PREDICATES
    assert rule.needs
