"""Decoding of recordings: formats, damage, lies of headers, limits."""

from __future__ import annotations

import struct
import wave
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from models.errors import BadInput, TooLarge
from pipelines.media import audio

RATE = 16000


def tone(seconds: float, rate: int = RATE, hertz: float = 440.0) -> np.ndarray:
    t = np.arange(int(seconds * rate)) / rate
    return (0.5 * np.sin(2 * np.pi * hertz * t) * 32767).astype("<i2")


def write_wav(path: Path, samples: np.ndarray, rate: int = RATE) -> Path:
    with wave.open(str(path), "wb") as out:
        out.setnchannels(1 if samples.ndim == 1 else samples.shape[1])
        out.setsampwidth(2)
        out.setframerate(rate)
        out.writeframes(samples.tobytes())
    return path


def encode(
    path: Path, codec: str, seconds: float, rate: int = RATE, muxer: str | None = None, start: float = 0.0
) -> Path:
    """A tone in any codec that FFmpeg writes; `start` shifts its time stamps."""
    with av.open(str(path), "w", format=muxer) as out:
        stream = out.add_stream(codec, rate=rate, layout="mono")
        stream.time_base = Fraction(1, rate)
        resampler = av.AudioResampler(
            stream.format.name, "mono", rate, frame_size=stream.codec_context.frame_size or 1024
        )
        frame = av.AudioFrame.from_ndarray(tone(seconds, rate)[None, :], format="s16", layout="mono")
        frame.sample_rate = rate
        position = int(start * rate)
        for piece in [*resampler.resample(frame), *resampler.resample(None)]:
            piece.pts = position
            position += piece.samples
            out.mux(stream.encode(piece))
        out.mux(stream.encode(None))
    return path


FORMATS = [
    ("a.flac", "flac", 16000, None),
    ("a.mp3", "libmp3lame", 44100, None),
    ("a.m4a", "aac", 48000, "ipod"),
    ("a.aac", "aac", 16000, "adts"),
    ("a.opus", "libopus", 48000, "ogg"),
    ("a.webm", "libopus", 48000, "webm"),
    ("a.mkv", "pcm_s16le", 8000, "matroska"),
    ("a.alaw.wav", "pcm_alaw", 8000, "wav"),
    ("a.amr", "libopencore_amrnb", 8000, "amr"),
    ("a.avi", "libmp3lame", 16000, "avi"),
    ("a.ts", "aac", 48000, "mpegts"),
]


@pytest.mark.parametrize(("name", "codec", "rate", "muxer"), FORMATS, ids=[f[0] for f in FORMATS])
def test_every_common_format_becomes_sixteen_kilohertz_mono(
    tmp_path: Path, name: str, codec: str, rate: int, muxer: str | None
) -> None:
    try:
        source = encode(tmp_path / name, codec, 2.0, rate, muxer)
    except (av.codec.codec.UnknownCodecError, av.FFmpegError):
        pytest.skip(f"this PyAV has no encoder {codec}")
    samples = audio.normalise(source, tmp_path / "out.wav")
    clip = audio.read_span(tmp_path / "out.wav", 0, samples)
    assert clip.duration == pytest.approx(2.0, abs=0.15)
    loudest = np.abs(np.fft.rfft(clip.samples)).argmax() / clip.duration
    assert loudest == pytest.approx(440, abs=2)
    facts = audio.audio_facts(source)
    assert facts["duration"] == pytest.approx(2.0, abs=0.15)
    assert facts["channels"] == 1


def test_samples_of_sixteen_kilohertz_wav_come_through_unchanged(tmp_path: Path) -> None:
    sound = np.random.default_rng(0).integers(-30000, 30000, 5000).astype("<i2")
    count = audio.normalise(write_wav(tmp_path / "a.wav", sound), tmp_path / "out.wav")
    clip = audio.read_span(tmp_path / "out.wav", 0, count)
    assert np.array_equal((clip.samples * 32768).astype("<i2"), sound)


def test_stereo_is_mixed_to_one_channel(tmp_path: Path) -> None:
    both = np.stack([tone(1.0), np.zeros(RATE, "<i2")], axis=1)
    count = audio.normalise(write_wav(tmp_path / "a.wav", both), tmp_path / "out.wav")
    assert count == RATE
    assert np.abs(audio.read_span(tmp_path / "out.wav", 0, count).samples).max() > 0.2


