"""Turns on a timeline and in a room."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.voices.mixing import PEAK, Room, SpokenTurn, mix, noise, place, reverberant, telephone
from benchmarks.voices.phrases import SAMPLE_RATE, Phrase

RATE = SAMPLE_RATE


def tone(seconds: float, hertz: float = 200.0) -> Phrase:
    samples = np.sin(2 * np.pi * hertz * np.arange(int(seconds * RATE)) / RATE).astype(np.float32)
    return Phrase("声", samples, 0.0, seconds, ())


def turns_of(*who: tuple[str, float]) -> list[SpokenTurn]:
    return [SpokenTurn(speaker, (tone(seconds, 150.0 + 100 * ord(speaker[-1])),)) for speaker, seconds in who]


@given(
    st.lists(st.tuples(st.sampled_from(["S1", "S2", "S3"]), st.floats(0.1, 3.0)), min_size=1, max_size=12),
    st.floats(0, 1),
    st.integers(0, 1000),
)
@settings(deadline=None, max_examples=50)
def test_turns_keep_their_order_and_nobody_overlaps_himself(
    who: list[tuple[str, float]], overlap: float, seed: int
) -> None:
    turns = turns_of(*who)
    placed = place(turns, overlap, np.random.default_rng(seed))
    begins = [one.begins[0] for one in placed]
    assert begins == sorted(begins)
    for speaker in {turn.speaker for turn in turns}:
        end = 0
        for turn, one in zip(turns, placed, strict=True):
            if turn.speaker == speaker:
                assert one.begins[0] >= end
                end = one.begins[-1] + turn.phrases[-1].samples.size


def test_without_overlap_every_turn_waits_for_the_one_before() -> None:
    turns = turns_of(*[("S1", 1.0), ("S2", 0.5)] * 20)
    placed = place(turns, 0.0, np.random.default_rng(1))
    ends = [one.begins[-1] + turn.phrases[-1].samples.size for turn, one in zip(turns, placed, strict=True)]
    assert all(end < after.begins[0] for end, after in zip(ends, placed[1:], strict=False))


def test_with_overlap_the_other_cuts_in_and_both_are_in_the_sum() -> None:
    turns = turns_of(("S1", 2.0), ("S2", 2.0))
    placed = place(turns, 1.0, np.random.default_rng(1))
    assert placed[1].begins[0] < placed[0].begins[0] + turns[0].phrases[0].samples.size
    quiet = Room(signal_to_noise_db=None)
    mixed = mix(turns, placed, quiet, np.random.default_rng(2))
    apart = mix(turns, placed, Room(signal_to_noise_db=None, channels=True), np.random.default_rng(2))
    assert mixed.shape[0] == 1
    assert apart.shape[0] == 2
    assert np.allclose(mixed[0], apart.sum(axis=0), atol=1e-5)
    assert not apart[1, : placed[1].begins[0]].any()


@pytest.mark.parametrize("room", [Room(), Room(reverberation_s=0.4), Room(telephone=True), Room(channels=True)])
def test_every_room_gives_the_same_sound_for_the_same_seed_within_full_scale(room: Room) -> None:
    turns = turns_of(("S1", 1.0), ("S2", 1.0))
    placed = place(turns, room.overlap, np.random.default_rng(1))
    first, again = (mix(turns, placed, room, np.random.default_rng(3)) for _ in range(2))
    assert np.array_equal(first, again)
    assert np.abs(first).max() <= PEAK + 1e-3


def test_a_telephone_passes_1000_hertz_and_stops_100_and_6000() -> None:
    def power(hertz: float) -> float:
        heard = telephone(tone(1.0, hertz).samples[None])[0, 2000:-2000]
        return float(np.sqrt(np.mean(np.square(heard))))

    assert power(1000.0) > 0.6
    assert power(6000.0) < 0.01
    assert power(100.0) < 0.01


def test_a_room_adds_a_tail_that_has_decayed_by_60_decibels_after_its_time() -> None:
    click = np.zeros(RATE, np.float32)
    click[0] = 1.0
    heard = reverberant(click, 0.4, np.random.default_rng(1))
    assert heard[0] == pytest.approx(1.0, abs=1e-3)
    assert np.abs(heard[RATE // 100 : RATE // 10]).max() > 1e-3
    assert np.abs(heard[int(0.4 * RATE) :]).max() < 1e-5


def test_noise_has_the_level_that_was_asked_for() -> None:
    sound = noise((2, RATE), 0.01, np.random.default_rng(1))
    assert np.sqrt(np.mean(np.square(sound))) == pytest.approx(0.01, rel=0.1)
