"""How fast search is, what it costs, and whether it tells anybody of cases that are not theirs.

    python -m benchmarks.load.search --shared ../shared/data -o OUT [--sizes 1000 10000 100000]

For each size from 10^3 on: time to build the index, its size, the peak memory of the process, and latencies (as a
caller sees them: scope, match, snippets, audit) for kinds of query asked by an administrator and by a member of 50
cases. At the largest size: the same member's answers over an index that holds those 50 cases alone are compared, hit by
hit and score by score, and what the two cost the processor, asked in turn. Figures go to OUT/search.json, the growth
curve to OUT/search.svg.
"""

from __future__ import annotations

import argparse
import gc
import json
import resource
import shutil
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks.load.search_documents import CASE_DOCUMENTS, Material, case_name, names_of, sources
from benchmarks.load.search_plot import growth_curve
from cases.acts.search import Changes, Indexed, Scope, SearchActs, SearchedCase
from cases.records import Actor, JsonObject, Role
from cases.search.asking import Answer, CaseSearch
from cases.search.document import Source
from cases.search.index import SearchIndex
from cases.search.matching import Order
from cases.store import Store
from models.errors import NotFound
from pipelines.intelligence.search.names import dictionary

SIZES = (1_000, 3_162, 10_000, 31_623, 100_000)
BATCH_CASES = 50
MEMBER_CASES = 50
ROUNDS = 6
MIB = 1 << 20


def queries(case: int) -> dict[str, list[str]]:
    """Kinds of query, each with some; `case` is one that the member may read."""
    people = names_of(case)
    return {
        "common word": ["被告人", "有期徒刑", "公诉机关"],
        "single character": ["刀", "毒"],
        "word": ["电动车", "信用卡", "甲基苯丙胺"],
        "phrase": ['"经审理查明"', '"如实供述自己的罪行"', '"不服本判决，可在接到判决书的第二日起十日内"'],
        "rare": [f"物证编号{case:07d}-03", people[0]],
        "boolean": ["(盗窃 OR 诈骗) 被告人 NOT 未遂", "手机 现金 -电动车", "(酒精 OR 醉酒) 驾驶 血液"],
        "fields": ["type:判决书 盗窃", "date:2015 kind:卷宗 被告人", f"person:{people[1]}"],
        "pinyin": ["daoqie", "zuizhuxing", "qgzx"],
        "nothing": ["量子纠缠态", "玻色爱因斯坦"],
    }


class BenchStore(SearchActs):
    """The acts of search over a real store for the audit trail, with a scope of made cases."""

    def __init__(self, store: Store, cases: Sequence[int], everything: bool) -> None:
        super().__init__(store._database)
        self._store = store
        made = tuple(SearchedCase(case_name(n), f"第{n}号案", None, None) for n in cases)
        self._scope = Scope(made, everything)

    def search_scope(self, actor: Actor) -> Scope:
        """As the store gives it, for cases that only the index holds."""
        return self._scope

    def note_search(self, actor: Actor, details: JsonObject, shown: object) -> None:
        """The entry on the installation's trail; the cases are no rows of this store."""
        self._store.note_reference(actor, "search.asked", ("search", "all"), details)

    def changed_records(self, after: int) -> Changes | None:
        """Nothing is followed here."""
        return Changes((), after, False)

    def record_to_index(self, record_id: str) -> Indexed:
        """Nothing is followed here."""
        raise NotFound("search.followed", f"record {record_id} is in the index alone")


@dataclass(frozen=True, slots=True)
class Spent:
    """Seconds by the clock, and of the processor."""

    clock: float
    processor: float

    def __add__(self, other: Spent) -> Spent:
        return Spent(self.clock + other.clock, self.processor + other.processor)


@dataclass(frozen=True, slots=True)
class Built:
    """One index and what making it cost."""

    index: SearchIndex
    figures: dict[str, float]


def build(folder: Path, material: Material, documents: int, cases: Sequence[int] | None = None) -> Built:
    """The index of so many documents (of `cases` alone, where given), written in batches as the follower does."""
    shutil.rmtree(folder, ignore_errors=True)
    index = SearchIndex(folder)
    made = chars = 0
    spent = Spent(0.0, 0.0)
    batch: list[Source] = []
    wanted = None if cases is None else {case_name(n) for n in cases}
    for number, kept in enumerate(sources(material, documents)):
        if wanted is None or (kept and kept[0].case_id in wanted):
            batch += kept
        if batch and number % BATCH_CASES == BATCH_CASES - 1:
            spent += _timed(index, batch)
            made += sum(len(source.documents) for source in batch)
            chars += sum(len(one.text) for source in batch for one in source.documents)
            batch = []
    if batch:
        spent += _timed(index, batch)
        made += sum(len(source.documents) for source in batch)
        chars += sum(len(one.text) for source in batch for one in source.documents)
    size = index.file.stat().st_size / MIB
    figures = {
        "documents": made,
        "characters": chars,
        "build_s": round(spent.clock, 2),
        "build_cpu_s": round(spent.processor, 2),
        "size_mib": round(size, 1),
    }
    return Built(index, figures)


def _timed(index: SearchIndex, batch: list[Source]) -> Spent:
    begun, worked = time.perf_counter(), time.process_time()
    index.write(batch)
    return Spent(time.perf_counter() - begun, time.process_time() - worked)


