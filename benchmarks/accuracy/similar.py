"""Similar cases on LeCaRD's development queries beside plain BM25 over character pairs, with a paired test.

`python -m benchmarks.accuracy.similar --shared ../shared`. Gains are linear, as in LeCaRD's own metrics.py.
Pool `30` holds the labelled judgments, pool `100` all candidates, of which those without a label count 0.
"""

from __future__ import annotations

import argparse
import json
import math
import time
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pipelines.intelligence.bm25 import bm25_weights, inverse_frequency
from pipelines.intelligence.corpus import read_judgments
from pipelines.intelligence.json_lines import json_lines
from pipelines.intelligence.ngrams import count_matrix
from pipelines.intelligence.similar import SimilarCases

DEPTHS = (10, 20, 30)
ROUNDS = 20_000
"""Sign flips of the paired test: a p of 0.001 is then known to a tenth or so."""


def ndcg(grades: Sequence[int], ideal: Sequence[int], depth: int) -> float:
    """Normalised discounted cumulative gain with linear gains; `ideal` holds every grade of the query."""

    def gain(found: Sequence[int]) -> float:
        return sum(grade / math.log2(place + 2) for place, grade in enumerate(found[:depth]))

    best = gain(sorted(ideal, reverse=True))
    return gain(grades) / best if best else 0.0


def flipped(differences: NDArray[np.float64], seed: int = 1000) -> float:
    """Two-sided p of a paired randomisation test: signs of the differences are flipped at random."""
    signs = np.random.default_rng(seed).choice((-1.0, 1.0), size=(ROUNDS, len(differences)))
    beyond = np.abs(signs @ differences) >= abs(differences.sum()) - 1e-12
    return float((beyond.sum() + 1) / (ROUNDS + 1))


def precision(ids: Sequence[str], relevant: Collection[str], depth: int) -> float:
    """Share of the first `depth` judgments that are relevant."""
    return sum(one in relevant for one in ids[:depth]) / depth


def average_precision(ids: Sequence[str], relevant: Collection[str]) -> float:
    """Mean of the precision at each relevant judgment; those that never come count 0."""
    hits = [place for place, one in enumerate(ids, start=1) if one in relevant]
    return sum(n / place for n, place in enumerate(hits, start=1)) / len(relevant) if relevant else 0.0


def measures(ids: Sequence[str], labels: Mapping[str, int], relevant: Collection[str]) -> dict[str, float]:
    """Every measure of one ranking; `labels` are grades 0 to 3, `relevant` the golden ones."""
    grades = [labels.get(one, 0) for one in ids]
    return {
        **{f"NDCG@{depth}": ndcg(grades, list(labels.values()), depth) for depth in DEPTHS},
        **{f"P@{depth}": precision(ids, relevant, depth) for depth in (5, 10)},
        "MAP": average_precision(ids, relevant),
    }


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print a line a pool and measure: BM25, ours, p; then what the index and a query cost."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--shared", type=Path, default=Path("../shared"))
    folder = parser.parse_args(arguments).shared / "data" / "cases"
    labels, candidates, golden = (
        json.loads((folder / name).read_text(encoding="utf-8"))
        for name in ("labels.json", "candidates.json", "golden_labels.json")
    )
    judgments = list(read_judgments(folder / "judgments.jsonl.zst"))
    place = {one.id: row for row, one in enumerate(judgments)}
    counts = count_matrix(one.facts for one in judgments)
    weights = bm25_weights(counts, inverse_frequency(counts))
    began = time.process_time()
    index = SimilarCases(judgments)
    built, asked, queries = time.process_time() - began, 0.0, 0
    found: dict[tuple[str, str], list[tuple[float, float]]] = {}
    for _, body in json_lines(folder / "queries.jsonl"):
        key, facts = str(body["ridx"]), str(body["q"])
        relevant = {str(one) for one in golden.get(key, ())}
        present = count_matrix([facts])
        present.data[:] = 1
        plain = (weights @ present.T).toarray().ravel()
        for name, pool in (("30", labels[key]), ("100", candidates[key])):
            ids = [one for one in pool if one in place]
            began = time.process_time()
            ours = [one.id for one in index.rank(facts, ids)]
            asked, queries = asked + time.process_time() - began, queries + 1
            ranked = (sorted(ids, key=lambda one: -plain[place[one]]), ours)
            theirs, own = (measures(ranking, labels[key], relevant) for ranking in ranked)
            for measure in own:
                found.setdefault((name, measure), []).append((theirs[measure], own[measure]))
    for (name, measure), pairs in found.items():
        both = np.array(pairs)
        p = flipped(both[:, 1] - both[:, 0])
        print(f"pool {name:>3}  {measure:7}  BM25 {both[:, 0].mean():.3f}  ours {both[:, 1].mean():.3f}  p {p:.5f}")
    each = 1000 * asked / queries
    print(f"index of {len(judgments)} judgments: {built:.1f} processor seconds; a query: {each:.0f} ms")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
