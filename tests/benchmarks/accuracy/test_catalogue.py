"""The scoring of catalogues: what is whole scores full, each kind of slip is counted where it belongs."""

from __future__ import annotations

from dataclasses import replace

import pytest

from benchmarks.accuracy.catalogue import Tally, count, per_type, reliability, report, worst
from benchmarks.volumes.volume import Volume, make_volume
from cases.records import CaseDocument, VolumeFinding
from pipelines.files.catalogue.taxonomy import taxonomy


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


def test_the_table_names_every_type_the_worst_first_and_the_unseen_last() -> None:
    rows = per_type([(0.9, "拘留证", "拘留证"), (0.5, "通缉令", "")])
    assert rows[:2] == [("通缉令", 1, 0), ("拘留证", 1, 1)]
    assert {row[1:] for row in rows[2:]} == {(0, 0)}
    assert sorted(row[0] for row in rows) == sorted(one.name for one in taxonomy())


def test_confidence_is_held_against_how_often_it_was_right() -> None:
    assert reliability([(1.0, True), (0.9, False), (0.3, True)]) == [(0.3, 1, 1), (0.9, 2, 1)]
    tally = Tally(claimed=[(1.0, True), (1.0, False), (0.3, False), (0.3, False)])
    assert tally.miscalibration == pytest.approx((1.0 + 0.6) / 4)
    assert tally.trusted == pytest.approx(1 / 4)


def test_a_document_found_over_other_pages_counts_against_what_is_trusted(volume: Volume) -> None:
    first, second, *rest = volume.documents
    tally = scored(volume, (replace(first, last_page=second.last_page), *rest))
    assert tally.claimed[0] == (1.0, False)
    assert tally.trusted < tally.confident
