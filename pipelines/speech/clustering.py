"""Which voices are one person: embeddings into clusters, in bounded memory; pure, knows no sound and no time.

Average-linkage clustering of cosine distances needs memory that grows with the square of what goes in. So a long
recording is condensed first: stretches of it are clustered on their own, down to what is one voice beyond doubt, and
only those groups meet each other. A cluster with little speech is nobody's; its voices join whoever they sound most
like.
"""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.optimize import linear_sum_assignment
from scipy.spatial.distance import pdist

AT_ONCE = 800
"""Most voices that are compared each with each: 2.6 MB of distances, about 40 minutes of talk."""
ONE_VOICE = 0.25
"""Cosine distance below which two groups of one stretch are one person beyond doubt."""
TWO_PERSONS = 0.60
"""Average cosine distance above which two groups are two persons."""
RELIABLE_SECONDS = 1.0
"""A voice known by less sound than this joins clusters and makes none."""
PERSON_SECONDS = 3.0
"""Least speech of somebody who counts as a person."""
STRAY_SECONDS, STRAY_SHARE = 10.0, 0.05
"""So much speech, or so large a share of all where that is less, may be left over of overlaps and noises: where nobody
says how many there are, nobody who says less counts. Hard rooms leave clusters of 4 to 8 s, seldom one of 12 s."""
PERSON_SHARE = 0.01
"""And least share of all speech, then: what is left over grows with a recording."""
MAX_SPEAKERS = 20
ROUNDS = 5
"""Rounds of moving voices to the nearest cluster; it settles in two or three."""

Vectors = NDArray[np.float32]
Labels = NDArray[np.int64]


def clusters(vectors: Vectors, seconds: NDArray[np.float64], speakers: int | None) -> Vectors:
    """The middle of each person's voice, float32 [persons, d], from unit `vectors` [n, d] and the speech behind each.

    `speakers` fixes the number of persons (fewer come out only where there are fewer voices); None lets the distances
    decide. No voices, no persons.
    """
    if not len(vectors):
        return vectors
    sure = seconds >= RELIABLE_SECONDS
    if int(sure.sum()) < max(2, speakers or 0):
        sure = np.ones(len(vectors), np.bool_)
    known, weights = vectors[sure], np.maximum(seconds[sure], 1e-3)
    groups, group_weights = known, weights
    while len(groups) > AT_ONCE:
        groups, group_weights = _condensed(groups, group_weights)
    labels = _cut(groups, group_weights, speakers)
    return _settled(_means(groups, group_weights, labels), known, weights)


def nearest(centres: Vectors, voices: Vectors) -> list[int]:
    """Who each voice of a window is, as a row of `centres`: voices of one window are different persons.

    A voice without a vector (length zero) is nobody in particular and gets a person who is left over; -1 where there
    are more voices than persons.
    """
    rows, columns = linear_sum_assignment(voices @ centres.T, maximize=True)
    labels = [-1] * len(voices)
    for row, column in zip(rows, columns, strict=True):
        labels[row] = int(column)
    return labels


def _condensed(vectors: Vectors, weights: NDArray[np.float64]) -> tuple[Vectors, NDArray[np.float64]]:
    """Groups of voices that are one person beyond doubt, found stretch by stretch; at most a quarter as many."""
    means: list[Vectors] = []
    sums: list[NDArray[np.float64]] = []
    for first in range(0, len(vectors), AT_ONCE):
        some, some_weights = vectors[first : first + AT_ONCE], weights[first : first + AT_ONCE]
        tree = _tree(some)
        labels = _labels(tree, ONE_VOICE, "distance")
        if labels.max(initial=1) > max(1, len(some) // 4):
            labels = _labels(tree, max(1, len(some) // 4), "maxclust")
        means.append(_means(some, some_weights, labels))
        sums.append(np.asarray(np.bincount(labels, some_weights)[np.unique(labels)], np.float64))
    return np.concatenate(means), np.concatenate(sums)


def _cut(vectors: Vectors, weights: NDArray[np.float64], speakers: int | None) -> Labels:
    """A label for each group; groups of nobody have label 0."""
    if len(vectors) == 1:
        return np.ones(1, np.int64)
    tree = _tree(vectors)
    total = float(weights.sum())
    least = max(PERSON_SECONDS, min(STRAY_SECONDS, STRAY_SHARE * total), PERSON_SHARE * total)
    labels = _persons(_labels(tree, TWO_PERSONS, "distance"), weights, least, MAX_SPEAKERS)
    # Where the distances alone find the number that was given, that cut is it: one for the number's sake may take a
    # stray of a few seconds for a person, and two persons for one.
    if speakers in (None, len(np.unique(labels[labels > 0]))):
        return labels
    # Whoever was counted may say two sentences in four hours: their share says nothing, and a share asked for here
    # would cut somebody else in two.
    least = min(PERSON_SECONDS, total / 4)
    for count in range(speakers, len(vectors) + 1):
        # Cut ever finer until that many clusters are persons: strays split off before persons do.
        labels = _persons(_labels(tree, count, "maxclust"), weights, least, speakers)
        if len(np.unique(labels[labels > 0])) == speakers:
            return labels
    return _persons(_labels(tree, speakers, "maxclust"), weights, 0.0, speakers)


def _persons(labels: Labels, weights: NDArray[np.float64], least: float, most: int) -> Labels:
    """`labels` with the clusters of little speech set to 0; the heaviest always stays."""
    sums = np.bincount(labels, weights)
    order = np.argsort(-sums, kind="stable")
    kept = [int(label) for rank, label in enumerate(order) if sums[label] and (not rank or sums[label] >= least)]
    return np.where(np.isin(labels, kept[:most]), labels, 0)


def _settled(centres: Vectors, vectors: Vectors, weights: NDArray[np.float64]) -> Vectors:
    """Centres after each voice has moved to the nearest one, a few times over."""
    for _ in range(ROUNDS):
        labels = (vectors @ centres.T).argmax(axis=1) + 1
        if len(np.unique(labels)) < len(centres):
            break
        centres = _means(vectors, weights, labels)
    return centres


def _means(vectors: Vectors, weights: NDArray[np.float64], labels: Labels) -> Vectors:
    """The weighted mean direction of each label above 0, in the order of labels."""
    rows = [(vectors[labels == n] * weights[labels == n, None]).sum(axis=0) for n in np.unique(labels[labels > 0])]
    means = np.stack(rows)
    return np.asarray(means / np.maximum(np.linalg.norm(means, axis=1, keepdims=True), 1e-9), np.float32)


def _tree(vectors: Vectors) -> NDArray[np.float64]:
    distances = np.clip(pdist(vectors.astype(np.float64), "cosine"), 0.0, 2.0)
    return np.asarray(linkage(distances, "average"), np.float64)


def _labels(tree: NDArray[np.float64], limit: float, criterion: Literal["distance", "maxclust"]) -> Labels:
    return np.asarray(fcluster(tree, limit, criterion), np.int64)
