"""A run from evidence to record: provenance, resumption, and the refusal of a run with holes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import pytest

from cases.records import BlobRef, JsonObject, ModelUse, Provenance
from models.errors import BadInput, Defect
from pipelines.engine import Engine
from pipelines.lines import AnyPipeline, code_version, pipeline_for, run_pipeline, tasks
from pipelines.pipeline import Outcome, Part, Setting


@dataclass(frozen=True, slots=True)
class Letter:
    text: str


class Spell:
    """Three parts, one letter each; can lose one."""

    task = "spell"
    version = "1"
    part_type = Letter
    letters = "案卷好"

    def __init__(self, lost: int | None = None) -> None:
        self.lost = lost
        self.worked: list[int] = []

    def parse(self, params: JsonObject) -> JsonObject:
        return params

    def models(self, params: JsonObject, engine: Engine) -> tuple[ModelUse, ...]:
        return (ModelUse("speller", "spell", "0" * 64, "MIT"),)

    def run(self, setting: Setting[JsonObject], done: Mapping[int, Letter]) -> Iterator[Part[Letter]]:
        for index, letter in enumerate(self.letters):
            if index in done or index == self.lost:
                continue
            self.worked.append(index)
            yield Part(index, len(self.letters), Letter(letter))

    def assemble(
        self, setting: Setting[JsonObject], parts: Sequence[Letter], provenance: Provenance
    ) -> Outcome[tuple[str, Provenance]]:
        return Outcome(("".join(p.text for p in parts), provenance))


@pytest.fixture
def setting(fake_engine: Engine, tmp_path: Path) -> Setting[object]:
    return Setting(BlobRef("ab" * 32, 3, "audio/wav", tmp_path / "x"), {}, fake_engine, tmp_path)


def spell(pipeline: Spell, setting: Setting[object], done: dict[int, object] | None = None) -> tuple[str, Provenance]:
    seen: list[int] = []
    outcome = run_pipeline(
        cast(AnyPipeline, pipeline), setting, parameters={"a": 1}, done=done, on_part=lambda p: seen.append(p.index)
    )
    assert seen == pipeline.worked
    return cast("tuple[str, Provenance]", outcome.record)


def test_a_run_gives_a_record_that_tells_what_made_it(setting: Setting[object]) -> None:
    text, provenance = spell(Spell(), setting)
    assert text == "案卷好"
    assert (provenance.pipeline, provenance.pipeline_version) == ("spell", "1")
    assert provenance.source_sha256 == "ab" * 32
    assert provenance.models[0].name == "speller"
    assert provenance.parameters == {"a": 1}
    assert provenance.code_version == code_version()
    assert provenance.started_at <= provenance.finished_at


def test_a_resumed_run_does_only_what_is_missing_and_gives_the_same_record(setting: Setting[object]) -> None:
    pipeline = Spell()
    text, _ = spell(pipeline, setting, {0: Letter("案"), 2: Letter("好")})
    assert text == "案卷好"
    assert pipeline.worked == [1]


def test_a_run_that_was_all_done_is_only_assembled(setting: Setting[object]) -> None:
    pipeline = Spell()
    text, _ = spell(pipeline, setting, {n: Letter(c) for n, c in enumerate("案卷好")})
    assert text == "案卷好"
    assert pipeline.worked == []


def test_a_run_with_a_hole_is_a_defect_and_no_record(setting: Setting[object]) -> None:
    with pytest.raises(Defect, match="2 of 3 parts"):
        spell(Spell(lost=1), setting)


def test_every_task_has_its_pipeline_and_an_unknown_one_is_named() -> None:
    assert {pipeline_for(task).task for task in tasks()} == set(tasks())
    with pytest.raises(BadInput, match="transcribe"):
        pipeline_for("divine")
