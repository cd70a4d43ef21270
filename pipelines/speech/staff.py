"""Staff known by their voice: a print made from a recording of one person, and prints compared with who spoke.

Compares with the few people that it is handed, the members of one case who agreed to it, and with nobody else; whoever
is not clearly one of them stays unknown. It ranks nobody and answers no question but "is this one of them". Knows no
store and no key.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from cases.records import JsonObject
from cases.voiceprints import StaffVoice, VoiceprintDraft
from models.errors import BadInput
from models.task import Task
from models.values import ItemError
from pipelines.engine import SPEAKER_EMBEDDING, AudioPieces, Engine
from pipelines.media.audio import normalise
from pipelines.speech.chunks import RATE, Span
from pipelines.speech.plan import ask, find_speech
from pipelines.speech.voices import SpeakerVoice

Vector = NDArray[np.float32]

SAME_PERSON = 0.55
"""Cosine from which on two voices are one person: above any wrong voice that was seen (docs/speech.md)."""
MARGIN = 0.08
"""By this much the next best of the prints must be less alike."""
LEAST_SECONDS = 5.0
"""With less speech than this a speaker is not compared."""

ENROL_SECONDS = (15.0, 120.0)
"""Length of a recording to enrol with."""
ENROL_SPEECH_SECONDS = 10.0
PIECE = 3 * RATE
"""A print is made of pieces as long as those that speakers are known by."""
LEAST_PIECES, MOST_PIECES = 3, 30
LEAST_PIECE = RATE
ALIKE = 0.35
"""Cosine of two pieces of one person, nearly always; of two persons seldom."""
ALIKE_SHARE = 0.85
"""Least share of pairs of pieces that are that alike: with a tenth of somebody else it is less."""


def handed(staff: Sequence[StaffVoice]) -> JsonObject:
    """The prints as a run is handed them; they stay in memory and never reach a record."""
    return {
        one.account_id: {
            "name": one.name,
            "model": one.model,
            "vector": base64.b64encode(one.vector).decode("ascii"),
        }
        for one in staff
    }


def read_handed(given: object) -> list[StaffVoice]:
    """What `handed` wrote; nobody where nothing was handed over."""
    if not isinstance(given, dict):
        return []
    return [
        StaffVoice(account, str(one["name"]), str(one["model"]), base64.b64decode(str(one["vector"])))
        for account, one in given.items()
    ]


def recognised(speakers: Mapping[str, SpeakerVoice], staff: Sequence[StaffVoice], model: str) -> dict[str, str]:
    """The names of those speakers who are staff; everybody else is missing. One person is one speaker.

    Prints of other weights than `model` (their digest) say nothing here.
    """
    names = [name for name, voice in speakers.items() if voice.seconds >= LEAST_SECONDS]
    known = [one for one in staff if one.model == model]
    if not names or not known:
        return {}
    likeness = (
        np.stack([speakers[name].vector for name in names]) @ np.stack([vector_of(one.vector) for one in known]).T
    )
    rows, columns = linear_sum_assignment(likeness, maximize=True)
    shown = _shown(known)
    return {
        names[row]: shown[column]
        for row, column in zip(rows.tolist(), columns.tolist(), strict=True)
        if likeness[row, column] >= SAME_PERSON and likeness[row, column] - _next(likeness, row, column) >= MARGIN
    }


def _next(likeness: NDArray[np.float32], row: int, column: int) -> float:
    """The likeness of the same speaker to the next best print, and of the same print to the next best speaker."""
    others = [*np.delete(likeness[row], column), *np.delete(likeness[:, column], row)]
    return float(max(others, default=-1.0))


def _shown(staff: Sequence[StaffVoice]) -> list[str]:
    """Names that tell people of one name apart."""
    names = [one.name for one in staff]
    return [one.name if names.count(one.name) == 1 else f"{one.name} ({one.account_id[-4:]})" for one in staff]


def vector_of(data: bytes) -> Vector:
    """A print's values, float32 of length one."""
    vector = np.frombuffer(data, "<f2").astype(np.float32)
    return np.asarray(vector / max(float(np.linalg.norm(vector)), 1e-9), np.float32)


# --- enrolment -------------------------------------------------------------------------------------------------------
def voiceprint_of(source: Path, engine: Engine, scratch: Path) -> VoiceprintDraft:
    """The print of the one person who speaks in `source`; a copy of the sound lies in `scratch` until that goes.

    Raises BadInput when the recording is too short or too long, has little speech, or more than one voice.
    """
    sound = scratch / "enrol.wav"
    samples = normalise(source, sound, ENROL_SECONDS[1])
    if samples < ENROL_SECONDS[0] * RATE:
        raise BadInput("voiceprint.short", "read aloud for 20 to 60 seconds; this recording is shorter")
    speech = find_speech(engine, sound, samples)
    pieces = [piece for span in speech for piece in _cut(span)][:MOST_PIECES]
    seconds = sum(last - first for first, last in pieces) / RATE
    if seconds < ENROL_SPEECH_SECONDS:
        raise _silent()
    answers = ask(engine, SPEAKER_EMBEDDING, [AudioPieces(sound, (piece,)) for piece in pieces])
    vectors = [answer.vector for answer in answers if not isinstance(answer, ItemError)]
    return VoiceprintDraft(_together(vectors), engine.model(Task.SPEAKER_EMBEDDING).weights_sha256, round(seconds, 3))


def _silent() -> BadInput:
    return BadInput("voiceprint.silent", "there is little speech in it; speak on, nearer to the microphone")


def _cut(span: Span) -> list[Span]:
    first, last = span
    count = max(1, -(-(last - first) // PIECE))
    edges = [first + (last - first) * n // count for n in range(count + 1)]
    return [piece for piece in pairwise(edges) if piece[1] - piece[0] >= LEAST_PIECE]


def _together(pieces: Sequence[Vector]) -> bytes:
    """The middle of one person's voice; raises BadInput where it is not one."""
    if len(pieces) < LEAST_PIECES:
        raise _silent()
    vectors = np.stack(pieces)
    pairs = (vectors @ vectors.T)[np.triu_indices(len(vectors), 1)]
    if float((pairs >= ALIKE).mean()) < ALIKE_SHARE:
        raise BadInput("voiceprint.mixed", "more than one voice or too much noise; record alone in a quiet room")
    middle = vectors.mean(axis=0)
    return bytes((middle / max(float(np.linalg.norm(middle)), 1e-9)).astype("<f2").tobytes())
