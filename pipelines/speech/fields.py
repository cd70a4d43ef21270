"""What fills the header of a 笔录: named fields to the words that the form shows; knows no form and no layout.

An empty text is a blank to be filled in by hand.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime

from cases.conversation import ConversationRecord
from cases.header import CHINA, Header, Officer, Standing, moment

Field = Callable[[Header], str]


def field_text(record: ConversationRecord, name: str) -> str:
    """The words for field `name`; empty where the record does not say."""
    return FIELDS[name](record.header)


def age_at(born: str | None, day: datetime | None) -> int | None:
    """Full years at `day` of who was born on `born` (ISO 8601 date); None where one is not known."""
    try:
        birth = date.fromisoformat(born or "")
    except ValueError:
        return None
    if day is None:
        return None
    today = day.astimezone(CHINA).date()
    return today.year - birth.year - ((today.month, today.day) < (birth.month, birth.day))


def chinese_moment(text: str | None) -> str:
    """2026年3月5日9时10分; as it stands where it is no moment."""
    found = moment(text)
    if found is None:
        return text or ""
    local = found.astimezone(CHINA)
    return f"{local.year}年{local.month}月{local.day}日{local.hour}时{local.minute}分"


def chinese_date(text: str | None) -> str:
    """2001年5月6日; as it stands where it is no date."""
    try:
        day = date.fromisoformat(text or "")
    except ValueError:
        return text or ""
    return f"{day.year}年{day.month}月{day.day}日"


def _time_range(header: Header) -> str:
    if header.started_at is None and header.ended_at is None:
        return ""
    return f"{chinese_moment(header.started_at)}至{chinese_moment(header.ended_at)}"


def _names(officers: tuple[Officer, ...]) -> str:
    return "、".join(officer.name for officer in officers)


def _units(officers: tuple[Officer, ...]) -> str:
    return "、".join(dict.fromkeys(officer.unit for officer in officers if officer.unit))


def _place(header: Header) -> str:
    return header.place.name + (f"（{header.place.reason}）" if header.place.reason else "")


def _age(header: Header) -> str:
    age = age_at(header.subject.born, moment(header.started_at))
    return "" if age is None else f"{age}岁"


def _id_document(header: Header) -> str:
    subject = header.subject
    return f"{subject.id_type or '居民身份证'} {subject.id_no}" if subject.id_no else ""


def _yes_no(answer: bool | None) -> str:
    return {True: "■是 □否", False: "□是 ■否", None: "□是 □否"}[answer]


def _employer(header: Header) -> str:
    return " ".join(part for part in (header.subject.employer, header.subject.position) if part)


def _joined(*parts: str | None) -> str:
    return "、".join(part for part in parts if part)


FIELDS: Mapping[str, Field] = {
    "time_range": _time_range,
    "place": _place,
    "interrogators": lambda h: _names(h.interrogators),
    "interrogators_unit": lambda h: _units(h.interrogators),
    "recorder": lambda h: h.recorder.name if h.recorder else "",
    "recorder_unit": lambda h: (h.recorder.unit or "") if h.recorder else "",
    "av_operator": lambda h: h.av_operator.name if h.av_operator else "",
    "interpreter": lambda h: h.interpreter.name if h.interpreter else "",
    "interpreter_unit": lambda h: _joined(h.interpreter.unit, h.interpreter.occupation) if h.interpreter else "",
    "guardian": lambda h: (h.guardian.name or "") if h.guardian else "",
    "guardian_relation": lambda h: (h.guardian.relation or "") if h.guardian else "",
    "guardian_reason": lambda h: (h.guardian.reason or "") if h.guardian else "",
    "cause": lambda h: h.cause or "",
    "case_no": lambda h: h.case_no or "",
    "name": lambda h: h.subject.name,
    "gender": lambda h: h.subject.gender or "",
    "age": _age,
    "born": lambda h: chinese_date(h.subject.born),
    "id_document": _id_document,
    "id_no": lambda h: h.subject.id_no or "",
    "ethnicity": lambda h: h.subject.ethnicity or "",
    "education": lambda h: h.subject.education or "",
    "political_status": lambda h: h.subject.political_status or "",
    "occupation": lambda h: h.subject.occupation or "",
    "employer": _employer,
    "household_address": lambda h: h.subject.household_address or "",
    "residence": lambda h: h.subject.residence or "",
    "native_place": lambda h: h.subject.native_place or "",
    "birthplace": lambda h: h.subject.birthplace or "",
    "phone": lambda h: h.subject.phone or "",
    "family": lambda h: h.subject.family or "",
    "experience": lambda h: h.subject.experience or "",
    "prior_punishments": lambda h: h.subject.prior_punishments or "",
    "relation": lambda h: h.subject.relation or "",
    "congress_delegate": lambda h: _yes_no(h.subject.congress_delegate),
    "summons": lambda h: (h.custody.summons or "") if h.custody else "",
    "arrived_at": lambda h: chinese_moment(h.custody.arrived_at) if h.custody else "",
    "left_at": lambda h: chinese_moment(h.custody.left_at) if h.custody else "",
    "handed_out_at": lambda h: chinese_moment(h.custody.handed_out_at) if h.custody else "",
    "returned_at": lambda h: chinese_moment(h.custody.returned_at) if h.custody else "",
}

STANDINGS: Mapping[Standing, str] = {
    Standing.SUSPECT: "犯罪嫌疑人",
    Standing.WITNESS: "证人",
    Standing.VICTIM: "被害人",
}
