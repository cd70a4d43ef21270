"""The list of documents is whole, in order, and names nothing twice."""

from __future__ import annotations

from itertools import pairwise

from pipelines.files.catalogue.taxonomy import taxonomy, type_named


def test_there_are_about_120_types_in_the_order_of_binding() -> None:
    types = taxonomy()
    assert 115 <= len(types) <= 135
    assert all(a.order < b.order for a, b in pairwise(types))
    groups = list(dict.fromkeys(one.group for one in types))
    assert groups == [*(f"A{n}" for n in range(1, 6)), *(f"B{n}" for n in range(1, 13)), "C", "D", "E", "F"]


def test_types_with_one_title_can_be_told_apart() -> None:
    by_title: dict[str, list[str]] = {}
    for one in taxonomy():
        for title in one.titles:
            by_title.setdefault(title, []).append(one.name)
    for title, names in by_title.items():
        told = [name for name in names if (found := type_named(name)) is not None and found.told_by]
        assert len(names) == 1 or len(told) >= len(names) - 1, title


def test_every_type_bears_a_title_and_the_volume_s_own_parts_are_known() -> None:
    assert all(one.titles and all(one.titles) for one in taxonomy())
    assert {one.name for one in taxonomy() if one.is_part_of_volume} == {"卷宗封面", "卷内目录", "备考表"}


def test_a_type_is_found_by_its_name() -> None:
    found = type_named("讯问笔录")
    assert found is not None
    assert found.group == "B2"
    assert type_named("购物清单") is None
