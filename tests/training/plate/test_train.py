"""The lesson in small: it goes on from its checkpoint, and what is exported says what was taught."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnxruntime
import pytest
import torch

from models.vision.plate_format import HAN, LATIN
from models.vision.plate_picture import planes
from training.plate.data import batch, head
from training.plate.export import exported
from training.plate.glyphs import CELL_HEIGHT, CELL_WIDTH, Atlas
from training.plate.network import PlateNetwork, weights
from training.plate.strokes import drawn
from training.plate.train import PEAK_RATE, WARM_UP, Lesson, Plan, rate_at, run


@pytest.fixture(scope="module")
def glyphs() -> Atlas:
    masks = {c: (drawn(c, 0, CELL_WIDTH, CELL_HEIGHT, 0.24, 0.25),) for c in LATIN}
    return Atlas(masks | {c: (drawn("X", 0, CELL_WIDTH, CELL_HEIGHT, 0.2, 0.25),) for c in HAN})


def test_a_run_goes_on_from_its_checkpoint(glyphs: Atlas, tmp_path: Path) -> None:
    first = run(Plan(tmp_path, 2, 5.0), glyphs)
    again = Lesson(Plan(tmp_path, 4, 5.0))
    assert (first.step, again.step) == (2, 2)
    for one, other in zip(first.network.parameters(), again.network.parameters(), strict=True):
        assert torch.equal(one, other)


def test_a_few_steps_on_one_batch_bring_the_loss_down(glyphs: Atlas, tmp_path: Path) -> None:
    lesson = Lesson(Plan(tmp_path, 400, 5.0))
    given = batch(glyphs, np.random.default_rng(1), 6)
    losses = [lesson.learn(given) for _ in range(12)]
    assert losses[-1] < 0.8 * losses[0]


def test_the_rate_rises_then_falls() -> None:
    rates = [rate_at(step, 2000) for step in (0, WARM_UP, 1000, 2000)]
    assert rates[0] < rates[2] < rates[1] == pytest.approx(PEAK_RATE)
    assert rates[3] == pytest.approx(PEAK_RATE / 100)


def test_the_exported_network_says_the_same_with_weights_of_half_the_size(glyphs: Atlas, tmp_path: Path) -> None:
    torch.manual_seed(0)
    network = PlateNetwork().eval()
    exported(network, tmp_path / "reader.onnx")
    assert (tmp_path / "reader.onnx").stat().st_size < 2.2 * weights(network)
    pictures = planes(list(batch(glyphs, np.random.default_rng(1), 6).pictures))
    session = onnxruntime.InferenceSession(str(tmp_path / "reader.onnx"))
    characters, colours = session.run(None, {"pictures": pictures})
    with torch.no_grad():
        expected, expected_colours = network(torch.from_numpy(pictures))
    assert np.abs(characters - expected.numpy()).max() < 0.05
    assert np.abs(colours - expected_colours.numpy()).max() < 0.05


def test_heads_are_learnt_by_their_columns_alone(glyphs: Atlas, tmp_path: Path) -> None:
    lesson = Lesson(Plan(tmp_path, 400, 5.0))
    given = head(batch(glyphs, np.random.default_rng(1), 6))
    losses = [lesson.learn(given, whole=False) for _ in range(12)]
    assert losses[-1] < 0.8 * losses[0]
