"""The best path through a recogniser's probabilities, and what else each character may be."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from models.text.ctc import LEAST_PROBABILITY, MOST_READINGS, Reading, readings

ALPHABET = ["为", "了", "3", "度", "假", "一"]


def path(*steps: dict[str, float]) -> NDArray[np.float32]:
    """Probabilities from what each step names; "" is the blank."""
    classes = ["", *ALPHABET]
    table = np.full((len(steps), len(classes)), 1e-4, np.float32)
    for row, step in zip(table, steps, strict=True):
        for character, probability in step.items():
            row[classes.index(character)] = probability
    return table


def first(probabilities: NDArray[np.float32]) -> str:
    return "".join(one[0].character for one in readings(probabilities, ALPHABET))


def test_a_character_held_for_some_steps_is_one_and_a_blank_parts_two() -> None:
    assert first(path({"": 1.0}, {"一": 0.9}, {"一": 0.9}, {"": 0.8}, {"一": 0.7}, {"度": 0.9})) == "一一度"


def test_other_readings_come_by_probability_and_the_blank_is_none() -> None:
    (found,) = readings(path({"": 0.2, "3": 0.5, "了": 0.25, "一": 0.03}), ALPHABET)
    assert [one.character for one in found] == ["3", "了", "一"]
    assert found[0] == Reading("3", np.float32(0.5))


def test_what_is_hardly_possible_is_left_out() -> None:
    (found,) = readings(path({"3": 0.9, "了": LEAST_PROBABILITY / 2}), ALPHABET)
    assert [one.character for one in found] == ["3"]


def test_no_more_than_some_readings_are_kept() -> None:
    (found,) = readings(path(dict.fromkeys(ALPHABET, 0.15)), ALPHABET)
    assert len(found) == MOST_READINGS


def test_a_line_of_blanks_has_no_character() -> None:
    assert readings(path({"": 1.0}, {"": 1.0}), ALPHABET) == []


def test_a_sure_character_is_read_as_among_all_the_others() -> None:
    (found,) = readings(path({"3": 0.995, "了": 0.004}), ALPHABET)
    assert found == (Reading("3", float(np.float32(0.995))),)
