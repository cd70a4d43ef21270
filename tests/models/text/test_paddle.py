"""The PaddleOCR reader: its model folders and its faults without weights; its reading with them (marked `model`)."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import numpy as np
import onnx
import pytest
import yaml
from PIL import Image, ImageChops, ImageDraw, ImageFont

from models.device import Device, DeviceKind
from models.errors import Defect, Unavailable
from models.manifest import load_manifest
from models.text import paddle
from models.text.orientation import Direction, LineReading
from models.text.paddle import PaddlePageReader, alphabet, detector_config, recogniser_config
from models.values import ItemError, PageImage, PageText
from models.weights import WeightsCache

CHARACTERS = ["!", "一", "\u2028", "\x85", "null", "1", ":", "🛅"]
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


def recogniser(path: Path, metadata: dict[str, str]) -> Path:
    """A model file that carries nothing but metadata."""
    graph = onnx.helper.make_graph([], "empty", [], [])
    model = onnx.helper.make_model(graph)
    onnx.helper.set_model_props(model, metadata)
    onnx.save(model, str(path))
    return path


def test_the_alphabet_keeps_characters_that_look_like_line_ends(tmp_path: Path) -> None:
    weights = recogniser(tmp_path / "rec.onnx", {"character": "\n".join(CHARACTERS) + "\n"})
    assert alphabet(weights) == CHARACTERS


def test_a_recogniser_without_an_alphabet_is_a_defect(tmp_path: Path) -> None:
    with pytest.raises(Defect, match="alphabet"):
        alphabet(recogniser(tmp_path / "rec.onnx", {"other": "x"}))


def test_the_alphabet_survives_the_configuration_file() -> None:
    written = yaml.safe_dump(recogniser_config(CHARACTERS))
    assert yaml.safe_load(written)["PostProcess"]["character_dict"] == CHARACTERS
    assert yaml.safe_load(yaml.safe_dump(detector_config())) == detector_config()


def test_threads_are_bounded_and_a_card_is_used_only_where_there_is_one(monkeypatch: pytest.MonkeyPatch) -> None:
    import onnxruntime

    settings = paddle._session(Device(DeviceKind.CPU, 0, 3, "a test"))
    assert settings["intra_op_num_threads"] == 3
    assert settings["providers"] == ["CPUExecutionProvider"]
    card = Device(DeviceKind.CUDA, 1, 3, "a test")
    monkeypatch.setattr(onnxruntime, "get_available_providers", lambda: ["CPUExecutionProvider"])
    with pytest.raises(Unavailable, match="CUDA"):
        paddle._session(card)
    monkeypatch.setattr(onnxruntime, "get_available_providers", lambda: ["CUDAExecutionProvider"])
    assert paddle._session(card)["provider_options"][0]["device_id"] == 1  # type: ignore[index]


class _Ocr:
    """Stands in for PaddleOCR: raises on dark pages, reads one line and one speck on others."""

    def predict(self, input: list[np.ndarray]) -> list[dict[str, object]]:
        if int(input[0].max()) == 0:
            raise RuntimeError("dark")
        box = np.array([[1, 2], [9, 2], [9, 5], [1, 5]], np.int16)
        return [{"rec_texts": [" 有字 ", "x", " "], "rec_scores": [0.9, 0.1, 0.9], "rec_polys": [box] * 3}]


def page(shade: int, width: int = 60, height: int = 40) -> PageImage:
    """A sheet of one shade with a stroke of ink on it."""
    pixels = np.full((height, width, 3), shade, np.uint8)
    pixels[height // 2, width // 4 : width // 2] = 0
    return PageImage(pixels)


@pytest.fixture
def reader(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> PaddlePageReader:
    made = PaddlePageReader(load_manifest("pp-ocrv6-small"), WeightsCache(tmp_path))
    monkeypatch.setattr(made, "_ocr", _Ocr())
    return made


def test_a_page_that_fails_leaves_its_neighbours_alone(reader: PaddlePageReader) -> None:
    first, dark, thin, last = reader.predict([page(255), page(0), page(255, 3, 40), page(200)])
    assert isinstance(first, PageText)
    assert [line.text for line in first.lines] == ["有字"]
    # The page is small: it was read at twice its size, and its boxes are its own pixels.
    assert first.lines[0].box[2] == (4.5, 2.5)
    assert isinstance(dark, ItemError)
    assert dark.code == "page.unread"
    assert isinstance(thin, ItemError)
    assert thin.code == "page.shape"
    assert last == first


def test_a_large_page_is_read_as_it_is(reader: PaddlePageReader) -> None:
    (found,) = reader.predict([page(255, 1600, 1200)])
    assert isinstance(found, PageText)
    assert found.lines[0].box[2] == (9.0, 5.0)


def test_a_reader_that_was_not_loaded_says_so(tmp_path: Path) -> None:
    with pytest.raises(Defect, match="before it was loaded"):
        PaddlePageReader(load_manifest("pp-ocrv6-small"), WeightsCache(tmp_path)).predict([page(255)])


class _HeadLooker:
    """Says that dark pages lie on their head."""

    def direction(self, pixels: np.ndarray, lines: list[LineReading]) -> Direction:
        return Direction(180 if pixels[0].max() < 128 else 0, known=True)


class _Lying:
    """Stands in for PaddleOCR: reads eight letters where the page's upper edge is light, and `below` else."""

    def __init__(self, below: str) -> None:
        self.below = below

    def predict(self, input: list[np.ndarray]) -> list[dict[str, object]]:
        box = np.array([[2, 2], [90, 2], [90, 20], [2, 20]], np.int16)
        text = "甲乙丙丁戊己庚辛" if input[0][0].max() > 128 else self.below
        return [{"rec_texts": [text], "rec_scores": [0.95], "rec_polys": [box]}]


