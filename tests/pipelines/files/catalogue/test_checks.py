"""Missing, repeated and foreign pages are named with their place; a whole volume raises nothing."""

from __future__ import annotations

from dataclasses import replace

from cases.records import ScannedPage
from pipelines.files.catalogue.checks import findings
from pipelines.files.catalogue.documents import documents_of
from tests.pipelines.files.catalogue.conftest import CLOSING, TALK, blank, sheet


def named(pages: list[ScannedPage]) -> list[tuple[str, int, str]]:
    return [(one.kind, one.page, one.explanation) for one in findings(pages, documents_of(pages))]


def story(seed: int, suspect: str = "张三") -> tuple[str, ...]:
    """Text that no other page has."""
    return (
        f"犯罪嫌疑人{suspect}，男，",
        *("".join(chr(0x4E00 + (seed * 997 + n * 31) % 20000) for n in range(a, a + 30)) for a in (0, 30, 60)),
    )


def whole(count: int = 6) -> list[ScannedPage]:
    return [sheet(n, *story(n), *CLOSING, title="扣押决定书", stamp=n) for n in range(1, count + 1)]


def test_a_whole_volume_raises_nothing() -> None:
    assert named(whole()) == []


def test_a_gap_in_the_stamped_numbers_names_the_missing_pages() -> None:
    pages = [page for page in whole(8) if page.number not in (3, 4)]
    assert named(pages) == [("missing", 5, "本页之前缺第3至4页")]


def test_a_single_number_out_of_line_is_misread_and_no_gap() -> None:
    pages = whole()
    pages[2] = sheet(3, *story(3), *CLOSING, title="扣押决定书", stamp=38)
    assert named(pages) == []


def test_without_stamps_a_form_s_own_count_is_taken() -> None:
    pages = [
        sheet(1, *TALK, *story(1), title="讯问笔录", foot="第1页 共3页"),
        sheet(2, *TALK, *story(2), foot="第3页 共3页"),
    ]
    assert named(pages) == [("missing", 2, "本页之前缺第2页")]


def test_a_page_scanned_twice_is_named_with_its_first() -> None:
    pages = whole()
    pages.insert(3, sheet(99, *story(2), *CLOSING, title="扣押决定书"))
    assert named(pages) == [("duplicate", 99, "与第2页内容相同")]


def test_a_document_about_somebody_else_alone_is_foreign() -> None:
    pages = [*whole(), sheet(7, *story(7, suspect="王五"), *CLOSING, title="拘留证", stamp=7)]
    assert named(pages) == [("foreign", 7, "所涉王五不见于本卷其他文书")]


def test_a_document_that_names_the_suspect_beside_another_is_of_the_case() -> None:
    pages = [*whole(), sheet(7, *story(7, suspect="王五"), "同案张三", *CLOSING, title="拘留证", stamp=7)]
    assert named(pages) == []


def test_two_pages_that_changed_places_are_named_once_and_are_no_gap() -> None:
    pages = whole()
    pages[2], pages[3] = pages[3], pages[2]
    assert named(pages) == [("swapped", 4, "本页与下页次序颠倒（页码4、3）")]


def test_a_page_without_a_number_between_two_that_follow_is_let_in() -> None:
    pages = whole()
    pages.insert(3, sheet(99, *story(50), *CLOSING, title="情况说明"))
    assert named(pages) == [("foreign", 99, "本页没有页码，前后页码3、4相连，可能不属于本卷")]


def test_a_sheet_scanned_twice_has_one_number_and_two_alike_have_two() -> None:
    pages = whole()
    pages.insert(2, sheet(98, *story(2), *CLOSING, title="扣押决定书", stamp=2))
    assert named(pages) == [("duplicate", 98, "与第2页内容相同")]
    twins = [*whole(5), sheet(6, *story(5), *CLOSING, title="扣押决定书", stamp=6)]
    assert named(twins) == []


def test_what_is_no_volume_has_no_findings() -> None:
    pages = [sheet(n, *story(1), stamp=n * 5) for n in (1, 2, 3)]
    assert documents_of(pages) == ()
    assert named(pages) == []


def test_a_blank_back_is_no_page_without_a_number_and_hides_no_gap() -> None:
    pages = [one for page in whole() for one in (page, blank(100 + page.number))]
    assert named(pages) == []
    del pages[4:6]
    assert named(pages) == [("missing", 4, "本页之前缺第3页")]


def test_pages_that_lay_on_their_head_are_named_neighbours_once() -> None:
    pages = [replace(page, rotation=180 if page.number in (2, 4, 5) else 0) for page in whole()]
    assert named(pages) == [
        ("turned", 2, "本页上下颠倒，已转正显示"),
        ("turned", 4, "第4至5页上下颠倒，已转正显示"),
    ]


def test_an_upright_sheet_on_its_side_is_named_a_wide_table_is_bound_so() -> None:
    pages = whole()
    pages[2] = replace(pages[2], rotation=270)
    pages[4] = replace(pages[4], rotation=90, width=pages[4].height, height=pages[4].width)
    assert named(pages) == [("turned", 3, "本页横放，已转正显示")]
