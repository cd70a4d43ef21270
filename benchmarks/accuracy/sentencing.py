"""Terms and charges by five folds of cases: median of the charge, TF-IDF ridge, and the sentencing reference.

`python -m benchmarks.accuracy.sentencing --shared ../shared`. The ridge and LinearSVC read the same masked facts as
characters, pairs and triples. CAIL score (Xiao et al., 2018): by the gap of log(1 + months) 1, 0.8, 0.6, 0.4, 0.2, 0
at 0.2, 0.4, 0.6, 0.8, 1.0. The folds are drawn with seed 1000.
"""

from __future__ import annotations

import argparse
import csv
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
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
Rows = NDArray[np.intp]


def cail_score(truth: Numbers, guess: Numbers) -> float:
    """Mean CAIL score of terms in months, 0 to 100."""
    gap = np.abs(np.log1p(truth) - np.log1p(np.maximum(guess, 0)))
    return float(
        100 * np.select([gap <= step for step in (0.2, 0.4, 0.6, 0.8, 1.0)], [1, 0.8, 0.6, 0.4, 0.2], 0).mean()
    )


def marks(charges: Sequence[str], known: Sequence[str]) -> Numbers:
    """One-hot rows; a charge that is not known gives zeros."""
    return np.array([[float(one == name) for name in known] for one in charges])


@dataclass(frozen=True, slots=True)
class Sample:
    """Cases of which term and charge are known, as rows of numbers."""

    texts: list[str]
    counts: sparse.csr_matrix
    elements: Numbers
    months: Numbers
    charges: NDArray[np.str_]


@dataclass(slots=True)
class Guesses:
    """What each method said of each case: a term, perhaps an interval [2, cases], perhaps a charge."""

    months: dict[str, Numbers] = field(default_factory=dict)
    bounds: dict[str, Numbers] = field(default_factory=dict)
    charges: dict[str, NDArray[np.str_]] = field(default_factory=dict)

    def note(self, name: str, rows: Rows, months: Numbers, bounds: Numbers | None = None) -> None:
        """Keep the terms of some cases, and their intervals."""
        size = len(next(iter(self.charges.values())))
        self.months.setdefault(name, np.zeros(size))[rows] = months
        if bounds is not None:
            self.bounds.setdefault(name, np.zeros((2, size)))[:, rows] = bounds


def read_sample(folder: Path) -> Sample:
    """The development cases, masked as the product masks them."""
    with (folder / "sentencing.tsv").open(encoding="utf-8") as file:
        told = {row["id"]: row for row in csv.DictReader(file, delimiter="\t")}
    judgments = [one for one in read_judgments(folder / "judgments.jsonl.zst") if one.id in told]
    texts = [fit_to_learn(one.facts) for one in judgments]
    return Sample(
        texts,
        text_counts(texts),
        np.array([element_row(elements_in(text)) for text in texts]),
        np.array([float(told[one.id]["months"]) for one in judgments]),
        np.array([told[one.id]["charge"] for one in judgments]),
    )


def _peers(sample: Sample, train: Rows, test: Rows, guesses: Guesses, *, with_charges: bool) -> None:
    """The median of each charge, the ridge and LinearSVC."""
    months, charges = sample.months[train], sample.charges[train]
    middle = float(np.median(months))
    medians = {name: float(np.median(months[charges == name])) for name in set(charges)}
    guesses.note("median", test, np.array([medians.get(one, middle) for one in sample.charges[test]]))
    vectorizer = TfidfVectorizer(analyzer="char", ngram_range=(1, 3), min_df=2, sublinear_tf=True, dtype=np.float32)
    rows = vectorizer.fit_transform([sample.texts[row] for row in train])
    asked = vectorizer.transform([sample.texts[row] for row in test])
    guesses.note("ridge", test, np.expm1(Ridge(alpha=1.0).fit(rows, np.log1p(months)).predict(asked)))
    if with_charges:
        guesses.charges["LinearSVC"][test] = LinearSVC().fit(rows, charges).predict(asked)


def _ours(sample: Sample, train: Rows, test: Rows, guesses: Guesses) -> None:
    """The sentencing reference, its charge given or guessed."""
    known = sorted(set(sample.charges[train]))
    learnt = marks(sample.charges[train].tolist(), known)
    model = SentenceModel(Cases(sample.counts[train], sample.elements[train], learnt), sample.months[train])
    chances = model.charges(sample.counts[test])
    guesses.charges["ours"][test] = np.array(known)[chances.argmax(axis=1)]
    given = marks(sample.charges[test].tolist(), known)
    given = np.where(given.sum(axis=1, keepdims=True) > 0, given, chances)
    for name, held, guessed in (("ours", given, False), ("ours, no charge", chances, True)):
        terms = model.terms(Cases(sample.counts[test], sample.elements[test], held), guessed=guessed)
        guesses.note(name, test, np.expm1(terms.median), np.expm1([terms.low, terms.high]))


def tell(sample: Sample, guesses: Guesses, seen: NDArray[np.bool_]) -> None:
    """Print a line a method, over the cases that were measured."""
    months, charges = sample.months[seen], sample.charges[seen]
    for name, guess in guesses.months.items():
        error = np.abs(guess[seen] - months).mean()
        line = f"{name:16} CAIL {cail_score(months, guess[seen]):.1f}  MAE {error:.1f}"
        if name in guesses.bounds:
            low, high = guesses.bounds[name][:, seen]
            held = (low <= months) & (months <= high)
            line += f"  coverage {100 * held.mean():.1f} %  width {(high - low).mean():.1f}"
        print(line)
    for name, found in guesses.charges.items():
        shares = (100 * f1_score(charges, found[seen], average=how, zero_division=0) for how in ("micro", "macro"))
        print(f"charge, {name:10} " + "  ".join(f"{share:.1f}" for share in shares) + "  (micro, macro F1)")


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print a line a method."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--shared", type=Path, default=Path("../shared"))
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--measure", type=int, default=FOLDS, help="folds that are measured")
    parser.add_argument("--terms-only", action="store_true", help="leave LinearSVC out, which takes most of the time")
    options = parser.parse_args(arguments)
    sample = read_sample(options.shared / "data" / "cases")
    size = len(sample.months)
    fold = np.random.default_rng(options.seed).permutation(size) % FOLDS
    methods = ("ours",) if options.terms_only else ("LinearSVC", "ours")
    guesses = Guesses(charges={name: sample.charges.copy() for name in methods})
    for n in range(options.measure):
        train, test = np.flatnonzero(fold != n), np.flatnonzero(fold == n)
        _peers(sample, train, test, guesses, with_charges=not options.terms_only)
        _ours(sample, train, test, guesses)
        print(f"fold {n + 1} of {options.measure}", flush=True)
    tell(sample, guesses, fold < options.measure)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
