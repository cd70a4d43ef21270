"""Rules and judge are weighed together; where a rule is firm it decides, where it doubts the judge does."""

from __future__ import annotations

import numpy as np
import pytest

from pipelines.files.catalogue.decoding import (
    JUDGE_ALONE,
    MOST_ODDS,
    RuleVote,
    Weights,
    begin_odds,
    divided,
    spans,
    type_scores,
)
from pipelines.files.catalogue.judge import Opinion

BOTH = Weights((1.0, 0.2, 0.0), (1.0, 0.5, 1.0), (0.3, 0.3, 0.0, 0.5, 0.0, 0.0, -1.0))
FIRST, NONE = RuleVote(1.0, None, 0.3), RuleVote(0.4, None, 0.3)


def opinion(begins: list[float], kinds: list[int], classes: int = 4) -> Opinion:
    types = np.full((len(kinds), classes), np.log(0.05), np.float32)
    types[np.arange(len(kinds)), kinds] = np.log(1 - 0.05 * (classes - 1))
    return Opinion(np.array(begins, np.float32), types)


def test_the_judge_divides_what_the_rules_leave_open() -> None:
    assert divided([FIRST, NONE, NONE, NONE], opinion([0, -4, 4, -4], [1, 1, 2, 2]), BOTH) == [0, 2]


def test_types_that_change_part_pages_whose_begin_is_in_doubt() -> None:
    assert divided([FIRST, NONE], opinion([0, 0.0], [1, 1]), JUDGE_ALONE) == [0]
    assert divided([FIRST, NONE], opinion([0, 0.0], [1, 2]), JUDGE_ALONE) == [0, 1]


@pytest.mark.parametrize(("said", "judged", "begins"), [(0.95, -8.0, [0, 1]), (0.05, 8.0, [0])])
def test_a_firm_rule_decides_against_the_judge_but_not_where_the_judge_is_alone(
    said: float, judged: float, begins: list[int]
) -> None:
    rules = [FIRST, RuleVote(said, None, 0.3)]
    heard = opinion([0, judged], [1, 1])
    assert divided(rules, heard, BOTH) == begins
    assert divided(rules, heard, JUDGE_ALONE) != begins


def test_the_first_page_begins_a_document_whatever_is_said() -> None:
    odds = begin_odds([RuleVote(0.1, None, 0.3)], opinion([-8], [1]), BOTH)
    assert odds.tolist() == [MOST_ODDS]


def test_a_firm_title_tells_the_type_and_a_doubtful_one_is_weighed() -> None:
    heard = opinion([0], [1])
    assert type_scores(0, 1, RuleVote(1.0, 3, 1.0), heard, BOTH).argmax() == 3
    assert type_scores(0, 1, RuleVote(1.0, 3, 0.6), heard, BOTH).argmax() == 1
    assert type_scores(0, 1, RuleVote(1.0, 3, 1.0), heard, JUDGE_ALONE).argmax() == 1


def test_a_title_that_two_types_bear_leaves_the_judge_the_choice_between_these() -> None:
    types = np.log(np.array([[0.1, 0.6, 0.2, 0.1]], np.float32))
    heard = Opinion(np.zeros(1, np.float32), types)
    assert type_scores(0, 1, RuleVote(1.0, 0, 0.5, (0, 2)), heard, BOTH).argmax() == 2


def test_scores_are_log_probabilities() -> None:
    for vote in (NONE, RuleVote(1.0, 3, 0.9), RuleVote(1.0, 3, 0.6)):
        assert np.exp(type_scores(0, 2, vote, opinion([0, 0], [1, 1]), BOTH)).sum() == pytest.approx(1.0)


def test_a_document_is_less_sure_when_its_end_is_in_doubt() -> None:
    votes = [FIRST, NONE]
    clear, doubtful = opinion([0, 6], [1, 2]), opinion([0, 0.5], [1, 2])
    sure = [
        spans([0, 1], votes, begin_odds(votes, heard, BOTH), heard, BOTH)[0].sureness for heard in (clear, doubtful)
    ]
    assert sure[0] > sure[1]
