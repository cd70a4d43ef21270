"""Mandarin text made comparable for character error rates: no punctuation, numerals read out, one script, one case.

The rules follow the public scoring scripts in spirit (SpeechColab's textnorm_zh), reference and hypothesis alike;
fillers and 儿化 stay, since a record has to keep them. Knows no audio and no model.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from models.speech.simplified import simplified
from pipelines.numerals import in_characters, one_by_one

_TWO_OF = "个只次人名位岁天年周倍家起条件份点小分秒块元千万亿"
"""Measure words before which 2 is read 两."""
_NUMBER = re.compile(r"(\d[\d,]*)(?:\.(\d+))?(%?)")
_GROUPED = re.compile(r"(?<![\d.,])\d{1,4}(?:[ -]\d{1,4})+(?!\d|%|[.,]\d)")
_MOBILE = re.compile(r"1[3-9]\d{9}")
_LONGEST_AMOUNT = 6
"""Figures in a row; more are said one by one."""


def read_out(text: str) -> str:
    """Arabic numerals as they are read: years and long numbers digit by digit, the rest whole; decimals, per cent.

    A long number may stand in groups (1325 326 3647): there the groups are no amounts of their own.
    """
    text = _GROUPED.sub(_ungrouped, text)

    def reading(match: re.Match[str]) -> str:
        whole, fraction, percent = match[1].replace(",", ""), match[2], match[3]
        after = text[match.end() : match.end() + 1]
        if not fraction and (
            len(whole) > _LONGEST_AMOUNT or (whole[0] == "0" and len(whole) > 1) or (after == "年" and len(whole) == 4)
        ):
            return one_by_one(whole)
        if whole == "2" and not fraction and not percent and after and after in _TWO_OF:
            return "两"
        read = in_characters(int(whole)) if len(whole) <= 16 else one_by_one(whole)
        if fraction:
            read += "点" + one_by_one(fraction)
        return f"百分之{read}" if percent else read

    return _NUMBER.sub(reading, text)


def _ungrouped(match: re.Match[str]) -> str:
    """The groups as one number where they cannot be amounts: a mobile number, or one of them begins with 0.

    3000 5000 stays two amounts. Amounts that look like a mobile number (1500 3000 800) are taken for one: that costs
    the hypothesis edits and forgives it none, for its figures stay what they are.
    """
    groups = re.split("[ -]", match[0])
    whole = "".join(groups)
    zero_led = any(group.startswith("0") for group in groups)
    return whole if _MOBILE.fullmatch(whole) or (zero_led and len(whole) > _LONGEST_AMOUNT) else match[0]


def comparable(text: str) -> str:
    """Only letters, digits and characters, in simplified script and lower case, numerals read out."""
    # 幺 is how a 1 is spoken in a row of digits.
    text = read_out(simplified(unicodedata.normalize("NFKC", text)).lower()).replace("幺", "一")
    return "".join(character for character in text if character.isalnum())


@dataclass(frozen=True, slots=True)
class Errors:
    """Edits from reference to hypothesis, in characters, over `length` characters of reference."""

    substitutions: int
    deletions: int
    insertions: int
    length: int

    @property
    def rate(self) -> float:
        """Edits over reference characters."""
        edits = self.substitutions + self.deletions + self.insertions
        return edits / self.length if self.length else float(edits > 0)


def character_errors(reference: str, hypothesis: str) -> Errors:
    """The fewest edits that turn `reference` into `hypothesis` (Levenshtein), by kind."""
    width = len(hypothesis) + 1
    # Each cell: edits, substitutions, deletions, insertions.
    row = [(n, 0, 0, n) for n in range(width)]
    for i, wanted in enumerate(reference, 1):
        above, row = row, [(i, 0, i, 0)]
        for j, got in enumerate(hypothesis, 1):
            e, s, d, n = above[j - 1]
            change = (e, s, d, n) if wanted == got else (e + 1, s + 1, d, n)
            e, s, d, n = above[j]
            drop = (e + 1, s, d + 1, n)
            e, s, d, n = row[j - 1]
            add = (e + 1, s, d, n + 1)
            row.append(min(change, drop, add, key=lambda cell: cell[0]))
    _, substitutions, deletions, insertions = row[-1]
    return Errors(substitutions, deletions, insertions, len(reference))


def edit_distance(reference: str, hypothesis: str) -> int:
    """As many edits as `character_errors` counts, not told apart; fast enough for an hour of speech."""
    wanted, got = (np.frombuffer(text.encode("utf-32-le"), np.uint32) for text in (reference, hypothesis))
    columns = np.arange(got.size + 1)
    row = columns
    for number, character in enumerate(wanted, 1):
        best = np.minimum(row[1:] + 1, row[:-1] + (got != character))
        # An insertion adds 1 a column: the least of all cells to the left, each with its way to go.
        row = np.minimum.accumulate(np.concatenate([[number], best]) - columns) + columns
    return int(row[-1])


def total(errors: Sequence[Errors]) -> Errors:
    """The sum over several texts, so that long ones weigh more."""
    return Errors(
        sum(e.substitutions for e in errors),
        sum(e.deletions for e in errors),
        sum(e.insertions for e in errors),
        sum(e.length for e in errors),
    )
