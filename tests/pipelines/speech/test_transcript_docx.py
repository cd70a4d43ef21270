"""A transcript as a Word document: time, speaker and words of each sentence."""

from __future__ import annotations

import io

import docx
import pytest

from models.errors import BadInput
from pipelines.speech.export import FORMATS, as_file, render
from tests.pipelines.speech.conversation import segment, transcript


def test_word_has_time_speaker_and_words_of_each_sentence() -> None:
    given = transcript(
        segment(0, "question", "姓名？", speaker="S1"),
        segment(732, None, "张三\x00。", flags=("low_confidence",)),
        segment(733, "answer", " "),
    )
    (table,) = docx.Document(io.BytesIO(as_file(given, "docx"))).tables
    assert [[cell.text for cell in row.cells] for row in table.rows] == [
        ["时间", "说话人", "内容"],
        ["00:00:00", "问　S1", "姓名？"],
        ["01:01:00", "", "※张三。"],
    ]


def test_word_says_how_much_of_it_a_person_vouches_for_and_what_is_still_doubtful() -> None:
    loud = {"flags": ("low_confidence",)}
    given = transcript(
        segment(0, None, "一。", **loud, confirmed_by="李明"),
        segment(1, None, "二。", **loud, resolved=("low_confidence",)),
        segment(2, None, "三。", **loud),
    )
    document = docx.Document(io.BytesIO(as_file(given, "docx")))
    assert "共 3 句，经人核对 1 句" in document.paragraphs[1].text
    assert [row.cells[2].text for row in document.tables[0].rows] == ["内容", "一。", "二。", "※三。"]
    machine = docx.Document(io.BytesIO(as_file(transcript(), "docx")))
    assert "未经核对" in machine.paragraphs[1].text


@pytest.mark.parametrize("kind", [kind for kind in FORMATS if kind not in ("docx", "rttm")])
def test_every_other_format_is_its_text_in_utf8(kind: str) -> None:
    assert as_file(transcript(), kind).decode() == render(transcript(), kind)


def test_turns_without_speakers_are_refused() -> None:
    with pytest.raises(BadInput, match="does not say who speaks"):
        as_file(transcript(), "rttm")


def test_an_unknown_format_is_refused() -> None:
    with pytest.raises(BadInput, match="no format is called 'odt'"):
        as_file(transcript(), "odt")
