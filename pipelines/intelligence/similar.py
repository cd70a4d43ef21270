"""Ranks the judgments of a corpus by likeness to the facts of a case, and says why; knows no file and no store.

Three signs, each 0 to 1 or made so among the judgments that are ranked: BM25 over character pairs of the facts; the
charges that the facts suggest against those of the judgment; the same for the articles it cites. What the facts suggest
is the likeness to the middle of all judgments of a charge (Rocchio, 1971), sharpened by `TEMPERATURE`. Nothing is
trained elsewhere: charges and articles are those of the corpus at hand.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from cases.judgment import Judgment
from models.errors import BadInput
from pipelines.intelligence.bm25 import bm25_weights, inverse_frequency, postings, tf_idf
from pipelines.intelligence.ngrams import count_matrix
from pipelines.intelligence.offences import articles_of, charges_of

WEIGHTS = (0.5, 0.3, 0.2)
"""Of facts, charges and articles, in round numbers: three settings, and no weights learned from anybody's judgments."""
TEMPERATURE = 0.02
RAREST = 5
"""A charge with fewer judgments has no middle that can be trusted."""
LIKELY = 0.05
"""A suggested charge below this is no reason to show."""


@dataclass(frozen=True, slots=True)
class Similar:
    """A judgment, its score among those ranked (higher is nearer), and the reasons in Chinese."""

    id: str
    score: float
    why: tuple[str, ...]


class _Suggestion:
    """What facts suggest among the labels of one kind."""

    def __init__(self, labels: Sequence[frozenset[str]], rows: sparse.csr_matrix) -> None:
        often = Counter(name for found in labels for name in found)
        self.names = sorted(name for name, count in often.items() if count >= RAREST)
        place = {name: column for column, name in enumerate(self.names)}
        marks = [(row, place[name]) for row, found in enumerate(labels) for name in found if name in place]
        where = np.array(marks, dtype=np.int64).reshape(-1, 2).T
        shape = (len(labels), len(self.names))
        held = sparse.csr_matrix((np.ones(len(marks), dtype=np.float32), (where[0], where[1])), shape=shape)
        self.held = _unit(held)
        self._middles = postings(_unit(sparse.csr_matrix(held.T @ rows)))

    def chances(self, query: sparse.csr_matrix) -> NDArray[np.float64]:
        """How likely each label is for one query row; they sum to 1."""
        if not self.names:
            return np.zeros(0)
        near = (query @ self._middles).toarray().ravel() / TEMPERATURE
        raised = np.exp(near - near.max())
        result: NDArray[np.float64] = raised / raised.sum()
        return result

    def likeness(self, chances: NDArray[np.float64]) -> NDArray[np.float64]:
        """The cosine of each judgment's labels with `chances`."""
        result: NDArray[np.float64] = self.held @ chances / max(float(np.linalg.norm(chances)), 1e-9)
        return result


def _unit(rows: sparse.csr_matrix) -> sparse.csr_matrix:
    norms = np.sqrt(np.asarray(rows.multiply(rows).sum(axis=1)).ravel())
    return sparse.csr_matrix(sparse.diags(1 / np.maximum(norms, 1e-9)) @ rows)


class SimilarCases:
    """An index over judgments; building it reads each once."""

    def __init__(self, judgments: Sequence[Judgment]) -> None:
        if not judgments:
            raise BadInput("similar.empty", "the corpus holds no judgment; import some first")
        self.ids = [one.id for one in judgments]
        self._place = {key: row for row, key in enumerate(self.ids)}
        counts = count_matrix(one.facts for one in judgments)
        self._idf = inverse_frequency(counts)
        self._bm25 = postings(bm25_weights(counts, self._idf))
        rows = tf_idf(counts, self._idf)
        self._labels = ([charges_of(one) for one in judgments], [articles_of(one) for one in judgments])
        self._suggestions = tuple(_Suggestion(labels, rows) for labels in self._labels)

    def rank(self, facts: str, among: Sequence[str] | None = None, limit: int | None = None) -> list[Similar]:
        """The judgments best first, `among` ids or all; ids that the corpus lacks are left out."""
        counts = count_matrix([facts])
        if not counts.nnz:
            raise BadInput("similar.query", "the query holds no text; give the facts of a case")
        if among is None:
            kept = np.arange(len(self.ids))
        else:
            kept = np.array([self._place[key] for key in dict.fromkeys(among) if key in self._place], dtype=np.int64)
        if not len(kept):
            return []
        present = counts.copy()
        present.data[:] = 1
        query = tf_idf(counts, self._idf)
        chances = [kind.chances(query) for kind in self._suggestions]
        signs = [(present @ self._bm25).toarray().ravel()[kept]]
        signs += [kind.likeness(odds)[kept] for kind, odds in zip(self._suggestions, chances, strict=True)]
        score = sum(weight * _standard(sign) for weight, sign in zip(WEIGHTS, signs, strict=True))
        order = np.argsort(-np.asarray(score), kind="stable")[:limit]
        return [self._told(int(kept[n]), float(np.asarray(score)[n]), chances) for n in order]

    def _told(self, row: int, score: float, chances: Sequence[NDArray[np.float64]]) -> Similar:
        why = []
        for title, labels, kind, odds in zip(("罪名", "法条"), self._labels, self._suggestions, chances, strict=True):
            likely = {name for name, chance in zip(kind.names, odds, strict=True) if chance >= LIKELY}
            if shared := sorted(labels[row] & likely):
                why.append(f"相同{title}：{'、'.join(shared)}")
            if other := sorted(labels[row] - likely):
                why.append(f"不同{title}：{'、'.join(other)}")
        return Similar(self.ids[row], score, (*why, "案情用语相近程度计入排序"))


def _standard(sign: NDArray[np.float64]) -> NDArray[np.float64]:
    result: NDArray[np.float64] = (sign - sign.mean()) / max(float(sign.std()), 1e-6)
    return result
