"""Rules on what the person was told: the notices of the form, and that of the recording in text and in sound."""

from __future__ import annotations

from collections.abc import Iterator

from cases.conversation import Notice, NoticeCode, Organ, Procedure, RecordState, Turn, summed_up
from cases.header import Standing
from pipelines.speech.forms import NoticeText
from pipelines.speech.statute import Citation, Law
from pipelines.speech.validators.rule import Breach, Matter, Rule, Severity


def _told(matter: Matter) -> Iterator[Breach]:
    notices = {notice.code: notice for notice in matter.record.notices}
    behind = summed_up(matter.record)
    turns = {turn.id: turn for turn in matter.record.turns if turn.id not in behind}
    for text in matter.form.required:
        severity = None if matter.form.first else Severity.WARNING
        fault = _fault(text, notices.get(text.code), turns)
        if fault is not None:
            turn = notices[text.code].turn if text.code in notices else None
            place = f"notices.{text.code.value}"
            yield Breach(f"{fault}：{text.text}", place, turn, None, severity, text.citation)


def _fault(text: NoticeText, notice: Notice | None, turns: dict[str, Turn]) -> str | None:
    if notice is None or notice.turn is None:
        return "没有告知"
    if notice.turn not in turns:
        return "告知所指的一问不在笔录中，或者已被概括"
    if notice.confirmed_by is None and not text.is_in(turns[notice.turn].text_final):
        return "告知所指的一问没有这项内容，也没有人确认"
    return None


A6 = Rule(
    "A6",
    "告知事项齐全",
    "第一次讯问、询问应当告知的权利和法律规定逐项记入笔录；第二次及以后缺少的，只作提示。",
    Severity.ERROR,
    RecordState.CHECKED,
    _told,
    (
        Citation(Law.PROCEDURE, 120, "应当告知犯罪嫌疑人享有的诉讼权利"),
        Citation(Law.PROCEDURE, 34, "应当告知犯罪嫌疑人有权委托辩护人", "interrogation"),
        Citation(Law.PROCEDURE, 125, "应当告知他应当如实地提供证据、证言", "inquiry"),
        Citation(Law.POLICE, 203, "告知犯罪嫌疑人享有的诉讼权利", "interrogation"),
        Citation(Law.POLICE, 211, "应当告知证人、被害人必须如实地提供证据、证言", "inquiry"),
        Citation(Law.PROCURATORATE, 187, "告知犯罪嫌疑人在侦查阶段的诉讼权利", "interrogation"),
        Citation(Law.PROCURATORATE, 258, "依法告知犯罪嫌疑人诉讼权利和义务", "interrogation"),
        Citation(Law.INTERPRETATION, 95, "首次讯问笔录没有记录告知被讯问人有关权利和法律规定的", "interrogation"),
        Citation(Law.INTERPRETATION, 90, "询问笔录没有记录告知证人有关权利义务和法律责任的", "inquiry"),
    ),
)


def _recording_told(matter: Matter) -> Iterator[Breach]:
    record = matter.record
    bound = record.organ is Organ.PROCURATORATE and record.procedure is Procedure.OWN_INVESTIGATION
    if not bound or record.header.subject.standing is not Standing.SUSPECT:
        return
    notice = next((one for one in record.notices if one.code is NoticeCode.RECORDING), None)
    printed = (one for one in record.turns if one.id not in summed_up(record))
    turn = next((one for one in printed if notice is not None and one.id == notice.turn), None)
    text = next(one for one in matter.form.notices if one.code is NoticeCode.RECORDING)
    if turn is None or not text.is_in(turn.text_final):
        yield Breach("笔录没有记明告知全程同步录音、录像", "notices.recording", turn.id if turn else None)
    elif not turn.spans or not text.is_in(turn.text_raw):
        yield Breach("录音中没有听到告知全程同步录音、录像", "notices.recording", turn.id)


A7 = Rule(
    "A7",
    "检察机关：同步录音录像的告知既在笔录中，也在录音中",
    "应当告知犯罪嫌疑人全程同步录音、录像；告知情况在录音、录像中予以反映，并记明笔录。",
    Severity.ERROR,
    RecordState.CHECKED,
    _recording_told,
    (
        Citation(Law.PROCURATORATE, 187, "告知情况应当在录音、录像中予以反映，并记明笔录", "interrogation"),
        Citation(Law.PROCURATORATE, 190, "对讯问过程实行全程录音、录像，并在讯问笔录中注明", "interrogation"),
    ),
)

RULES = (A6, A7)
