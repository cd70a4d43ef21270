"""The learned judge of volumes, trained on generated ones: pipelines/files/catalogue/judge.npz.

`python -m training.catalogue [-o FILE]` trains the network on volumes of seeds below 800 and fits the weights that join
it with the rules on seeds 800 to 899; seeds from 1000 on are for figures (`benchmarks.accuracy.catalogue`). Pieces
without a title are in the wordings 0 and 1 for the network and in wording 2 for the joining, so that the judge is
trusted as it deserves on words that are new to it; wording 3 is never trained with. Some readers misread, some volumes
have faults, and some documents have lost their title, so that more than titles is learned.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray

import pipelines.files.catalogue.judge as judging
from benchmarks.volumes.reading import misread, untitled
from benchmarks.volumes.volume import NONE, Faults, Volume, make_volume
from cases.records import CaseDocument, ScannedPage
from pipelines.files.catalogue.boundaries import Vote, votes
from pipelines.files.catalogue.decoding import (
    RuleVote,
    Weights,
    begin_odds,
    divided,
    log_odds,
    sureness_numbers,
    type_scores,
)
from pipelines.files.catalogue.documents import rule_vote
from pipelines.files.catalogue.evidence import BUCKETS, NAMES_OF_NUMBERS, PageEvidence, evidence
from pipelines.files.catalogue.judge import ARRAYS, WEIGHTS, ZONES, Opinion, VolumeJudge, class_names, read_judge
from pipelines.files.catalogue.persons import Persons, persons_of

NETWORK_SEEDS: Final = range(0, 480)
JOINING_SEEDS: Final = range(800, 900)
NETWORK_WORDINGS, JOINING_WORDINGS = (0, 1), (2,)
DOCUMENTS: Final = 25
MISREAD: Final = (0.0, 0.005, 0.02, 0.04)
UNTITLED: Final = (0.0, 0.15, 0.4)
"""Shares of letters misread and of titles lost in training; each volume has one of each."""
DIMENSIONS, UNITS, BEGIN_UNITS = 24, 64, 16
EPOCHS, VOLUMES_A_STEP, RATE, DECAY = 24, 12, 4e-3, 1e-4
KEPT_GRAMS: Final = 0.6
"""Share of the grams that a step sees, so that no phrase is relied on alone."""
SMOOTHING: Final = 0.03
TARGET: Final = Path(judging.__file__).with_name(WEIGHTS)


@dataclass(frozen=True, slots=True)
class Example:
    """A volume with its truth: the pages, the class of each page's document, and whether one begins there."""

    pages: tuple[ScannedPage, ...]
    documents: tuple[CaseDocument, ...]
    kinds: NDArray[np.int64]
    begins: NDArray[np.float32]


def example(seed: int, wordings: Sequence[int]) -> Example:
    """The volume of this seed, read as one of the readers of training reads it."""
    rng = Random(f"judge {seed}")  # noqa: S311 - volumes, no secret
    faults = Faults(1, 1, 1, 1) if rng.random() < 0.4 else NONE
    volume = make_volume(seed, DOCUMENTS, faults, rng.choice(wordings))
    volume = untitled(volume, rng.choice(UNTITLED), seed)
    rate = rng.choice(MISREAD)
    return labelled(misread(volume, rate, seed) if rate else volume)


def labelled(volume: Volume) -> Example:
    """The truth of a volume, page by page."""
    classes = {name: at for at, name in enumerate(class_names())}
    kinds = np.zeros(len(volume.pages), np.int64)
    begins = np.zeros(len(volume.pages), np.float32)
    # A foreign document within another comes later in the list and has its pages.
    for one in volume.documents:
        kinds[one.first_page - 1 : one.last_page] = classes[one.type]
        begins[one.first_page - 1] = 1.0
    return Example(volume.pages, volume.documents, kinds, begins)


