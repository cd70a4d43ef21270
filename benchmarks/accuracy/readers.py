"""What writes recordings down, behind one face, and the quick engine of live sessions as one of them.

The quick engine keeps the state of a session and has no batch pipeline: a recording is read as one sentence, without
voice activity before it.
"""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from models.task import StreamingTranscriber
from pipelines.media.audio import SAMPLE_RATE, normalise, read_span

PIECE = SAMPLE_RATE // 10
"""Samples that the quick engine is given at once, as a live session gives them."""


@dataclass(frozen=True, slots=True)
class Heard:
    """What was made of one recording; `seconds` is how long it is, `flags` what is doubtful."""

    text: str
    seconds: float
    flags: tuple[str, ...] = ()


class Reader(Protocol):
    """What writes recordings down."""

    def read(self, paths: Sequence[Path]) -> list[Heard]:
        """What each recording says, in order."""
        ...

    def close(self) -> None:
        """Free the model."""
        ...


@dataclass(frozen=True, slots=True)
class QuickReader:
    """A loaded quick engine, one recording after the other."""

    model: StreamingTranscriber

    def read(self, paths: Sequence[Path]) -> list[Heard]:
        """What each recording says, in order."""
        return [self._read(path) for path in paths]

    def close(self) -> None:
        """Free the weights."""
        self.model.close()

    def _read(self, path: Path) -> Heard:
        sentence = self.model.stream()
        with tempfile.TemporaryDirectory(prefix="anjuan-bench-") as folder:
            sound = Path(folder) / "sound.wav"
            samples = normalise(path, sound)
            for first in range(0, samples, PIECE):
                sentence.accept(read_span(sound, first, min(first + PIECE, samples)).samples)
        heard = sentence.finish()
        return Heard("" if heard is None else heard.text, samples / SAMPLE_RATE)
