"""The reader's network: seven convolutions over a plate of 48 x 160, CTC over 40 columns, a head for the colour.

Some 290 thousand weights and 38 million multiplications a plate: under 2 ms on one core. Knows no data.
"""

from __future__ import annotations

from typing import Any, Final, cast

import torch
from torch import Tensor, nn

from models.vision.plate_format import ALPHABET, COLOURS

CLASSES: Final = len(ALPHABET) + 1
"""Characters and CTC's blank, which is class 0."""


def _block(given: int, made: int, stride: tuple[int, int] = (1, 1), kernel: tuple[int, int] = (3, 3)) -> nn.Sequential:
    padding = (kernel[0] // 2, kernel[1] // 2)
    convolution = nn.Conv2d(given, made, kernel, stride, padding, bias=False)
    return nn.Sequential(convolution, nn.BatchNorm2d(made), nn.ReLU(inplace=True))


class PlateNetwork(nn.Module):  # type: ignore[misc]  # torch comes without types here
    """In: [n, 3, 48, 160], mean 0 and deviation 1. Out: log probabilities [n, 40, classes], colour logits [n, 5]."""

    def __init__(self) -> None:
        super().__init__()
        self.low = nn.Sequential(
            _block(3, 16, stride=(2, 2)),
            _block(16, 32, stride=(2, 2)),
            _block(32, 48),
        )
        self.high = nn.Sequential(
            _block(48, 72, stride=(2, 1)),
            _block(72, 96, stride=(2, 1)),
            _block(96, 112),
        )
        self.columns = nn.Sequential(
            nn.Conv2d(112, 128, (3, 1), bias=False), nn.BatchNorm2d(128), nn.ReLU(inplace=True)
        )
        self.mixed = nn.Sequential(nn.Conv1d(128, 128, 5, padding=2, groups=4), nn.ReLU(inplace=True))
        self.characters = nn.Conv1d(128, CLASSES, 1)
        self.colour = nn.Sequential(nn.Linear(96, 32), nn.ReLU(inplace=True), nn.Linear(32, len(COLOURS)))

    def forward(self, pictures: Tensor) -> tuple[Tensor, Tensor]:
        """See the class."""
        low = self.low(pictures)
        columns = self.columns(self.high(low)).squeeze(2)
        logits = self.characters(columns + self.mixed(columns))
        pooled = torch.cat([low.mean(dim=(2, 3)), low.amax(dim=(2, 3))], dim=1)
        return logits.transpose(1, 2).log_softmax(dim=2), cast(Tensor, self.colour(pooled))


def weights(network: nn.Module) -> int:
    """How many weights it has."""
    return sum(int(parameter.numel()) for parameter in network.parameters())


def state(network: nn.Module) -> dict[str, Any]:
    """Its weights by name."""
    return dict(network.state_dict())
