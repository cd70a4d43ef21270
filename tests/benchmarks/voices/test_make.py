"""A dialogue from seed to files: the truth fits the sound."""

from __future__ import annotations

import json
import wave
from pathlib import Path

import numpy as np
import pytest

from benchmarks.voices.dialogue import Wish, write
from benchmarks.voices.make import make, name_of, save
from benchmarks.voices.mixing import Room
from benchmarks.voices.phrases import SAMPLE_RATE, STEP, PhraseBook
from benchmarks.voices.truth import DialogueTruth
from cases.codec import from_json

WISH = Wish(1, 0.5)
APART = Room(overlap=0.3, signal_to_noise_db=None, channels=True)


def test_the_truth_has_every_line_with_its_speaker_role_and_facts(book: PhraseBook) -> None:
    _, truth = make(WISH, Room(), book)
    lines = write(WISH)
    assert [(t.part, t.role, t.text, t.facts) for t in truth.turns] == [
        (line.part, line.role, line.text, line.facts) for line in lines
    ]
    parts = {speaker.name: speaker.part for speaker in truth.speakers}
    assert all(parts[turn.speaker] == turn.part for turn in truth.turns)
    assert len({one.voice for one in truth.speakers}) == len(truth.speakers)


def test_sound_is_in_the_channel_of_who_speaks_while_the_truth_says_so(book: PhraseBook) -> None:
    sound, truth = make(WISH, APART, book)
    channels = {speaker.name: speaker.channel for speaker in truth.speakers}
    speaking = np.zeros(sound.shape, bool)
    for turn in truth.turns:
        channel = channels[turn.speaker]
        for phrase in turn.phrases:
            first, last = int(phrase.start * SAMPLE_RATE), int(phrase.end * SAMPLE_RATE)
            assert np.abs(sound[channel, first:last]).max() > 0.01
            # The ends are told to 10 ms.
            speaking[channel, first - STEP : last + STEP] = True
    assert np.abs(sound[~speaking]).max() < 0.002


def test_characters_are_in_order_inside_their_phrase_and_spell_what_is_said(book: PhraseBook) -> None:
    _, truth = make(WISH, APART, book)
    for turn in truth.turns:
        for phrase in turn.phrases:
            times = [second for one in phrase.characters for second in (one.start, one.end)]
            assert times == sorted(times)
            assert phrase.start - 1e-3 <= times[0] <= times[-1] <= phrase.end + 1e-3
            said = "".join(one.text for one in phrase.characters)
            assert said == "".join(c for c in phrase.spoken if c.isalnum())


def test_the_same_wish_is_the_same_recording_from_new_phrases_and_from_kept_ones(
    book: PhraseBook, tmp_path: Path
) -> None:
    first = make(WISH, Room(reverberation_s=0.3), book)
    kept = make(WISH, Room(reverberation_s=0.3), book)
    fresh = make(WISH, Room(reverberation_s=0.3), PhraseBook(book.synthesiser, book.identity, tmp_path / "others"))
    for other in (kept, fresh):
        assert np.array_equal(first[0], other[0])
        assert first[1] == other[1]


@pytest.mark.parametrize("room", [Room(), APART])
def test_the_files_are_16_kilohertz_sound_and_json_that_reads_back(
    room: Room, book: PhraseBook, tmp_path: Path
) -> None:
    sound, truth = make(WISH, room, book)
    place = tmp_path / "sub" / name_of(WISH, room)
    save(sound, truth, place)
    with wave.open(f"{place}.wav") as heard:
        assert (heard.getframerate(), heard.getnchannels(), heard.getnframes()) == (SAMPLE_RATE, *sound.shape)
    assert from_json(DialogueTruth, json.loads(Path(f"{place}.json").read_text(encoding="utf-8"))) == truth


def test_recordings_of_different_wishes_have_different_names() -> None:
    rooms = [Room(), Room(0.2), Room(reverberation_s=0.4), Room(signal_to_noise_db=20.0), Room(signal_to_noise_db=None)]
    rooms += [Room(telephone=True), Room(channels=True)]
    wishes = [WISH, Wish(2, 0.5), Wish(1, 1.0), Wish(1, 0.5, 3), Wish(1, 0.5, 3, "meeting"), Wish(1, 0.5, wording="a")]
    assert len({name_of(wish, room) for wish in wishes for room in rooms}) == len(wishes) * len(rooms)
