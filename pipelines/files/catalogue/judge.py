"""How likely each page begins a document, and of which type it is, learned from generated volumes.

A small network (`judge.npz`, written by `training.catalogue`) weighs the numbers of `evidence`: grams and letters are
looked up and averaged, one hidden layer sees them with the layout, one head tells the type, another, which sees the
page before as well, whether a document begins. Pure, but for its file; knows no rule: `decoding` joins both.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from cases.records import ScannedPage
from models.errors import Defect
from models.shipped_arrays import shipped_arrays
from pipelines.files.catalogue.evidence import BUCKETS, NAMES_OF_NUMBERS, PageEvidence, evidence
from pipelines.files.catalogue.taxonomy import UNKNOWN, taxonomy

WEIGHTS: Final = "judge.npz"
LARGEST_WEIGHTS: Final = 2_000_000
"""Bytes."""
ZONES: Final = ("head", "tail", "whole")
ARRAYS: Final = ("table", "hidden", "types", "begin_hidden", "begin_out", "joint", "typed", "sure")
Floats = NDArray[np.float32]


def class_names() -> tuple[str, ...]:
    """The classes of the judge: all types in the order of binding, and what is of none."""
    return (*(one.name for one in taxonomy()), UNKNOWN)


@dataclass(frozen=True, slots=True)
class Opinion:
    """What the judge makes of a volume: log-odds that each page begins a document [pages], log-probabilities of the
    type of each page's document [pages, classes]."""

    begins: Floats
    types: Floats


@dataclass(frozen=True, slots=True)
class VolumeJudge:
    """The network: `table` [buckets + 1, dimensions] (the last row is of nothing), `hidden` [units, inputs + 1],
    `types` [classes, units + 1], `begin_hidden` [units, 4 units + 1], `begin_out` [units + 1]; last columns are biases.

    `joint`, `typed` and `sure` are the weights by which `decoding` joins its opinion with the rules.
    """

    table: Floats
    hidden: Floats
    types: Floats
    begin_hidden: Floats
    begin_out: Floats
    joint: Floats
    typed: Floats
    sure: Floats

    def opinion(self, pages: Sequence[ScannedPage]) -> Opinion:
        """The opinion on pages that follow each other; blank ones are to be left out before."""
        if not pages:
            return Opinion(np.zeros(0, np.float32), np.zeros((0, len(self.types)), np.float32))
        inner = np.stack([self._inner(one) for one in evidence(pages)])
        logits = _layer(self.types, inner)
        logits -= logits.max(axis=1, keepdims=True)
        types = logits - np.log(np.exp(logits).sum(axis=1, keepdims=True))
        before = np.concatenate([np.zeros_like(inner[:1]), inner[:-1]])
        both = np.concatenate([inner, before, np.abs(inner - before), inner * before], axis=1)
        begins = np.tanh(_layer(self.begin_hidden, both)) @ self.begin_out[:-1] + self.begin_out[-1]
        return Opinion(np.asarray(begins, np.float32), np.asarray(types, np.float32))

    def _inner(self, one: PageEvidence) -> Floats:
        zones = [self._mean(getattr(one, zone)) for zone in ZONES]
        return np.asarray(np.tanh(_layer(self.hidden, np.concatenate([*zones, one.letters, one.numbers])[None])[0]))

    def _mean(self, buckets: NDArray[np.uint16]) -> Floats:
        return np.asarray(self.table[buckets].mean(axis=0) if len(buckets) else self.table[BUCKETS], np.float32)


def _layer(weights: Floats, rows: Floats) -> Floats:
    return np.asarray(rows @ weights[:, :-1].T + weights[:, -1], np.float32)


@cache
def shipped_judge() -> VolumeJudge:
    """The judge that ships with the product; raises Defect where its file is damaged or made for another taxonomy."""
    return read_judge(shipped_arrays("pipelines.files.catalogue", WEIGHTS, LARGEST_WEIGHTS))


def read_judge(held: dict[str, NDArray[np.generic]]) -> VolumeJudge:
    """A judge of the arrays that `training.catalogue` writes: eight bits a weight, each row with its scale."""
    if tuple(held["numbers"].tolist()) != NAMES_OF_NUMBERS or tuple(held["classes"].tolist()) != class_names():
        raise Defect("judge.numbers", f"{WEIGHTS} was trained on other numbers or types; run training.catalogue again")
    return VolumeJudge(*(_floats(held, name) for name in ARRAYS))


def _floats(held: dict[str, NDArray[np.generic]], name: str) -> Floats:
    scale = held.get(f"{name} scale")
    return np.asarray(held[name].astype(np.float32) * (1.0 if scale is None else scale.astype(np.float32)), np.float32)
