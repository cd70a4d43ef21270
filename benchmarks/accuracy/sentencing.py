"""Terms and charges by five folds of cases: median of the charge, TF-IDF ridge, and the sentencing reference.

`python -m benchmarks.accuracy.sentencing --shared ../shared`. The ridge and LinearSVC read the same masked facts as
characters, pairs and triples. CAIL score (Xiao et al., 2018): by the gap of log(1 + months) 1, 0.8, 0.6, 0.4, 0.2, 0
at 0.2, 0.4, 0.6, 0.8, 1.0. The folds are drawn with seed 1000.
"""

from __future__ import annotations

import argparse
import csv
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import Ridge
from sklearn.metrics import f1_score
from sklearn.svm import LinearSVC

from pipelines.intelligence.corpus import read_judgments
from pipelines.intelligence.sentence.elements import elements_in
from pipelines.intelligence.sentence.features import element_row, text_counts
from pipelines.intelligence.sentence.leakage import fit_to_learn
from pipelines.intelligence.sentence.model import Cases, SentenceModel

FOLDS = 5
SEED = 1000
Numbers = NDArray[np.float64]


def cail_score(truth: Numbers, guess: Numbers) -> float:
    """Mean CAIL score of terms in months, 0 to 100."""
    gap = np.abs(np.log1p(truth) - np.log1p(np.maximum(guess, 0)))
    return float(
        100 * np.select([gap <= step for step in (0.2, 0.4, 0.6, 0.8, 1.0)], [1, 0.8, 0.6, 0.4, 0.2], 0).mean()
    )


def marks(charges: Sequence[str], known: Sequence[str]) -> Numbers:
    """One-hot rows; a charge that is not known gives zeros."""
    return np.array([[float(one == name) for name in known] for one in charges])


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print a line a method."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--shared", type=Path, default=Path("../shared"))
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--measure", type=int, default=FOLDS, help="folds that are measured")
    parser.add_argument("--terms-only", action="store_true", help="leave LinearSVC out, which takes most of the time")
    options = parser.parse_args(arguments)
    folder = options.shared / "data" / "cases"
    with (folder / "sentencing.tsv").open(encoding="utf-8") as file:
        told = {row["id"]: row for row in csv.DictReader(file, delimiter="\t")}
    judgments = [one for one in read_judgments(folder / "judgments.jsonl.zst") if one.id in told]
    texts = [fit_to_learn(one.facts) for one in judgments]
    elements = np.array([element_row(elements_in(text)) for text in texts])
    counts = text_counts(texts)
    months = np.array([float(told[one.id]["months"]) for one in judgments])
    charges = np.array([told[one.id]["charge"] for one in judgments])
    fold = np.random.default_rng(options.seed).permutation(len(months)) % FOLDS
    names = ("median", "ridge", "ours", "ours, no charge")
    guesses = {name: np.zeros(len(months)) for name in names}
    bounds = {name: np.zeros((2, len(months))) for name in names[2:]}
    suggested = {name: charges.copy() for name in ("LinearSVC", "ours")}
    for n in range(options.measure):
        train, test = np.flatnonzero(fold != n), np.flatnonzero(fold == n)
        middle = float(np.median(months[train]))
        medians = {name: float(np.median(months[train][charges[train] == name])) for name in set(charges[train])}
        guesses["median"][test] = [medians.get(one, middle) for one in charges[test]]
        vectorizer = TfidfVectorizer(analyzer="char", ngram_range=(1, 3), min_df=2, sublinear_tf=True, dtype=np.float32)
        rows = vectorizer.fit_transform([texts[row] for row in train])
        asked = vectorizer.transform([texts[row] for row in test])
        guesses["ridge"][test] = np.expm1(Ridge(alpha=1.0).fit(rows, np.log1p(months[train])).predict(asked))
        if not options.terms_only:
            suggested["LinearSVC"][test] = LinearSVC().fit(rows, charges[train]).predict(asked)
        known = sorted(set(charges[train]))
        model = SentenceModel(
            Cases(counts[train], elements[train], marks(charges[train].tolist(), known)), months[train]
        )
        chances = model.charges(counts[test])
        suggested["ours"][test] = np.array(known)[chances.argmax(axis=1)]
        given = marks(charges[test].tolist(), known)
        given = np.where(given.sum(axis=1, keepdims=True) > 0, given, chances)
        for name, held in (("ours", given), ("ours, no charge", chances)):
            terms = model.terms(Cases(counts[test], elements[test], held))
            guesses[name][test] = np.expm1(terms.median)
            bounds[name][:, test] = np.expm1([terms.low, terms.high])
        print(f"fold {n + 1}: kernel weights {model.weights}", flush=True)
    seen = fold < options.measure
    months, charges = months[seen], charges[seen]
    for name, guess in ((name, guess[seen]) for name, guess in guesses.items()):
        line = f"{name:16} CAIL {cail_score(months, guess):.1f}  MAE {np.abs(guess - months).mean():.1f}"
        if name in bounds:
            low, high = bounds[name][:, seen]
            held = (low <= months) & (months <= high)
            line += f"  coverage {100 * held.mean():.1f} %  width {(high - low).mean():.1f}"
        print(line)
    for name, found in ((name, found[seen]) for name, found in suggested.items()):
        if name == "LinearSVC" and options.terms_only:
            continue
        micro, macro = (100 * f1_score(charges, found, average=how, zero_division=0) for how in ("micro", "macro"))
        print(f"charge, {name:10} micro {micro:.1f}  macro {macro:.1f}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
