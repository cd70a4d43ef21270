"""Makes the text of a line of a recogniser's probabilities, with words of Chinese settling what it doubts; knows no
picture and no network."""

from __future__ import annotations

from collections.abc import Sequence, Set
from dataclasses import dataclass
from statistics import fmean

import numpy as np
from numpy.typing import NDArray

from models.text.ctc import readings
from models.text.doubtful import settled


@dataclass(frozen=True, slots=True)
class LineText:
    """What stands in a line, the mean probability of its characters, and the least; both 0 for a line of nothing."""

    text: str
    confidence: float
    least: float


@dataclass(frozen=True, slots=True)
class LineDecoder:
    """Reads over an alphabet, whose first character is the network's second class: the first is none."""

    alphabet: Sequence[str]
    words: Set[str]

    def line(self, probabilities: NDArray[np.float32]) -> LineText:
        """The text of one line; `probabilities` is float32 [steps, classes]."""
        read = settled(readings(probabilities, self.alphabet), self.words)
        sure = [one.probability for one in read] or [0.0]
        return LineText("".join(one.character for one in read), fmean(sure), min(sure))

    def __call__(self, answers: Sequence[NDArray[np.float32]], **_: object) -> tuple[list[str], list[float]]:
        """Texts and confidences of a batch, in the place of PaddleX's own decoder: float32 [lines, steps, classes]."""
        lines = [self.line(one) for one in answers[0]]
        return [line.text for line in lines], [line.confidence for line in lines]
