"""Where clips lie in windows, and what the decoder reads of each; a stand-in for the encoder tells who was heard."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from models.speech.encoding import (
    FRAMES,
    FRAMES_PER_STATE,
    SILENCE_STATES,
    SLACK_FRAMES,
    STATES,
    ClipEncoder,
    Features,
    lay_out,
    with_silence,
)

CLIPS = st.lists(st.tuples(st.integers(1, FRAMES), st.sampled_from(["a", "b", ""])), min_size=1, max_size=12)


class Averaging:
    """Encodes each two frames as their mean, so that a state tells which clip it comes from; counts its windows."""

    def __init__(self) -> None:
        self.windows = 0

    def __call__(self, frames: Features) -> NDArray[np.generic]:
        assert frames.shape[2] == FRAMES
        self.windows += len(frames)
        states = frames.reshape(len(frames), frames.shape[1], STATES, FRAMES_PER_STATE).mean(axis=3)
        turned: NDArray[np.float32] = states.transpose(0, 2, 1)
        return turned


def encoder() -> tuple[ClipEncoder, Averaging]:
    network = Averaging()
    return ClipEncoder(network, 4, 2), network


def clip(frames: int, value: float) -> Features:
    return np.full((4, frames), value, np.float32)


@given(CLIPS)
def test_every_clip_lies_once_in_a_window_of_its_group_with_slack_and_without_overlap(
    clips: list[tuple[int, str]],
) -> None:
    windows = lay_out([frames for frames, _ in clips], [group for _, group in clips])
    assert sorted(place.clip for places in windows for place in places) == list(range(len(clips)))
    for places in windows:
        assert len({clips[place.clip][1] for place in places}) == 1
        assert len(places) == 1 or clips[places[0].clip][1]
        edges = [edge for place in places for edge in (place.first, place.last)]
        assert edges == sorted(edges)
        assert edges[-1] <= STATES
        for place in places:
            room = (place.last - place.first) * FRAMES_PER_STATE
            assert room >= min(FRAMES, clips[place.clip][0] + SLACK_FRAMES)


def test_six_utterances_of_one_group_cost_one_window_and_of_six_groups_six() -> None:
    assert len(lay_out([430] * 6, ["case"] * 6)) == 1
    assert len(lay_out([430] * 6, list("abcdef"))) == 6
    assert len(lay_out([430] * 6, [""] * 6)) == 6


@given(CLIPS)
def test_each_clip_gets_the_states_of_its_own_sound(clips: list[tuple[int, str]]) -> None:
    made, _ = encoder()
    sounds = [clip(frames // 2 * 2 or 2, number + 1.0) for number, (frames, _) in enumerate(clips)]
    for number, one in enumerate(made.encode(sounds, [group for _, group in clips])):
        states, heard = one.states, sounds[number].shape[1] // FRAMES_PER_STATE
        assert (states[:heard] == number + 1.0).all()
        assert not states[heard:].any()


def test_a_clip_knows_whether_others_were_in_its_window() -> None:
    made, _ = encoder()
    shared = made.encode([clip(400, 1.0), clip(400, 2.0), clip(400, 3.0)], ["a", "a", "b"])
    assert [one.alone for one in shared] == [False, False, True]


def test_clips_without_an_group_have_a_whole_window_each() -> None:
    made, network = encoder()
    before = network.windows
    found = made.encode([clip(400, 1.0), clip(600, 2.0)], ["", ""])
    assert network.windows == before + 2
    assert [one.states.shape for one in found] == [(STATES, 4)] * 2
    assert all(one.alone for one in found)


def test_no_clips_cost_no_window() -> None:
    made, network = encoder()
    before = network.windows
    assert made.encode([], []) == []
    assert network.windows == before == 1


def test_the_end_of_a_silent_window_follows_each_clip_up_to_one_length() -> None:
    silence = np.arange(STATES, dtype=np.float32)[:, None] * [1.0, 1.0]
    short, long = np.full((100, 2), -1.0, np.float32), np.full((300, 2), -2.0, np.float32)
    made = with_silence([short, long], silence.astype(np.float32), 300)
    assert made.shape == with_silence([short], silence.astype(np.float32), 300)[[0, 0]].shape
    assert made.shape == (2, 300 + SILENCE_STATES, 2)
    assert (made[0, :100] == -1.0).all()
    assert (made[1, :300] == -2.0).all()
    for row, length in zip(made, (100, 300), strict=True):
        assert row[length:, 0].tolist() == list(range(STATES - (row.shape[0] - length), STATES))


def test_a_clip_that_fills_the_window_gets_no_more_than_there_is() -> None:
    whole = np.ones((STATES, 2), np.float32)
    assert with_silence([whole], np.zeros((STATES, 2), np.float32), 10).shape == (1, STATES, 2)
