"""How well review finds faults: cases with one fault a rule, with many, and lawful ones; and how long it takes.

`python -m benchmarks.accuracy.review [--first-seed 1000 --each 3 --many 20 --clean 40] [--misread 0.005]` makes cases
(`benchmarks.volumes.lawful`, `violations`; seeds from 1000 on are for figures, and nothing was tuned on them), gives
their pages to cataloguing and review as a reader without error read them, or one that misreads the given share of
letters, and compares. Found is a fault when its rule gives an alarm; false is every alarm of a lawful case. No page
is drawn: seals, fingerprints and the grids of tables are those of the truth, their letters are misread like all.
`--time N` instead times N cases on one core: from read pages to alarms. `--show` lists what went wrong.
"""

from __future__ import annotations

import argparse
import re
import sys
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from random import Random
from typing import Final

from benchmarks.volumes.reading import misread_page
from benchmarks.volumes.violations import PlantedCase, compatible, make_case, violations
from benchmarks.volumes.volume import Volume
from cases.records import JsonObject, PageLine, Quad, ScannedPage, ScannedTable
from pipelines.files.catalogue.checks import findings
from pipelines.files.catalogue.documents import documents_of
from pipelines.intelligence.review.engine import Review, review
from pipelines.intelligence.review.papers import ScannedVolume, casefile_of

RECALL: Final = 0.98
FALSE_ALARMS: Final = 0.2
"""Targets: share of planted faults found, false alarms a lawful volume."""
TOGETHER: Final = 5
"""Faults of a case with many."""
INCUMBENT: Final = (154, 180.0)
"""Cases and seconds that a published system takes (昆山, secondary source)."""
_PRINT = re.compile(r"（捺指印）(?!：)")


@dataclass(slots=True)
class Tally:
    """What all cases gave together."""

    planted: Counter[str] = field(default_factory=Counter)
    found: Counter[str] = field(default_factory=Counter)
    false: Counter[str] = field(default_factory=Counter)
    volumes: int = 0
    seconds: float = 0.0
    cases: int = 0
    notes: list[str] = field(default_factory=list)

    @property
    def recall(self) -> float:
        """Of planted faults."""
        return self.found.total() / max(self.planted.total(), 1)

    @property
    def false_a_volume(self) -> float:
        """Alarms of lawful cases, a volume."""
        return self.false.total() / max(self.volumes, 1)


def read_volume(volume: Volume, rate: float, seed: int) -> ScannedVolume:
    """The volume as review gets it: catalogued from pages that were read with this share of mistakes."""
    pages = (
        tuple(_read(page, rate, Random(f"review {seed} {page.number}")) for page in volume.pages)
        if rate
        else volume.pages
    )
    documents = documents_of(pages)
    marks = {page.number: _prints(page) for page in volume.pages}
    return ScannedVolume(volume.name, pages, documents, findings(pages, documents), marks)


def alarms_of(case: PlantedCase, rate: float = 0.0) -> Review:
    """The review of a planted case."""
    return review(casefile_of([read_volume(volume, rate, case.seed) for volume in case.volumes]))


def _prints(page: ScannedPage) -> tuple[Quad, ...]:
    """Where a fingerprint is: the pages say so in words, which may go on in the next line."""
    found, before = list[Quad](), ""
    for line in page.lines:
        text = before + line.text
        if any(match.end() > len(before) for match in _PRINT.finditer(text)):
            found.append(line.box)
        before = line.text[-4:]
    return tuple(found)


def _read(page: ScannedPage, rate: float, rng: Random) -> ScannedPage:
    """The page misread; seals and grids stay, cells say what the lines in them do."""
    read = misread_page(page, rate, rng)
    return replace(read, seals=page.seals, tables=tuple(_reread(table, read.lines) for table in page.tables))


def _reread(table: ScannedTable, lines: Sequence[PageLine]) -> ScannedTable:
    return replace(table, cells=tuple(_cell(cell, lines) for cell in table.cells))


def _cell(cell: JsonObject, lines: Sequence[PageLine]) -> JsonObject:
    box = cell["box"]
    assert isinstance(box, list)
    xs, ys = zip(*box, strict=True)
    inside = [
        line.text
        for line in lines
        if min(xs) <= (line.box[0][0] + line.box[2][0]) / 2 <= max(xs)
        and min(ys) <= (line.box[0][1] + line.box[2][1]) / 2 <= max(ys)
    ]
    return {**cell, "text": "".join(inside)}