class Network(torch.nn.Module):  # type: ignore[misc]
    """The network of `pipelines.files.catalogue.judge`, to be trained."""

    def __init__(self) -> None:
        super().__init__()
        inputs = len(ZONES) * DIMENSIONS + 64 + len(NAMES_OF_NUMBERS)
        self.table = torch.nn.EmbeddingBag(BUCKETS + 1, DIMENSIONS, mode="mean")
        torch.nn.init.normal_(self.table.weight, std=0.3)
        self.hidden = torch.nn.Linear(inputs, UNITS)
        self.types = torch.nn.Linear(UNITS, len(class_names()))
        self.begin_hidden = torch.nn.Linear(4 * UNITS, BEGIN_UNITS)
        self.begin_out = torch.nn.Linear(BEGIN_UNITS, 1)

    def forward(self, volumes: Sequence[Sequence[PageEvidence]], kept: float) -> tuple[torch.Tensor, torch.Tensor]:
        """Logits of types [pages, classes] and of begins [pages], all volumes one after the other."""
        pages = [one for volume in volumes for one in volume]
        zones = [self._zone([getattr(one, zone) for one in pages], kept) for zone in ZONES]
        letters = torch.from_numpy(np.stack([one.letters for one in pages]))
        numbers = torch.from_numpy(np.stack([one.numbers for one in pages]))
        inner = torch.tanh(self.hidden(torch.cat([*zones, letters, numbers], dim=1)))
        before = torch.cat([torch.zeros_like(inner[:1]), inner[:-1]])
        firsts = np.cumsum([0, *(len(volume) for volume in volumes[:-1])])
        mask = torch.ones(len(pages), 1)
        mask[firsts] = 0.0
        before = before * mask
        both = torch.cat([inner, before, (inner - before).abs(), inner * before], dim=1)
        return self.types(inner), self.begin_out(torch.tanh(self.begin_hidden(both)))[:, 0]

    def _zone(self, pages: Sequence[NDArray[np.uint16]], kept: float) -> torch.Tensor:
        bags: list[NDArray[np.int64]] = []
        for buckets in pages:
            some = buckets if kept >= 1 else buckets[np.random.random(len(buckets)) < kept]
            bags.append(some.astype(np.int64) if len(some) else np.array([BUCKETS]))
        starts = np.cumsum([0, *(len(bag) for bag in bags[:-1])])
        found: torch.Tensor = self.table(torch.from_numpy(np.concatenate(bags)), torch.from_numpy(starts))
        return found


