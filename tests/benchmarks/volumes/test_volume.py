from __future__ import annotations

import re
from collections import Counter

import pytest

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


def test_the_first_page_of_a_document_bears_its_title_and_number() -> None:
    for one in make_volume(3, 30).documents:
        text = "".join("".join(texts(make_volume(3, 30), one.first_page)).split())
        if one.title != one.type or one.title in text:
            assert one.title.replace(" ", "") in text
        assert one.number is None or one.number.replace(" ", "") in text


def test_the_catalogue_of_the_volume_lists_the_spans_that_are_stamped() -> None:
    volume = make_volume(5, 12)
    catalogue = "".join(text for n in range(2, volume.documents[1].last_page + 1) for text in texts(volume, n))
    for one in volume.documents[2:-1]:
        first, last = stamps(volume, one.first_page)[0], stamps(volume, one.last_page)[0]
        assert (first if first == last else f"{first}-{last}") in catalogue


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
