"""The head of a 笔录: who heard whom, as what, where and when; values only.

No template and no rule of law is known here. Moments are ISO 8601 to the minute, with the offset; one without an offset
is Chinese legal time (UTC+8).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from enum import StrEnum

CHINA = timezone(timedelta(hours=8))
"""Legal time in all of China."""
YEARS = range(1900, 3000)
"""Years that a moment may have: at the ends of the calendar no time can be added or shifted."""


def moment(text: str | None) -> datetime | None:
    """The aware moment that `text` spells; None for None and for what is no moment."""
    if text is None:
        return None
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    if found.year not in YEARS:
        return None
    return found if found.tzinfo is not None else found.replace(tzinfo=CHINA)


class Standing(StrEnum):
    """As what the subject is heard: 犯罪嫌疑人, 证人, 被害人."""

    SUSPECT = "suspect"
    WITNESS = "witness"
    VICTIM = "victim"


@dataclass(frozen=True, slots=True)
class Officer:
    """讯问人, 记录人 or 录制人员; `gender` is 男 or 女."""

    name: str
    unit: str | None = None
    title: str | None = None
    cert_no: str | None = None
    gender: str | None = None


@dataclass(frozen=True, slots=True)
class Interpreter:
    """翻译人员; `language` may be 手语."""

    name: str
    unit: str | None = None
    occupation: str | None = None
    language: str | None = None


@dataclass(frozen=True, slots=True)
class Guardian:
    """法定代理人 or, with `relation` 合适成年人, who stands in; `reason` says why the 法定代理人 did not come."""

    name: str | None
    relation: str | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """Where it was held; `reason` is for places that the rules allow by exception."""

    name: str
    type: str | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Subject:
    """被讯问人 or 被询问人. None is what was not asked; a False is an answer."""

    name: str
    standing: Standing
    gender: str | None = None
    born: str | None = None
    id_type: str | None = None
    id_no: str | None = None
    aliases: tuple[str, ...] = ()
    former_names: tuple[str, ...] = ()
    ethnicity: str | None = None
    education: str | None = None
    political_status: str | None = None
    occupation: str | None = None
    employer: str | None = None
    position: str | None = None
    household_address: str | None = None
    residence: str | None = None
    native_place: str | None = None
    birthplace: str | None = None
    phone: str | None = None
    family: str | None = None
    experience: str | None = None
    prior_punishments: str | None = None
    relation: str | None = None
    congress_delegate: bool | None = None
    is_minor: bool = False
    is_deaf_mute: bool = False
    cannot_read: bool = False
    needs_interpreter: bool = False


@dataclass(frozen=True, slots=True)
class Custody:
    """How the person came and for how long they may be held; moments as in the record."""

    summons: str | None = None
    arrived_at: str | None = None
    left_at: str | None = None
    limit_hours: int = 12
    extension_approved_by: str | None = None
    detained: bool = False
    handed_out_at: str | None = None
    returned_at: str | None = None
    meals_and_rest: str | None = None


@dataclass(frozen=True, slots=True)
class Header:
    """What stands above the first question."""

    agency: str
    place: Place
    subject: Subject
    interrogators: tuple[Officer, ...]
    started_at: str | None = None
    ended_at: str | None = None
    recorder: Officer | None = None
    av_operator: Officer | None = None
    interpreter: Interpreter | None = None
    guardian: Guardian | None = None
    staff_present: tuple[Officer, ...] = ()
    lawyer: str | None = None
    case_no: str | None = None
    cause: str | None = None
    document_no: str | None = None
    sequence_no: int = 1
    custody: Custody | None = None