def trained(given: Sequence[Example], epochs: int = EPOCHS) -> Network:
    """The network trained on these volumes; the same for the same volumes on one machine."""
    torch.manual_seed(0)
    np.random.seed(0)
    network = Network()
    tuner = torch.optim.AdamW(network.parameters(), lr=RATE, weight_decay=DECAY)
    steps = epochs * -(-len(given) // VOLUMES_A_STEP)
    slower = torch.optim.lr_scheduler.OneCycleLR(tuner, RATE, total_steps=steps)
    seen = [evidence(one.pages) for one in given]
    for epoch in range(epochs):
        order = np.random.permutation(len(given))
        total = 0.0
        for start in range(0, len(order), VOLUMES_A_STEP):
            some = order[start : start + VOLUMES_A_STEP]
            types, begins = network([seen[n] for n in some], KEPT_GRAMS)
            kinds = torch.from_numpy(np.concatenate([given[n].kinds for n in some]))
            firsts = torch.from_numpy(np.concatenate([given[n].begins for n in some]))
            loss = torch.nn.functional.cross_entropy(types, kinds, label_smoothing=SMOOTHING)
            loss = loss + torch.nn.functional.binary_cross_entropy_with_logits(begins, firsts)
            tuner.zero_grad()
            loss.backward()
            tuner.step()
            slower.step()
            total += float(loss.detach())
        sys.stderr.write(f"epoch {epoch + 1}: {total * VOLUMES_A_STEP / len(order):.4f}\n")
    return network


def arrays_of(network: Network) -> dict[str, NDArray[np.generic]]:
    """What is written of the network: eight bits a weight, each row with its scale; the joining weights are to come."""

    def rows(layer: torch.nn.Linear) -> NDArray[np.float32]:
        return np.concatenate([layer.weight.detach().numpy(), layer.bias.detach().numpy()[:, None]], axis=1)

    whole: dict[str, NDArray[np.float32]] = {
        "table": network.table.weight.detach().numpy(),
        "hidden": rows(network.hidden),
        "types": rows(network.types),
        "begin_hidden": rows(network.begin_hidden),
        "begin_out": rows(network.begin_out),
    }
    held: dict[str, NDArray[np.generic]] = {
        "numbers": np.array(NAMES_OF_NUMBERS),
        "classes": np.array(class_names()),
    }
    for name, weights in whole.items():
        scale = np.maximum(np.abs(weights).max(axis=1, keepdims=True) / 127, 1e-9)
        held[name] = np.round(weights / scale).astype(np.int8)
        held[f"{name} scale"] = scale.astype(np.float16 if name == "table" else np.float32)
    held["begin_out"], held["begin_out scale"] = held["begin_out"][0], held["begin_out scale"][0]
    return held


@dataclass(frozen=True, slots=True)
class _Heard:
    """A volume for the joining weights: both opinions on it."""

    one: Example
    said: tuple[Vote, ...]
    persons: Persons
    rules: list[RuleVote]
    opinion: Opinion


def joined(judge: VolumeJudge, given: Sequence[Example]) -> Weights:
    """The weights of rules and judge, fitted on volumes that the network was not trained on, where the rules leave
    something to be decided."""
    heard = [_heard(judge, one) for one in given]
    begins = _logistic(*_begin_rows(heard))
    typed = _typed(heard)
    sure = _logistic(*_sure_rows(heard, Weights(begins, typed, (0.0,) * 7)))
    return Weights(begins, typed, sure)


def _heard(judge: VolumeJudge, one: Example) -> _Heard:
    said = votes(one.pages)
    persons = persons_of(one.pages)
    rules = [rule_vote(vote, [one.pages[vote.page]], persons) for vote in said]
    return _Heard(one, said, persons, rules, judge.opinion([one.pages[vote.page] for vote in said]))


def _begin_rows(heard: Sequence[_Heard]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    rows = [
        (float(np.clip(volume.opinion.begins[at], -8, 8)), log_odds(rule.begins), 1.0)
        for volume in heard
        for at, rule in enumerate(volume.rules)
        if at and not rule.firm_begin
    ]
    wanted = [
        volume.one.begins[vote.page]
        for volume in heard
        for at, (vote, rule) in enumerate(zip(volume.said, volume.rules, strict=True))
        if at and not rule.firm_begin
    ]
    return np.array(rows), np.array(wanted, np.float64)


def _typed(heard: Sequence[_Heard]) -> tuple[float, ...]:
    """Weights of the first page's and the later pages' types and of the rules', by the likelihood of the true type,
    where the rules do not decide alone."""
    classes = {name: at for at, name in enumerate(class_names())}
    first, later, ruled, wanted = [], [], [], []
    for volume in heard:
        for truth in volume.one.documents:
            begin, end = truth.first_page - 1, truth.last_page
            types = volume.opinion.types
            rule = rule_vote(volume.said[begin], volume.one.pages[begin:end], volume.persons)
            if rule.firm_kind:
                continue
            votes_of_rules = np.zeros(types.shape[1])
            if rule.kind is not None:
                votes_of_rules[rule.kind] = log_odds(rule.sureness)
            first.append(types[begin])
            later.append(types[begin + 1 : end].mean(axis=0) if end > begin + 1 else np.zeros(types.shape[1]))
            ruled.append(votes_of_rules)
            wanted.append(classes[truth.type])
    parts = torch.tensor(np.stack([first, later, ruled]), dtype=torch.float64)
    truths = torch.tensor(wanted)
    weights = torch.tensor([1.0, 0.5, 1.0], dtype=torch.float64, requires_grad=True)
    tuner = torch.optim.LBFGS([weights], max_iter=60)

    def closure() -> torch.Tensor:
        tuner.zero_grad()
        loss = torch.nn.functional.cross_entropy(torch.einsum("k,knc->nc", weights, parts), truths)
        loss.backward()
        return loss

    tuner.step(closure)
    return tuple(max(0.0, value) for value in weights.tolist())


def _sure_rows(heard: Sequence[_Heard], weights: Weights) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    rows, right = list[NDArray[np.float64]](), list[float]()
    for volume in heard:
        truths = {(one.first_page, one.last_page): one.type for one in volume.one.documents}
        odds = begin_odds(volume.rules, volume.opinion, weights)
        begins = divided(volume.rules, volume.opinion, weights)
        for begin, end in zip(begins, [*begins[1:], len(odds)], strict=True):
            rule = rule_vote(volume.said[begin], volume.one.pages[begin:end], volume.persons)
            scores = type_scores(begin, end, rule, volume.opinion, weights)
            rows.append(sureness_numbers(begin, end, rule, odds, scores))
            right.append(float(truths.get((begin + 1, end)) == class_names()[int(scores.argmax())]))
    return np.stack(rows), np.array(right)


def _logistic(rows: NDArray[np.float64], wanted: NDArray[np.float64]) -> tuple[float, ...]:
    """Weights of a logistic regression; a little decay keeps what separates all finite."""
    inputs, answers = torch.tensor(rows), torch.tensor(wanted)
    weights = torch.zeros(rows.shape[1], dtype=torch.float64, requires_grad=True)
    tuner = torch.optim.LBFGS([weights], max_iter=200)

    def closure() -> torch.Tensor:
        tuner.zero_grad()
        loss = torch.nn.functional.binary_cross_entropy_with_logits(inputs @ weights, answers)
        (loss + 1e-4 * (weights**2).sum()).backward()
        return loss

    tuner.step(closure)
    return tuple(weights.tolist())


def main(arguments: Sequence[str] | None = None) -> int:
    """Train, fit and write."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("-o", "--output", type=Path, default=TARGET)
    parser.add_argument("--network", type=Path, help="take the network of this file and fit the joining alone")
    parser.add_argument("--epochs", type=int, default=EPOCHS)
    options = parser.parse_args(arguments)
    torch.set_num_threads(1)
    begun = time.process_time()
    if options.network is not None:
        with np.load(options.network, allow_pickle=False) as file:
            held = {name: file[name] for name in file.files}
    else:
        held = arrays_of(trained([example(seed, NETWORK_WORDINGS) for seed in NETWORK_SEEDS], options.epochs))
        held.update({name: np.zeros(1, np.float32) for name in ARRAYS if name not in held})
    weights = joined(read_judge(held), [example(seed, JOINING_WORDINGS) for seed in JOINING_SEEDS])
    held.update({name: np.array(getattr(weights, name), np.float32) for name in ("joint", "typed", "sure")})
    np.savez_compressed(options.output, **held)
    sys.stderr.write(f"{weights}\n{time.process_time() - begun:.0f} core seconds\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