def test_a_header_that_claims_ten_hours_is_not_believed(tmp_path: Path) -> None:
    source = write_wav(tmp_path / "a.wav", tone(1.0))
    data = bytearray(source.read_bytes())
    struct.pack_into("<I", data, 40, 10 * 3600 * RATE * 2)
    struct.pack_into("<I", data, 4, 10 * 3600 * RATE * 2 + 36)
    source.write_bytes(bytes(data))
    assert audio.audio_facts(source)["duration"] == pytest.approx(1.0, abs=0.01)
    assert audio.normalise(source, tmp_path / "out.wav") == RATE


@pytest.mark.parametrize(("name", "codec", "muxer"), [("a.flac", "flac", None), ("a.mp3", "libmp3lame", None)])
def test_the_readable_part_of_a_truncated_file_is_kept(
    tmp_path: Path, name: str, codec: str, muxer: str | None
) -> None:
    source = encode(tmp_path / name, codec, 4.0, RATE, muxer)
    data = source.read_bytes()
    source.write_bytes(data[: len(data) // 2])
    seconds = audio.normalise(source, tmp_path / "out.wav") / RATE
    assert 0.5 < seconds < 3.5


def test_damage_in_the_middle_costs_no_time_after_it(tmp_path: Path) -> None:
    source = encode(tmp_path / "a.mp3", "libmp3lame", 4.0)
    data = bytearray(source.read_bytes())
    middle = len(data) // 2
    data[middle : middle + 600] = bytes(600)
    source.write_bytes(bytes(data))
    assert audio.normalise(source, tmp_path / "out.wav") / RATE == pytest.approx(4.0, abs=0.3)


def test_a_track_that_starts_late_is_led_by_silence(tmp_path: Path) -> None:
    source = tmp_path / "a.mkv"
    with av.open(str(source), "w") as out:
        video = out.add_stream("mpeg4", rate=10)
        video.width = video.height = 64
        sound = out.add_stream("pcm_s16le", rate=RATE, layout="mono")
        for _ in range(30):
            out.mux(video.encode(av.VideoFrame.from_ndarray(np.zeros((64, 64, 3), np.uint8), format="rgb24")))
        out.mux(video.encode(None))
        frame = av.AudioFrame.from_ndarray(tone(1.0)[None, :], format="s16", layout="mono")
        frame.sample_rate = RATE
        frame.pts = 2 * RATE
        out.mux(sound.encode(frame))
        out.mux(sound.encode(None))
    count = audio.normalise(source, tmp_path / "out.wav")
    clip = audio.read_span(tmp_path / "out.wav", 0, count)
    assert clip.duration == pytest.approx(3.0, abs=0.01)
    assert not clip.samples[: int(1.9 * RATE)].any()
    assert clip.samples[int(2.1 * RATE) :].any()


def test_a_recording_past_the_limit_is_refused_and_leaves_nothing(tmp_path: Path) -> None:
    source = encode(tmp_path / "a.flac", "flac", 5.0)
    with pytest.raises(TooLarge):
        audio.normalise(source, tmp_path / "out.wav", max_seconds=2.0)
    with pytest.raises(TooLarge):
        audio.audio_facts(source, max_seconds=2.0)
    assert not (tmp_path / "out.wav").exists()


def test_an_empty_recording_is_bad_input(tmp_path: Path) -> None:
    source = write_wav(tmp_path / "a.wav", np.zeros(0, "<i2"))
    with pytest.raises(BadInput, match="no sound"):
        audio.normalise(source, tmp_path / "out.wav")
    with pytest.raises(BadInput, match="no sound"):
        audio.audio_facts(source)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"plain text, not sound",
        b"#EXTM3U\n#EXTINF:10,\nfile:///etc/passwd\n",
        b"ffconcat version 1.0\nfile /etc/passwd\n",
        b"%PDF-1.4\n",
        b"RIFF\x00\x00\x00\x00WEBPVP8 ",
    ],
    ids=["nothing", "text", "playlist", "concat", "pdf", "webp"],
)
def test_what_is_not_sound_is_bad_input_and_no_playlist_is_followed(tmp_path: Path, content: bytes) -> None:
    source = tmp_path / "a.wav"
    source.write_bytes(content)
    with pytest.raises(BadInput):
        audio.audio_facts(source)
    with pytest.raises(BadInput):
        audio.normalise(source, tmp_path / "out.wav")


@pytest.mark.parametrize(
    "head", [b"RIFF\xff\xff\xff\xffWAVEfmt ", b"fLaC", b"OggS", b"\x00\x00\x00\x18ftypM4A ", b"ID3\x03"]
)
def test_a_broken_file_with_a_good_signature_is_bad_input(tmp_path: Path, head: bytes) -> None:
    source = tmp_path / "a.bin"
    source.write_bytes(head + bytes(range(256)) * 4)
    with pytest.raises(BadInput):
        audio.normalise(source, tmp_path / "out.wav")


