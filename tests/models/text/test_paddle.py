"""The PaddleOCR reader: its lanes without weights; its reading with them (marked `model`)."""

from __future__ import annotations

import threading
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import cast

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from models.device import Device
from models.errors import Defect
from models.manifest import load_manifest
from models.text.paddle import Lanes, PaddlePageReader
from models.text.page_lane import PageLane, turned
from models.values import ItemError, PageImage, PageText
from models.weights import WeightsCache
from tests.models.text.drawn_seal import sealed

FONTS = (
    Path("/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc"),
    Path("/usr/share/fonts/opentype/noto/NotoSerifCJK-Regular.ttc"),
)
TEXT = (
    "讯问笔录",
    "问：你把2026年3月15日晚上的经过讲一遍。",
    "答：当天晚上八点多，我骑电动车到城关镇人民路口，",
    "看见一辆黑色轿车停在路边，车门没有锁。我就把车里",
    "的手机和现金3,200元拿走了，后来到手机店卖了1500元。",
    "问：以上笔录请你仔细核对，是否与你说的相符？",
    "答：我看过了，和我说的一样。",
)


class _Meeting:
    """A lane that reads only while another does, and says how many pixels the page has."""

    def __init__(self, barrier: threading.Barrier) -> None:
        self._barrier = barrier

    def read(self, page: PageImage) -> PageText | ItemError:
        self._barrier.wait(5.0)
        return ItemError("seen", str(page.pixels.size))


def test_pages_of_a_batch_are_read_beside_each_other_and_answered_in_their_order() -> None:
    barrier = threading.Barrier(2)
    with Lanes([cast(PageLane, _Meeting(barrier)) for _ in range(2)]) as lanes:
        answers = lanes.read([PageImage(np.zeros((1, width, 3), np.uint8)) for width in (4, 1, 3, 2)])
    assert [one.message for one in answers if isinstance(one, ItemError)] == ["12", "3", "9", "6"]


def test_a_reader_that_was_not_loaded_says_so(tmp_path: Path) -> None:
    with pytest.raises(Defect, match="before it was loaded"):
        PaddlePageReader(load_manifest("pp-ocrv6-small"), WeightsCache(tmp_path)).predict([])


@pytest.fixture(scope="module")
def model(device: Device) -> Iterator[PaddlePageReader]:
    """The reader with its real weights."""
    made = PaddlePageReader(load_manifest("pp-ocrv6-small"), WeightsCache())
    made.load(device)
    yield made
    made.close()


@pytest.fixture
def font_file() -> Path:
    """A font with Chinese letters; a test that needs one is skipped where there is none."""
    found = next((font for font in FONTS if font.exists()), None)
    if found is None:
        pytest.skip("no Noto CJK font is here")
    return found


def printed(font_file: Path) -> Image.Image:
    """A page of print that says TEXT."""
    sheet = Image.new("RGB", (1240, 900), "white")
    drawing = ImageDraw.Draw(sheet)
    font = ImageFont.truetype(str(font_file), 40)
    for number, text in enumerate(TEXT):
        drawing.text((90, 60 + 100 * number), text, fill="black", font=font)
    return sheet


