"""Words of both sides as vectors, and how much of one side's the other says in the same or in near words; pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipelines.speech.compare.content import Token
from pipelines.speech.compare.sides import Stretch

Vectors = Callable[[str], NDArray[np.float32]]
"""The vectors of a text's characters, [characters, dimensions], each of length one, or nothing where none is known."""


@dataclass(frozen=True, slots=True)
class Words:
    """Some words of one side: key, weight and vector of each; `different` are the keys without doubles."""

    keys: tuple[str, ...]
    weights: NDArray[np.float32]
    vectors: NDArray[np.float32]
    different: frozenset[str]

    def __len__(self) -> int:
        return len(self.keys)

    def only(self, kept: Sequence[int]) -> Words:
        """The words at these indices."""
        index = np.asarray(kept, np.intp)
        keys = tuple(self.keys[n] for n in kept)
        return Words(keys, self.weights[index], self.vectors[index], frozenset(keys))

    def whole(self) -> NDArray[np.float32]:
        """The words as one vector of length one, or nothing."""
        return unit(self.weights @ self.vectors)

    def without(self, keys: set[str]) -> Words:
        """The words whose keys are none of these."""
        return self.only([n for n, key in enumerate(self.keys) if key not in keys])


def words_of(stretch: Stretch, vectors: NDArray[np.float32], start: int, weights: dict[str, float]) -> Words:
    """The words of a stretch; `vectors` are those of the characters of a text that begins at `start`."""
    tokens = stretch.tokens
    made = np.zeros((len(tokens), vectors.shape[1]), np.float32)
    for n, token in enumerate(tokens):
        made[n] = mean(vectors[token.start - start : token.end - start])
    keys = tuple(token.key for token in tokens)
    return Words(keys, np.array([_weight(t, weights) for t in tokens], np.float32), made, frozenset(keys))


def _weight(token: Token, weights: dict[str, float]) -> float:
    return weights.get(token.key, 1.0)


def mean(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    """The direction of several vectors together, of length one, or nothing."""
    return unit(vectors.sum(axis=0))


def unit(vector: NDArray[np.float32]) -> NDArray[np.float32]:
    """A vector brought to length one; nothing stays nothing."""
    length = float(np.linalg.norm(vector))
    return vector / np.float32(length) if length else vector


def joined(words: Sequence[Words]) -> Words:
    """The words of several stretches as one."""
    if len(words) == 1:
        return words[0]
    if not words:
        return Words((), np.zeros(0, np.float32), np.zeros((0, 1), np.float32), frozenset())
    return Words(
        tuple(key for one in words for key in one.keys),
        np.concatenate([one.weights for one in words]),
        np.concatenate([one.vectors for one in words]),
        frozenset().union(*(one.different for one in words)),
    )


def likeness(of: Words, by: Words) -> NDArray[np.float32]:
    """[len(of)]: of each word the likest word of the other side, 0 to 1; the same word, or sum, is 1."""
    if not len(of) or not len(by):
        return np.zeros(len(of), np.float32)
    best = np.clip((of.vectors @ by.vectors.T).max(axis=1), 0.0, 1.0)
    counted = np.array([key.startswith("#") for key in of.keys])
    exact = np.array([key in by.different for key in of.keys])
    # A sum is the same or it is not: 800元 and 900元 are near in every vector.
    return np.asarray(np.where(exact, 1.0, np.where(counted, 0.0, best)), np.float32)


def share(held: NDArray[np.float32], weights: NDArray[np.float32]) -> float:
    """The part of the weight that is held, where each word is held so far; 1 where there is none."""
    total = float(weights.sum())
    return float((held * weights).sum()) / total if total else 1.0
