"""Examples are measured on altered and unaltered clauses, and a judge that learned them tells them apart."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from pipelines.speech.compare.evidence import NAMES_OF_NUMBERS
from pipelines.speech.compare.judge import read_judge
from training import paraphrase
from training.paraphrase import UNCALIBRATED, Examples, examples, trained, without, written


@pytest.fixture(scope="module")
def made() -> Examples:
    return Examples(*_drawn(np.random.default_rng(1)), np.array(["theft"] * 400), np.array([""] * 400))


def _drawn(rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    rows = rng.normal(size=(400, len(NAMES_OF_NUMBERS))).astype(np.float32)
    # Neither number tells alone: an exclusive or.
    return rows, (rows[:, 0] > 0) ^ (rows[:, 1] > 0)


def test_a_judge_learns_what_no_single_number_tells(made: Examples) -> None:
    judge = trained(made)
    told = judge.probabilities(made.rows) > 0.5
    assert (told == made.altered).mean() > 0.9


def test_training_is_the_same_each_time_and_survives_its_file(made: Examples) -> None:
    judge = trained(made)
    assert written(judge) == written(trained(made))
    again = read_judge(written(judge))
    assert np.allclose(again.probabilities(made.rows), judge.probabilities(made.rows), atol=0.01)
    assert (again.claimed, again.heard) == (judge.claimed, judge.heard)


def test_a_hand_that_is_left_out_has_no_part_in_its_judge(made: Examples, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paraphrase, "STEPS", 10)
    hands = np.array(["theft", "fishing", "wages"])[np.arange(400) % 3]
    given = replace(made, scripts=hands)
    other = replace(given, altered=given.altered ^ (hands == "fishing"))
    judge = without(given, "second")
    assert written(judge) == written(without(other, "second"))
    assert written(judge) != written(without(other, "third"))
    assert judge.calibration != UNCALIBRATED


def test_examples_are_clauses_altered_and_not() -> None:
    found = examples(["affray"])
    assert found.rows.shape == (len(found.altered), len(NAMES_OF_NUMBERS))
    assert np.isfinite(found.rows).all()
    assert {"", "changed amount", "added sentence", "denied by rule"} <= set(found.kinds.tolist())
    assert ((found.kinds != "") == found.altered).all()
    kept = found.only(found.altered)
    assert kept.altered.all()
    assert len(kept.rows) == found.altered.sum()
