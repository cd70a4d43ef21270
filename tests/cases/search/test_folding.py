"""What is the same to a person who searches is the same to search, and every place is carried back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases.search.folding import PAGE_BREAK, fold, fold_with_origins


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("１２３ＡＢｃ，（）：", "123abc,():"),
        ("電動車盜竊", "电动车盗窃"),
        ("“张三”", '"张三"'),
        ("张\u3000三\n李 四", "张三李四"),
        ("买买提•艾力", "买买提·艾力"),
        ("a\u200bb\u202e", "ab"),
        ("㎏", "kg"),
    ],
)
def test_the_same_to_a_person_is_the_same(one: str, other: str) -> None:
    assert fold(one) == fold(other)


def test_a_page_break_stays() -> None:
    assert fold(f"张{PAGE_BREAK}三") == f"张{PAGE_BREAK}三"


@given(st.text(max_size=40), st.text(max_size=40))
def test_parts_fold_alike_wherever_they_stand(one: str, other: str) -> None:
    assert fold(one + other) == fold(one) + fold(other)


@given(st.text(max_size=60))
def test_origins_lead_each_character_back(text: str) -> None:
    folded = fold_with_origins(text)
    assert folded.text == fold(text)
    assert len(folded.origins) == len(folded.text)
    assert all(folded.text[n] in fold(text[at]) for n, at in enumerate(folded.origins))
