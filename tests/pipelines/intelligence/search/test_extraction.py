"""Each kind of record becomes documents whose every piece leads to its page box or second."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from cases.acts.search import Indexed
from cases.codec import to_json_object
from cases.search.document import Kind, Source
from cases.transcript import TranscriptSegment
from cases.versions import RecordVersion
from pipelines.intelligence.search.extraction import VIOLATIONS, source_of
from pipelines.intelligence.search.names import dictionary, keys_of
from pipelines.speech.itn.layer import number_spans
from pipelines.traffic.rules.catalogue import OFFENCES
from tests.pipelines.intelligence.search.samples import STREET, TALK, VOLUME, box
from tests.pipelines.speech.conversation import ready_to_sign

NOW = datetime(2026, 10, 3, tzinfo=UTC)


def extracted(kind: str, body: object, filename: str = "材料") -> Source:
    version = RecordVersion("rec", "case", "ev", "job", kind, 2, "human", to_json_object(body), NOW, "acc")
    return source_of(Indexed(version, filename, NOW))


def test_a_volume_gives_its_documents_and_the_pages_that_belong_to_none() -> None:
    found = extracted("scan", VOLUME)
    paper, loose = found.documents
    assert (paper.fields.type, paper.fields.number, paper.fields.day) == (
        "起诉意见书",
        "公诉字〔2026〕12号",
        "2026-10-05",
    )
    assert paper.fields.persons == ("张伟",)
    assert next(piece.page for piece in loose.pieces) == 3
    assert "不属于任何文书" not in paper.text
    assert ("zw", "张伟") in found.names
    assert (found.id, found.case_id, found.version) == ("rec", "case", 2)


def test_every_line_of_a_page_leads_to_its_box() -> None:
    paper = extracted("scan", VOLUME).documents[0]
    for piece, after in zip(paper.pieces, [*paper.pieces[1:], None], strict=True):
        text = paper.text[piece.start : after.start if after else None]
        if text.strip():
            assert piece.box is not None
            assert piece.page in (1, 2)
    second = next(piece for piece in paper.pieces if piece.start == paper.text.index("犯罪"))
    assert (second.page, second.box, second.mark) == (1, box(20.0), "1")


def test_lines_of_a_page_run_on_and_seals_and_pages_do_not() -> None:
    text = extracted("scan", VOLUME).documents[0].text
    assert "河滨市\n场后门" in text
    assert "\f示范市公安局\f" in text.replace("\n\f", "\f").replace("\n示", "\f示")
    assert "\f第二页" in text


def test_a_transcript_leads_to_seconds() -> None:
    made = extracted("transcribe", TALK, "讯问录音.wav").documents[0]
    assert made.kind is Kind.TRANSCRIPT
    assert made.text.startswith("讯问录音.wav\f")
    assert [(piece.second, piece.mark) for piece in made.pieces] == [(0.5, "0"), (3.5, "1")]
    assert "张伟" in made.fields.persons


def test_numbers_are_found_as_spoken_and_in_figures() -> None:
    spoken = "大概两千三百块钱"
    segment = TranscriptSegment(4, 7.0, 8.0, None, None, spoken, 0.9, (), (), number_spans(spoken))
    made = extracted("transcribe", replace(TALK, segments=(*TALK.segments, segment))).documents[0]
    assert spoken in made.text
    last = made.pieces[-1]
    assert "2300" in made.text[last.start :]
    assert (last.second, last.mark) == (7.0, "4")


def test_a_record_of_a_conversation_leads_to_its_turns() -> None:
    record = ready_to_sign()
    made = extracted("interrogation", record).documents[0]
    assert made.kind is Kind.RECORD
    assert [piece.mark for piece in made.pieces] == [turn.id for turn in record.turns]
    assert record.header.subject.name in made.fields.persons
    assert made.fields.type == "讯问笔录"
    assert made.fields.day == (record.header.started_at or "")[:10]


def test_a_traffic_record_gives_its_violations() -> None:
    red, fast = extracted("traffic", STREET, "路口.mp4").documents
    assert (red.fields.type, red.fields.plate, red.pieces[0].second) == ("闯红灯", "京A12345", 4.2)
    assert "超速" in fast.text
    assert set(VIOLATIONS) == set(OFFENCES)


def test_what_repeats_other_records_gives_nothing() -> None:
    assert extracted("compare", {"x": 1}).documents == ()


def test_names_are_typed_by_full_pinyin_and_initials_with_the_readings_of_surnames() -> None:
    assert keys_of("张三") == ["zhangsan", "zs"]
    assert "zengshan" in keys_of("曾山")
    assert {"shanxiongxin", "sxx"} <= set(keys_of("单雄信"))
    assert keys_of("吕布")[0] == "lvbu"
    assert keys_of("S1") == keys_of("张") == []


def test_the_dictionary_begins_with_the_words_of_the_trade() -> None:
    first = next(iter(dictionary()))
    assert first[1] == 0
