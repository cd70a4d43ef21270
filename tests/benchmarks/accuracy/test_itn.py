"""The measure of the number layer: values, judgments read out, what counts as wrong."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from benchmarks.accuracy.itn import attempt, cases, is_kept, ours, outcome, read_outs, score, values
from pipelines.speech.itn.layer import number_spans


def test_there_are_cases_of_every_sort_and_each_is_there_once() -> None:
    listed = cases()
    assert len(listed) == len({case.spoken for case in listed}) > 300
    assert sum(is_kept(case) for case in listed) > 100
    assert all(
        case.spoken == case.written for case in listed if is_kept(case) and not any(c.isdigit() for c in case.written)
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2024/03/05", [2024, 3, 5]),
        ("3.5万", [35_000]),
        ("1亿2000万", [120_000_000]),
        ("5万块和6", [50_000, 6]),
        ("无", []),
    ],
)
def test_values_are_those_of_the_text_whatever_its_style(text: str, expected: list[float]) -> None:
    assert values(text) == expected


def test_a_normaliser_that_changes_nothing_misses_every_number_and_keeps_all_that_must_stay() -> None:
    numbers, _ = score(str, [case for case in cases() if not is_kept(case) and case.spoken != case.written])
    kept, _ = score(str, [case for case in cases() if is_kept(case) and case.spoken == case.written])
    assert numbers.exact == 0
    assert kept.exact == kept.count


def test_a_normaliser_that_breaks_has_failed_the_case() -> None:
    def broken(text: str) -> str:
        raise ValueError(text)

    assert attempt(broken, "三") == "[ValueError]"


def test_the_numerals_of_a_judgment_are_read_out_with_their_places(tmp_path: Path) -> None:
    path = tmp_path / "facts.jsonl"
    path.write_text(json.dumps({"facts": "2017年3月5日15时许，盗窃现金3500元。"}), encoding="utf-8")
    first, second = read_outs(path)
    assert first.spoken == "二零一七年三月五日十五时许"
    assert [first.spoken[a:b] for a, b, _ in first.places] == ["二零一七", "三", "五", "十五"]
    assert ours(second.spoken) == "盗窃现金3500元"


@pytest.mark.parametrize(
    ("spoken", "place", "became"),
    [
        ("现金五万元", (2, 4, "50000"), "restored"),
        ("款项四十七万余元", (2, 5, "47"), "restored"),
        ("现金三千五百元", (2, 6, "3600"), "wrong"),
        ("来了三个人", (2, 3, "3"), "kept"),
    ],
)
def test_a_numeral_comes_back_is_kept_or_is_wrong(spoken: str, place: tuple[int, int, str], became: str) -> None:
    assert outcome(spoken, place, number_spans(spoken)) == became
