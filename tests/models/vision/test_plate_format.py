"""The formats of GA 36 as data: what a plate may say, and the letter O that looks like a zero."""

from __future__ import annotations

import pytest

from models.vision.plate_format import (
    ALPHABET,
    COLOURS,
    HAN,
    LATIN,
    format_of,
    plate_formats,
    read_form,
    written,
)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("京A12345", "ordinary"),
        ("皖AD0D89", "ordinary"),
        ("粤BD12345", "new-energy-small"),
        ("粤B12345D", "new-energy-large"),
        ("京A1234警", "police"),
        ("京A1234学", "learner"),
        ("冀B123A挂", "trailer"),
        ("粤ZF023港", "hong-kong"),
        ("粤ZA123澳", "macao"),
        ("沪A1234领", "consulate"),
        ("使224578", "embassy"),
    ],
)
def test_each_kind_of_plate_has_its_format(text: str, name: str) -> None:
    found = format_of(text)
    assert found is not None
    assert found.name == name


@pytest.mark.parametrize(
    "text", ["", "A京12345", "沪AF1234D", "京A1234", "京A1234I", "京A123O5", "京1A2345678", "ABC1234"]
)
def test_what_no_plate_can_say_has_none(text: str) -> None:
    assert format_of(text) is None


def test_an_office_letter_o_is_read_as_zero_and_written_as_o() -> None:
    assert read_form("粤O12345") == "粤012345"
    assert written("粤012345") == "粤O12345"
    assert written("使012345") == "使012345"
    assert written("粤A02345") == "粤A02345"


def test_every_place_of_every_format_can_be_read() -> None:
    for one in plate_formats():
        assert len(one.places) == len(one.pattern)
        assert all(set(place) <= set(ALPHABET) for place in one.places)
        assert set(one.colours) <= set(COLOURS)


def test_the_alphabet_has_no_sign_twice_and_31_provinces() -> None:
    assert len(set(ALPHABET)) == len(ALPHABET) == len(LATIN) + len(HAN)
    assert len(plate_formats()[0].places[0]) == 31
