"""Documents as a person decides them hold every page once, and only what was changed is theirs."""

from __future__ import annotations

from dataclasses import replace

import pytest

from cases.records import ScanRecord
from models.errors import BadInput
from pipelines.files.catalogue.entries import MACHINE_MARK, mark_of
from pipelines.files.page import BLANK
from pipelines.files.review.documents import catalogued, decided


def split(volume: ScanRecord) -> ScanRecord:
    """The interrogation of pages 3 and 4 made into two documents."""
    talk = volume.documents[2]
    first, second = replace(talk, last_page=3), replace(talk, type="其他材料", title="其他材料", first_page=4)
    return decided(volume, (*volume.documents[:2], first, second), "u1")


def test_a_split_is_the_persons_and_the_others_stay_the_machines(volume) -> None:
    chosen = split(volume)
    assert [(d.first_page, d.last_page, d.confirmed_by) for d in chosen.documents] == [
        (1, 1, None),
        (2, 2, None),
        (3, 3, "u1"),
        (4, 4, "u1"),
    ]
    assert chosen.documents[:2] == volume.documents[:2]
    assert chosen.documents[2].confidence == 1.0


def test_another_persons_decision_stays_theirs(volume) -> None:
    chosen = split(volume)
    again = decided(chosen, tuple(replace(d, confirmed_by="u2") for d in chosen.documents), "u2")
    assert [d.confirmed_by for d in again.documents] == ["u2", "u2", "u1", "u1"]


def test_pages_that_nobody_decided_are_catalogued_anew(volume) -> None:
    chosen = split(volume)
    found = catalogued(chosen.pages, chosen.documents)
    assert found == chosen.documents


@pytest.mark.parametrize(
    "places",
    [
        [(1, 1), (2, 2), (3, 3)],
        [(1, 2), (2, 2), (3, 4)],
        [(2, 2), (1, 1), (3, 4)],
        [(1, 1), (2, 2), (4, 3)],
        [(1, 1), (2, 2), (3, 9)],
    ],
)
def test_documents_that_do_not_hold_each_page_once_and_in_order_are_refused(volume, places) -> None:
    wanted = [replace(volume.documents[1], first_page=a, last_page=b) for a, b in places]
    with pytest.raises(BadInput) as error:
        decided(volume, wanted, "u1")
    assert error.value.code == "review.pages"


def test_a_blank_page_between_two_documents_may_be_in_neither(volume) -> None:
    pages = tuple(replace(one, lines=(), flags=(BLANK,)) if one.number == 2 else one for one in volume.pages)
    without = (volume.documents[0], volume.documents[2])
    chosen = decided(replace(volume, pages=pages, documents=without), without, "u1")
    assert chosen.documents == without
    with pytest.raises(BadInput, match="look at page 2"):
        decided(volume, without, "u1")


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"type": "没有这种文书"}, "review.type"),
        ({"title": " "}, "review.title"),
        ({"title": "题" * 201}, "review.field"),
        ({"author": "甲\n乙"}, "review.field"),
        ({"date": "2024-02-30"}, "review.date"),
    ],
)
def test_a_row_that_no_catalogue_can_hold_is_refused(volume, change: dict[str, str], code: str) -> None:
    wanted = (volume.documents[0], replace(volume.documents[1], **change), volume.documents[2])
    with pytest.raises(BadInput) as error:
        decided(volume, wanted, "u1")
    assert error.value.code == code


def test_the_sheets_say_who_confirmed_the_catalogue(volume) -> None:
    people = {"u1": "王敏"}
    assert mark_of(volume.documents, people) == MACHINE_MARK
    assert mark_of(split(volume).documents, people) == "王敏核对编目2项，其余1项机器编目，未经人核对"
    whole = decided(volume, tuple(replace(d, confirmed_by="u1") for d in volume.documents), "u1")
    assert mark_of(whole.documents, people) == "王敏核对编目"
