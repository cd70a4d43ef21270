"""From probabilities to plates: CTC as it stands where it is a plate, the nearest plate where it is not."""

from __future__ import annotations

import numpy as np
import pytest

from models.vision.plate_format import ALPHABET, format_of
from models.vision.plate_text import PlateReading, greedy, reading, voted

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


def said(text: str, *probabilities: float) -> PlateReading:
    form = format_of(text)
    assert form is not None
    return PlateReading(text, form, probabilities or (0.9,) * len(text))


def test_cuts_vote_on_each_character() -> None:
    sure = (0.9,) * 6
    found = voted([said("湘A12345", 0.8, *sure), said("浙A12345", 0.6, *sure), said("浙A12345", 0.6, *sure)])
    assert found.text == "浙A12345"
    assert found.probabilities[0] == pytest.approx(0.4)
    assert found.probabilities[1] == pytest.approx(0.9)


def test_cuts_of_another_length_have_no_vote() -> None:
    assert voted([said("京A12345"), said("京AD12345", *(0.5,) * 8), said("京AD12345", *(0.5,) * 8)]).text == "京A12345"


def test_a_vote_for_what_no_plate_can_say_falls_to_the_surest() -> None:
    embassy = said("使123456", 0.9, 0.9, *(0.9,) * 5)
    mixed = [embassy, said("京A12345", 0.95, 0.1, *(0.9,) * 5), said("京A12345", 0.95, 0.1, *(0.9,) * 5)]
    assert voted(mixed).text == "使123456"


def test_one_cut_alone_stands() -> None:
    assert voted([said("京A12345")]) == said("京A12345")
