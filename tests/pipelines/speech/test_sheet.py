"""A 笔录 on its pages: what stands there, and that PDF, Word and text all show it."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import docx
import pytest
import reportlab
from pypdf import PdfReader

from cases.conversation import (
    ConversationRecord,
    Correction,
    Exhibit,
    Interruption,
    Reading,
    Refusal,
    Review,
    Term,
    TimeSpan,
    TurnRole,
)
from cases.header import Guardian, Officer
from models.errors import BadInput
from models.fonts import font_path
from pipelines.speech.record_docx import record_docx
from pipelines.speech.record_pdf import page_count, record_pdf
from pipelines.speech.record_text import record_text
from pipelines.speech.sheet import Style, sheet_of
from tests.pipelines.speech.conversation import (
    HEADER,
    SIGN,
    checked,
    confirmed,
    drafted,
    ready_to_sign,
    segment,
    summarised,
)

LATIN = Path(reportlab.__file__).parent / "fonts" / "Vera.ttf"
"""A font without Chinese letters."""
CORRECTION = Correction("t8", "二月一日", "三月一日", "张三")


def corrected() -> ConversationRecord:
    record = ready_to_sign()
    return replace(record, review=replace(record.review, corrections=(CORRECTION,)))


def long_record(turns: int) -> ConversationRecord:
    spoken = [
        segment(n, ("question", "answer")[n % 2], f"第{n}句。" + "说了很多话" * 20, start=1.0, end=2.0)
        for n in range(turns)
    ]
    return confirmed(drafted("police-interrogation-first", HEADER, *spoken))


# --- the sheet --------------------------------------------------------------------------------------------------------
def test_questions_and_answers_have_their_labels_and_an_undecided_turn_says_so() -> None:
    record = drafted(
        "police-interrogation-first",
        HEADER,
        segment(0, "question", "姓名？"),
        segment(1, None, "张三。"),
        segment(2, "aside", "递水"),
    )
    assert [(p.label, p.text) for p in sheet_of(record).paragraphs] == [
        ("问：", "姓名？"),
        ("〔待定〕", "张三。"),
        ("", "（递水）"),
    ]


def test_machine_text_and_open_doubts_are_marked_until_a_person_has_looked() -> None:
    doubtful = segment(0, "answer", "嗯。", flags=("low_confidence",))
    record = drafted("police-interrogation-first", HEADER, doubtful)
    (shown,) = sheet_of(record).paragraphs
    assert (shown.machine, shown.doubtful) == (True, True)
    assert "未经核对" in (sheet_of(record).mark or "")
    (looked_at,) = sheet_of(confirmed(record)).paragraphs
    assert (looked_at.machine, looked_at.doubtful) == (False, False)
    assert sheet_of(confirmed(record)).mark == "未核对"
    assert sheet_of(checked()).mark is None


def test_a_turn_that_is_left_out_is_not_printed() -> None:
    record = ready_to_sign()
    empty = replace(record, turns=(replace(record.turns[0], text_final=""), *record.turns[1:]))
    assert len(sheet_of(empty).paragraphs) == len(record.turns) - 1


def test_a_summary_is_printed_in_the_place_of_its_turns_and_what_was_shown_in_them_stays() -> None:
    record = replace(summarised(ready_to_sign(), 3, 5, "他知道权利。"), exhibits=(Exhibit("证据1", "告知书", "t5"),))
    before = [p.text for p in sheet_of(ready_to_sign()).paragraphs]
    wanted = [*before[:3], "他知道权利。", "（出示证据1：告知书）", *before[6:]]
    assert [p.text for p in sheet_of(record).paragraphs] == wanted


def test_machine_text_behind_a_summary_does_not_mark_the_page() -> None:
    record = summarised(checked(), 3, 5)
    machine = replace(record, turns=tuple(replace(t, confirmed_by=None) if t.id == "t5" else t for t in record.turns))
    assert sheet_of(machine).mark is None


def test_a_correction_shows_what_was_struck_what_came_and_room_for_the_finger() -> None:
    runs = next(p for p in sheet_of(corrected()).paragraphs if "二月一日" in p.text).runs
    assert [(run.text, run.style) for run in runs] == [
        ("有。", Style.PLAIN),
        ("二月一日", Style.STRUCK),
        ("三月一日", Style.ADDED),
        ("◎", Style.SLOT),
        ("晚上我在和平路偷了一辆电动自行车。", Style.PLAIN),
    ]


def test_exhibits_interruptions_and_terms_stand_where_they_belong() -> None:
    pause = Interruption(TimeSpan("m1", 60_000, 75_400), "设备故障", explained_in="t2")
    record = replace(
        ready_to_sign(),
        exhibits=(Exhibit("1号", "照片", "t7"), Exhibit("2号", "发票")),
        interruptions=(pause,),
        glossary=(Term("过河", "暗语", "转移赃物"),),
    )
    texts = [p.text for p in sheet_of(record).paragraphs]
    assert texts[2] == "（录音录像自00:01:00至00:01:15中断，原因：设备故障）"
    assert texts.index("（出示1号：照片）") == texts.index("你有没有犯罪行为？") + 1
    assert texts[-2:] == ["（出示2号：发票）", "（用语说明：“过河”（暗语）：转移赃物）"]


def test_whoever_must_sign_has_a_place_to() -> None:
    header = replace(HEADER, interpreter=SIGN, guardian=Guardian("周兰", "母亲"))
    slots = sheet_of(drafted("police-interrogation-first", header)).end_slots
    assert [(slot.label, slot.name, slot.fingerprint) for slot in slots] == [
        ("被讯问人", "", True),
        ("法定代理人（合适成年人）", "周兰", True),
        ("翻译人员", "孙悦", False),
        ("讯问人", "李明", False),
        ("讯问人", "王芳", False),
    ]


def test_the_foot_of_the_page_follows_the_organ() -> None:
    assert sheet_of(drafted()).page_slot.label == "被讯问人（签名、捺指印）"
    assert (
        sheet_of(drafted("procuratorate-interrogation-first")).page_slot.label == "被讯问人（签名或者盖章，并捺指印）"
    )


def test_a_refusal_takes_the_place_of_the_closing_sentence() -> None:
    record = replace(ready_to_sign(), review=Review(refused=Refusal("认为与本人无关", "李明")))
    assert sheet_of(record).refusal == "被讯问人拒绝签名、捺指印。原因：认为与本人无关。注明人：李明"
    assert "认为与本人无关" in record_text(record)


# --- PDF --------------------------------------------------------------------------------------------------------------
def pages(data: bytes) -> list[str]:
    return ["".join(page.extract_text().split()) for page in PdfReader(io.BytesIO(data)).pages]


def test_every_page_of_the_pdf_has_its_number_and_a_place_to_sign_and_press_a_finger(font: Path) -> None:
    found = pages(record_pdf(long_record(40), font))
    assert len(found) > 3
    for number, text in enumerate(found, 1):
        assert f"第{number}页共{len(found)}页" in text
        assert "被讯问人（签名、捺指印）：" in text
        assert "指印" in text
        assert "被讯问人：张三" in text


def test_the_pdf_says_all_that_the_sheet_says_and_can_be_searched(font: Path) -> None:
    record = corrected()
    text = "".join(pages(record_pdf(record, font)))
    sheet = sheet_of(record)
    for part in (sheet.agency, sheet.title, *(p.label + p.text for p in sheet.paragraphs), sheet.closing or ""):
        assert "".join(part.split()) in text
    for label, value in (cell for line in sheet.header for cell in line):
        assert "".join(label.split()) in text
        assert "".join(value.split()) in text


def test_an_unwritten_closing_is_a_line_to_write_on_with_the_words_beside(font: Path) -> None:
    text = "".join(pages(record_pdf(checked(), font)))
    assert "由被讯问人写明：以上笔录我看过，和我说的相符" in text


def test_signatures_never_stand_alone_on_a_page(font: Path) -> None:
    for turns in range(4, 20):
        *_, last = pages(record_pdf(long_record(turns), font))
        assert f"第{turns - 1}句。" in last


def test_the_same_record_gives_the_same_pdf_and_the_page_count_is_its_own(font: Path) -> None:
    record = long_record(30)
    data = record_pdf(record, font)
    assert record_pdf(record, font) == data
    assert page_count(record, font) == len(pages(data))


def test_a_font_that_cannot_be_embedded_is_refused_with_what_to_do(tmp_path: Path) -> None:
    broken = tmp_path / "x.ttf"
    broken.write_bytes(b"no font at all")
    with pytest.raises(BadInput, match="ANJUAN_FONT"):
        record_pdf(drafted(), broken)
    with pytest.raises(BadInput, match="ANJUAN_FONT"):
        record_pdf(drafted(), tmp_path / "absent.ttf")


def test_text_that_looks_like_markup_is_text_in_every_format(font: Path) -> None:
    hostile = "<b>我</b> & <font color='red'>“没有”</font> <img src='file:///etc/passwd'/>"
    record = drafted("police-interrogation-first", HEADER, segment(0, "answer", hostile))
    wanted = "".join(hostile.split())
    assert wanted in "".join(pages(record_pdf(record, font)))
    assert wanted in "".join(word_text(record).split())
    assert wanted in "".join(record_text(record).split())


def test_a_letter_that_the_font_lacks_is_named_and_never_vanishes(font: Path) -> None:
    record = drafted("police-interrogation-first", HEADER, segment(0, "answer", "我叫张𬱖，他叫李𠮷，𬱖是我。"))
    text = "".join(pages(record_pdf(record, font)))
    assert "我叫张〓，他叫李〓，〓是我。" in text
    assert "依出现先后为：U+2CC56、U+20BB7" in text


@pytest.mark.model
def test_the_default_font_has_the_letters_and_only_those_used_are_embedded() -> None:
    data = record_pdf(long_record(10), font_path())
    page = PdfReader(io.BytesIO(data)).pages[0]
    fonts = {name: str(font.get_object()["/BaseFont"]) for name, font in page["/Resources"]["/Font"].items()}
    drawn_with = set(re.findall(r"/?(F\S+) [\d.]+ Tf", page.get_contents().get_data().decode("latin-1")))
    assert drawn_with
    assert all("+Droid" in fonts[f"/{name}"] for name in drawn_with)
    assert len(data) < 300_000


# --- Word -------------------------------------------------------------------------------------------------------------
def word_text(record: ConversationRecord) -> str:
    document = docx.Document(io.BytesIO(record_docx(record)))
    return "\n".join(paragraph.text for paragraph in document.paragraphs)


def test_word_says_all_that_the_sheet_says() -> None:
    record = corrected()
    text, sheet = word_text(record), sheet_of(record)
    for part in (sheet.agency, sheet.title, *(p.label + p.text for p in sheet.paragraphs), sheet.closing or ""):
        assert part in text
    assert all(label in text and value in text for line in sheet.header for label, value in line)


def test_word_repeats_the_place_to_sign_and_the_numbers_on_every_page() -> None:
    document = docx.Document(io.BytesIO(record_docx(ready_to_sign())))
    (section,) = document.sections
    foot = section.footer._element.xml
    assert "被讯问人（签名、捺指印）：" in foot
    assert "指印" in foot
    assert "NUMPAGES" in foot
    assert " 页 共 " in foot
    assert "被讯问人：张三" in section.header.paragraphs[0].text


def test_word_strikes_and_underlines_corrections_and_greys_machine_text() -> None:
    document = docx.Document(io.BytesIO(record_docx(corrected())))
    runs = [run for paragraph in document.paragraphs for run in paragraph.runs]
    assert [run.text for run in runs if run.font.strike] == ["二月一日"]
    assert "三月一日" in [run.text for run in runs if run.font.underline]
    drafted_text = docx.Document(io.BytesIO(record_docx(drafted())))
    (machine,) = {paragraph.style.name for paragraph in drafted_text.paragraphs if "犯罪行为" in paragraph.text}
    assert str(drafted_text.styles[machine].font.color.rgb) == "7A7A7A"
    (human,) = {paragraph.style.name for paragraph in document.paragraphs if "犯罪行为" in paragraph.text}
    assert document.styles[human].font.color.rgb is None


def test_word_takes_characters_that_xml_cannot_hold() -> None:
    record = drafted("police-interrogation-first", HEADER, segment(0, "answer", "有\x0b的\x00。"))
    assert "答：" in word_text(record)


# --- text -------------------------------------------------------------------------------------------------------------
def test_the_text_marks_machine_text_doubts_and_corrections() -> None:
    assert "〔删：二月一日〕〔改：三月一日〕◎" in record_text(corrected())
    text = record_text(drafted("police-interrogation-first", HEADER, segment(0, "answer", "嗯。", flags=("loop",))))
    assert "答：※〔机〕嗯。" in text
    assert "讯问人（签名）：李明、王芳　工作单位：江城市公安局东城分局" in text


RENDERERS: list[Callable[[ConversationRecord], object]] = [record_docx, record_text, lambda r: record_pdf(r, LATIN)]
"""LATIN: every Chinese letter is missing, which must do no harm either."""


@pytest.mark.parametrize("render", RENDERERS)
def test_a_record_without_a_single_turn_can_be_printed(render: Callable[[ConversationRecord], object]) -> None:
    assert render(replace(ready_to_sign(), turns=()))


@pytest.mark.parametrize("render", RENDERERS)
def test_an_answer_of_many_pages_can_be_printed(render: Callable[[ConversationRecord], object]) -> None:
    record = drafted("police-interrogation-first", HEADER, segment(0, "answer", "我说了很多很多的话。" * 600))
    assert render(record)
    assert record.turns[0].role is TurnRole.ANSWER


@pytest.mark.parametrize("render", RENDERERS)
def test_characters_that_no_form_expects_do_no_harm(render: Callable[[ConversationRecord], object]) -> None:
    odd = "\x01甲\x0b\x1f\n乙\t\ufffe\u202e<&>" + "丙" * 300
    subject = replace(HEADER.subject, name=odd, residence=odd, born=odd)
    place = replace(HEADER.place, name=odd)
    header = replace(HEADER, agency=odd, place=place, subject=subject, started_at=odd, interrogators=(Officer(odd),))
    record = drafted("police-interrogation-first", header)
    odd_turn = replace(record.turns[0], text_final=odd)
    odd_review = Review(closing=odd, corrections=(Correction("t1", odd, odd, odd),))
    assert render(replace(record, turns=(odd_turn, *record.turns[1:]), review=odd_review))


@pytest.mark.parametrize("render", RENDERERS)
def test_fields_of_any_length_can_be_printed(render: Callable[[ConversationRecord], object]) -> None:
    life = "某年某月在某地。" * 800
    subject = replace(HEADER.subject, experience=life, family=life, name="长" * 200)
    header = replace(HEADER, subject=subject, guardian=Guardian("长" * 200, life))
    record = drafted("procuratorate-interrogation-first", header)
    closing = replace(record.review, closing=life, refused=Refusal(life, life))
    assert render(replace(record, review=closing))


def test_read_aloud_has_its_own_sentence() -> None:
    record = ready_to_sign()
    aloud = replace(record.review, mode=Reading.READ_ALOUD, closing="以上笔录向我宣读过，和我说的相符。")
    assert "以上笔录向我宣读过，和我说的相符。" in record_text(replace(record, review=aloud))
