"""How well spoken numerals become figures: written cases by kind, judgments read out and brought back, peers beside.

    python -m benchmarks.accuracy.itn [--shared ../shared] [--misses]

`itn_cases.tsv` was written by hand: the rules were made with its part `tuned`; `held` was scored once before anything
was changed for it (94.3 %: 149 of 158) and is a check against falling back since. Kinds that start with `stay` must not
change at all: this is our reading of the standard, and others may read it otherwise. With `--shared` the numerals of
court judgments are read out and must come back with the value that the court wrote: a truth that nobody here made.
Peers (wetext, cn2an) take part where they are installed; since each has a style of its own, they are also compared by
the values in their text alone. Knows no audio.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import time
import warnings
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from importlib import import_module
from pathlib import Path

from benchmarks.accuracy.chinese_text import read_out
from cases.transcript import NumberSpan
from pipelines.speech.itn.layer import in_figures, number_spans

CASES = Path(__file__).with_name("itn_cases.tsv")
JUDGMENTS = Path("data", "cases", "mud")
LOOKED_AT, UNSEEN = "dev.jsonl", "train.jsonl"
"""The first was read while the rules were made; the second was scored before anything was changed for it."""
STAYS = "stay"
Normaliser = Callable[[str], str]

_VALUE = re.compile(r"(\d+)(?:\.(\d+))?(亿(?:(\d+)万)?|万)?")
_WRITTEN = re.compile(r"(?<![\dA-Za-z.×xX%-])\d+(?:\.\d{1,2})?%?(?![\d.A-Za-z×xX%％-])")
_CLAUSE = re.compile(r"[，。；：（）()、“”\s]+")


@dataclass(frozen=True, slots=True)
class ItnCase:
    """What was said and how it is to be written."""

    split: str
    kind: str
    spoken: str
    written: str


def cases(path: Path = CASES) -> list[ItnCase]:
    """The written cases."""
    lines = path.read_text(encoding="utf-8").splitlines()[1:]
    return [ItnCase(*line.split("\t")) for line in lines]


def ours(text: str) -> str:
    """The product's own."""
    return in_figures(text, number_spans(text))


def peers() -> dict[str, Normaliser]:
    """Other people's normalisers, as far as they are installed."""
    found: dict[str, Normaliser] = {}
    try:
        found["wetext"] = import_module("wetext").Normalizer(lang="zh", operator="itn").normalize
    except ImportError:
        print("wetext is not installed: left out")
    try:
        convert = import_module("cn2an").transform
    except ImportError:
        print("cn2an is not installed: left out")
    else:
        found["cn2an"] = lambda text: str(convert(text, "cn2an"))
    return found


