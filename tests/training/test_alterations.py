"""Altered records tell where they are altered, and alterations of one record keep apart."""

from __future__ import annotations

import random
from itertools import pairwise

from benchmarks.accuracy.interrogations import scripts
from training.alterations import A_RECORD, SPLITS, all_scripts, altered_records, denied, differing


def test_what_differs_is_told_from_first_to_last_character() -> None:
    assert differing("我在家里", "我在店里") == (2, 3)
    assert differing("我在家。", "我在家。我认罪。") == (4, 8)
    assert differing("我没有去", "我去") == (1, 2)


def test_a_clause_loses_its_negator_or_gets_one() -> None:
    assert denied("我没有打他。", random.Random(1)) == "我打他。"
    added = denied("后来我打了他。", random.Random(1))
    assert added is not None
    assert added.startswith("后来我")
    assert any(word in added for word in ("没有", "不是", "从未"))
    assert denied("是。", random.Random(1)) is None


def test_spans_lie_over_what_is_altered_and_far_apart() -> None:
    base, altered = altered_records("theft", 3)
    for one in altered:
        for turn, (start, end, kind) in one.spans.items():
            assert kind
            assert 0 <= start < end <= len(one.record.written[turn].text) + 1
        if len(one.record.written) == len(base.written):
            pairs = enumerate(zip(base.written, one.record.written, strict=True))
            assert {n for n, (a, b) in pairs if a.text != b.text and a.role == "a"} <= set(one.spans)
        assert all(b - a >= A_RECORD for a, b in pairwise(sorted(one.spans)))


def test_the_same_seed_gives_the_same_records() -> None:
    assert altered_records("fraud", 2) == altered_records("fraud", 2)


def test_scripts_of_newer_splits_are_not_trained_on() -> None:
    assert {"theft", "tobacco", "food", "stamps"} <= set(all_scripts())
    assert not set(scripts("blind-5")) & set(all_scripts())


def test_every_split_is_by_one_hand() -> None:
    assert len(set(SPLITS)) == len(SPLITS)
    assert sum(len(scripts(split)) for split in SPLITS) == len(all_scripts())
