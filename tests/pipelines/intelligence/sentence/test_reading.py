"""What a model may read of facts, what rules find in them, and what the law says."""

from __future__ import annotations

import pytest

from models.errors import Defect
from pipelines.intelligence.sentence.elements import elements_in
from pipelines.intelligence.sentence.leakage import fit_to_learn, without_answer
from pipelines.intelligence.sentence.statutes import span_of, statutes


def values(facts: str) -> dict[str, float]:
    """Name -> value of the last element of that name."""
    return {one.name: one.value for one in elements_in(facts)}


def test_the_proposal_and_the_term_are_taken_out_and_the_facts_stay() -> None:
    facts = "被告人甲窃得手机一部。公诉机关建议判处有期徒刑八个月。被告人甲曾被判处有期徒刑二年。"
    left = without_answer(facts)
    assert left.startswith("被告人甲窃得手机一部。")
    assert "八个月" not in left
    assert "二年" not in left


def test_the_courts_view_is_cut_behind_the_facts() -> None:
    facts = "被告人甲窃得手机一部。" * 10
    assert without_answer(facts + "本院认为，其行为已构成盗窃罪。") == facts


def test_protected_attributes_are_taken_out() -> None:
    left = fit_to_learn("被告人甲，女，回族，小学文化，农民。窃得手机一部。")
    assert not any(word in left for word in ("女", "回族", "小学"))
    assert "窃得手机一部" in left


def test_circumstances_are_found_and_denials_are_not() -> None:
    assert {"自首", "谅解"} <= values("被告人甲系自首，并取得谅解。").keys()
    assert "自首" not in values("被告人甲的行为不构成自首。")
    assert "自首" in values("不构成自首的意见不成立，被告人甲主动到派出所投案。")


def test_sums_weights_and_grades_are_read() -> None:
    found = values("被告人甲贩卖甲基苯丙胺12.5克，获利三万元，致乙轻伤二级。")
    assert found["毒品折合海洛因"] == pytest.approx(12.5)
    assert found["涉案金额"] == pytest.approx(30000)
    assert found["伤情"] == pytest.approx(2.0)


def test_together_is_no_count() -> None:
    assert "次数" not in values("甲与乙一起喝酒。")
    assert values("甲作案三起。")["次数"] == pytest.approx(3)


def test_an_element_says_where_it_stands() -> None:
    facts = "被告人甲系累犯。"
    assert {facts[one.start : one.end] for one in elements_in(facts)} == {"累犯"}


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [("三年以下有期徒刑", 6, 36), ("三年以上十年以下有期徒刑", 36, 120), ("十五年有期徒刑", 180, 180)],
)
def test_steps_are_read_from_the_words_of_the_law(text: str, low: int, high: int) -> None:
    assert (span_of(text).low, span_of(text).high) == (low, high)


def test_words_without_a_term_are_a_defect() -> None:
    with pytest.raises(Defect):
        span_of("罚金")


def test_every_listed_charge_has_an_article_and_a_range() -> None:
    for charge, law in statutes().items():
        assert charge.endswith("罪")
        assert "条" in law.article
        assert 6 <= law.low < law.high <= 180
