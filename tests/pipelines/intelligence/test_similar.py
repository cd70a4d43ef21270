"""Judgments of the same offence come first, and each says why."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cases.judgment import Judgment
from models.errors import BadInput
from pipelines.intelligence.offences import articles_of, charges_of
from pipelines.intelligence.similar import SimilarCases
from serving.cli.main import run
from tests.pipelines.intelligence.judgments import driving, drugs, theft, written

QUERY = "被告人赵某深夜撬门入户盗窃，窃得现金人民币8000元，次日主动投案。"


def corpus() -> list[Judgment]:
    """Six of each of three offences."""
    thefts = [theft(f"t{n}", 1000 * n) for n in range(1, 7)]
    return [*thefts, *(drugs(f"d{n}", n) for n in range(1, 7)), *(driving(f"c{n}") for n in range(6))]


def test_judgments_of_the_same_offence_come_first() -> None:
    found = SimilarCases(corpus()).rank(QUERY)
    assert {one.id[0] for one in found[:6]} == {"t"}
    assert [one.score for one in found] == sorted((one.score for one in found), reverse=True)


def test_each_result_says_why() -> None:
    found = SimilarCases(corpus()).rank(QUERY)
    assert found[0].why[:2] == ("相同罪名：盗窃罪", "相同法条：第264条")
    assert any("不同罪名" in reason for reason in found[-1].why)


def test_only_the_candidates_are_ranked_and_unknown_ids_are_left_out() -> None:
    found = SimilarCases(corpus()).rank(QUERY, among=["c1", "nobody", "t1", "c1"])
    assert [one.id for one in found] == ["t1", "c1"]


def test_a_small_corpus_is_ranked_by_its_words() -> None:
    assert SimilarCases([theft("t", 1), driving("c")]).rank(QUERY)[0].id == "t"


@pytest.mark.parametrize("query", ["", " \n\u3000", "盗"])
def test_a_query_without_text_is_bad_input(query: str) -> None:
    with pytest.raises(BadInput):
        SimilarCases([theft("t", 1)]).rank(query)


def test_an_empty_corpus_is_bad_input() -> None:
    with pytest.raises(BadInput):
        SimilarCases([])


def test_charges_and_articles_are_read_from_the_judgment() -> None:
    assert charges_of(theft("1", 1)) == {"盗窃罪"}
    assert articles_of(drugs("1", 1)) == {"第347条"}
    receiving = Judgment("1", "", "", "", "被告人王某犯掩饰、隐瞒犯罪所得、犯罪所得收益罪，判处拘役。")
    assert charges_of(receiving) == {"掩饰、隐瞒犯罪所得、犯罪所得收益罪"}


def test_the_command_ranks_queries_and_one_text(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file, run_file = written(tmp_path / "c.jsonl", corpus()), tmp_path / "run.json"
    queries = tmp_path / "q.jsonl"
    queries.write_text(json.dumps({"ridx": 7, "q": QUERY}), encoding="utf-8")
    lists = tmp_path / "lists.json"
    lists.write_text(json.dumps({"7": ["d1", "t1"]}), encoding="utf-8")
    named = ["similar", "--corpus", str(file), "--queries", str(queries)]
    assert run([*named, "--candidates", str(lists), "-o", str(run_file)]) == 0
    assert json.loads(run_file.read_text()) == {"7": ["t1", "d1"]}
    capsys.readouterr()
    assert run(["similar", QUERY, "--corpus", str(file), "--json", "--limit", "2"]) == 0
    printed = json.loads(capsys.readouterr().out)
    assert printed["query"] == QUERY
    assert set(printed["results"][0]) == {"id", "score", "why"}
