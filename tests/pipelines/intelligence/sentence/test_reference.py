"""Terms follow the sums of the corpus, each with an interval and its reasons."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cases.judgment import Judgment
from models.errors import BadInput
from pipelines.intelligence.sentence.reference import Asked, SentenceReference
from serving.cli.main import run
from tests.pipelines.intelligence.judgments import THEFT, driving, drugs, theft


def corpus() -> list[Judgment]:
    """Terms that grow with sums and weights."""
    thefts = [theft(f"t{n}", 1000 * n, 6 + n) for n in range(1, 31)]
    return [*thefts, *(drugs(f"d{n}", n, 8 + 4 * n) for n in range(1, 21))]


@pytest.fixture(scope="module")
def reference() -> SentenceReference:
    """One fit for all tests."""
    return SentenceReference(corpus())


def test_more_stolen_is_a_longer_term(reference: SentenceReference) -> None:
    def median(total: int) -> float:
        months = reference.answer(Asked("1", THEFT.format(sum=total), "盗窃罪"))["months"]
        assert isinstance(months, dict)
        assert months["low"] <= months["median"] <= months["high"]  # type: ignore[operator]
        assert months["coverage"] == 0.8
        return float(str(months["median"]))

    assert median(28000) > median(2500) + 3


def test_the_charge_is_suggested_where_none_is_given(reference: SentenceReference) -> None:
    body = reference.answer(Asked("1", drugs("x", 5).facts))
    assert body["charge"][0]["name"] == "贩卖毒品罪"  # type: ignore[index,call-overload]
    assert body["note"] == "仅供参考"
    assert body["cases"]
    assert body["factors"]


def test_a_charge_without_judgments_or_law_says_so(reference: SentenceReference) -> None:
    body = reference.answer(Asked("1", driving("x").facts, "破坏选举罪"))
    assert "破坏选举罪" in str(body["warning"])
    assert body["statute"]["article"] is None  # type: ignore[index,call-overload]


def test_spans_are_places_of_the_facts_as_given(reference: SentenceReference) -> None:
    facts = "被告人甲，女，汉族。" + THEFT.format(sum=8000)
    for one in reference.answer(Asked("1", facts))["elements"]:  # type: ignore[union-attr]
        if one["name"] == "结伙":  # type: ignore[index,call-overload]
            assert facts[one["start"] : one["end"]] == "伙同"  # type: ignore[index,call-overload]
            return
    pytest.fail("no element 结伙")


def test_a_small_corpus_and_empty_facts_are_bad_input(reference: SentenceReference) -> None:
    with pytest.raises(BadInput):
        SentenceReference(corpus()[:5])
    with pytest.raises(BadInput):
        reference.answer(Asked("1", " "))


def test_the_command_answers_a_file(tmp_path: Path) -> None:
    train, asked, out = tmp_path / "train.jsonl", tmp_path / "asked.jsonl", tmp_path / "out.jsonl"
    rows = [{"id": j.id, "facts": j.facts, "charge": j.charge, "months": j.months} for j in corpus()]
    train.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    asked.write_text(json.dumps({"id": 7, "facts": THEFT.format(sum=9000)}), encoding="utf-8")
    assert run(["corpus", "import", str(train), "--data", str(tmp_path / "data")]) == 0
    assert run(["sentence", "--data", str(tmp_path / "data"), "--cases", str(asked), "-o", str(out)]) == 0
    body = json.loads(out.read_text(encoding="utf-8"))
    assert body["id"] == "7"
    assert body["statute"]["article"] == "第二百六十四条"