def attempt(normalise: Normaliser, text: str) -> str:
    """What a normaliser makes of a text; a peer that breaks on it has failed, not the benchmark."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return normalise(text)
        except Exception as error:  # noqa: BLE001
            return f"[{type(error).__name__}]"


def values(text: str) -> list[float]:
    """The numbers of a text by value, whatever the style around them."""
    found: list[float] = []
    for match in _VALUE.finditer(text):
        number = float(f"{match[1]}.{match[2] or 0}")
        unit = (match[3] or "")[:1]
        found.append(number * {"亿": 1e8, "万": 1e4}.get(unit, 1) + float(match[4] or 0) * 1e4)
    return found


@dataclass(frozen=True, slots=True)
class Score:
    """Cases of one kind: how many, right to the letter, right by the values in them."""

    count: int
    exact: int
    by_value: int


def score(normalise: Normaliser, chosen: Sequence[ItnCase]) -> tuple[Score, list[tuple[ItnCase, str]]]:
    """The score over some cases, and what was missed."""
    made = [(case, attempt(normalise, case.spoken)) for case in chosen]
    missed = [(case, text) for case, text in made if text != case.written]
    right = sum(text == case.written if is_kept(case) else values(text) == values(case.written) for case, text in made)
    return Score(len(made), len(made) - len(missed), right), missed


def is_kept(case: ItnCase) -> bool:
    """Whether nothing of the case may change."""
    return case.kind.startswith(STAYS)


# --- judgments -------------------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class ReadOut:
    """A clause with its figures read out; `places` are the characters of each numeral and what the court wrote."""

    spoken: str
    places: tuple[tuple[int, int, str], ...]


def read_outs(path: Path) -> Iterator[ReadOut]:
    """The clauses of a file of judgments that hold numerals."""
    for line in path.read_text(encoding="utf-8").splitlines():
        text = re.sub(r"(?<=\d),(?=\d{3})", "", json.loads(line)["facts"])
        for clause in _CLAUSE.split(text):
            if re.search(r"[0-9零一二三四五六七八九十百千万]", clause):
                yield _read(clause)


def _read(clause: str) -> ReadOut:
    spoken, position = "", 0
    places: list[tuple[int, int, str]] = []
    for match in _WRITTEN.finditer(clause):
        spoken += clause[position : match.start()]
        # The character after it decides between 二 and 两.
        after = clause[match.end() : match.end() + 1]
        read = read_out(match[0] + after)
        places.append((len(spoken), len(spoken) + len(read) - len(after), match[0]))
        spoken += read.removesuffix(after)
        position = match.end()
    return ReadOut(spoken + clause[position:], tuple(places))


def outcome(spoken: str, place: tuple[int, int, str], spans: Sequence[NumberSpan]) -> str:
    """What became of one numeral: restored, kept in characters, or wrong."""
    start, end, wanted = place
    touching = [span for span in spans if span.start < end and span.end > start]
    if not touching:
        return "kept"
    # 47万 is read as one number and comes back as one.
    start, end = min(start, touching[0].start), max(end, touching[-1].end)
    moved = [replace(span, start=span.start - start, end=span.end - start) for span in touching]
    made = in_figures(spoken[start:end], moved)
    same = values(made)[:1] in (values(wanted)[:1], values(f"{wanted}万")[:1], values(f"{wanted}亿")[:1])
    return "restored" if same and made.endswith("%") == wanted.endswith("%") else "wrong"


def judgments(path: Path, show: bool) -> None:
    """Print how many numerals of judgments came back, and how many clauses without figures were changed."""
    single: Counter[str] = Counter()
    longer: Counter[str] = Counter()
    untouched: Counter[bool] = Counter()
    for clause in read_outs(path):
        spans = number_spans(clause.spoken)
        if not clause.places:
            untouched[not spans] += not re.search("[0-9]", clause.spoken)
            if show and spans:
                print(f"  changed: {clause.spoken} -> {in_figures(clause.spoken, spans)}")
        for place in clause.places:
            became = outcome(clause.spoken, place, spans)
            (single if len(place[2]) == 1 else longer)[became] += 1
            if show and became == "wrong":
                print(f"  wrong: {clause.spoken} -> {in_figures(clause.spoken, spans)}")
    print(f"{path.name}, numerals of two figures and more: {dict(longer)}; single figures: {dict(single)}")
    print(
        f"{path.name}, clauses that the court wrote without figures: {untouched[True]} kept, {untouched[False]} changed"
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print; 1 when a case that must stay was changed by ours."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shared", type=Path, help="folder that holds data/cases")
    parser.add_argument("--misses", action="store_true", help="print every case that was missed")
    options = parser.parse_args(arguments)
    everything = cases()
    names: dict[str, Normaliser] = {"ours": ours, **peers()}
    for name, normalise in names.items():
        attempt(normalise, everything[0].spoken)
        clock = time.perf_counter()
        for split in ("tuned", "held"):
            for stays in (False, True):
                chosen = [case for case in everything if case.split == split and is_kept(case) == stays]
                found, missed = score(normalise, chosen)
                what = "must stay" if stays else "numbers"
                print(f"{name:7} {split:6} {what:10} {found.exact} exact, {found.by_value} by value, of {found.count}")
                for case, text in missed if options.misses else ():
                    print(f"    {case.kind}: {case.spoken} -> {text}, not {case.written}")
        length = sum(len(case.spoken) for case in everything)
        print(f"{name:7} {length / (time.perf_counter() - clock):,.0f} characters a second")
    for kind in dict.fromkeys(case.kind for case in everything):
        found, _ = score(ours, [case for case in everything if case.kind == kind])
        print(f"  {kind:11} {found.exact}/{found.count}")
    if options.shared is not None:
        for name in (LOOKED_AT, UNSEEN):
            judgments(options.shared / JUDGMENTS / name, options.misses)
    return int(any(is_kept(case) and ours(case.spoken) != case.written for case in everything))


if __name__ == "__main__":
    sys.exit(main())
