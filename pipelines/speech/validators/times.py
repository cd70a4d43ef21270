"""Rules on time: the order of moments, the record against its recordings, and how long a person may be held."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from cases.conversation import RecordState
from cases.header import Header, moment
from pipelines.speech.statute import Citation, Law
from pipelines.speech.validators.rule import Breach, Matter, Rule, Severity

TOLERANCE = timedelta(seconds=60)
"""Records tell minutes, recorders tell milliseconds: within a minute the two agree."""
SHORT_HOURS, LONG_HOURS = 12, 24


def _in_order(matter: Matter) -> Iterator[Breach]:
    header = matter.record.header
    started, ended = moment(header.started_at), moment(header.ended_at)
    if started is None:
        yield Breach("没有填写开始时间，或者写法不对", "header.started_at")
    if ended is None:
        yield Breach("没有填写结束时间，或者写法不对", "header.ended_at")
    if started is not None and ended is not None and ended <= started:
        yield Breach("结束时间不晚于开始时间", "header.ended_at")
    if not header.place.name.strip():
        yield Breach("没有填写地点", "header.place")
    yield from _custody_in_order(header)


def _custody_in_order(header: Header) -> Iterator[Breach]:
    if header.custody is None:
        return
    started, ended = moment(header.started_at), moment(header.ended_at)
    for field, named in (("arrived_at", "到达时间"), ("handed_out_at", "提押时间")):
        before = moment(getattr(header.custody, field))
        if before is not None and started is not None and before > started:
            yield Breach(f"{named}晚于开始时间", f"header.custody.{field}")
    for field, named in (("left_at", "离开时间"), ("returned_at", "还押时间")):
        after = moment(getattr(header.custody, field))
        if after is not None and ended is not None and after < ended:
            yield Breach(f"{named}早于结束时间", f"header.custody.{field}")


A4 = Rule(
    "A4",
    "起止时间、地点齐全，时间先后合理",
    "笔录应当注明具体起止时间和地点；到达、开始、结束、离开依次发生。",
    Severity.ERROR,
    RecordState.CHECKED,
    _in_order,
    (
        Citation(Law.INTERPRETATION, 93, "是否注明讯问的具体起止时间和地点", "interrogation"),
        Citation(Law.INTERPRETATION, 95, "讯问时间、讯问地点", "interrogation"),
        Citation(Law.INTERPRETATION, 90, "询问的起止时间、地点的", "inquiry"),
    ),
)


def _as_recorded(matter: Matter) -> Iterator[Breach]:
    record = matter.record
    started, ended = moment(record.header.started_at), moment(record.header.ended_at)
    bounds = []
    for media in record.media:
        clock = moment(media.started_at)
        if clock is None:
            text = f"录音录像 {media.id} 没有开始录制的时间，无法与笔录核对"
            yield Breach(text, "media.started_at", severity=Severity.WARNING)
            return
        bounds.append((clock, clock + timedelta(milliseconds=media.duration_ms)))
    if not bounds or started is None or ended is None:
        return
    first, last = min(start for start, _ in bounds), max(end for _, end in bounds)
    for told, recorded, field, named in (
        (started, first, "header.started_at", "开始"),
        (ended, last, "header.ended_at", "结束"),
    ):
        apart = abs(told - recorded)
        if apart > TOLERANCE:
            yield Breach(f"笔录的{named}时间与录音录像相差 {round(apart.total_seconds())} 秒", field)


A5 = Rule(
    "A5",
    "笔录起止时间与录音录像一致",
    "笔录的起止时间与录音录像的起止时间相差不超过六十秒。",
    Severity.ERROR,
    RecordState.CHECKED,
    _as_recorded,
    (Citation(Law.INTERPRETATION, 95, "有误或者存在矛盾的", "interrogation"),),
    "六十秒的容差是本系统的约定；公安机关讯问录音录像工作规定（公通字〔2014〕33号）的文本未核对，不引条款。",
)


def _within_the_limit(matter: Matter) -> Iterator[Breach]:
    header = matter.record.header
    custody = header.custody
    if matter.record.header.subject.standing != "suspect" or custody is None or custody.detained:
        return
    hours = custody.limit_hours
    if hours not in (SHORT_HOURS, LONG_HOURS):
        yield Breach("传唤的时限只能是十二小时或者二十四小时", "header.custody.limit_hours")
        hours = SHORT_HOURS
    if hours == LONG_HOURS and not (custody.extension_approved_by or "").strip():
        yield Breach("传唤延长至二十四小时，没有写明批准人", "header.custody.extension_approved_by")
    arrived = moment(custody.arrived_at)
    left, field = moment(custody.left_at), "header.custody.left_at"
    if left is None:
        left, field = moment(header.ended_at), "header.ended_at"
    if arrived is not None and left is not None and left - arrived > timedelta(hours=hours):
        yield Breach(f"自到案起已超过{hours}小时", field)


A10 = Rule(
    "A10",
    "传唤、拘传不超过十二（二十四）小时",
    "传唤、拘传持续的时间不得超过十二小时；案情特别重大、复杂，需要采取拘留、逮捕措施的，不得超过二十四小时。",
    Severity.ERROR,
    RecordState.CHECKED,
    _within_the_limit,
    (
        Citation(Law.PROCEDURE, 119, "传唤、拘传持续的时间不得超过十二小时", "interrogation"),
        Citation(Law.POLICE, 200, "经办案部门负责人批准，传唤持续的时间不得超过二十四小时", "interrogation"),
        Citation(Law.PROCURATORATE, 185, "传唤持续的时间不得超过十二小时", "interrogation"),
    ),
    "检察规则第一百八十五条没有写明由谁批准延长；写明批准人是本系统的要求。",
)

RULES = (A4, A5, A10)
