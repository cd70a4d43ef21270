"""The judge of rewordings, trained on records altered on purpose: pipelines/speech/compare/judge.json.

`python -m training.paraphrase examples FILE.npz` measures the clauses of the scripts' records, altered and not;
`... validate FILE.npz` trains with one hand left out in turn, all that one author wrote, and measures the comparison
on it; `... fit FILE.npz` trains on all and writes the file. Examples are of seeds below 1000. A judge that has learned
some of a clerk's scripts knows the clerk: a figure on scripts left out one by one promises too much for the next hand.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

import pipelines.speech.compare.judge as judging
from benchmarks.accuracy.discrepancies import Ear, Row, measure, report, transcript_of, written_record
from benchmarks.accuracy.interrogations import Interrogation, scripts
from models.language.characters import character_vectors
from pipelines.speech.compare.comparison import compare, searched
from pipelines.speech.compare.evidence import NAMES_OF_NUMBERS, evidence
from pipelines.speech.compare.findings import Kind
from pipelines.speech.compare.heard import HeardText, read_transcript
from pipelines.speech.compare.judge import LIMIT, WEIGHTS, Judge
from pipelines.speech.compare.sides import sides_of
from training.alterations import HANDS, all_scripts, altered_records

EARS = ((0, 0.0), (1, 0.03))
"""Seed of the filling, and share of characters misheard: a judge that only knows exact transcripts trusts each word."""
UNITS, NETWORKS = 16, 3
DECAY = 3e-3
STEPS = 250
CLAIMED = {
    Kind.ADDED: 0.96,
    Kind.ADDED_FACT: 0.96,
    Kind.CHANGED_FACT: 0.5,
    Kind.FLIPPED_NEGATION: 0.96,
    Kind.CHANGED_INTENT: 0.96,
}
"""From which probability on a difference of a kind is claimed, chosen on hands left out."""
SUSPECTED, HEARD = 0.95, 0.6
"""From which on a clause without a finding, and any difference, is one to listen to."""
UNCALIBRATED = (1.0, 0.0)
RATE = 0.02
TARGET = Path(judging.__file__).with_name(WEIGHTS)


@dataclass(frozen=True, slots=True)
class Examples:
    """Clauses: `rows` of numbers, whether altered, the script and the kind of alteration ("" for none)."""

    rows: NDArray[np.float32]
    altered: NDArray[np.bool_]
    scripts: NDArray[np.str_]
    kinds: NDArray[np.str_]

    def only(self, kept: NDArray[np.bool_]) -> Examples:
        """The examples that are marked."""
        return Examples(self.rows[kept], self.altered[kept], self.scripts[kept], self.kinds[kept])


def examples(names: Sequence[str]) -> Examples:
    """Every clause of the unaltered records, and the altered clauses of the altered ones."""
    found = [(name, kind, row) for name in names for kind, row in _of_script(name)]
    return Examples(
        np.stack([row for _, _, row in found]),
        np.array([bool(kind) for _, kind, _ in found]),
        np.array([name for name, _, _ in found]),
        np.array([kind for _, kind, _ in found]),
    )


def _of_script(name: str) -> Iterator[tuple[str, NDArray[np.float32]]]:
    for seed, noise in EARS:
        base, altered = altered_records(name, seed)
        heard = read_transcript(transcript_of(base.said, Ear(noise, True, seed))[0])
        yield from _measured(base, heard, {})
        for one in altered:
            yield from _measured(one.record, heard, one.spans)


def _measured(
    record: Interrogation, heard: HeardText, spans: dict[int, tuple[int, int, str]]
) -> Iterator[tuple[str, NDArray[np.float32]]]:
    """The rows of altered clauses where `spans` tells some, else those of all clauses."""
    sides = sides_of(written_record(record), heard)
    indices, rows = evidence(sides, list(searched(sides)), character_vectors(), spans or None)
    for index, row in zip(indices, rows, strict=True):
        clause = sides.clauses[index]
        if not spans:
            yield "", row
            continue
        start, end, kind = spans[clause.owner]
        if clause.start < end and start < clause.end:
            yield kind, row


def calibrated(given: Examples) -> tuple[float, float]:
    """Slope and shift of the log odds that fit best (Platt 1999) where each hand is judged without having been seen."""
    odds = np.zeros(len(given.altered))
    for hand in HANDS:
        out = np.isin(given.scripts, scripts_of(hand))
        if out.any() and not out.all():
            chances = trained(given.only(~out)).probabilities(given.rows[out])
            odds[out] = np.log(chances / (1.0 - chances))
    line = torch.tensor(UNCALIBRATED, dtype=torch.float64, requires_grad=True)
    found, wanted = torch.tensor(odds), torch.tensor(given.altered, dtype=torch.float64)
    tuner = torch.optim.LBFGS([line], max_iter=STEPS)

    def loss() -> torch.Tensor:
        tuner.zero_grad()
        lost = torch.nn.functional.binary_cross_entropy_with_logits(line[0] * found + line[1], wanted)
        lost.backward()
        return lost

    tuner.step(loss)
    slope, shift = line.detach().tolist()
    return slope, shift


def trained(given: Examples, seed: int = 0) -> Judge:
    """Networks that differ in their first weights alone; both sorts of clause weigh the same on the whole."""
    mean, scale = given.rows.mean(axis=0), np.maximum(given.rows.std(axis=0), 1e-3)
    rows = torch.tensor(np.clip((given.rows - mean) / scale, -LIMIT, LIMIT), dtype=torch.float32)
    wanted = torch.tensor(given.altered, dtype=torch.float32)
    torch.manual_seed(seed)
    hidden = torch.randn(NETWORKS, UNITS, rows.shape[1] + 1, dtype=torch.float32) * rows.shape[1] ** -0.5
    out = torch.randn(NETWORKS, UNITS + 1, dtype=torch.float32) * UNITS**-0.5
    hidden.requires_grad_()
    out.requires_grad_()
    tuner = torch.optim.AdamW([hidden, out], lr=RATE, weight_decay=0.0)
    for _ in range(STEPS):
        tuner.zero_grad()
        inner = torch.tanh(torch.einsum("nuf,cf->ncu", hidden[:, :, :-1], rows) + hidden[:, None, :, -1])
        logits = torch.einsum("ncu,nu->nc", inner, out[:, :-1]) + out[:, None, -1]
        loss = torch.nn.functional.binary_cross_entropy_with_logits(logits, wanted.expand_as(logits))
        (loss + DECAY * ((hidden**2).sum() + (out**2).sum()) / NETWORKS).backward()
        tuner.step()
    weights = mean, scale, hidden.detach().numpy(), out.detach().numpy()
    return Judge(*weights, UNCALIBRATED, CLAIMED, SUSPECTED, HEARD)


def written(judge: Judge) -> str:
    """The text of a judge's file: four digits behind the point change no probability that is told."""
    held = {
        "numbers": NAMES_OF_NUMBERS,
        "calibration": np.round(judge.calibration, 4).tolist(),
        "claimed": {kind.value: bound for kind, bound in judge.claimed.items()},
        "suspected": judge.suspected,
        "heard": judge.heard,
        **{name: np.round(getattr(judge, name), 4).tolist() for name in ("mean", "scale", "hidden", "out")},
    }
    return json.dumps(held, ensure_ascii=False) + "\n"


