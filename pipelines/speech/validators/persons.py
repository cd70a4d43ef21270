"""Rules on who was there: enough officers, a recorder, those who must stand by the subject, nobody in two places."""

from __future__ import annotations

import re
from collections.abc import Iterator

from cases.conversation import Organ, Procedure, RecordState
from cases.header import CHINA, Header, Officer, Standing, moment
from pipelines.speech.fields import age_at
from pipelines.speech.statute import Citation, Law
from pipelines.speech.validators.rule import Breach, Matter, Rule, Severity

FULL_AGE = 18
"""Years; below it a person is 未成年人."""
_OWN_GUARDIAN = re.compile(r"法定代理人|监护人|(养|继)?[父母]亲?")


def _two_interrogators(matter: Matter) -> Iterator[Breach]:
    header = matter.record.header
    present = {officer.name.strip() for officer in header.interrogators if officer.name.strip()}
    if matter.record.organ is Organ.PROCURATORATE and header.recorder is not None:
        present.add(header.recorder.name.strip())
    if len(present - {""}) < 2:
        asked = matter.form.asker_label
        # The police rules state the number for interrogations alone.
        weak = matter.record.organ is Organ.POLICE and header.subject.standing is not Standing.SUSPECT
        yield Breach(f"{asked}不足二人", "header.interrogators", severity=Severity.WARNING if weak else None)


A1 = Rule(
    "A1",
    "讯问人不少于二人",
    "讯问时侦查人员不得少于二人；检察机关可以是检察人员和书记员。同一人写两次只算一人。",
    Severity.ERROR,
    RecordState.CHECKED,
    _two_interrogators,
    (
        Citation(Law.PROCEDURE, 118, "侦查人员不得少于二人", "interrogation"),
        Citation(Law.POLICE, 202, "侦查人员不得少于二人", "interrogation"),
        Citation(Law.PROCURATORATE, 182, "检察人员或者检察人员和书记员不得少于二人", "interrogation"),
        Citation(Law.PROCURATORATE, 192, "检察人员或者检察人员和书记员不得少于二人", "inquiry"),
    ),
    "公安机关询问证人、被害人的人数，所列条文未作规定，因此只作提示。",
)


def _recorder_named(matter: Matter) -> Iterator[Breach]:
    recorder = matter.record.header.recorder
    if recorder is None or not recorder.name.strip():
        yield Breach("没有填写记录人", "header.recorder")


A2 = Rule(
    "A2",
    "填写记录人",
    "笔录应当写明记录人；没有填写或者填写有误的，属于瑕疵，不能补正的不得作为定案的根据。",
    Severity.ERROR,
    RecordState.CHECKED,
    _recorder_named,
    (
        Citation(Law.INTERPRETATION, 90, "询问笔录没有填写询问人、记录人、法定代理人姓名", "inquiry"),
        Citation(Law.INTERPRETATION, 95, "讯问笔录填写的讯问时间、讯问地点、讯问人、记录人"),
    ),
)


def _operator_apart(matter: Matter) -> Iterator[Breach]:
    header = matter.record.header
    asking = {officer.name.strip() for officer in header.interrogators}
    of_police = matter.record.organ is Organ.POLICE
    if header.av_operator is not None and header.av_operator.name.strip() in asking:
        severity = Severity.WARNING if of_police else None
        yield Breach("录制人员同时是讯问人，应当审录分离", "header.av_operator", severity=severity)
    needs_one = matter.record.procedure is Procedure.OWN_INVESTIGATION and matter.record.media
    if header.av_operator is None and needs_one:
        yield Breach("有录音录像，但没有填写录制人员", "header.av_operator", severity=Severity.WARNING)


A3 = Rule(
    "A3",
    "审录分离",
    "录音录像由讯问人以外的人员负责。",
    Severity.ERROR,
    RecordState.CHECKED,
    _operator_apart,
    basis="检察机关讯问职务犯罪嫌疑人全程同步录音录像的规定确立审录分离；该规定的文本未核对，不引条款。对公安机关只作提示。",
)


def _minor_accompanied(matter: Matter) -> Iterator[Breach]:
    header = matter.record.header
    age = age_at(header.subject.born, moment(header.started_at))
    is_young = age is not None and age < FULL_AGE
    if is_young and not header.subject.is_minor:
        yield Breach(f"被讯（询）问人当时{age}岁，没有标为未成年人", "header.subject.is_minor")
    if is_young or header.subject.is_minor:
        yield from _guardian(header)
        if header.subject.gender == "女" and not _has_woman(matter):
            yield Breach("女性未成年人，没有女工作人员在场", "header.staff_present")


def _guardian(header: Header) -> Iterator[Breach]:
    guardian = header.guardian
    if guardian is None or not (guardian.name or "").strip():
        yield Breach("法定代理人或者合适成年人没有到场", "header.guardian")
    elif not (guardian.relation or "").strip():
        yield Breach("没有写明到场人与未成年人的关系", "header.guardian.relation")
    elif not _OWN_GUARDIAN.fullmatch((guardian.relation or "").strip()) and not (guardian.reason or "").strip():
        yield Breach("到场的不是法定代理人，没有写明法定代理人未到场的原因", "header.guardian.reason")


