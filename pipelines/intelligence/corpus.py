"""Brings files of judgments into values and into the corpus; knows two shapes of line and no model.

A line has LeCaRD's fields (id, ajName, ajjbqk, cpfxgc, pjjg, qw) or our own (id, facts, charge, months). Where the
operative part names one charge and one term, they are read from it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from cases.corpus import CorpusStore, Reached
from cases.judgment import Judgment
from cases.records import JsonObject, JsonValue
from models.errors import BadInput
from pipelines.intelligence.json_lines import json_lines
from pipelines.intelligence.masking import masked

BATCH = 200
"""Judgments a transaction: some 3 MB, and all that a kill costs."""
MAX_MONTHS = 300.0
"""刑法 art. 69: no combined fixed term is longer than 25 years."""


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import did: lines read now, judgments new to the corpus, lines that held nothing to keep."""

    lines: int
    new: int
    empty: int
    resumed_at: int


def judgment_of(body: JsonObject, where: str) -> Judgment:
    """The judgment of a line; `where` names it in errors. Raises BadInput saying which field does not fit."""
    key = body.get("id")
    if isinstance(key, bool) or not isinstance(key, str | int) or not str(key).strip():
        raise BadInput("corpus.id", f"{where} has no id; give each judgment one, text or a whole number")
    facts = _text(body, ("facts", "ajjbqk"), where) or _text(body, ("qw",), where)
    return Judgment(
        str(key).strip(),
        _text(body, ("ajName", "name"), where),
        facts,
        _text(body, ("cpfxgc", "view"), where),
        _text(body, ("pjjg", "result"), where),
        _text(body, ("charge",), where) or None,
        _months(body.get("months"), where),
    )


def _text(body: JsonObject, fields: tuple[str, ...], where: str) -> str:
    for field in fields:
        value = body.get(field)
        if value is None or value == "":
            continue
        if not isinstance(value, str):
            raise BadInput("corpus.field", f"{where}: {field} must be text")
        # A lone surrogate, which JSON may escape, is no text that a database takes.
        return value.encode("utf-8", "replace").decode("utf-8")
    return ""


def _months(value: JsonValue, where: str) -> float | None:
    if value is None or value == "":
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value <= MAX_MONTHS:
        raise BadInput("corpus.months", f"{where}: months must be a number above 0 and at most {MAX_MONTHS:.0f}")
    return float(value)


def read_judgments(file: Path) -> Iterator[Judgment]:
    """Every judgment of a file, one at a time."""
    for number, body in json_lines(file):
        yield judgment_of(body, f"{file.name}, line {number}")


def import_file(
    file: Path, store: CorpusStore, *, mask: bool = True, on_line: Callable[[int], None] = lambda number: None
) -> Imported:
    """Bring the judgments of `file` into the corpus, going on where an earlier import of the same bytes ended.

    What is already there, by its digest before masking, is not taken twice. Raises BadInput for a line that does not
    fit; the whole batches before it stay, and a corrected file adds only what is new.
    """
    with file.open("rb") as stream:
        source = hashlib.file_digest(stream, "sha256").hexdigest() + ("" if mask else "+names")
    begun = store.reached(source)
    if begun.finished:
        return Imported(0, 0, 0, begun.lines)
    new = empty = read = 0
    last, batch = begun.lines, list[tuple[str, Judgment]]()
    for last, body in json_lines(file, skip=begun.lines):
        judgment = judgment_of(body, f"{file.name}, line {last}")
        read += 1
        if judgment.facts.strip():
            batch.append((judgment.digest(), masked(judgment) if mask else judgment))
        else:
            empty += 1
        if len(batch) >= BATCH:
            new += store.add(batch, source, Reached(last, finished=False))
            batch.clear()
        on_line(last)
    new += store.add(batch, source, Reached(last, finished=True))
    return Imported(read, new, empty, begun.lines)
