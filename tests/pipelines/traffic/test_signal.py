"""Lamp states over time."""

from __future__ import annotations

import pytest

from cases.records import JsonValue
from models.errors import BadInput
from pipelines.traffic.signal import Colour, Phase, SignalLog, parse_signals


def test_a_phase_goes_from_change_to_change_and_repeats_are_one() -> None:
    log = parse_signals({"S": [[0, "green"], [5, "red"], [8, "red"], [20, "green"]]})
    assert log.phase("S", 9.0) == Phase(Colour.RED, 5.0, 20.0)
    assert log.phase("S", 25.0) == Phase(Colour.GREEN, 20.0, float("inf"))


def test_what_nobody_told_is_unknown() -> None:
    log = parse_signals({"S": [[5, "red"]]})
    assert log.phase("S", 4.0).colour is Colour.UNKNOWN
    assert log.phase("T", 9.0).colour is Colour.UNKNOWN
    assert parse_signals(None) == SignalLog()


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ([], "mapping"),
        ({"S": 5}, "list"),
        ({"S": [[1, "blue"]]}, "red or yellow"),
        ({"S": [["x", "red"]]}, "second"),
        ({"S": [[5, "red"], [1, "green"]]}, "order"),
    ],
)
def test_what_does_not_fit_is_named(value: JsonValue, words: str) -> None:
    with pytest.raises(BadInput, match=words):
        parse_signals(value)
