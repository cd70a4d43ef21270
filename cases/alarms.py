"""预警 that people answered: the states of an alarm, and an answer as the store keeps it; knows no rule."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class AlarmState(StrEnum):
    """待处理, 已说明, 已补正, 不成立. An alarm is open until somebody answers it, and may be opened again."""

    OPEN = "open"
    EXPLAINED = "explained"
    CORRECTED = "corrected"
    DISMISSED = "dismissed"


@dataclass(frozen=True, slots=True)
class AlarmAnswer:
    """What a person said of an alarm, and why; earlier answers stay."""

    id: str
    case_id: str
    alarm: str
    rule: str
    state: AlarmState
    reason: str
    answered_at: datetime
    answered_by: str
