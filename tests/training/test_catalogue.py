"""Labels follow the truth of a volume, a network learns them, and what is written of it says what it said."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
import torch

from pipelines.files.catalogue.evidence import evidence
from pipelines.files.catalogue.judge import ARRAYS, class_names, read_judge
from training.catalogue import (
    JOINING_SEEDS,
    JOINING_WORDINGS,
    NETWORK_SEEDS,
    NETWORK_WORDINGS,
    Example,
    arrays_of,
    example,
    trained,
)
from training.catalogue import _logistic as logistic


@pytest.fixture(scope="module", autouse=True)
def one_thread() -> Iterator[None]:
    """Threads that wait for each other take minutes on a busy machine."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(scope="module")
def given() -> list[Example]:
    return [example(seed, (0,)) for seed in (1, 2)]


def test_every_page_has_the_type_of_its_document_and_first_pages_begin(given: list[Example]) -> None:
    for one in given:
        names = [class_names()[kind] for kind in one.kinds]
        plain = [d for d in one.documents if not any(d.first_page < o.first_page <= d.last_page for o in one.documents)]
        for document in plain:
            assert set(names[document.first_page - 1 : document.last_page]) == {document.type}
        assert one.begins.sum() == len(one.documents)


def test_seeds_and_wordings_are_parted() -> None:
    assert not set(NETWORK_SEEDS) & set(JOINING_SEEDS)
    assert max(*NETWORK_SEEDS, *JOINING_SEEDS) < 1000
    assert not set(NETWORK_WORDINGS) & set(JOINING_WORDINGS)


def test_a_network_learns_and_says_the_same_after_it_was_written(given: list[Example]) -> None:
    one = Example(given[0].pages[:8], (), given[0].kinds[:8], given[0].begins[:8])
    network = trained([one], epochs=25)
    with torch.no_grad():
        types, begins = network([evidence(one.pages)], 1.0)
    assert (types.argmax(1).numpy() == one.kinds).mean() > 0.5
    held = arrays_of(network)
    held.update({name: np.zeros(1, np.float32) for name in ARRAYS if name not in held})
    opinion = read_judge(held).opinion(one.pages)
    assert (opinion.types.argmax(axis=1) == types.argmax(1).numpy()).mean() > 0.8
    assert np.allclose(opinion.begins, begins.numpy(), atol=0.2)


def test_the_joining_is_a_logistic_regression() -> None:
    rng = np.random.default_rng(0)
    rows = np.column_stack([rng.normal(size=500), np.ones(500)])
    wanted = (rng.random(500) < 1 / (1 + np.exp(-(2 * rows[:, 0] - 1)))).astype(np.float64)
    slope, added = logistic(rows, wanted)
    assert slope == pytest.approx(2, abs=0.5)
    assert added == pytest.approx(-1, abs=0.4)