def without(given: Examples, hand: str) -> Judge:
    """A judge that saw nothing of a hand, neither in its weights nor in its calibration."""
    others = given.only(~np.isin(given.scripts, scripts_of(hand)))
    return replace(trained(others), calibration=calibrated(others))


def scripts_of(hand: str) -> list[str]:
    """The names of all scripts that a hand wrote."""
    return [name for split in HANDS[hand] for name in scripts(split)]


def validated(given: Examples, hand: str, seeds: Sequence[int]) -> Iterator[Row]:
    """The measure of the comparison on all that a hand wrote, with a judge that saw nothing of it."""
    comparing = partial(compare, judge=without(given, hand))
    yield from measure(scripts_of(hand), seeds, lambda one: transcript_of(one.said, Ear()), comparing)


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure the examples, validate, or train and write."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("step", choices=["examples", "validate", "fit"])
    parser.add_argument("file", type=Path)
    parser.add_argument("--hands", nargs="*", choices=HANDS, default=list(HANDS), help="hands to leave out and measure")
    parser.add_argument("--seeds", type=int, default=1, help="fillings of each script to validate on")
    parser.add_argument("--first-seed", type=int, default=10)
    parser.add_argument("--show", action="store_true", help="list what was missed and what was false")
    options = parser.parse_args(arguments)
    if options.step == "examples":
        made = examples(all_scripts())
        np.savez_compressed(options.file, rows=made.rows, altered=made.altered, scripts=made.scripts, kinds=made.kinds)
        return 0
    with np.load(options.file, allow_pickle=False) as held:
        given = Examples(held["rows"], held["altered"], held["scripts"], held["kinds"])
    if options.step == "validate":
        seeds = range(options.first_seed, options.first_seed + options.seeds)
        for hand in options.hands:
            sys.stdout.write(f"\n{hand} hand ({', '.join(HANDS[hand])}), by a judge trained without it\n")
            report(list(validated(given, hand, seeds)), show=options.show)
        return 0
    TARGET.write_text(written(replace(trained(given), calibration=calibrated(given))), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
