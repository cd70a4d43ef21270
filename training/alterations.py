"""Records altered in every way that a script allows and in some that it does not, for the judge to learn from.

Beside the marked denials and intents, and values of other fillings, sentences of other scripts are added, confessions
of every pool, and clauses are denied by rule. Several alterations of one record stand far enough apart to have no part
in one another. Knows no comparison.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from benchmarks.accuracy.interrogation_pools import CONFESSIONS
from benchmarks.accuracy.interrogations import Interrogation, every_alteration, interrogation, scripts

HANDS = {
    "first": ("dev", "held-out", "blind", "probe", "check", "last"),
    "second": ("blind-2",),
    "third": ("blind-3",),
    "fourth": ("blind-4",),
    "fifth": ("hands",),
}
"""Splits that are trained on, by the hand that wrote them: all that were looked at. A newer one is for measuring."""
SPLITS = tuple(split for splits in HANDS.values() for split in splits)
ROUNDS = 3
"""Values that each kind of fact takes in one filling."""
BY_RULE = 6
"""Clauses denied, and sentences of other scripts added, in one filling."""
A_RECORD = 5
"""Alterations of one record, and turns between two of them."""
HEAD = 4
"""Turns of a record before anything is said of the matter."""
_WHOLE = frozenset({"dropped answer", "merged turns"})
"""Kinds that leave every clause of the record true."""
_NEGATOR = re.compile(r"没有|没|不|未")
_OPENING = re.compile(r"(后来|当时|其中|因为|所以|但是|但|是)?(我们|他们|我|他|她)?")


@dataclass(frozen=True, slots=True)
class Altered:
    """A record and, for each altered turn by its index, the altered characters of its text and the kind."""

    record: Interrogation
    spans: dict[int, tuple[int, int, str]]


@dataclass(frozen=True, slots=True)
class _Edit:
    turn: int
    text: str
    kind: str


def all_scripts() -> list[str]:
    """The names of the scripts that are trained on."""
    return sorted(name for split in SPLITS for name in scripts(split))


def altered_records(name: str, seed: int) -> tuple[Interrogation, list[Altered]]:
    """The unaltered interrogation and its altered records; the same for the same name and seed."""
    rng = random.Random(f"training/{name}/{seed}")  # noqa: S311 - alterations, no secret
    base, found = every_alteration(name, seed, ROUNDS)
    found = [one for one in found if one.kind not in _WHOLE]
    edits = [_Edit(one.where[0], one.written[one.where[0]].text, one.kind) for one in found if len(one.where) == 1]
    edits += _by_rule(base, rng)
    rng.shuffle(edits)
    whole = [one for one in found if len(one.where) > 1]
    return base, [*(_edited(base, some) for some in _apart(edits)), *map(_moved, whole)]


def _by_rule(base: Interrogation, rng: random.Random) -> Iterator[_Edit]:
    answers = [n for n, line in enumerate(base.written) if line.role == "a" and n > HEAD]
    for _ in range(BY_RULE):
        turn = rng.choice(answers)
        if (text := denied(base.written[turn].text, rng)) is not None:
            yield _Edit(turn, text, "denied by rule")
    name, _, seed = base.name.rpartition("-")
    for _ in range(BY_RULE):
        turn = rng.choice(answers)
        other, _ = interrogation(rng.choice([one for one in all_scripts() if one != name]), int(seed))
        lines = [line.text for line in other.written[HEAD:] if line.role == "a"]
        sentences = [sentence for text in lines for sentence in re.findall(r"[^。]{6,}。", text)]
        yield _Edit(turn, base.written[turn].text + rng.choice(sentences), "added sentence")
    for pool in (CONFESSIONS[split] for split in SPLITS):
        turn = rng.choice(answers)
        yield _Edit(turn, base.written[turn].text + rng.choice(pool), "added confession")


def denied(text: str, rng: random.Random) -> str | None:
    """One clause of a text without its negator, or with one; None where no clause is long enough."""
    spans = [match.span() for match in re.finditer(r"[^，。；、：]{4,}", text)]
    if not spans:
        return None
    start, end = rng.choice(spans)
    clause = text[start:end]
    if match := _NEGATOR.search(clause):
        clause = clause[: match.start()] + clause[match.end() :]
    else:
        opening = _OPENING.match(clause)
        at = opening.end() if opening is not None else 0
        clause = clause[:at] + rng.choice(["没有", "不是", "从未"]) + clause[at:]
    return text[:start] + clause + text[end:]


def _apart(edits: Sequence[_Edit]) -> list[list[_Edit]]:
    """The edits in as few records as they fit into, apart from one another."""
    records: list[list[_Edit]] = []
    for edit in edits:
        for one in records:
            if len(one) < A_RECORD and all(abs(edit.turn - other.turn) >= A_RECORD for other in one):
                one.append(edit)
                break
        else:
            records.append([edit])
    return records


def _edited(base: Interrogation, edits: Sequence[_Edit]) -> Altered:
    written = list(base.written)
    spans: dict[int, tuple[int, int, str]] = {}
    for edit in edits:
        spans[edit.turn] = (*differing(written[edit.turn].text, edit.text), edit.kind)
        written[edit.turn] = replace(written[edit.turn], text=edit.text)
    return Altered(replace(base, written=tuple(written)), spans)


def _moved(one: Interrogation) -> Altered:
    answer = one.where[-1]
    return Altered(one, {answer: (0, len(one.written[answer].text), one.kind)})


def differing(old: str, new: str) -> tuple[int, int]:
    """Where `new` differs from `old`, at least a character wide: from the first to the last that is not alike."""
    start = 0
    while start < min(len(old), len(new)) and old[start] == new[start]:
        start += 1
    end = 0
    while end < min(len(old), len(new)) - start and old[-1 - end] == new[-1 - end]:
        end += 1
    return start, max(start + 1, len(new) - end)
