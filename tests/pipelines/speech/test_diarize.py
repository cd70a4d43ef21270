"""Windows into turns: names by appearance, overlap kept, disagreement settled by the middle of a window."""

from __future__ import annotations

import base64

import numpy as np
import pytest

from cases.transcript import SpeakerTurn
from pipelines.speech.chunks import RATE
from pipelines.speech.diarize import diarize
from pipelines.speech.voices import HOP, WINDOW, LocalVoice, VoiceWindow

Speech = list[tuple[int, float, float]]
"""Person, start and end in seconds."""


def encoded(person: int) -> str:
    """A voice of its own for each person, float16 in base64."""
    vector = np.zeros(256, "<f2")
    vector[person] = 1.0
    return base64.b64encode(vector.tobytes()).decode()


def heard(speech: Speech, seconds: float) -> list[VoiceWindow]:
    """What perfect models would hear of `speech` in windows over the recording; voices in no special order."""
    windows: list[VoiceWindow] = []
    for number, first in enumerate(range(0, round(seconds * RATE), HOP)):
        last = min(first + WINDOW, round(seconds * RATE))
        voices = []
        for voice, person in enumerate(sorted({p for p, _, _ in speech}, reverse=bool(number % 2))):
            cut = [(max(first, round(s * RATE)), min(last, round(e * RATE))) for p, s, e in speech if p == person]
            spans = tuple((a, b) for a, b in cut if b > a)
            if spans:
                voices.append(LocalVoice(voice, spans, encoded(person), sum(b - a for a, b in spans) / RATE))
        windows.append(VoiceWindow(first, last, tuple(voices)))
    return windows


def rows(turns: tuple[SpeakerTurn, ...]) -> list[tuple[str, float, float]]:
    return [(turn.speaker, turn.start, turn.end) for turn in turns]


TALK: Speech = [(7, 1.0, 6.0), (3, 7.0, 9.0), (7, 10.0, 24.0), (3, 23.0, 26.0), (5, 27.0, 31.0)]


@pytest.mark.parametrize("speakers", [3, None])
def test_turns_come_back_named_by_first_appearance_and_may_overlap(speakers: int | None) -> None:
    assert rows(diarize(heard(TALK, 32.0), 32 * RATE, speakers)) == [
        ("S1", 1.0, 6.0),
        ("S2", 7.0, 9.0),
        ("S1", 10.0, 24.0),
        ("S2", 23.0, 26.0),
        ("S3", 27.0, 31.0),
    ]


def test_a_breath_does_not_end_a_turn_and_a_click_is_none() -> None:
    talk: Speech = [(1, 1.0, 3.0), (1, 3.2, 5.0), (1, 8.0, 8.06)]
    assert rows(diarize(heard(talk, 12.0), 12 * RATE, 1)) == [("S1", 1.0, 5.0)]


def test_where_windows_disagree_the_one_nearer_its_middle_is_believed() -> None:
    windows = heard([(1, 0.0, 20.0)], 20.0)
    # The second window, 5 to 15 s, hears nobody; the first is nearer its middle up to 7.5 s, the third from 12.5 s.
    windows[1] = VoiceWindow(windows[1].first, windows[1].last, ())
    assert rows(diarize(windows, 20 * RATE, None)) == [("S1", 0.0, 7.5), ("S1", 12.5, 20.0)]


def test_nobody_speaking_gives_no_turns() -> None:
    assert diarize([], 600 * RATE, 2) == ()
    assert diarize(heard([], 20.0), 20 * RATE, None) == ()


def test_voices_too_short_to_know_are_still_somebody() -> None:
    windows = [VoiceWindow(0, WINDOW, (LocalVoice(0, ((RATE, 2 * RATE),), "", 0.0),))]
    assert rows(diarize(windows, WINDOW, None)) == [("S1", 1.0, 2.0)]


def test_a_stretch_that_sounds_clearly_like_somebody_else_leaves_its_voice() -> None:
    windows = heard([(1, 0.0, 10.0), (2, 10.0, 20.0)], 20.0)
    # The network took both for one voice in the window from 5 s to 15 s.
    (first, second) = windows[1].voices
    both = tuple(LocalVoice(0, one.spans, one.embedding, one.seconds) for one in (first, second))
    windows[1] = VoiceWindow(windows[1].first, windows[1].last, both)
    assert rows(diarize(windows, 20 * RATE, None)) == [("S1", 0.0, 10.0), ("S2", 10.0, 20.0)]