def latencies(search: CaseSearch, actor: Actor, asked: dict[str, list[str]]) -> dict[str, dict[str, float]]:
    """Milliseconds by kind of query, by the clock and of the processor (a busy machine inflates the first).

    Median, 95th of a hundred, and how many documents were found.
    """
    found = {}
    for kind, texts in asked.items():
        times, busy, totals = [], [], []
        for text in texts:
            search.ask(actor, text)  # what is asked first warms the pages of the file
            for _ in range(ROUNDS):
                begun, worked = time.perf_counter(), time.thread_time()
                answer = search.ask(actor, text)
                busy.append((time.thread_time() - worked) * 1000)
                times.append((time.perf_counter() - begun) * 1000)
            totals.append(answer.total)
        found[kind] = {
            "p50": round(float(np.percentile(times, 50)), 1),
            "p95": round(float(np.percentile(times, 95)), 1),
            "cpu_p50": round(float(np.percentile(busy, 50)), 1),
            "cpu_p95": round(float(np.percentile(busy, 95)), 1),
            "found": float(np.mean(totals)),
        }
    return found


def _essence(answer: Answer) -> list[tuple[str, float, str]]:
    return [(hit.source, hit.score, "".join(part.text for part in hit.snippet.parts)) for hit in answer.hits]


def hidden_cases_show(full: CaseSearch, alone: CaseSearch, actor: Actor, asked: dict[str, list[str]]) -> JsonObject:
    """The same member over all cases and over theirs alone: answers that differ, and paired latencies."""
    different, pairs = 0, []
    for texts in asked.values():
        for text in texts:
            for order in Order:
                one, other = full.ask(actor, text, order), alone.ask(actor, text, order)
                same = (one.total, one.kinds, one.readings) == (other.total, other.kinds, other.readings)
                different += not (same and _essence(one) == _essence(other))
            for turn in range(2 * ROUNDS):
                first, second = (full, alone) if turn % 2 else (alone, full)
                times = {}
                for search in (first, second):
                    begun = time.thread_time()
                    search.ask(actor, text)
                    times[search] = (time.thread_time() - begun) * 1000
                pairs.append((times[full], times[alone]))
    table = np.array(pairs)
    apart = table[:, 0] - table[:, 1]
    means = [np.median(np.random.default_rng(n).choice(apart, len(apart))) for n in range(1000)]
    low, high = np.percentile(means, [2.5, 97.5])
    return {
        "answers_that_differ": different,
        "with_others_cpu_p50_ms": round(float(np.median(table[:, 0])), 2),
        "alone_cpu_p50_ms": round(float(np.median(table[:, 1])), 2),
        "paired_cpu_difference_ms": [round(float(low), 3), round(float(np.median(apart)), 3), round(float(high), 3)],
    }


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure; answers 1 when an answer depends on cases that the caller may not read."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shared", type=Path, required=True)
    parser.add_argument("-o", "--output", type=Path, required=True)
    parser.add_argument("--sizes", type=int, nargs="+", default=list(SIZES))
    parser.add_argument("--work", type=Path, default=None, help="Folder for the indexes; a temporary one otherwise.")
    given = parser.parse_args(arguments)
    given.output.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=given.work) as work:
        report = measure(Path(work), Material(given.shared), sorted(given.sizes))
    (given.output / "search.json").write_text(json.dumps(report, ensure_ascii=False, indent=1), encoding="utf-8")
    (given.output / "search.svg").write_text(growth_curve(report["sizes"]), encoding="utf-8")
    print(json.dumps(report, ensure_ascii=False, indent=1))
    return int(bool(report["access"]["answers_that_differ"]))


def measure(work: Path, material: Material, sizes: Sequence[int]) -> dict:  # type: ignore[type-arg]
    """All figures, size after size."""
    store = Store.open(f"sqlite:///{work / 'store' / 'anjuan.db'}", signing_key_path=work / "store" / "key")
    actor = Actor("acc_bench", "bench", Role.OFFICER)
    words = list(dictionary())
    rows = []
    for size in sizes:
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        built = build(work / "all", material, size)
        built.index.learn_words(words)
        gc.collect()
        cases = range(-(-size // CASE_DOCUMENTS))
        mine = cases[:: max(1, len(cases) // MEMBER_CASES)][:MEMBER_CASES]
        asked = queries(mine[-1])
        whole = CaseSearch(BenchStore(store, cases, everything=True), built.index)
        member = CaseSearch(BenchStore(store, mine, everything=False), built.index)
        rows.append(
            {
                **built.figures,
                "peak_mib": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1),
                "peak_before_mib": round(before / 1024, 1),
                "everything": latencies(whole, actor, asked),
                "member": latencies(member, actor, asked),
            }
        )
        print(json.dumps(rows[-1], ensure_ascii=False), flush=True)
    own = build(work / "own", material, sizes[-1], mine)
    own.index.learn_words(words)
    alone = CaseSearch(BenchStore(store, mine, everything=False), own.index)
    access = hidden_cases_show(member, alone, actor, asked)
    store.close()
    return {"sizes": rows, "access": access}


if __name__ == "__main__":
    raise SystemExit(main())