def _has_woman(matter: Matter) -> bool:
    header = matter.record.header
    officers: list[Officer] = [*header.interrogators]
    if header.recorder is not None:
        officers.append(header.recorder)
    if matter.record.organ is Organ.POLICE:
        # The procuratorate's rule wants a woman among those who take part, the law a woman on the staff.
        officers += header.staff_present
    return any(officer.gender == "女" for officer in officers)


A8 = Rule(
    "A8",
    "未成年人的法定代理人到场，女性未成年人有女工作人员在场",
    "讯问、询问未成年人应当通知法定代理人到场；由他人到场的，记明原因。女性未成年人应当有女工作人员在场。",
    Severity.ERROR,
    RecordState.CHECKED,
    _minor_accompanied,
    (
        Citation(Law.PROCEDURE, 281, "讯问女性未成年犯罪嫌疑人，应当有女工作人员在场"),
        Citation(Law.POLICE, 323, "应当通知未成年犯罪嫌疑人的法定代理人到场"),
        Citation(Law.POLICE, 324, "讯问女性未成年犯罪嫌疑人，应当有女工作人员在场"),
        Citation(Law.POLICE, 326, "询问未成年被害人、证人，适用本规定第三百二十三条"),
        Citation(Law.PROCURATORATE, 465, "讯问女性未成年犯罪嫌疑人，应当有女性检察人员参加"),
        Citation(Law.INTERPRETATION, 94, "讯问未成年人，其法定代理人或者合适成年人不在场的", "interrogation"),
        Citation(Law.INTERPRETATION, 90, "询问未成年人，其法定代理人或者合适成年人不在场的", "inquiry"),
    ),
)


def _interpreter_present(matter: Matter) -> Iterator[Breach]:
    header = matter.record.header
    interpreter = header.interpreter
    deaf = header.subject.is_deaf_mute
    if not deaf and not header.subject.needs_interpreter:
        return
    if interpreter is None or not interpreter.name.strip():
        yield Breach("需要翻译（通晓聋、哑手势的人），没有填写翻译人员", "header.interpreter")
        return
    if deaf and "手语" not in (interpreter.language or "") and "手势" not in (interpreter.language or ""):
        yield Breach("聋、哑人的翻译人员没有写明通晓手势（手语）", "header.interpreter.language")
    if deaf and not (interpreter.unit and interpreter.occupation):
        # The police rules ask for both on the record of deaf and mute suspects.
        weak = matter.record.organ is not Organ.POLICE
        severity = Severity.WARNING if weak else None
        yield Breach("没有写明翻译人员的工作单位和职业", "header.interpreter.unit", severity=severity)


A9 = Rule(
    "A9",
    "需要时有翻译人员",
    "讯问聋、哑人应当有通晓聋、哑手势的人参加；不通晓当地语言文字的，应当配备翻译人员。",
    Severity.ERROR,
    RecordState.CHECKED,
    _interpreter_present,
    (
        Citation(Law.PROCEDURE, 121, "应当有通晓聋、哑手势的人参加，并且将这种情况记明笔录", "interrogation"),
        Citation(Law.PROCEDURE, 9, "对于不通晓当地通用的语言文字的诉讼参与人，应当为他们翻译"),
        Citation(Law.POLICE, 204, "翻译人员的姓名、工作单位和职业", "interrogation"),
        Citation(Law.INTERPRETATION, 94, "应当提供通晓聋、哑手势的人员而未提供的", "interrogation"),
        Citation(Law.INTERPRETATION, 89, "应当提供翻译人员而未提供的", "inquiry"),
    ),
)


def _nowhere_else(matter: Matter) -> Iterator[Breach]:
    header = matter.record.header
    started, ended = moment(header.started_at), moment(header.ended_at)
    if started is None or ended is None:
        return
    officers = {officer.name.strip() for officer in header.interrogators}
    for other in matter.elsewhere:
        from_, to = moment(other.started_at), moment(other.ended_at)
        both = sorted(officers & other.officers)
        if both and from_ is not None and to is not None and from_ < ended and started < to:
            when = from_.astimezone(CHINA).strftime("%m月%d日%H:%M")
            yield Breach(
                f"{'、'.join(both)}在同一时段（{when}起）还在另一份笔录 {other.record}", "header.interrogators"
            )


A11 = Rule(
    "A11",
    "同一人员不在同一时段出现在两份笔录",
    "同一时段、同一人员讯问或者询问不同的人，笔录的时间或者人员必有一处不实。",
    Severity.ERROR,
    RecordState.CHECKED,
    _nowhere_else,
    (
        Citation(Law.INTERPRETATION, 90, "在同一时段，同一询问人员询问不同证人", "inquiry"),
        Citation(Law.INTERPRETATION, 95, "有误或者存在矛盾的", "interrogation"),
    ),
)

RULES = (A1, A2, A3, A8, A9, A11)
