"""Records as files: text, subtitles, counts."""

from __future__ import annotations

import io
import json

import pytest
from docx import Document

from cases.codec import to_json_object
from cases.records import JsonObject, Provenance, ScanRecord
from cases.traffic import Count, TrafficRecord
from cases.transcript import Transcript, TranscriptSegment
from models.errors import BadInput
from serving.console import exports

MADE = Provenance("p", "1", "1", (), {}, "cpu", "0" * 64, "2026-01-01T00:00:00+00:00", "2026-01-01T00:00:00+00:00")


def transcript() -> JsonObject:
    segment = TranscriptSegment(0, 1.5, 3.25, "S1", "question", "听清楚了吗？", 0.9, (), ())
    return to_json_object(Transcript("zh", 4.0, ("S1",), (segment,), "听清楚了吗？", MADE))


def test_a_transcript_as_text_keeps_who_spoke_and_when() -> None:
    content, media_type = exports.write("transcribe", "txt", transcript())
    assert content.decode() == "[0:01 - 0:03] 问：听清楚了吗？\n"
    assert media_type.startswith("text/plain")


def test_subtitles_bear_their_times() -> None:
    assert b"00:00:01,500 --> 00:00:03,250" in exports.write("transcribe", "srt", transcript())[0]
    assert exports.write("transcribe", "vtt", transcript())[0].startswith(b"WEBVTT")


def test_a_transcript_opens_in_a_word_processor() -> None:
    content, media_type = exports.write("transcribe", "docx", transcript())
    assert "听清楚了吗？" in "".join(cell.text for cell in Document(io.BytesIO(content)).tables[0]._cells)
    assert media_type.endswith("wordprocessingml.document")


def test_json_is_the_record_as_stored() -> None:
    assert json.loads(exports.write("scan", "json", to_json_object(ScanRecord((), (), "", MADE)))[0])["pages"] == []


def test_counts_open_in_a_spreadsheet_and_none_is_taken_for_a_formula() -> None:
    counts = (Count("=HYPERLINK(1)", "进", "car", 3), Count(None, None, "bus", 1))
    record = TrafficRecord(1.0, 25.0, 25, 4, counts, (), (), MADE)
    text = exports.write("traffic", "csv", to_json_object(record))[0].decode()
    assert text.splitlines() == [
        "\ufeffline,direction,class,count",
        '"\'=HYPERLINK(1)","进","car",3',
        '"","","bus",1',
    ]


def test_a_format_that_a_record_cannot_have_is_refused() -> None:
    with pytest.raises(BadInput):
        exports.write("scan", "srt", {})
