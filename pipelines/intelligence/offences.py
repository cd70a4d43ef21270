"""The charges and articles of 刑法 that a judgment rests on, from its result and the court's view; knows no model."""

from __future__ import annotations

import re

from cases.judgment import Judgment
from pipelines.numerals import value_of

_CONVICTED = re.compile(r"犯([^，。；（）()\s]{2,30}?罪)(?=[，,。；;、（(及和且并判一二三四处免罚]|$)")
_CONSTITUTES = re.compile(r"构成(?:了)?([^，。；（）\s]{2,25}?罪)(?=[，。；、（]|$)")
_ARTICLE = re.compile(r"第([一二三四五六七八九十百零]{2,8})条")
FIRST_OFFENCE, LAST_OFFENCE = 102, 451
"""刑法, special part: arts. 102 to 451 define offences."""


def charges_of(judgment: Judgment) -> frozenset[str]:
    """The charges of a conviction, as written; of the court's view where the result names none."""
    if judgment.charge:
        return frozenset({judgment.charge})
    return frozenset(_CONVICTED.findall(judgment.result) or _CONSTITUTES.findall(judgment.view))


def articles_of(judgment: Judgment) -> frozenset[str]:
    """The articles of the special part that the court's view cites, as 第264条."""
    numbers = (value_of(run) for run in _ARTICLE.findall(judgment.view))
    return frozenset(f"第{n}条" for n in numbers if n is not None and FIRST_OFFENCE <= n <= LAST_OFFENCE)
