"""The board of alarms: each with the state that a person gave it, counted by unit and rule, never by officer.

Knows no store and no screen; gives the board as tables for spreadsheets.
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from cases.alarms import AlarmAnswer, AlarmState
from pipelines.files.tables.xlsx import sheet_of_rows
from pipelines.intelligence.review.engine import Alarm

STATES: Final = {
    AlarmState.OPEN: "待处理",
    AlarmState.EXPLAINED: "已说明",
    AlarmState.CORRECTED: "已补正",
    AlarmState.DISMISSED: "不成立",
}
SEVERITIES: Final = {"error": "违法", "warning": "瑕疵", "notice": "提示"}
HEAD: Final = ("案件", "单位", "规则", "程度", "事项", "说明", "依据", "文书", "卷页", "状态", "理由", "编号")


@dataclass(frozen=True, slots=True)
class Entry:
    """An alarm of a case, and the newest answer to it; None while nobody answered."""

    case_id: str
    case_name: str
    alarm: Alarm
    answer: AlarmAnswer | None

    @property
    def state(self) -> AlarmState:
        """Open until somebody says otherwise."""
        return self.answer.state if self.answer is not None else AlarmState.OPEN


def newest(answers: Iterable[AlarmAnswer]) -> dict[str, AlarmAnswer]:
    """The newest answer of each alarm; answers come newest first."""
    found: dict[str, AlarmAnswer] = {}
    for answer in answers:
        found.setdefault(answer.alarm, answer)
    return found


def counts(entries: Iterable[Entry]) -> Mapping[tuple[str, str], Counter[AlarmState]]:
    """How many alarms of each state a unit has under a rule: unit and rule -> counts."""
    found: dict[tuple[str, str], Counter[AlarmState]] = {}
    for entry in entries:
        found.setdefault((entry.alarm.unit or "单位不明", entry.alarm.rule), Counter())[entry.state] += 1
    return found


def table(entries: Sequence[Entry]) -> list[tuple[str, ...]]:
    """A head and a row an alarm."""
    return [HEAD, *(_row(entry) for entry in entries)]


def as_csv(entries: Sequence[Entry]) -> bytes:
    """UTF-8 with a byte order mark, as spreadsheets want Chinese. A text that could be run as a formula is quoted."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerows([_inert(cell) for cell in row] for row in table(entries))
    return out.getvalue().encode("utf-8-sig")


def as_xlsx(entries: Sequence[Entry]) -> bytes:
    """A workbook of one sheet."""
    return sheet_of_rows("预警", table(entries))


def _inert(cell: str) -> str:
    return "'" + cell if cell[:1] in "=+-@\t\r" and cell else cell


def _row(entry: Entry) -> tuple[str, ...]:
    alarm, place = entry.alarm, entry.alarm.place
    where = (
        f"第{place.page}页" if place.page is not None else f"{place.second:.1f}秒" if place.second is not None else ""
    )
    return (
        entry.case_name,
        alarm.unit,
        alarm.rule,
        SEVERITIES[alarm.severity],
        alarm.title,
        alarm.explanation,
        "；".join((*alarm.statutes, alarm.basis)).strip("；"),
        alarm.paper,
        where,
        STATES[entry.state],
        entry.answer.reason if entry.answer is not None else "",
        alarm.id,
    )
