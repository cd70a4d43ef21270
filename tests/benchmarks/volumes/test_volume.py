from __future__ import annotations

import re
from collections import Counter
from datetime import date

import pytest

from benchmarks.volumes.facts import Day, make_facts
from benchmarks.volumes.forms import forms
from benchmarks.volumes.volume import Faults, Volume, make_volume
from pipelines.files.catalogue.taxonomy import type_named

ALL = Faults(missing=1, duplicates=1, foreign=2, swapped=1)


def texts(volume: Volume, number: int) -> list[str]:
    return [line.text for line in volume.pages[number - 1].lines]


def stamps(volume: Volume, number: int) -> list[str]:
    """What is stamped at the top of the page, which the title is below of."""
    return [line.text for line in volume.pages[number - 1].lines if line.box[0][1] == 90]


@pytest.mark.parametrize("faults", [Faults(), ALL], ids=["whole", "faulty"])
@pytest.mark.parametrize("seed", range(12))
def test_every_page_belongs_to_exactly_one_document(seed: int, faults: Faults) -> None:
    volume = make_volume(seed, 20, faults)
    covered = [number for one in volume.documents for number in range(one.first_page, one.last_page + 1)]
    assert covered == list(range(1, len(volume.pages) + 1))
    assert [page.number for page in volume.pages] == covered


@pytest.mark.parametrize("seed", range(12))
def test_documents_are_bound_in_the_order_of_the_rules_between_cover_catalogue_and_remarks(seed: int) -> None:
    types = [one.type for one in make_volume(seed, 20).documents]
    assert types[:2] == ["卷宗封面", "卷内目录"]
    assert types[-1] == "备考表"
    kinds = [type_named(name) for name in types[2:-1]]
    orders = [kind.order for kind in kinds if kind is not None]
    assert len(orders) == 20
    assert orders == sorted(orders)


@pytest.mark.parametrize("seed", [3, 8])
def test_documents_bear_the_title_and_number_that_the_truth_says(seed: int) -> None:
    volume = make_volume(seed, 30)
    untitled = {form.type for form in forms() if "" in form.wordings}
    for one in volume.documents:
        text = "".join("".join(texts(volume, one.first_page)).split())
        assert one.title in text or (one.title == one.type and one.type in untitled)
        assert one.number is None or one.number.replace(" ", "") in text


def test_dates_and_authors_of_the_truth_can_be_read_on_the_pages() -> None:
    volume = make_volume(8, 40)
    for one in volume.documents:
        text = "".join("".join(texts(volume, n)) for n in range(one.first_page, one.last_page + 1))
        assert all(name in text for name in (one.author or "").split("、"))
        if one.date:
            day = Day(date.fromisoformat(one.date))
            assert str(day) in text or day.formal in text
    assert sum(one.date is not None for one in volume.documents) > 30


@pytest.mark.parametrize("seed", range(20))
def test_suspects_are_first_questioned_on_the_day_of_their_detention(seed: int) -> None:
    detained = make_facts(seed).dates.detained.iso
    days = [one.date for one in make_volume(seed, 40).documents if one.type == "讯问笔录"]
    assert all(day is not None and day >= detained for day in days)
    assert not days or detained in days


def test_a_case_of_one_holds_no_measure_against_an_accomplice() -> None:
    alone = [seed for seed in range(60) if not make_facts(seed).offence.joint]
    types = {one.type for seed in alone for one in make_volume(seed, 40).documents}
    assert "拘留证" in types
    assert not types & {"取保候审决定书", "不批准逮捕决定书", "不起诉决定书"}


def test_documents_name_each_other_by_the_numbers_that_they_bear() -> None:
    named = 0
    for seed in range(30):
        volume = make_volume(seed, 60)
        bearing = next((one.number for one in volume.documents if one.type == "扣押决定书"), None)
        for one in (one for one in volume.documents if one.type == "扣押清单" and bearing):
            text = "".join("".join(texts(volume, n)) for n in range(one.first_page, one.last_page + 1))
            assert f"扣押决定书文号：{bearing}" in text
            named += 1
    assert named


def test_the_catalogue_of_the_volume_lists_the_spans_that_are_stamped() -> None:
    volume = make_volume(5, 12)
    catalogue = "".join(text for n in range(2, volume.documents[1].last_page + 1) for text in texts(volume, n))
    for one in volume.documents[2:-1]:
        first, last = stamps(volume, one.first_page)[0], stamps(volume, one.last_page)[0]
        assert (first if first == last else f"{first}-{last}") in catalogue


@pytest.mark.parametrize("seed", range(20))
def test_no_more_faults_are_planted_than_wished_and_those_that_need_no_room_always(seed: int) -> None:
    kinds = Counter(fault.kind for fault in make_volume(seed, 20, ALL).faults)
    assert kinds["duplicate"] == 1
    assert kinds["foreign"] == 2
    assert kinds["missing"] <= 1
    assert kinds["swapped"] <= 1


def test_a_missing_page_leaves_a_gap_in_the_stamped_numbers() -> None:
    volume = next(v for seed in range(20) if (v := make_volume(seed, 20, Faults(missing=1))).faults)
    (fault,) = volume.faults
    before = int(stamps(volume, fault.page - 1)[0])
    after = next(iter(stamps(volume, fault.page)), None)
    assert after is None or int(after) == before + 2


def test_a_duplicate_is_the_page_before_it_again() -> None:
    volume = make_volume(4, 20, Faults(duplicates=2))
    assert len(volume.faults) == 2
    for fault in volume.faults:
        assert fault.kind == "duplicate"
        assert volume.pages[fault.page - 1].lines == volume.pages[fault.page - 2].lines


def test_swapped_pages_have_their_stamped_numbers_the_wrong_way_round() -> None:
    volume = next(v for seed in range(20) if (v := make_volume(seed, 20, Faults(swapped=1))).faults)
    (fault,) = volume.faults
    assert int(stamps(volume, fault.page)[0]) == int(stamps(volume, fault.page + 1)[0]) + 1


def test_a_foreign_page_tells_of_another_case() -> None:
    volume = next(
        v for seed in range(40) if (v := make_volume(seed, 20, Faults(foreign=1))) and v.documents[-1].type == "备考表"
    )
    (fault,) = volume.faults
    whole = make_volume(volume.seed, 20)
    assert len(volume.pages) == len(whole.pages) + 1
    known = {tuple(line.text for line in page.lines) for page in whole.pages}
    assert tuple(texts(volume, fault.page)) not in known


def test_titles_are_set_in_many_ways() -> None:
    seen: Counter[str] = Counter()
    for seed in range(40):
        volume = make_volume(seed, 20)
        for one in volume.documents[2:-1]:
            page = texts(volume, one.first_page)
            seen["spaced"] += any(" " in text and text.replace(" ", "") == one.title for text in page)
            seen["plain"] += one.title in page
            seen["with organ"] += any(
                text.endswith(f"{mark}{one.title}") for text in page for mark in ("局", "院", "所")
            )
            seen["copy"] += "（副本）" in page or "（存根）" in page
            seen["ordinal"] += any(re.fullmatch(r"（?第 ?\d+ ?次）?", text) for text in page)
    assert all(seen[way] >= 5 for way in ("spaced", "plain", "with organ", "copy", "ordinal")), seen


def test_the_same_seed_gives_the_same_volume() -> None:
    assert make_volume(9, 15, ALL) == make_volume(9, 15, ALL)
    assert make_volume(9, 15) != make_volume(10, 15)


def test_a_volume_of_hundreds_of_documents_repeats_its_forms() -> None:
    assert len(make_volume(2, 300).documents) == 303
