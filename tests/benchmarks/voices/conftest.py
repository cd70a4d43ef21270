"""A synthesiser that hums: three frames a phoneme, silence before, between words and after."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from benchmarks.voices.kokoro import FRAME, RATE, Speech
from benchmarks.voices.phrases import PhraseBook

LEAD, FRAMES, TAIL = 8, 3, 20
PITCH_HZ = {"zm_yunxi": 110.0, "zf_xiaoxiao": 220.0}


class Hummer:
    """Hums while a phoneme lasts and is silent on spaces and punctuation."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str, float]] = []

    def speak(self, phonemes: str, voice: str, speed: float = 1.0) -> Speech:
        """A tone of the voice's pitch."""
        self.asked.append((phonemes, voice, speed))
        frames = np.full(len(phonemes), FRAMES, np.int64)
        sounding = np.array([symbol.isalnum() or symbol in "→↗↘↓" for symbol in phonemes], np.float32)
        gate = np.concatenate([np.zeros(LEAD), np.repeat(sounding, FRAMES), np.zeros(TAIL)]).repeat(FRAME)
        hum = 0.5 * np.sin(2 * np.pi * PITCH_HZ.get(voice, 160.0) * np.arange(gate.size) / RATE)
        return Speech(np.asarray(gate * hum, np.float32), frames, LEAD)


@pytest.fixture
def hummer() -> Hummer:
    """A fresh one, that counts what it was asked for."""
    return Hummer()


@pytest.fixture
def book(hummer: Hummer, tmp_path: Path) -> PhraseBook:
    """Phrases hummed, kept in a folder of the test."""
    return PhraseBook(hummer, "hummer", tmp_path / "phrases")