@pytest.mark.parametrize(("below", "turn"), [("丫", 180), ("甲乙丙丁戊己庚辛壬癸子丑", 0)])
def test_a_page_on_its_head_is_turned_unless_it_reads_worse_then(
    reader: PaddlePageReader, monkeypatch: pytest.MonkeyPatch, below: str, turn: int
) -> None:
    monkeypatch.setattr(reader, "_ocr", _Lying(below))
    monkeypatch.setattr(reader, "_lines", _HeadLooker())
    sheet = page(255)
    sheet.pixels[:6] = 0
    (found,) = reader.predict([sheet])
    assert isinstance(found, PageText)
    assert (found.rotation, found.upright) == (turn, bool(turn))
    assert found.lines[0].text == ("甲乙丙丁戊己庚辛" if turn else below)


def test_on_a_blank_page_nothing_is_read(reader: PaddlePageReader) -> None:
    (found,) = reader.predict([PageImage(np.full((40, 60, 3), 250, np.uint8))])
    assert found == PageText((), blank=True)


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
def test_a_printed_page_is_read_nearly_without_fault(device: Device, font_file: Path) -> None:
    sheet = printed(font_file)
    model = PaddlePageReader(load_manifest("pp-ocrv6-small"), WeightsCache())
    model.load(device)
    blank = PageImage(np.full((200, 300, 3), 255, np.uint8))
    found, nothing, tiny = model.predict([PageImage(np.asarray(sheet)), blank, page(255, 1, 1)])
    model.close()
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
def test_a_page_reads_the_same_whichever_way_it_lies(device: Device, font_file: Path) -> None:
    sheet = printed(font_file)
    model = PaddlePageReader(load_manifest("pp-ocrv6-small"), WeightsCache())
    model.load(device)
    upright = np.asarray(sheet)
    answers = model.predict([PageImage(paddle.turned(upright, laid)) for laid in (0, 90, 180, 270)])
    columns = column_page(ImageFont.truetype(str(font_file), 40))
    (vertical,) = model.predict([PageImage(np.asarray(columns))])
    model.close()
    assert all(isinstance(found, PageText) for found in (*answers, vertical))
    assert [found.rotation for found in answers if isinstance(found, PageText)] == [0, 270, 180, 90]
    assert len({tuple(line.text for line in found.lines) for found in answers if isinstance(found, PageText)}) == 1
    assert isinstance(vertical, PageText)
    assert (vertical.rotation, vertical.upright) == (0, True)


