"""The measure of review: lawful cases are silent, planted faults are found and lead to their page, seeds repeat."""

from __future__ import annotations

from random import Random

from benchmarks.accuracy.review import alarms_of, several
from benchmarks.volumes.violations import make_case, violations
from pipelines.intelligence.review.rule import rules


def test_every_rule_of_volumes_has_its_fault() -> None:
    assert {rule.id for rule in rules() if rule.family != "recording"} == violations().keys()


def test_a_lawful_case_is_silent_and_made_alike_each_time() -> None:
    case = make_case(3)
    assert make_case(3).volumes == case.volumes
    assert [one.explanation for one in alarms_of(case).alarms] == []


def test_planted_faults_are_found_with_their_pages() -> None:
    case = make_case(4, ("DL-03", "SG-16", "ID-04"))
    found = {alarm.rule: alarm for alarm in alarms_of(case).alarms}
    for rule in case.broken:
        assert found[rule].place.page is not None
        assert found[rule].place.box is not None


def test_faults_that_shut_each_other_out_are_not_planted_together() -> None:
    for seed in range(5):
        chosen = several(Random(seed))
        assert len(chosen) == len(set(chosen)) == 5
