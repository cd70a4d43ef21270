"""The order and the lines in which readers find the invisible text again, where the plain way lost them."""

from __future__ import annotations

import math
from pathlib import Path

import pypdfium2
import pytest
from PIL import Image

from cases.records import PageLine, Quad, ScannedPage
from pipelines.files.pdf import PrintedPage, write_searchable

WIDTH, HEIGHT = 1654, 2339


def found(tmp_path: Path, lines: list[tuple[str, Quad]]) -> list[str]:
    """The lines of the page as pdfium reads them, trailing blanks left out."""
    picture, out = tmp_path / "page.jpg", tmp_path / "out.pdf"
    Image.new("RGB", (WIDTH, HEIGHT), "white").save(picture)
    read = tuple(PageLine(text, box, 0.9, "text") for text, box in lines)
    write_searchable([PrintedPage(ScannedPage(1, WIDTH, HEIGHT, 0, 0.0, read), picture, 200.0, 0)], out, None)
    with pypdfium2.PdfDocument(out) as document:
        return [line.rstrip() for line in document[0].get_textpage().get_text_range().splitlines()]


def slanted(left: float, top: float, text: str, degrees: float) -> tuple[str, Quad]:
    angle, width = math.radians(degrees), 36.0 * len(text)
    corners = ((left, top), (left + width, top), (left + width, top + 36), (left, top + 36))
    turned = tuple(
        (x * math.cos(angle) - y * math.sin(angle), x * math.sin(angle) + y * math.cos(angle)) for x, y in corners
    )
    return text, turned  # type: ignore[return-value]


@pytest.mark.parametrize("degrees", [-3.0, -1.0, 1.0, 3.0])
def test_long_lines_of_a_slanted_page_stay_apart(tmp_path: Path, degrees: float) -> None:
    texts = [f"第{n}行，" + "长" * 30 for n in range(8)]
    assert found(tmp_path, [slanted(150, 300 + 55 * n, text, degrees) for n, text in enumerate(texts)]) == texts


def test_a_line_that_is_there_twice_on_a_slanted_page_is_found_twice(tmp_path: Path) -> None:
    texts = ["上一行", *["认识，这就是我说的那件东西，我在照片上签了名字，按了手印。"] * 3, "下一行"]
    assert found(tmp_path, [slanted(150, 300 + 55 * n, text, 1.5) for n, text in enumerate(texts)]) == texts


def test_a_line_that_is_there_twice_on_a_page_on_its_head_keeps_the_order_of_its_characters(tmp_path: Path) -> None:
    lines = [slanted(150, 300 + 90 * n, "送达人：程明福", 0) for n in range(2)]
    turned = [(text, tuple((WIDTH - x, HEIGHT - y) for x, y in box)) for text, box in lines]
    assert found(tmp_path, turned) == ["送达人：程明福"] * 2  # type: ignore[arg-type]


def test_columns_of_vertical_writing_keep_their_order(tmp_path: Path) -> None:
    texts = ["起诉意见书", "犯罪嫌疑人张三", "二〇二六年", "签名"]
    boxes = [
        ((right - 44.0, 200.0), (right, 200.0), (right, 200.0 + 44 * len(t)), (right - 44.0, 200.0 + 44 * len(t)))
        for right, t in zip((1500.0, 1400.0, 1300.0, 1200.0), texts, strict=True)
    ]
    assert found(tmp_path, list(zip(texts, boxes, strict=True))) == texts


def test_the_last_cell_of_a_slanted_row_comes_before_the_next_row_at_its_height(tmp_path: Path) -> None:
    # Over 1,140 pixels a slant of three degrees falls by as much as the next row lies lower.
    rows = [
        slanted(left, 300 + 60 * row, text, 3.0) for row in range(4) for left, text in ((150, "序号"), (1290, "备注"))
    ]
    assert " ".join(found(tmp_path, rows)).split() == ["序号", "备注"] * 4


def test_a_hyphen_at_the_end_of_a_line_stays_one_and_parts_it_from_the_next(tmp_path: Path) -> None:
    assert found(tmp_path, [slanted(150, 300, "编号A-", 0), slanted(150, 400, "一二三", 0)]) == ["编号A-", "一二三"]
