"""Sound on disk: nothing lost, nothing twice, whatever is sent again, torn off or does not fit."""

from __future__ import annotations

import errno
import os
import wave
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.errors import BadInput, Conflict, Unavailable
from pipelines.speech.live.sound import SoundFile

SAMPLES = bytes(range(256)) * 8


@given(pieces=st.lists(st.tuples(st.integers(0, 1023), st.integers(1, 300)), max_size=40))
def test_frames_sent_again_in_any_cut_give_the_sound_once(
    tmp_path_factory: pytest.TempPathFactory, pieces: list[tuple[int, int]]
) -> None:
    with SoundFile(tmp_path_factory.mktemp("s") / "sound.pcm", 16000) as sound:
        for first, count in pieces:
            data = SAMPLES[2 * first : 2 * (first + count)]
            if first > sound.samples:
                with pytest.raises(Conflict, match=f"sample {sound.samples} is next"):
                    sound.append(first, data)
            else:
                sound.append(first, data)
        assert sound.read(0, sound.samples).tobytes() == SAMPLES[: 2 * sound.samples]


def test_only_what_was_synced_counts_as_being_on_the_disk(tmp_path: Path) -> None:
    with SoundFile(tmp_path / "sound.pcm", 16000) as sound:
        sound.append(0, SAMPLES)
        assert (sound.samples, sound.synced) == (1024, 0)
        assert sound.sync() == sound.synced == 1024


def test_half_a_sample_at_the_end_is_cut_off_and_the_sound_goes_on(tmp_path: Path) -> None:
    (tmp_path / "sound.pcm").write_bytes(SAMPLES[:101])
    with SoundFile(tmp_path / "sound.pcm", 16000) as sound:
        assert sound.samples == 50
        sound.append(50, SAMPLES[100:200])
        assert sound.read(0, 100).tobytes() == SAMPLES[:200]


def test_half_a_sample_in_a_frame_is_refused(tmp_path: Path) -> None:
    with SoundFile(tmp_path / "sound.pcm", 16000) as sound, pytest.raises(BadInput, match="whole samples"):
        sound.append(0, b"abc")


def test_one_process_holds_a_session(tmp_path: Path) -> None:
    with SoundFile(tmp_path / "sound.pcm", 16000), pytest.raises(Conflict, match="another process"):
        SoundFile(tmp_path / "sound.pcm", 16000)
    SoundFile(tmp_path / "sound.pcm", 16000).close()


def test_other_rates_are_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="44100"):
        SoundFile(tmp_path / "sound.pcm", 44100)


def test_a_full_disk_keeps_what_was_there_and_takes_the_same_frame_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with SoundFile(tmp_path / "sound.pcm", 16000) as sound:
        sound.append(0, SAMPLES[:100])
        really = os.pwrite

        def full(file: int, data: bytes, at: int) -> int:
            if at + len(data) > 150:
                really(file, data[:20], at)
                raise OSError(errno.ENOSPC, "No space left on device")
            return really(file, data, at)

        monkeypatch.setattr(os, "pwrite", full)
        with pytest.raises(Unavailable, match="disk is full"):
            sound.append(50, SAMPLES[100:300])
        assert (sound.samples, sound.path.stat().st_size) == (50, 100)
        monkeypatch.setattr(os, "pwrite", really)
        assert sound.append(50, SAMPLES[100:300]) == 150


@pytest.mark.parametrize("rate", [8000, 16000, 48000])
def test_the_whole_is_a_wav_file_that_others_read(tmp_path: Path, rate: int) -> None:
    with SoundFile(tmp_path / "sound.pcm", rate) as sound:
        sound.append(0, SAMPLES)
        (tmp_path / "sound.wav").write_bytes(b"".join(sound.as_wav()))
    with wave.open(str(tmp_path / "sound.wav")) as file:
        assert (file.getframerate(), file.getnchannels(), file.getsampwidth()) == (rate, 1, 2)
        assert file.readframes(10_000) == SAMPLES
