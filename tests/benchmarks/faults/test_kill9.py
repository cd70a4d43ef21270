"""The promise of the queue, in small: three rounds of `kill -9`, as the benchmark runs fifty."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.faults.inputs import make_inputs
from benchmarks.faults.kill9 import Options, run


@pytest.mark.fault
@pytest.mark.timeout(600)
def test_nothing_acknowledged_is_lost_and_nothing_comes_twice_when_the_server_is_killed(tmp_path: Path) -> None:
    report = run(Options(rounds=3, seed=7), tmp_path)
    assert report.faults == []
    assert report.uploads >= 1


def test_the_inputs_are_of_all_three_kinds_and_differ(tmp_path: Path) -> None:
    made = make_inputs(tmp_path)
    assert {item.task for item in made} == {"transcribe", "scan", "traffic"}
    assert len({item.path.read_bytes() for item in made}) == len(made)
