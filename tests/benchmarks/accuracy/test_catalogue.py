"""The scoring of catalogues: what is whole scores full, each kind of slip is counted where it belongs."""

from __future__ import annotations

from dataclasses import replace

import pytest

from benchmarks.accuracy.catalogue import Tally, count, report, worst
from benchmarks.volumes.volume import Volume, make_volume
from cases.records import CaseDocument, VolumeFinding


@pytest.fixture(scope="module")
def volume() -> Volume:
    return make_volume(7, 8)


def scored(volume: Volume, found: tuple[CaseDocument, ...], *told: VolumeFinding) -> Tally:
    tally = Tally()
    count(tally, volume, found, told)
    return tally


def test_the_truth_scores_full(volume: Volume) -> None:
    tally = scored(volume, volume.documents)
    assert (tally.f1, tally.top1, tally.confident) == (1.0, 1.0, 1.0)
    assert tally.right_fields == tally.true_fields
    assert "boundaries: F1 1.0000" in report(tally)


def test_a_boundary_missed_costs_recall_and_both_documents(volume: Volume) -> None:
    first, second, *rest = volume.documents
    tally = scored(volume, (replace(first, last_page=second.last_page), *rest))
    assert tally.precision == 1.0
    assert tally.recall == pytest.approx((len(volume.documents) - 2) / (len(volume.documents) - 1))
    assert sum(found == "" for _, _, found in tally.typed) == 2


def test_a_wrong_type_costs_no_boundary(volume: Volume) -> None:
    first, *rest = volume.documents
    tally = scored(volume, (replace(first, type="通缉令"), *rest))
    assert tally.f1 == 1.0
    assert tally.top1 == pytest.approx(1 - 1 / len(volume.documents))
    assert worst(tally.typed)[0] == (first.type, 1, 0)


def test_the_least_confident_are_left_out_of_the_confident(volume: Volume) -> None:
    first, *rest = volume.documents
    sure = tuple(replace(one, confidence=0.9) for one in rest)
    tally = scored(volume, (replace(first, type="通缉令", confidence=0.1), *sure))
    assert len(volume.documents) >= 10
    assert tally.top1 < tally.confident == 1.0


def test_an_alarm_about_nothing_is_false(volume: Volume) -> None:
    tally = scored(volume, volume.documents, VolumeFinding("missing", 3, ""))
    assert tally.false_alarms == {"missing": 1}


def test_a_number_given_to_a_document_without_one_is_told(volume: Volume) -> None:
    bare = next(one for one in volume.documents if one.number is None)
    given = tuple(replace(one, number="江公〔2024〕1号") if one is bare else one for one in volume.documents)
    tally = scored(volume, given)
    assert tally.invented == {"number": 1}
    assert tally.right_fields == tally.true_fields
