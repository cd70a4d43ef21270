"""Similar cases on LeCaRD's development queries beside plain BM25 over character pairs, with a paired test.

`python -m benchmarks.accuracy.similar --shared ../shared`. Gains are linear, as in LeCaRD's own metrics.py.
Pool `30` holds the labelled judgments, pool `100` all candidates, of which those without a label count 0.
"""

from __future__ import annotations

import argparse
import json
import math
from collections.abc import Sequence
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


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print a line a pool and depth: BM25, ours, p."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--shared", type=Path, default=Path("../shared"))
    folder = parser.parse_args(arguments).shared / "data" / "cases"
    labels = json.loads((folder / "labels.json").read_text(encoding="utf-8"))
    candidates = json.loads((folder / "candidates.json").read_text(encoding="utf-8"))
    judgments = list(read_judgments(folder / "judgments.jsonl.zst"))
    place = {one.id: row for row, one in enumerate(judgments)}
    counts = count_matrix(one.facts for one in judgments)
    weights = bm25_weights(counts, inverse_frequency(counts))
    index = SimilarCases(judgments)
    found: dict[tuple[str, int], list[tuple[float, float]]] = {}
    for _, body in json_lines(folder / "queries.jsonl"):
        key, facts = str(body["ridx"]), str(body["q"])
        present = count_matrix([facts])
        present.data[:] = 1
        plain = (weights @ present.T).toarray().ravel()
        for name, pool in (("30", labels[key]), ("100", candidates[key])):
            ids = [one for one in pool if one in place]
            rankings = (sorted(ids, key=lambda one: -plain[place[one]]), [one.id for one in index.rank(facts, ids)])
            for depth in DEPTHS:
                scores = [ndcg([labels[key].get(i, 0) for i in r], list(labels[key].values()), depth) for r in rankings]
                found.setdefault((name, depth), []).append((scores[0], scores[1]))
    for (name, depth), pairs in found.items():
        both = np.array(pairs)
        p = flipped(both[:, 1] - both[:, 0])
        print(f"pool {name:>3}  NDCG@{depth}  BM25 {both[:, 0].mean():.3f}  ours {both[:, 1].mean():.3f}  p {p:.5f}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