def letters(text: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFKC", text) if unicodedata.category(c)[0] in "LN")


def distance(one: str, other: str) -> int:
    row = list(range(len(other) + 1))
    for n, a in enumerate(one, start=1):
        last, row[0] = row[0], n
        for m, b in enumerate(other, start=1):
            last, row[m] = row[m], min(row[m] + 1, row[m - 1] + 1, last + (a != b))
    return row[-1]


@pytest.mark.model
@pytest.mark.timeout(600)
def test_a_printed_page_is_read_nearly_without_fault(model: PaddlePageReader, font_file: Path) -> None:
    sheet = printed(font_file)
    blank = PageImage(np.full((200, 300, 3), 255, np.uint8))
    found, nothing, tiny = model.predict(
        [PageImage(np.asarray(sheet)), blank, PageImage(np.zeros((1, 1, 3), np.uint8))]
    )
    assert isinstance(found, PageText)
    read = letters("".join(line.text for line in sorted(found.lines, key=lambda line: line.box[0][1])))
    truth = letters("".join(TEXT))
    assert distance(truth, read) <= 0.01 * len(truth)
    assert nothing == PageText((), blank=True)
    assert isinstance(tiny, ItemError)


def column_page(font: ImageFont.FreeTypeFont) -> Image.Image:
    """The same text in vertical writing."""
    sheet = Image.new("RGB", (900, 1240), "white")
    drawing = ImageDraw.Draw(sheet)
    for column, text in enumerate(TEXT[2:6]):
        for row, letter in enumerate(letters(text)):
            drawing.text((750 - 110 * column, 60 + 44 * row), letter, fill="black", font=font)
    return sheet


@pytest.mark.model
@pytest.mark.timeout(600)
def test_a_page_reads_the_same_whichever_way_it_lies(model: PaddlePageReader, font_file: Path) -> None:
    sheet = printed(font_file)
    upright = np.asarray(sheet)
    answers = model.predict([PageImage(turned(upright, laid)) for laid in (0, 90, 180, 270)])
    columns = column_page(ImageFont.truetype(str(font_file), 40))
    (vertical,) = model.predict([PageImage(np.asarray(columns))])
    assert all(isinstance(found, PageText) for found in (*answers, vertical))
    assert [found.rotation for found in answers if isinstance(found, PageText)] == [0, 270, 180, 90]
    assert len({tuple(line.text for line in found.lines) for found in answers if isinstance(found, PageText)}) == 1
    assert isinstance(vertical, PageText)
    assert (vertical.rotation, vertical.upright) == (0, True)


@pytest.mark.model
@pytest.mark.timeout(600)
def test_print_under_a_seal_is_read_and_the_seal_is_told(model: PaddlePageReader, font_file: Path) -> None:
    closing = ("云阳市城东区人民检察院", "二〇二三年十二月二十八日")
    sheet = Image.new("RGB", (1654, 1600), "white")
    drawing = ImageDraw.Draw(sheet)
    font = ImageFont.truetype(str(font_file), 36)
    for number, text in enumerate(closing):
        drawing.text((900, 900 + 80 * number), text, fill="black", font=font)
    # Ink covers the print: where both are, the darker of each part of light is seen.
    ink = Image.new("RGB", sheet.size, "white")
    seal, star = ImageDraw.Draw(ink), (215, 45, 55)
    seal.ellipse((980, 800, 1300, 1120), outline=star, width=10)
    seal.regular_polygon((1140, 960, 60), 5, fill=star)
    for n in range(16):
        seal.text((1000 + 18 * n, 1010 - abs(n - 8) * 8), "印", fill=star, font=ImageFont.truetype(str(font_file), 30))
    under = PageImage(np.minimum(np.asarray(sheet), np.asarray(ink)))
    (found,) = model.predict([under])
    assert isinstance(found, PageText)
    assert [line.text for line in found.lines] == list(closing)
    (mark,) = found.seals
    assert mark.shape == "round"
    assert abs(mark.left - 980) <= 16
    assert abs(mark.bottom - 1120) <= 16


@pytest.mark.model
@pytest.mark.timeout(600)
def test_letters_of_a_seal_are_read_around_its_ring_however_it_was_set(
    model: PaddlePageReader, font_file: Path
) -> None:
    font = ImageFont.truetype(str(font_file), 38)
    found = model.predict([PageImage(np.asarray(sealed("云阳市公安局", font, askew))) for askew in (0.0, 15.0)])
    for one in found:
        assert isinstance(one, PageText)
        assert [mark.text for mark in one.seals] == ["云阳市公安局"]
        assert one.seals[0].confidence > 0.8


@pytest.mark.model
@pytest.mark.timeout(600)
def test_a_form_is_read_cell_by_cell_where_its_texts_nearly_touch_rules(
    model: PaddlePageReader, font_file: Path
) -> None:
    rows = (
        ("受案登记", "云阳公安", "报案时间"),
        ("报案人名", "王小明亮", "出生日期"),
        ("联系电话", "现在住址", "工作单位"),
    )
    sheet = Image.new("RGB", (1240, 900), "white")
    drawing = ImageDraw.Draw(sheet)
    font = ImageFont.truetype(str(font_file), 40)
    for row, texts in enumerate(rows):
        for column, text in enumerate(texts):
            left, top = 200 + 170 * column, 200 + 70 * row
            drawing.rectangle((left, top, left + 170, top + 70), outline="black", width=2)
            drawing.text((left + 5, top + 6), text, fill="black", font=font)
    found, plain = model.predict([PageImage(np.asarray(sheet)), PageImage(np.full((900, 1240, 3), 255, np.uint8))])
    assert isinstance(found, PageText)
    assert sorted(line.text for line in found.lines) == sorted(text for texts in rows for text in texts)
    (grid,) = found.grids
    assert len(grid.cells) == 9
    assert grid.cells[4].box[0] == pytest.approx((370, 270), abs=4)
    assert plain == PageText((), blank=True)
