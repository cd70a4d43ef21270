"""The clerk's acts lead from any proposal to the truth, and a right proposal costs a confirmation a document."""

from __future__ import annotations

from benchmarks.load.cataloguing_plan import Act, plan
from benchmarks.load.cataloguing_run import typed_letters, wrong
from cases.records import CaseDocument


def document(type_: str, first: int, last: int) -> CaseDocument:
    return CaseDocument(type_, type_, None, None, None, first, last, 0.9)


TRUTH = (document("立案决定书", 1, 1), document("讯问笔录", 2, 4), document("讯问笔录", 5, 6), document("传唤证", 7, 7))


def test_a_right_proposal_is_confirmed_document_by_document() -> None:
    assert plan(TRUTH, TRUTH) == [Act("confirm", page) for page in (1, 2, 5, 7)]


def test_borders_are_mended_before_types_and_an_act_needs_no_confirmation_after_it() -> None:
    proposed = (
        document("立案决定书", 1, 1),
        document("讯问笔录", 2, 2),
        document("其他材料", 3, 6),
        document("拘传证", 7, 7),
    )
    assert plan(proposed, TRUTH) == [
        Act("confirm", 1),
        Act("merge", 3),
        Act("split", 5, "讯问笔录"),
        Act("type", 7, "传唤证"),
    ]


def test_what_is_wrong_counts_pages_and_types() -> None:
    assert wrong(TRUTH, TRUTH) == 0
    assert wrong((document("立案决定书", 1, 4), *TRUTH[2:]), TRUTH) == 2


def test_a_type_is_typed_by_its_initials() -> None:
    assert {name: "".join(keys) for name, keys in typed_letters(TRUTH).items()} == {
        "立案决定书": "lajds",
        "讯问笔录": "xwbl",
        "传唤证": "chz",
    }
