"""What the judge makes of a finding: claimed, to be listened to, small print; and what nobody found but is likely."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest

from models.errors import Defect
from models.language.characters import character_vectors
from pipelines.speech.compare.evidence import NAMES_OF_NUMBERS, evidence
from pipelines.speech.compare.facts import FactKind
from pipelines.speech.compare.findings import Finding, Kind, Severity
from pipelines.speech.compare.heard import read_transcript
from pipelines.speech.compare.judge import Likely, read_judge, shipped_judge, suspected, weighed
from pipelines.speech.compare.sides import Sides, sides_of
from tests.pipelines.speech.compare.conftest import record, transcript

SAID = (
    "问：你去那里干什么？",
    "答：我就是去找张伟要钱，他欠我三千五百块钱一直不还。",
    "问：你打他了没有？",
    "答：没有，我没有打他，我就推了他一下。",
)
WRITTEN = ("问：你去做什么？", "答：我去找张伟讨要欠款3500元。", "问：你打他了吗？", "答：没有打，只是推了他。")
FINDING = Finding(Kind.ADDED, Severity.MAJOR, FactKind.INTENT, 1, 0, 5, 0, 5, "", 0.5)


@pytest.fixture
def sides() -> Sides:
    return sides_of(record(*WRITTEN), read_transcript(transcript(*SAID)))


def likely(sides: Sides, chance: float) -> Likely:
    return Likely({n: chance for n, clause in enumerate(sides.clauses) if clause.owner == 1}, shipped_judge())


def severity(sides: Sides, one: Finding, chance: float) -> Severity:
    (found,) = weighed(sides, [one], likely(sides, chance))
    return found.severity


def test_the_surer_the_graver(sides: Sides) -> None:
    judge = shipped_judge()
    bound = judge.claimed[FINDING.kind]
    assert 0 < judge.heard < bound < 1
    assert severity(sides, FINDING, bound) is Severity.MAJOR
    assert severity(sides, FINDING, judge.heard) is Severity.LISTEN
    assert severity(sides, FINDING, judge.heard / 2) is Severity.MINOR


def test_a_sum_said_otherwise_is_claimed_whatever_the_words_around_it(sides: Sides) -> None:
    assert severity(sides, replace(FINDING, kind=Kind.CHANGED_FACT, fact=FactKind.AMOUNT), 0.0) is Severity.MAJOR


def test_a_doubtful_name_is_one_to_listen_to(sides: Sides) -> None:
    name = replace(FINDING, kind=Kind.CHANGED_FACT, fact=FactKind.PERSON)
    assert severity(sides, name, 0.0) is Severity.LISTEN
    assert severity(sides, replace(name, severity=Severity.LISTEN), 0.0) is Severity.LISTEN
    assert severity(sides, name, shipped_judge().claimed[Kind.CHANGED_FACT]) is Severity.MAJOR


def test_property_said_otherwise_is_never_claimed(sides: Sides) -> None:
    thing = replace(FINDING, kind=Kind.CHANGED_FACT, fact=FactKind.PROPERTY, severity=Severity.SUBSTANTIVE)
    assert severity(sides, thing, 0.99) is Severity.LISTEN
    assert severity(sides, thing, 0.0) is Severity.MINOR
    assert severity(sides, replace(thing, turn=0), 0.99) is Severity.LISTEN


def test_what_is_no_matter_of_wording_is_not_judged(sides: Sides) -> None:
    assert severity(sides, replace(FINDING, kind=Kind.MERGED_TURNS, severity=Severity.MINOR), 0.99) is Severity.MINOR
    assert severity(sides, replace(FINDING, turn=0), 0.0) is Severity.MAJOR


def test_confidence_is_the_probability(sides: Sides) -> None:
    (found,) = weighed(sides, [FINDING], likely(sides, 0.73))
    assert found.confidence == 0.73


def test_a_likely_clause_that_nobody_found_is_one_to_listen_to(sides: Sides) -> None:
    (found,) = suspected(sides, [], likely(sides, 0.999))
    assert (found.turn, found.severity) == (1, Severity.LISTEN)
    assert not list(suspected(sides, [FINDING], likely(sides, 0.999)))
    assert not list(suspected(sides, [], likely(sides, 0.1)))


def test_evidence_has_a_row_for_each_clause_of_an_answer(sides: Sides) -> None:
    indices, rows = evidence(sides, [], character_vectors())
    assert [sides.clauses[n].owner for n in indices] == [n for n in (1, 3) for _ in sides.clauses_of(n)]
    assert rows.shape == (len(indices), len(NAMES_OF_NUMBERS))
    assert np.isfinite(rows).all()
    some, alone = evidence(sides, [], character_vectors(), {3})
    assert np.array_equal(alone, rows[[indices.index(n) for n in some]])


def test_what_the_talk_denies_is_opposed() -> None:
    said = read_transcript(transcript(*SAID))
    column = NAMES_OF_NUMBERS.index("opposed where said")

    def opposed(answer: str) -> float:
        sides = sides_of(record(*WRITTEN[:3], answer), said)
        return float(evidence(sides, [], character_vectors(), {3})[1][:, column].max())

    assert opposed("答：我打了他。") > opposed("答：我推了他一下。") + 0.1


def test_a_judge_of_other_numbers_is_a_defect() -> None:
    with pytest.raises(Defect):
        read_judge(json.dumps({"numbers": ["tokens"]}))