def measure(tally: Tally, case: PlantedCase, rate: float) -> None:
    """Review one case and count."""
    began = time.perf_counter()
    told = alarms_of(case, rate)
    tally.seconds += time.perf_counter() - began
    tally.cases += 1
    fired = {alarm.rule for alarm in told.alarms}
    if not case.broken:
        tally.volumes += len(case.volumes)
        tally.false.update(alarm.rule for alarm in told.alarms)
        tally.notes += [
            f"false: seed {case.seed} {one.rule} p. {one.place.page}: {one.explanation}" for one in told.alarms
        ]
    for rule in case.broken:
        tally.planted[rule] += 1
        if rule in fired:
            tally.found[rule] += 1
        else:
            gaps = [one for one in told.unchecked if one.rule == rule]
            tally.notes.append(f"missed: seed {case.seed} {rule} {'unchecked' if gaps else 'silent'}")


def report(tally: Tally) -> str:
    """The figures as text."""
    worst = [f"{rule} {tally.found[rule]}/{n}" for rule, n in sorted(tally.planted.items()) if tally.found[rule] < n]
    return "\n".join(
        [
            f"{tally.cases} cases, {len(tally.planted)} rules broken {tally.planted.total()} times",
            f"recall {tally.recall:.4f}",
            f"false alarms a lawful volume {tally.false_a_volume:.3f} in {tally.volumes} volumes {dict(tally.false)}",
            "missed: " + (", ".join(worst) or "none"),
            f"{tally.seconds / max(tally.cases, 1):.2f} s a case",
        ]
    )


def several(rng: Random) -> tuple[str, ...]:
    """Rules that can be broken in one case together."""
    chosen: list[str] = []
    for rule in rng.sample(sorted(violations()), len(violations())):
        if all(compatible(rule, other) for other in chosen):
            chosen.append(rule)
        if len(chosen) == TOGETHER:
            break
    return tuple(chosen)


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print; 1 when a target is missed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--first-seed", type=int, default=1000)
    parser.add_argument("--each", type=int, default=3, help="cases for each rule")
    parser.add_argument("--many", type=int, default=20, help=f"cases with {TOGETHER} faults")
    parser.add_argument("--clean", type=int, default=40, help="lawful cases")
    parser.add_argument("--rules", nargs="*", help="only these")
    parser.add_argument("--misread", type=float, default=0.0, help="share of letters that the reader takes for others")
    parser.add_argument("--time", type=int, default=0, help="time so many lawful cases instead")
    parser.add_argument("--show", action="store_true", help="list what went wrong")
    options = parser.parse_args(arguments)
    tally = Tally()
    first = options.first_seed
    if options.time:
        return _timed(first, options.time)
    seed = first
    for rule in options.rules or sorted(violations()):
        for n in range(options.each):
            measure(tally, make_case(seed + n, (rule,)), options.misread)
        seed += options.each
    for n in range(options.many):
        measure(tally, make_case(first + 5000 + n, several(Random(f"several {first} {n}"))), options.misread)
    for n in range(options.clean):
        measure(tally, make_case(first + 7000 + n), options.misread)
    sys.stdout.write(report(tally) + "\n")
    if options.show:
        sys.stdout.write("\n".join(tally.notes) + "\n")
    return 0 if tally.recall >= RECALL and tally.false_a_volume <= FALSE_ALARMS else 1


def _timed(first: int, count: int) -> int:
    """Review `count` lawful cases, made beforehand, and print the seconds."""
    cases = [make_case(first + 9000 + n) for n in range(count)]
    pages = sum(len(volume.pages) for case in cases for volume in case.volumes)
    began = time.perf_counter()
    for case in cases:
        alarms_of(case)
    took = time.perf_counter() - began
    sys.stdout.write(f"{count} cases, {pages} pages: {took:.1f} s on one core, {took / count:.2f} s a case\n")
    return 0 if took / count * INCUMBENT[0] <= INCUMBENT[1] else 1


if __name__ == "__main__":
    sys.exit(main())
