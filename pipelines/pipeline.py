"""What a pipeline is: evidence in, parts out one by one, a record at the end; knows no job, no case and no runtime.

A part is the unit that a crash may cost: a stretch of speech, a page, a stretch of video. Whoever runs a pipeline
keeps each part as it comes and hands back the kept ones after a restart; `assemble` is a pure function of the parts, so
that a resumed run gives the same record as an unbroken one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Generic, Literal, Protocol, TypeVar

from cases.records import BlobRef, JsonObject, ModelUse, Provenance
from pipelines.engine import Engine

PartT = TypeVar("PartT")
ParamsT = TypeVar("ParamsT")
RecordT = TypeVar("RecordT")


@dataclass(frozen=True, slots=True)
class Part(Generic[PartT]):
    """One finished unit: its place among `total`, and what was found there."""

    index: int
    total: int
    payload: PartT


@dataclass(frozen=True, slots=True)
class DerivedFile:
    """A file made beside the record (page picture, searchable PDF, annotated clip), still in the scratch folder."""

    path: Path
    name: str
    media_type: str


@dataclass(frozen=True, slots=True)
class Outcome(Generic[RecordT]):
    """What a pipeline leaves: the record and the files made on the way."""

    record: RecordT
    derived: tuple[DerivedFile, ...] = ()


@dataclass(frozen=True, slots=True)
class Reference:
    """A parameter that names something else of the same case: `kind` is evidence or record."""

    param: str
    kind: Literal["evidence", "record"]


@dataclass(frozen=True, slots=True)
class Setting(Generic[ParamsT]):
    """All that a run needs: the evidence, parsed parameters, the engine, and a scratch folder of its own.

    `others` holds what the parameters name beside it (see `lines.references`): the file of evidence, or a record's
    body.
    """

    source: BlobRef
    params: ParamsT
    engine: Engine
    scratch: Path
    others: Mapping[str, BlobRef | JsonObject] = field(default_factory=dict)


class Pipeline(Protocol[ParamsT, PartT, RecordT]):
    """A line of work."""

    @property
    def task(self) -> str:
        """The job's task name: transcribe, scan, traffic."""
        ...

    @property
    def version(self) -> str:
        """Changes whenever the same input may give another record; part of a job's idempotency key."""
        ...

    @property
    def part_type(self) -> type[PartT]:
        """The dataclass of a part; `cases.codec` carries it to a checkpoint and back."""
        ...

    def parse(self, params: JsonObject) -> ParamsT:
        """Typed parameters; raises BadInput naming the parameter that does not fit."""
        ...

    def models(self, params: ParamsT, engine: Engine) -> tuple[ModelUse, ...]:
        """The models that will take part."""
        ...

    def run(self, setting: Setting[ParamsT], done: Mapping[int, PartT]) -> Iterator[Part[PartT]]:
        """The parts that are not in `done`, in order; raises BadInput when the evidence cannot be read at all."""
        ...

    def assemble(self, setting: Setting[ParamsT], parts: Sequence[PartT], provenance: Provenance) -> Outcome[RecordT]:
        """The record over all parts, in order, and the files made on the way."""
        ...
