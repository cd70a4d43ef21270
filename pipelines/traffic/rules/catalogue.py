"""Every rule by name, with the standard it rests on and the offence code in use; knows no trajectory's inside.

Codes are those of 公安部's table as the trade quotes it, not checked against its text: a scene's `offence_codes`
replaces them, and where none is known the code is empty until the scene gives it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from pipelines.traffic.rules.direction import illegal_u_turn, wrong_way
from pipelines.traffic.rules.lanes import reserved_lane, solid_line, wrong_lane
from pipelines.traffic.rules.people import not_yielding, on_motorway
from pipelines.traffic.rules.signals import red_light, stop_line
from pipelines.traffic.rules.speed import section_speeding, speeding
from pipelines.traffic.rules.standing import blocked_junction, illegal_stop
from pipelines.traffic.rules.view import Finding, View


@dataclass(frozen=True, slots=True)
class Offence:
    """A rule's law: the code in use, where the rule and its evidence are written, and its name."""

    code: str
    law: str
    name: str
    """As it is written over evidence."""


OFFENCES: dict[str, Offence] = {
    "red_light": Offence("1625", "道路交通安全法 第三十八条; GA/T 496, GA/T 832", "违反道路交通信号灯通行"),
    "stop_line": Offence("", "道路交通安全法实施条例 第三十八条; GA/T 832", "越过停止线停车"),
    "wrong_way": Offence("1301", "道路交通安全法 第三十五条; GA/T 832", "逆向行驶"),
    "illegal_u_turn": Offence("1344", "道路交通安全法实施条例 第四十九条; GB 5768.2", "违法掉头"),
    "solid_line": Offence("1345", "道路交通安全法 第三十八条; GB 5768.3", "违反禁止标线指示"),
    "wrong_lane": Offence("1208", "道路交通安全法实施条例 第五十一条", "不按导向车道行驶"),
    "reserved_lane": Offence("1019", "道路交通安全法 第三十七条", "占用专用车道"),
    "emergency_lane": Offence("", "道路交通安全法实施条例 第八十二条", "占用应急车道"),
    "illegal_stop": Offence("1039", "道路交通安全法 第五十六条; GA/T 832, GA/T 1426", "违反规定停车"),
    "illegal_parking": Offence("1039", "道路交通安全法 第五十六条; GA/T 832, GA/T 1426", "违反规定停车"),
    "blocked_junction": Offence("", "道路交通安全法实施条例 第五十三条", "路口内停车滞留"),
    "speeding": Offence("1352", "道路交通安全法 第四十二条; GB/T 21255", "超过规定时速"),
    "section_speeding": Offence("1352", "道路交通安全法 第四十二条", "区间超速"),
    "not_yielding": Offence("", "道路交通安全法 第四十七条", "遇行人过人行横道未让行"),
    "on_motorway": Offence("", "道路交通安全法 第六十七条", "行人或非机动车进入机动车专用道"),
}

RULES: tuple[Callable[[View], list[Finding]], ...] = (
    red_light,
    stop_line,
    wrong_way,
    illegal_u_turn,
    solid_line,
    wrong_lane,
    reserved_lane,
    illegal_stop,
    blocked_junction,
    speeding,
    section_speeding,
    not_yielding,
    on_motorway,
)


def findings(view: View) -> tuple[Finding, ...]:
    """Everything that the rules find, by time, track and rule; the same view gives the same findings."""
    found = [finding for rule in RULES for finding in rule(view)]
    return tuple(sorted(found, key=lambda f: (f.start, f.track, f.rule)))


def code_of(rule: str, view: View) -> str:
    """The offence code in force: the scene's, else the usual one."""
    return dict(view.street.codes).get(rule, OFFENCES[rule].code)
