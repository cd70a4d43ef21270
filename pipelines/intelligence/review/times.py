"""Moments as papers write them, read as exactly as they are told; knows no paper."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Final

from pipelines.files.catalogue.fields import dates_in
from pipelines.intelligence.review.casefile import When

MOMENT: Final = r"(?:19|20)\d{2}年\d{1,2}月\d{1,2}日(?:\d{1,2}[时：]\d{0,2}分?)?"
_PARTS = re.compile(r"((?:19|20)\d{2})年(\d{1,2})月(\d{1,2})日(?:(\d{1,2})[时：](\d{0,2}))?")


def moment_in(text: str) -> When | None:
    """The first moment of a text; a day in characters counts, too. None for what no calendar has."""
    found = _PARTS.search(text)
    if found is None:
        day = next(dates_in(text), None)
        return When.of_day(day) if day is not None else None
    year, month, of_month = (int(part) for part in found.groups()[:3])
    try:
        if found[4] is None:
            return When.of_day(date(year, month, of_month))
        return When.at(datetime(year, month, of_month, int(found[4]) % 24, int(found[5] or 0)))
    except ValueError:
        return None
