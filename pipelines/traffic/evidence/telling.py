"""What is written over the pictures of a violation: place, direction, time, device, offence, measured value; pure.

Times are Beijing time to the millisecond where the recording's clock is known, else seconds of the recording, and then
the text says so.
"""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Final

from cases.traffic import ClockState, Site, Violation
from models.errors import BadInput
from pipelines.traffic.evidence.shots import Shot
from pipelines.traffic.rules.catalogue import OFFENCES

BEIJING: Final = timezone(timedelta(hours=8), "Asia/Shanghai")
ROLES: Final = {
    "before_line": "停止线前",
    "past_line": "越过停止线",
    "in_junction": "驶过路口",
    "against": "逆行",
    "turning": "转向",
    "left": "驶离",
    "crossing": "压越标线",
    "in_lane": "在车道内",
    "standing": "停放",
    "panorama": "全景",
    "measured": "测速",
    "entry": "驶入区间",
    "exit": "驶出区间",
    "before_crossing": "驶近人行横道",
    "on_crossing": "人行横道",
    "on_motorway": "在路内",
}
UNITS: Final = {"s of red": "秒（红灯已亮）", "m": "米", "m against": "米（逆行）", "s": "秒", "km/h": "km/h"}
MISSING: Final = {
    "pictures": "图片数",
    "picture size": "图片尺寸",
    "interval": "时间间隔",
    "displacement": "位移",
    "one red phase": "同一红灯相位",
    "lamp close-up": "信号灯特写",
    "in the lane": "车身在车道内",
    "measured": "测量值",
    "plate": "号牌",
    "clock": "时钟",
    "site": "地点与设备",
    "offence code": "违法代码",
    "text": "叠加文字",
}
COLOURS: Final = {"red": "红灯", "yellow": "黄灯", "green": "绿灯", "dark": "灯灭", "unknown": "未知"}


def moment(clock: ClockState, time: float) -> datetime | None:
    """The Beijing time of a second of the recording; None where its clock is not known."""
    if clock.started_at is None:
        return None
    return (datetime.fromisoformat(clock.started_at) + timedelta(seconds=time)).astimezone(BEIJING)


def parse_clock(started_at: object, error_s: object) -> ClockState:
    """A clock as parameters give it; raises BadInput naming what does not fit."""
    if started_at is None:
        return ClockState()
    try:
        start = datetime.fromisoformat(str(started_at))
    except ValueError:
        start = datetime.min
    if start.tzinfo is None or not isinstance(started_at, str):
        raise BadInput(
            "traffic.clock", "`recorded_at` is when the first frame was taken, as 2026-03-09T08:00:00.000+08:00"
        )
    if error_s is not None and (isinstance(error_s, bool) or not isinstance(error_s, int | float) or error_s < 0):
        raise BadInput("traffic.clock", "`clock_error_s` is how far that clock may be off Beijing time, seconds")
    return ClockState(started_at, None if error_s is None else float(error_s))


def told_time(clock: ClockState, time: float) -> str:
    """A moment as it is written."""
    at = moment(clock, time)
    if at is not None:
        return at.strftime("%Y-%m-%d %H:%M:%S.") + f"{at.microsecond // 1000:03d}"
    minutes, seconds = divmod(time, 60)
    return f"录像 {int(minutes):02d}:{seconds:06.3f}（时钟未知）"


def label(number: int, shot: Shot, clock: ClockState) -> str:
    """What stands in the corner of a panorama."""
    return f"{number} {ROLES.get(shot.role, shot.role)}  {told_time(clock, shot.time)}"


def text(found: Violation, site: Site, clock: ClockState, source_sha256: str) -> list[str]:
    """The lines under the composite, all but what is missing."""
    offence = OFFENCES[found.rule]
    lines = [
        f"地点：{site.place or '未填'}  方向：{site.direction or '未填'}  车道：{found.lane or '—'}  "
        f"设备编号：{site.device or '未填'}",
        f"违法行为：{offence.name}（代码 {found.code or '未填'}）  依据：{offence.law}  "
        f"时间：{told_time(clock, found.start)}",
        f"号牌：{_plate(found)}  {_measured(found)}{_signal(found)}",
    ]
    error = f"{clock.error_s:g} 秒" if clock.error_s is not None else "未知"
    lines.append(f"时钟误差：{error}  原始录像 SHA-256：{source_sha256}")
    return lines


def standing(missing: list[str]) -> str:
    """The last line: that a person decides, and what is missing."""
    if missing:
        named = "、".join(MISSING.get(name, name) for name in missing)
        return f"证据不完整（缺：{named}），不得作为完整证据提交。机器提出，待人工确认。"
    return "机器提出，待人工确认。"


def _plate(found: Violation) -> str:
    read = found.plate_read
    if read is not None:
        return f"{read.text}（{read.agreeing}/{read.reads} 次识读一致，第 {read.frame} 帧）"
    return {"unsure": "识读不一致，未认定", "no plate": "未见号牌"}.get(found.plate_state, "未识读")


def _measured(found: Violation) -> str:
    if found.measured is None:
        return ""
    unit = UNITS.get(found.unit or "", found.unit or "")
    doubt = f" ± {found.measured_sd:g}" if found.measured_sd is not None else ""
    limit = f"，限值 {found.limit:g}" if found.limit is not None else ""
    return f"测量值：{found.measured:g}{doubt} {unit}{limit}  "


def _signal(found: Violation) -> str:
    if found.signal is None:
        return ""
    how = "画面识别" if found.signal.source == "pixels" else "信号机数据"
    return f"信号：{found.signal.group} {COLOURS.get(found.signal.colour, found.signal.colour)}（{how}）"
