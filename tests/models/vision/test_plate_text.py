"""From probabilities to plates: CTC as it stands where it is a plate, the nearest plate where it is not."""

from __future__ import annotations

import numpy as np
import pytest

from models.vision.plate_format import ALPHABET
from models.vision.plate_text import greedy, reading

COLUMNS = 40


def told(text: str, doubts: dict[int, tuple[str, float]] | None = None, sure: float = 0.9) -> np.ndarray:
    """Log probabilities that spell `text` ('_' is a blank), two columns a sign; `doubts` names a sign's rival."""
    table = np.full((COLUMNS, len(ALPHABET) + 1), 1e-4, np.float32)
    table[:, 0] = 0.9
    for place, character in enumerate(text):
        for column in (2 * place + 1, 2 * place + 2):
            table[column, 0] = 0.01
            if character != "_":
                table[column, ALPHABET.index(character) + 1] = sure
            if doubts and place in doubts:
                rival, value = doubts[place]
                table[column, ALPHABET.index(rival) + 1] = value
    return np.log(table / table.sum(axis=1, keepdims=True))


def test_a_text_that_is_a_plate_stands_as_it_is() -> None:
    found = reading(told("京A_1_1_2_3_4"))
    assert (found.text, found.format.name) == ("京A11234", "ordinary")
    assert len(found.probabilities) == 7
    assert 0 < found.confidence < 1


def test_repeats_need_a_blank_between() -> None:
    assert greedy(told("京AA_A"))[0] == "京AA"


def test_a_letter_where_only_a_province_may_stand_gives_way() -> None:
    found = reading(told("1A_2_3_4_5_6", {0: ("川", 0.3)}))
    assert (found.text, found.format.name) == ("川A23456", "ordinary")
    assert found.probabilities[0] < 0.5


def test_the_nearest_format_is_taken_and_is_as_sure_as_it_was_likely() -> None:
    found = reading(told("粤B_D_1_2_3_4_京", {13: ("5", 0.3)}))
    assert (found.text, found.format.name) == ("粤BD12345", "new-energy-small")
    assert found.probabilities[-1] < 0.5
    assert found.confidence < 0.5


def test_nothing_at_all_is_a_plate_that_nobody_believes() -> None:
    assert reading(told("")).confidence < 1e-9


@pytest.mark.parametrize("text", ["京A_1_2_3_4_警", "使_2_2_4_5_7_8", "沪A_1_2_3_4_领"])
def test_marks_are_read_as_they_stand(text: str) -> None:
    assert reading(told(text)).text == text.replace("_", "")
