"""A title is known by where it stands and what it says, also where the reader slipped; a mention is none."""

from __future__ import annotations

import pytest

from cases.records import ScannedPage
from pipelines.files.catalogue.distance import distance_within
from pipelines.files.catalogue.titles import bare, organ_in, title_of
from tests.pipelines.files.catalogue.conftest import HEIGHT, WIDTH, line, sheet


def types(page: ScannedPage) -> list[str]:
    found = title_of(page)
    return [] if found is None else [one.name for one in found.types]


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("立案决定书", "立案决定书"),
        ("讯 问 笔 录", "讯问笔录"),
        ("讯问笔录（第2次）", "讯问笔录"),
        ("第三次讯问笔录", "讯问笔录"),
        ("拘留证（副本）", "拘留证"),
        ("江州市公安局起诉意见书", "起诉意见书"),
        ("起诉意见节", "起诉意见书"),
        ("不起诉决定书", "不起诉决定书"),
        ("血液中乙醇含量检验报告", "酒精检验报告"),
        ("呈请刑事拘留报告书", "呈请报告书"),
        ("收条", "票据"),
    ],
)
def test_a_title_names_its_type(title: str, name: str) -> None:
    assert types(sheet(1, "正文", title=title)) == [name]


def test_a_title_shared_by_two_types_names_both() -> None:
    assert types(sheet(1, title="询问笔录")) == ["询问笔录（被害人）", "询问笔录（证人）"]


def test_an_organ_on_the_line_above_is_no_part_of_the_title() -> None:
    found = title_of(sheet(1, "正文", above="江州市公安局", title="立案决定书"))
    assert found is not None
    assert bare(found.text) in ("立案决定书", "江州市公安局立案决定书")
    assert found.sureness == 1.0


@pytest.mark.parametrize(
    "text",
    [
        "以上讯问笔录我看过，和我说的相符。",
        "附：扣押清单一份。",
        "根据《立案决定书》，现决定如下",
        "问：拘留证给你看过没有？",
    ],
)
def test_a_mention_in_running_text_is_no_title(text: str) -> None:
    assert title_of(sheet(1, text, "正文正文正文")) is None


def test_small_print_at_the_left_is_no_title_whatever_it_says() -> None:
    assert title_of(sheet(1, "立案决定书", "拘留证", "正文正文正文正文")) is None


def test_a_title_in_the_lower_half_is_none() -> None:
    page = ScannedPage(1, WIDTH, HEIGHT, 0, 0.0, (line("正文", 200), line("起诉书", 0.7 * HEIGHT, height=60)))
    assert title_of(page) is None


def test_two_lines_may_make_a_title() -> None:
    page = ScannedPage(
        1,
        WIDTH,
        HEIGHT,
        0,
        0.0,
        (line("提请批准延长", 260, height=52), line("侦查羁押期限意见书", 330, height=52), line("正文", 500)),
    )
    assert types(page) == ["提请批准延长侦查羁押期限意见书"]


def test_the_surest_of_several_lines_is_taken() -> None:
    page = ScannedPage(
        1, WIDTH, HEIGHT, 0, 0.0, (line("逮捕证", 200), line("逮捕通知书", 300, height=60), line("正文", 500))
    )
    assert types(page) == ["逮捕通知书"]


def test_the_organ_is_what_a_line_begins_with() -> None:
    assert organ_in("江州市公安局城南分局立案决定书") == "江州市公安局城南分局"
    assert organ_in("江州市人民检察院") == "江州市人民检察院"
    assert organ_in("正文") is None


@pytest.mark.parametrize(("one", "other", "most", "apart"), [("讯问笔录", "讯问笔录", 0, 0), ("讯问", "询问", 1, 1)])
def test_letters_apart_are_counted(one: str, other: str, most: int, apart: int) -> None:
    assert distance_within(one, other, most) == apart


def test_more_apart_than_asked_is_none() -> None:
    assert distance_within("讯问笔录", "扣押清单", 2) is None
    assert distance_within("证", "逮捕通知书", 3) is None
