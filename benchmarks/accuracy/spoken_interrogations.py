"""Scripted interrogations read out by synthesised voices and written down by the real models; knows no comparison.

Sound and transcript are kept in a folder, so that a second run costs nothing. `attribution` counts the sentences that
the transcript gives to the other voice. The one who asks and the one who answers
have different voices; pauses and room noise are those of benchmarks.voices.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import permutations
from pathlib import Path
from typing import Final

import numpy as np

from benchmarks.accuracy.interrogations import Interrogation
from benchmarks.accuracy.speech import transcribe
from benchmarks.voices.dialogue import Line, Wish
from benchmarks.voices.kokoro import EARLY_S, Kokoro
from benchmarks.voices.make import phrase_folder, save
from benchmarks.voices.mixing import Room, SpokenTurn, mix, place
from benchmarks.voices.phrases import SAMPLE_RATE, PhraseBook, phrases_of
from benchmarks.voices.truth import DialogueTruth, SpeakerTruth, turn_truths
from cases.codec import from_json, to_json
from cases.records import JsonObject
from cases.transcript import Transcript
from models.weights import WeightsCache
from pipelines.engine import Engine
from pipelines.speech.attribution import SPEAKER_UNSURE
from pipelines.speech.roles import ROLE_UNSURE

PARAMS: JsonObject = {"speakers": 2, "roles": True}
"""What a prosecutor asks for who has the recording of an interrogation: two voices, one asking, one answering."""
DOUBTS = frozenset({SPEAKER_UNSURE, ROLE_UNSURE})
ROOM = Room(overlap=0.0, reverberation_s=0.0, signal_to_noise_db=35.0, telephone=False, channels=False)
UNDERSTOOD: Final = (
    "zm_yunxi",  # 2.9 %
    "zf_xiaoxiao",  # 1.9 %
    "zm_yunjian",  # 3.2 %
    "zm_yunxia",  # 3.4 %
)
"""The voices of which whisper-small gets less than 10 % of the characters wrong; beside each its rate over 412
characters (`python -m benchmarks.voices.intelligibility`). Behind a voice that the recogniser cannot follow, what the
comparison misses would be the voice's fault."""


def book() -> PhraseBook:
    """The phrases that were said already, and the voice for those that were not."""
    kokoro = Kokoro(WeightsCache())
    return PhraseBook(kokoro, kokoro.manifest.weights_sha256, phrase_folder(), EARLY_S)


def cast_of(name: str) -> dict[str, str]:
    """Who asks ("q") and who answers ("a", a man): two of the voices understood, by a digest of the recording's name.

    A voice that joins the list, or leaves it, recasts only the recordings that are its own.
    """
    ranked = sorted(UNDERSTOOD, key=lambda voice: hashlib.sha256(f"{name} {voice}".encode()).digest())
    answers = next(voice for voice in ranked if voice.startswith("zm_"))
    return {"q": next(voice for voice in ranked if voice != answers), "a": answers}


def speak(one: Interrogation, phrases: PhraseBook, stem: Path) -> None:
    """Write `stem`.wav and `stem`.json: the recording of what is said, and where."""
    voices = cast_of(one.name)
    lines = [
        Line("asker" if said.role == "q" else "suspect", "question" if said.role == "q" else "answer", said.text)
        for said in one.said
    ]
    turns = [
        SpokenTurn(
            "S1" if said.role == "q" else "S2",
            tuple(phrases.phrase(t, voices[said.role]) for t in phrases_of(said.text)),
        )
        for said in one.said
    ]
    noise = np.random.default_rng(len(one.said))
    placed = place(turns, ROOM.overlap, noise)
    sound = mix(turns, placed, ROOM, noise)
    speakers = (
        SpeakerTruth("S1", "asker", "question", voices["q"], 1.0, None),
        SpeakerTruth("S2", "suspect", "answer", voices["a"], 1.0, None),
    )
    wish = Wish(0, sound.shape[1] / SAMPLE_RATE / 60)
    truth = DialogueTruth(
        wish,
        ROOM,
        phrases.identity,
        round(sound.shape[1] / SAMPLE_RATE, 3),
        speakers,
        turn_truths(lines, turns, placed),
    )
    save(sound, truth, stem)


@dataclass(frozen=True, slots=True)
class Attribution:
    """Sentences said, and those whose words went to the other voice, for the most part or in part.

    `flagged` counts the sentences of `wrong` and `mixed` that hold a flag of doubt about their speaker.
    """

    sentences: int = 0
    wrong: int = 0
    mixed: int = 0
    flagged: int = 0

    def __add__(self, other: Attribution) -> Attribution:
        return Attribution(
            self.sentences + other.sentences,
            self.wrong + other.wrong,
            self.mixed + other.mixed,
            self.flagged + other.flagged,
        )


def attribution(truth: DialogueTruth, transcript: Transcript) -> Attribution:
    """Which voice the transcript gave each sentence to; its names of voices are matched to the true ones at best."""
    heard_words = [
        (0.5 * (word.start + word.end), segment.speaker, bool(DOUBTS.intersection(segment.flags)))
        for segment in transcript.segments
        for word in segment.words
    ]
    true_names = [speaker.name for speaker in truth.speakers]
    counted = [_counted(truth, heard_words, dict(zip(names, true_names, strict=True))) for names in _names(true_names)]
    return min(counted, key=lambda one: (one.wrong, one.mixed))


def _names(true_names: Sequence[str]) -> Iterator[tuple[str, ...]]:
    return permutations([f"S{n}" for n in range(1, len(true_names) + 1)])


def _counted(
    truth: DialogueTruth, words: Sequence[tuple[float, str | None, bool]], names: Mapping[str, str]
) -> Attribution:
    found = Attribution()
    for turn in truth.turns:
        for phrase in turn.phrases:
            inside = [one for one in words if phrase.start <= one[0] <= phrase.end]
            other = sum(names.get(speaker or "") != turn.speaker for _, speaker, _ in inside)
            wrong, mixed = 2 * other > len(inside), 0 < other <= len(inside) / 2
            doubted = (wrong or mixed) and any(flag for _, _, flag in inside)
            found += Attribution(int(bool(inside)), int(wrong), int(mixed), int(doubted))
    return found


def known_truth(one: Interrogation, folder: Path) -> DialogueTruth:
    """The truth about a recording that was made."""
    return from_json(DialogueTruth, json.loads((folder / f"{one.name}.json").read_text(encoding="utf-8")))


def heard(
    one: Interrogation, folder: Path, engine: Engine, phrases: PhraseBook
) -> tuple[Transcript, list[tuple[float, float]]]:
    """The machine's transcript of an interrogation, and where each thing was said in seconds."""
    stem, kept = folder / one.name, folder / f"{one.name}.transcript.json"
    if not (folder / f"{one.name}.wav").exists():
        speak(one, phrases, stem)
    truth = known_truth(one, folder)
    if not kept.exists():
        record = transcribe(engine, folder / f"{one.name}.wav", PARAMS)
        kept.write_text(json.dumps(to_json(record), ensure_ascii=False), encoding="utf-8")
    transcript = from_json(Transcript, json.loads(kept.read_text(encoding="utf-8")))
    return transcript, [(turn.start, turn.end) for turn in truth.turns]
