"""What the judge is given of a page, and what the judge that ships makes of it."""

from __future__ import annotations

from importlib.resources import files

import numpy as np
import pytest

from models.errors import Defect
from pipelines.files.catalogue.evidence import BUCKETS, NAMES_OF_NUMBERS, evidence
from pipelines.files.catalogue.judge import WEIGHTS, class_names, read_judge, shipped_judge
from tests.pipelines.files.catalogue.conftest import CLOSING, TALK, sheet


def test_digits_and_page_numbers_are_not_learned() -> None:
    one, other = (
        evidence([sheet(1, f"{day}年收到{day}元", *CLOSING, stamp=n)])[0] for day, n in ((2024, 3), (1999, 88))
    )
    assert np.array_equal(one.whole, other.whole)
    assert np.array_equal(one.head, other.head)


def test_zones_have_places_of_their_own_and_layout_its_numbers() -> None:
    (one,) = evidence([sheet(1, *TALK, title="讯问笔录", foot="第2页 共3页")])
    assert not np.array_equal(one.head, one.tail)
    assert max(one.whole.max(), one.head.max(), one.tail.max()) < BUCKETS
    told = dict(zip(NAMES_OF_NUMBERS, one.numbers.tolist(), strict=True))
    assert (told["talk"], told["later page"], told["first of pages"], told["last of pages"]) == (1.0, 1.0, 0.0, 0.0)


def test_a_page_with_nothing_on_it_has_evidence() -> None:
    (one,) = evidence([sheet(1)])
    assert len(one.whole) == 0
    assert np.isfinite(one.numbers).all()


def test_a_head_that_comes_again_is_told() -> None:
    pages = [sheet(n, "江州市公安局刑事侦查大队", "物品登记清单", *CLOSING) for n in (1, 2)]
    assert [one.numbers[NAMES_OF_NUMBERS.index("head as before")] for one in evidence(pages)] == [0.0, 1.0]


def test_the_judge_that_ships_knows_forms_by_their_text_alone() -> None:
    talk = sheet(1, "讯问时间 2024年3月1日", "被讯问人 张三 性别 男", *TALK, "答：听清楚了。", foot="被讯问人：张三")
    opinion = shipped_judge().opinion([talk, sheet(2, *TALK, foot="被讯问人：张三")])
    assert opinion.types.shape == (2, len(class_names()))
    assert np.allclose(np.exp(opinion.types).sum(axis=1), 1.0, atol=1e-4)
    assert "笔录" in class_names()[int(opinion.types[0].argmax())]
    assert opinion.begins[1] < opinion.begins[0]
    assert len(shipped_judge().opinion([]).begins) == 0


def test_weights_of_another_taxonomy_are_refused() -> None:
    with (files("pipelines.files.catalogue") / WEIGHTS).open("rb") as file, np.load(file) as held:
        arrays = {name: held[name] for name in held.files}
    with pytest.raises(Defect):
        read_judge({**arrays, "classes": arrays["classes"][:-1]})
