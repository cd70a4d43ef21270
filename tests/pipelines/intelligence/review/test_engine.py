"""Alarms of stored records: places, ids that stay, doubt that accuses nobody, 笔录 made here."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from datetime import UTC, datetime

from cases.alarms import AlarmAnswer, AlarmState
from cases.conversation import ConversationRecord, RecordState
from cases.header import Guardian
from pipelines.intelligence.review.board import Entry, as_csv, as_xlsx, counts, newest
from pipelines.intelligence.review.casefile import CaseFile, Fact, Paper, Place
from pipelines.intelligence.review.conversations import conversation_paper
from pipelines.intelligence.review.engine import review
from pipelines.intelligence.review.rule import rules
from tests.pipelines.intelligence.review.test_people import wording
from tests.pipelines.speech import conversation as sample

ONE_OFFICER = Fact(("李四",), Place("rec", 3, ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0))))


def signed() -> ConversationRecord:
    """A signed 笔录 in which no rule of its own finds anything, of somebody whose number has a true check digit."""
    record = sample.ready_to_sign()
    subject = replace(record.header.subject, id_no="11010119900506001X")
    return replace(record, state=RecordState.SIGNED, header=replace(record.header, subject=subject))


def paper(fact: Fact) -> CaseFile:
    """A record of an interrogation with these officers."""
    facts = {"officers": (fact,)}
    one = Paper("rec:3", "讯问笔录", "讯问笔录", Place("rec", 3), person="张三", unit="江州市公安局", facts=facts)
    return CaseFile((one,))


def test_an_alarm_names_rule_statute_and_place_and_keeps_its_id() -> None:
    first, again = review(paper(ONE_OFFICER)), review(paper(ONE_OFFICER))
    (alarm,) = [one for one in first.alarms if one.rule == "OF-01"]
    assert alarm.place == ONE_OFFICER.place
    assert "《中华人民共和国刑事诉讼法（2018年修正）》第118条" in alarm.statutes
    assert alarm.unit == "江州市公安局"
    assert first == again


def test_what_was_read_with_doubt_accuses_nobody_and_is_told_as_unchecked() -> None:
    found = review(paper(replace(ONE_OFFICER, place=replace(ONE_OFFICER.place, confidence=0.6))))
    assert not [one for one in found.alarms if one.rule == "OF-01"]
    assert [gap.missing for gap in found.unchecked if gap.rule == "OF-01"] == [("文字识别把握不足",)]


def test_what_is_not_known_is_no_alarm() -> None:
    found = review(CaseFile((Paper("rec:1", "讯问笔录", "讯问笔录", Place("rec", 1)),)))
    assert found.alarms == ()
    assert {"OF-01", "SG-01", "SG-02"} <= {gap.rule for gap in found.unchecked}


def test_a_conversation_that_keeps_every_rule_gives_no_alarm() -> None:
    found = review(CaseFile((conversation_paper("rec_1", signed()),)))
    assert [one.explanation for one in found.alarms] == []


def test_a_minor_without_guardian_is_found_in_a_conversation_with_its_second() -> None:
    record = signed()
    header = replace(record.header, subject=replace(record.header.subject, born="2010-05-06", id_no=None))
    alone = conversation_paper("rec_1", replace(record, header=header))
    found = [one for one in review(CaseFile((alone,))).alarms if one.rule == "MI-01"]
    assert len(found) == 1
    assert found[0].place.record == "rec_1"
    assert found[0].place.second is not None
    there = replace(record, header=replace(header, guardian=Guardian("李四", "母亲")))
    assert not [one for one in review(CaseFile((conversation_paper("rec_1", there),))).alarms if one.rule == "MI-01"]


def test_sentences_are_whole_over_line_ends_and_know_their_lines() -> None:
    text = wording("犯罪嫌疑人张三于二〇二四年三月十五日被刑事拘留并且送往某市看守所羁", "押。", "地点：某市")
    assert "看守所羁押。" in text.text
    assert text.text.index("\n地点") > 0
    assert text.place(text.text.index("押。")).box is not None


def test_the_board_counts_by_unit_and_rule_and_exports_what_people_said() -> None:
    (alarm,) = [one for one in review(paper(ONE_OFFICER)).alarms if one.rule == "OF-01"]
    at = datetime(2024, 3, 1, tzinfo=UTC)
    answers = [AlarmAnswer("2", "c", alarm.id, "OF-01", AlarmState.DISMISSED, "=另有一人签名", at, "acc")]
    entries = [Entry("c", "张三案", alarm, newest(answers).get(alarm.id)), Entry("c", "张三案", alarm, None)]
    ((key, tally),) = counts(entries).items()
    assert key == ("江州市公安局", "OF-01")
    assert tally == {AlarmState.DISMISSED: 1, AlarmState.OPEN: 1}
    rows = list(csv.reader(io.StringIO(as_csv(entries).decode("utf-8-sig"))))
    assert rows[1][9:11] == ["不成立", "'=另有一人签名"]
    assert rows[2][9:11] == ["待处理", ""]
    assert as_xlsx(entries)[:2] == b"PK"


def test_every_rule_is_asked() -> None:
    assert review(CaseFile(())).rules == len(rules())