def test_a_video_without_sound_is_named_so(tmp_path: Path) -> None:
    source = tmp_path / "a.mp4"
    with av.open(str(source), "w") as out:
        video = out.add_stream("mpeg4", rate=10)
        video.width = video.height = 64
        out.mux(video.encode(av.VideoFrame.from_ndarray(np.zeros((64, 64, 3), np.uint8), format="rgb24")))
        out.mux(video.encode(None))
    with pytest.raises(BadInput, match="no sound track"):
        audio.audio_facts(source)


def test_an_id3_tag_before_flac_does_not_hide_it(tmp_path: Path) -> None:
    source = encode(tmp_path / "a.flac", "flac", 1.0)
    source.write_bytes(b"ID3\x04\x00\x00\x00\x00\x00\x0a" + bytes(10) + source.read_bytes())
    assert audio.demuxer_of(source) == "flac"


def test_a_span_reads_exactly_its_samples(tmp_path: Path) -> None:
    path = write_wav(tmp_path / "n.wav", np.arange(1000, dtype="<i2"))
    clip = audio.read_span(path, 100, 110)
    assert (clip.samples * 32768).astype(int).tolist() == list(range(100, 110))


@pytest.mark.parametrize(("first", "last"), [(-1, 5), (6, 5), (0, 1001), (0, 10**9)])
def test_a_span_outside_the_sound_is_bad_input(tmp_path: Path, first: int, last: int) -> None:
    path = write_wav(tmp_path / "n.wav", np.arange(1000, dtype="<i2"))
    with pytest.raises(BadInput):
        audio.read_span(path, first, last)


def test_a_span_of_something_else_is_bad_input(tmp_path: Path) -> None:
    with pytest.raises(BadInput):
        audio.read_span(write_wav(tmp_path / "n.wav", tone(1.0, 8000), 8000), 0, 10)
    with pytest.raises(BadInput):
        audio.read_span(tmp_path / "missing.wav", 0, 10)


@pytest.mark.parametrize("channels", [2, 6])
def test_each_channel_comes_through_by_itself_and_unchanged(tmp_path: Path, channels: int) -> None:
    sound = np.random.default_rng(0).integers(-30000, 30000, (5000, channels)).astype("<i2")
    source = write_wav(tmp_path / "a.wav", sound)
    found = audio.normalise_channels(source, lambda n: tmp_path / f"{n}.wav")
    assert found == (channels, 5000)
    for channel in range(channels):
        clip = audio.read_span(tmp_path / f"{channel}.wav", 0, 5000)
        assert np.array_equal((clip.samples * 32768).astype("<i2"), sound[:, channel])


def test_channels_of_another_rate_keep_one_clock(tmp_path: Path) -> None:
    both = np.stack([tone(2.0, 44100), np.zeros(2 * 44100, "<i2")], axis=1)
    _, samples = audio.normalise_channels(write_wav(tmp_path / "a.wav", both, 44100), lambda n: tmp_path / f"{n}.wav")
    assert samples == pytest.approx(2 * RATE, abs=20)
    assert {audio.normalised_sound(tmp_path / f"{n}.wav").samples for n in (0, 1)} == {samples}
    assert not audio.read_span(tmp_path / "1.wav", 0, samples).samples.any()


def test_too_much_sound_over_all_channels_is_refused_before_the_disk_is_full(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(audio, "MAX_CHANNEL_SECONDS", 5.0)
    source = write_wav(tmp_path / "a.wav", np.zeros((3 * RATE, 2), "<i2"))
    with pytest.raises(TooLarge):
        audio.normalise_channels(source, lambda n: tmp_path / f"{n}.wav")
    assert not (tmp_path / "0.wav").exists()


def test_silence_takes_the_place_of_spans_and_of_nothing_else(tmp_path: Path) -> None:
    sound = np.random.default_rng(0).integers(1, 30000, 3 * RATE).astype("<i2")
    audio.normalise(write_wav(tmp_path / "a.wav", sound), tmp_path / "out.wav")
    audio.silence_spans(tmp_path / "out.wav", [(10, 20), (RATE, 3 * RATE)])
    left = audio.read_span(tmp_path / "out.wav", 0, 3 * RATE).samples != 0
    assert [left[:10].all(), left[10:20].any(), left[20:RATE].all(), left[RATE:].any()] == [True, False, True, False]
