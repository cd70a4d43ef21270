"""Teaches the network on plates that are drawn as it learns; keeps a checkpoint, and goes on from it.

    python -m training.plate.train RUN_DIR --minutes 15 --steps 12000

A run may be cut into pieces: the schedule follows the steps done, not the clock. Ends when the minutes or the steps are
over. Nothing but drawn plates is learnt from.
"""

from __future__ import annotations

import argparse
import functools
import math
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Final, cast

import cv2
import numpy as np
import torch
from torch import Tensor, nn

from models.vision.plate_format import ALPHABET, HAN
from models.vision.plate_picture import planes
from models.weights import WeightsCache
from training.plate.data import Batch, batch, head
from training.plate.glyphs import Atlas, atlas
from training.plate.network import PlateNetwork, state, weights

BATCH: Final = 48
HEADS: Final = 72
WHOLE_EVERY: Final = 3
PEAK_RATE: Final = 2.5e-3
WARM_UP: Final = 200
DECAY: Final = 1e-4
TEXT_WEIGHT: Final = 0.2
"""Where each character stands is known of a drawn plate, so columns are taught one by one, which goes ten times faster
than CTC alone; a little of it makes the text come out whole."""
COLOUR_WEIGHT: Final = 0.15
HAN_WEIGHT: Final = 4.0
CLIP: Final = 5.0
TOLD_EVERY: Final = 100
KEPT_EVERY: Final = 100
SEED: Final = 100
"""Seeds below 1000 are for training."""


@dataclass(frozen=True, slots=True)
class Plan:
    """How long to learn: `steps` shape the schedule, `minutes` end this piece of the run."""

    folder: Path
    steps: int
    minutes: float


def rate_at(step: int, steps: int) -> float:
    """Learning rate: up in WARM_UP steps, then down along a cosine to a hundredth."""
    if step < WARM_UP:
        return PEAK_RATE * (step + 1) / WARM_UP
    done = min(1.0, (step - WARM_UP) / max(1, steps - WARM_UP))
    return PEAK_RATE * (0.01 + 0.99 * 0.5 * (1 + math.cos(math.pi * done)))


class Lesson:
    """The network with its optimiser and the step it is at."""

    def __init__(self, plan: Plan) -> None:
        torch.manual_seed(SEED)
        self.plan = plan
        self.network = PlateNetwork()
        self.optimiser = torch.optim.AdamW(self.network.parameters(), lr=PEAK_RATE, weight_decay=DECAY)
        self.step = 0
        if self._place.exists():
            kept = torch.load(self._place, weights_only=True)
            self.network.load_state_dict(kept["network"])
            self.optimiser.load_state_dict(kept["optimiser"])
            self.step = int(kept["step"])

    @property
    def _place(self) -> Path:
        return self.plan.folder / "checkpoint.pt"

    def keep(self) -> None:
        """Write the checkpoint, whole or not at all."""
        self.plan.folder.mkdir(parents=True, exist_ok=True)
        partial = self._place.with_suffix(".partial")
        kept = {"network": state(self.network), "optimiser": self.optimiser.state_dict(), "step": self.step}
        torch.save(kept, partial)
        partial.replace(self._place)

    def learn(self, given: Batch, *, whole: bool = True) -> float:
        """One step; the loss. Of heads (`whole` False) the text is not asked, since they do not hold it."""
        self.network.train()
        for group in self.optimiser.param_groups:
            group["lr"] = rate_at(self.step, self.plan.steps)
        pictures = torch.from_numpy(planes(list(given.pictures)))
        log_probabilities, colours = self.network(pictures)
        loss = _loss(log_probabilities, colours, given) if whole else _column_loss(log_probabilities, given)
        self.optimiser.zero_grad(set_to_none=True)
        torch.autograd.backward(loss)
        nn.utils.clip_grad_norm_(self.network.parameters(), CLIP)
        self.optimiser.step()
        self.step += 1
        return float(loss.detach())


def _loss(log_probabilities: Tensor, colours: Tensor, given: Batch) -> Tensor:
    steps = torch.full((len(given.lengths),), log_probabilities.shape[1], dtype=torch.long)
    text = nn.functional.ctc_loss(
        log_probabilities.transpose(0, 1),
        torch.from_numpy(given.classes),
        steps,
        torch.from_numpy(given.lengths),
        zero_infinity=True,
    )
    shade = nn.functional.cross_entropy(colours, torch.from_numpy(given.colours))
    return _column_loss(log_probabilities, given) + TEXT_WEIGHT * text + COLOUR_WEIGHT * shade


def _column_loss(log_probabilities: Tensor, given: Batch) -> Tensor:
    columns = torch.from_numpy(np.ascontiguousarray(given.columns))
    return cast(Tensor, nn.functional.nll_loss(log_probabilities.transpose(1, 2), columns, _class_weights()))


@functools.cache
def _class_weights() -> Tensor:
    """Chinese characters count more: one plate has one, of 38, and the others are soon known."""
    return torch.tensor([1.0] + [HAN_WEIGHT if c in HAN else 1.0 for c in ALPHABET])


def run(plan: Plan, glyphs: Atlas) -> Lesson:
    """Learn until the minutes or the steps are over; tells the loss on the way."""
    lesson = Lesson(plan)
    rng = np.random.default_rng((SEED, lesson.step))
    end = time.monotonic() + plan.minutes * 60
    print(f"{weights(lesson.network)} weights, from step {lesson.step}", flush=True)  # noqa: T201
    losses: list[float] = []
    while lesson.step < plan.steps and time.monotonic() < end:
        losses.append(_lesson(lesson, glyphs, rng))
        if lesson.step % TOLD_EVERY == 0:
            mean = sum(losses[-TOLD_EVERY:]) / len(losses[-TOLD_EVERY:])
            print(f"step {lesson.step} loss {mean:.4f}", flush=True)  # noqa: T201
        if lesson.step % KEPT_EVERY == 0:
            lesson.keep()
    lesson.keep()
    return lesson


def _lesson(lesson: Lesson, glyphs: Atlas, rng: np.random.Generator) -> float:
    """A step on whole plates, or, WHOLE_EVERY times as often, on the heads of more of them: Chinese characters are the
    hardest to learn, and a plate has one."""
    if lesson.step % WHOLE_EVERY == 0:
        return lesson.learn(batch(glyphs, rng, BATCH))
    return lesson.learn(head(batch(glyphs, rng, HEADS)), whole=False)


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--steps", type=int, default=12000)
    parser.add_argument("--minutes", type=float, default=15.0)
    given = parser.parse_args()
    cv2.setNumThreads(1)
    torch.set_num_threads(1)
    run(Plan(given.folder, given.steps, given.minutes), atlas(WeightsCache()))


if __name__ == "__main__":
    main()
