"""Tables that ship with the product: read whole, and refused where they are larger than they may be."""

from __future__ import annotations

import pytest

from models.errors import Defect
from models.language.characters import LARGEST_TABLE, TABLE
from models.shipped_arrays import shipped_arrays


def test_the_arrays_of_a_file_come_by_name() -> None:
    held = shipped_arrays("models.language", TABLE, LARGEST_TABLE)
    assert len(str(held["characters"])) == len(held["table"])


def test_a_file_that_is_larger_than_it_may_be_is_a_defect() -> None:
    with pytest.raises(Defect, match="larger than 1000 bytes"):
        shipped_arrays("models.language", TABLE, 1000)