@pytest.mark.model
@pytest.mark.timeout(600)
def test_print_under_a_seal_is_read_and_the_seal_is_told(device: Device, font_file: Path) -> None:
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
    model = PaddlePageReader(load_manifest("pp-ocrv6-small"), WeightsCache())
    model.load(device)
    (found,) = model.predict([under])
    model.close()
    assert isinstance(found, PageText)
    assert [line.text for line in found.lines] == list(closing)
    (mark,) = found.seals
    assert mark.shape == "round"
    assert abs(mark.left - 980) <= 16
    assert abs(mark.bottom - 1120) <= 16


def sealed(name: str, font: ImageFont.FreeTypeFont, askew: float) -> Image.Image:
    """A sheet with a seal that bears `name` around its star."""
    ink = Image.new("RGB", (1654, 1200), "white")
    pen, red, middle = ImageDraw.Draw(ink), (215, 45, 55), (1140, 600)
    pen.ellipse((980, 440, 1300, 760), outline=red, width=8)
    pen.regular_polygon((*middle, 48), 5, fill=red)
    for at, letter in enumerate(name):
        one = Image.new("RGB", ink.size, "white")
        ImageDraw.Draw(one).text((middle[0], 484), letter, red, font, "mm")
        angle = askew + 24 * (at - (len(name) - 1) / 2)
        ink = ImageChops.darker(ink, one.rotate(-angle, Image.Resampling.BICUBIC, center=middle, fillcolor="white"))
    return ink


@pytest.mark.model
@pytest.mark.timeout(600)
def test_the_letters_of_a_seal_are_read_around_its_ring_however_it_was_set(device: Device, font_file: Path) -> None:
    font = ImageFont.truetype(str(font_file), 38)
    model = PaddlePageReader(load_manifest("pp-ocrv6-small"), WeightsCache())
    model.load(device)
    found = model.predict([PageImage(np.asarray(sealed("云阳市公安局", font, askew))) for askew in (0.0, 15.0)])
    model.close()
    for one in found:
        assert isinstance(one, PageText)
        assert [mark.text for mark in one.seals] == ["云阳市公安局"]
        assert one.seals[0].confidence > 0.8


class _Letters(_HeadLooker):
    """Says what stands on every line, and how sure that is."""

    def __init__(self, sure: float) -> None:
        self.sure = sure

    def direction(self, pixels: np.ndarray, lines: list[LineReading]) -> Direction:
        return Direction(0, known=True)

    def texts(self, pictures: list[np.ndarray]) -> list[tuple[str, float]]:
        return [("云阳市公安局", self.sure) for _ in pictures]


@pytest.mark.parametrize(("sure", "told"), [(0.9, ("云阳市公安局", 0.9)), (0.4, ("", 0.0))])
def test_letters_of_a_seal_that_are_but_a_guess_are_not_told(
    reader: PaddlePageReader, monkeypatch: pytest.MonkeyPatch, sure: float, told: tuple[str, float]
) -> None:
    monkeypatch.setattr(reader, "_lines", _Letters(sure))
    (found,) = reader.predict([PageImage(np.asarray(sealed("██████", ImageFont.load_default(38), 0.0)))])
    assert isinstance(found, PageText)
    assert [(mark.text, mark.confidence) for mark in found.seals] == [told]


@pytest.mark.model
@pytest.mark.timeout(600)
def test_a_form_is_read_cell_by_cell_where_its_texts_nearly_touch_the_rules(device: Device, font_file: Path) -> None:
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
    model = PaddlePageReader(load_manifest("pp-ocrv6-small"), WeightsCache())
    model.load(device)
    found, plain = model.predict([PageImage(np.asarray(sheet)), PageImage(np.full((900, 1240, 3), 255, np.uint8))])
    model.close()
    assert isinstance(found, PageText)
    assert sorted(line.text for line in found.lines) == sorted(text for texts in rows for text in texts)
    (grid,) = found.grids
    assert len(grid.cells) == 9
    assert grid.cells[4].box[0] == pytest.approx((370, 270), abs=4)
    assert plain == PageText((), blank=True)
