"""Scripted interrogations read out by synthesised voices and written down by the real models; knows no comparison.

Sound and transcript are kept in a folder, so that a second run costs nothing. The one who asks and the one who answers
have different voices; pauses and room noise are those of benchmarks.voices.
"""

from __future__ import annotations

import json
from pathlib import Path
from random import Random

import numpy as np

from benchmarks.accuracy.interrogations import Interrogation
from benchmarks.accuracy.speech import transcribe
from benchmarks.voices.dialogue import Line, Wish
from benchmarks.voices.kokoro import EARLY_S, VOICES, Kokoro
from benchmarks.voices.make import phrase_folder, save
from benchmarks.voices.mixing import Room, SpokenTurn, mix, place
from benchmarks.voices.phrases import SAMPLE_RATE, PhraseBook, phrases_of
from benchmarks.voices.truth import DialogueTruth, SpeakerTruth, turn_truths
from cases.codec import from_json, to_json
from cases.records import JsonObject
from cases.transcript import Transcript
from models.weights import WeightsCache
from pipelines.engine import Engine

PARAMS: JsonObject = {"speakers": 2, "roles": True}
"""What a prosecutor asks for who has the recording of an interrogation: two voices, one asking, one answering."""
ROOM = Room(overlap=0.0, reverberation_s=0.0, signal_to_noise_db=35.0, telephone=False, channels=False)


def book() -> PhraseBook:
    """The phrases that were said already, and the voice for those that were not."""
    kokoro = Kokoro(WeightsCache())
    return PhraseBook(kokoro, kokoro.manifest.weights_sha256, phrase_folder(), EARLY_S)


def speak(one: Interrogation, phrases: PhraseBook, stem: Path) -> None:
    """Write `stem`.wav and `stem`.json: the recording of what is said, and where."""
    rng = Random(f"interrogation {one.name}")
    male = [voice for voice in VOICES if voice.startswith("zm_")]
    answers = rng.choice(male)
    voices = {"q": rng.choice([voice for voice in VOICES if voice != answers]), "a": answers}
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


def heard(
    one: Interrogation, folder: Path, engine: Engine, phrases: PhraseBook
) -> tuple[Transcript, list[tuple[float, float]]]:
    """The machine's transcript of an interrogation, and where each thing was said in seconds."""
    stem, kept = folder / one.name, folder / f"{one.name}.transcript.json"
    if not (folder / f"{one.name}.wav").exists():
        speak(one, phrases, stem)
    truth = from_json(DialogueTruth, json.loads((folder / f"{one.name}.json").read_text(encoding="utf-8")))
    if not kept.exists():
        record = transcribe(engine, folder / f"{one.name}.wav", PARAMS)
        kept.write_text(json.dumps(to_json(record), ensure_ascii=False), encoding="utf-8")
    transcript = from_json(Transcript, json.loads(kept.read_text(encoding="utf-8")))
    return transcript, [(turn.start, turn.end) for turn in truth.turns]
