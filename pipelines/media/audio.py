"""Any recording to normalised sound on disk (WAV, 16 kHz, mono, 16 bit), and spans of it back; knows no model.

Nothing a header says is trusted: the demuxer is forced by the first bytes (no playlist, no probing, no second file is
ever opened), duration is counted from packets or decoded samples, and every count has a limit. Second t of the
normalised sound is second t of the recording as a player shows it: late starts and gaps become silence.
"""

from __future__ import annotations

import wave
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from cases.records import JsonObject
from models.errors import BadInput, TooLarge
from models.values import AudioClip
from pipelines.media.container import PICTURE_ALONE, demuxer_of

if TYPE_CHECKING:
    import av

SAMPLE_RATE = 16000
SAMPLE_BYTES = 2
HEADER_BYTES = 44
"""What stands before the samples in a WAV file that Python's wave module writes."""
MAX_SECONDS = 12 * 3600.0
"""Longest recording: a day of interrogation by law; its normalised sound is 1.4 GB."""
MAX_SPAN_SECONDS = 300.0
"""Longest span that is read into memory at once (10 MB as 16 bit)."""
RATES = range(4000, 768_001)
"""Sampling rates that recorders use; others are broken or hostile headers."""
MAX_CHANNELS = 64
"""More tracks than any recorder mixes into one stream."""
MAX_SEATS = 8
"""More microphones than an interrogation room has seats."""
MAX_CHANNEL_SECONDS = 24 * 3600.0
"""Longest sound of all channels of a recording together, where each is kept by itself: 2.8 GB."""
MAX_FRAME_SECONDS = 60.0
"""Longest single frame a decoder may hand out; real ones stay under a second."""
SMALL_GAP_SECONDS = 0.1
"""Differences between counted and stated time below this are codec delay, not gaps."""
MAX_GAP_SECONDS = 600.0
"""Longest gap filled with silence; longer jumps are clocks that were set, which players skip too."""

Sound16 = NDArray[np.int16]
"""Samples [n, channels] as a WAV file has them."""


def sound_demuxer(path: Path) -> str:
    """FFmpeg's demuxer for the file, from its first bytes; raises BadInput when it is none that holds sound."""
    found = demuxer_of(path)
    if found is None or found in PICTURE_ALONE:
        raise BadInput(
            "audio.type", "this is no sound or video format that Anjuan reads; send wav, mp3, m4a, flac or mp4"
        )
    return found


@contextmanager
def _sound_of(path: Path) -> Iterator[tuple[av.container.InputContainer, av.AudioStream]]:
    """The opened file and its main sound track; raises BadInput when there is none."""
    import av

    demuxer = sound_demuxer(path)
    # Without a protocol nothing beyond this one open file can be reached.
    options = {"protocol_whitelist": "", "enable_drefs": "0"} if demuxer == "mov" else {"protocol_whitelist": ""}
    with path.open("rb") as file:
        try:
            container = av.open(file, format=demuxer, options=options, metadata_errors="replace")
        except (av.FFmpegError, ValueError, EOFError) as error:
            raise BadInput(
                "audio.broken", "the file looks like sound, but cannot be opened; is it complete?"
            ) from error
        with container:
            stream = container.streams.best("audio")
            if stream is None:
                raise BadInput("audio.none", "the file has no sound track")
            yield container, stream


def audio_facts(path: Path, max_seconds: float = MAX_SECONDS) -> JsonObject:
    """Duration in seconds (counted over the packets, not read from the header), sample rate, channels, codec.

    Raises BadInput when there is no sound in it, TooLarge when it is longer than `max_seconds`.
    """
    with _sound_of(path) as (container, stream):
        clock = _Clock(_origin(container), max_seconds)
        frame: av.AudioFrame | None = None
        for packet in _packets(container, stream):
            if frame is None:
                frame = next(iter(_decoded(packet)), None)
            if packet.duration and packet.time_base:
                start = None if packet.pts is None else float(packet.pts * packet.time_base)
                clock.advance(clock.gap_before(start) + float(packet.duration * packet.time_base))
        if frame is None:
            raise BadInput("audio.empty", "the file holds no sound that can be decoded; is it complete?")
        _check_frame(frame)
        if not clock.seconds and container.duration:
            clock.advance(container.duration / 1e6)
        return {
            "duration": round(clock.seconds, 3),
            "sample_rate": frame.sample_rate,
            "channels": frame.layout.nb_channels,
            "codec": stream.codec_context.name,
        }


def normalise(source: Path, target: Path, max_seconds: float = MAX_SECONDS) -> int:
    """Write the sound of `source` to `target` as WAV, 16 kHz, mono, 16 bit; gives the number of samples.

    `target` appears only when it is complete. Damaged packets are left out, their time stays as silence. Raises
    BadInput when nothing can be decoded, TooLarge when more than `max_seconds` come out.
    """
    partial = target.with_suffix(".partial")
    with _sound_of(source) as opened, _writing(partial) as out:
        clock = _Clock(_origin(opened[0]), max_seconds)
        for piece in _pieces(*opened, clock, _Resampler(mono=True)):
            out.writeframesraw(piece.tobytes())
    if not clock.samples:
        partial.unlink()
        raise _empty()
    partial.replace(target)
    return clock.samples


def normalise_channels(
    source: Path, target: Callable[[int], Path], max_seconds: float = MAX_SECONDS
) -> tuple[int, int]:
    """As `normalise`, each channel of `source` by itself, the n-th (from 0) to `target(n)`; gives channels and samples.

    The channels have one clock. One pass, in bounded memory. Raises BadInput where there are fewer than two channels
    or more than MAX_SEATS, and TooLarge also when all channels together hold more than MAX_CHANNEL_SECONDS.
    """
    outs: list[wave.Wave_write] = []
    with ExitStack() as stack:
        opened = stack.enter_context(_sound_of(source))
        clock = _Clock(_origin(opened[0]), max_seconds)
        for piece in _pieces(*opened, clock, _Resampler(mono=False)):
            channels = piece.shape[1]
            _check_channels(channels, len(outs) or channels, clock.seconds)
            if not outs:
                outs += [stack.enter_context(_writing(target(n).with_suffix(".partial"))) for n in range(channels)]
            for channel, out in enumerate(outs):
                out.writeframesraw(piece[:, channel].tobytes())
    if not outs:
        raise _empty()
    for channel in range(len(outs)):
        target(channel).with_suffix(".partial").replace(target(channel))
    return len(outs), clock.samples


def _check_channels(count: int, before: int, seconds: float) -> None:
    """Raises BadInput or TooLarge where `count` channels, `before` of them so far, are no microphones of seats."""
    if count < 2:
        raise BadInput("audio.mono", "this recording has one channel, no microphone for each seat; use speakers")
    if count > MAX_SEATS:
        raise BadInput("audio.channels", f"{count} channels are more than {MAX_SEATS} seats; mix them to one instead")
    if count != before:
        raise BadInput("audio.channels", "the number of channels changes in mid-recording; mix them to one instead")
    if count * seconds > MAX_CHANNEL_SECONDS:
        hours = MAX_CHANNEL_SECONDS / 3600
        raise TooLarge("audio.too-long", f"{count} channels hold more than {hours:g} hours together; send it in parts")


def _empty() -> BadInput:
    return BadInput("audio.empty", "the recording holds no sound that can be decoded; is it complete?")


@contextmanager
def _writing(path: Path) -> Iterator[wave.Wave_write]:
    """Normalised sound, to be written to `path` from its first sample on."""
    with wave.open(str(path), "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(SAMPLE_BYTES)
        out.setframerate(SAMPLE_RATE)
        yield out


def _pieces(
    container: av.container.InputContainer, stream: av.AudioStream, clock: _Clock, resampler: _Resampler
) -> Iterator[Sound16]:
    """The sound of a track in order, counted on `clock`; what is damaged or missing as silence."""
    for packet in _packets(container, stream):
        for frame in _decoded(packet):
            _check_frame(frame)
            yield from _silence(clock, clock.gap_before(frame.time), resampler.channels_of(frame))
            yield from _counted(clock, resampler.take(frame))
    yield from _counted(clock, resampler.end())


class _Clock:
    """Counts what came out, in samples of the normalised sound, and knows the limit."""

    def __init__(self, origin: float, max_seconds: float) -> None:
        self._origin = origin
        self._max = max_seconds
        self.seconds = 0.0
        self.samples = 0

    def gap_before(self, time: float | None) -> float:
        """Seconds of silence that belong before a piece that states `time`; 0 for none or for a clock that jumped."""
        if time is None:
            return 0.0
        gap = time - self._origin - self.seconds
        if gap > MAX_GAP_SECONDS or gap < -SMALL_GAP_SECONDS:
            # The clock was set, or the file was joined from several: go on from here, as players do.
            self._origin += gap
            return 0.0
        return gap if gap > SMALL_GAP_SECONDS else 0.0

    def advance(self, seconds: float) -> None:
        """Count seconds; raises TooLarge past the limit."""
        self.seconds += seconds
        if self.seconds > self._max:
            raise TooLarge(
                "audio.too-long", f"the recording is longer than {self._max / 3600:g} hours; send it in parts"
            )

    def count(self, samples: int) -> None:
        """Count samples of normalised sound; raises TooLarge past the limit."""
        self.samples += samples
        self.advance(samples / SAMPLE_RATE)


class _Resampler:
    """Frames of any format to 16 kHz 16-bit sound, mono or as many channels as there are; a change of format in
    mid-stream starts it afresh."""

    def __init__(self, *, mono: bool) -> None:
        self._mono = mono
        self._format: tuple[str, str, int] | None = None
        self._channels = 1
        self._inner: av.AudioResampler | None = None

    def channels_of(self, frame: av.AudioFrame) -> int:
        """How many channels the sound of `frame` will have."""
        return 1 if self._mono else int(frame.layout.nb_channels)

    def take(self, frame: av.AudioFrame) -> list[Sound16]:
        """The sound that is ready after `frame`."""
        import av

        shape = (frame.format.name, frame.layout.name, frame.sample_rate)
        ready: list[Sound16] = []
        if shape != self._format:
            ready = self.end()
            layout = "mono" if self._mono else frame.layout
            self._inner = av.AudioResampler(format="s16", layout=layout, rate=SAMPLE_RATE)
            self._format, self._channels = shape, self.channels_of(frame)
        assert self._inner is not None  # noqa: S101 - made above; for the type checker
        frame.pts = None
        return ready + [self._sound(piece) for piece in self._inner.resample(frame)]

    def end(self) -> list[Sound16]:
        """What the filter still held back."""
        if self._inner is None:
            return []
        rest = [self._sound(piece) for piece in self._inner.resample(None)]
        self._inner = None
        self._format = None
        return rest

    def _sound(self, frame: av.AudioFrame) -> Sound16:
        return np.asarray(frame.to_ndarray().reshape(-1, self._channels), "<i2")


def _counted(clock: _Clock, pieces: Iterable[Sound16]) -> Iterator[Sound16]:
    for piece in pieces:
        clock.count(len(piece))
        yield piece


def _silence(clock: _Clock, seconds: float, channels: int) -> Iterator[Sound16]:
    left = round(seconds * SAMPLE_RATE)
    while left > 0:
        yield from _counted(clock, [np.zeros((min(left, SAMPLE_RATE), channels), "<i2")])
        left -= SAMPLE_RATE


def _origin(container: av.container.InputContainer) -> float:
    """The moment that players show as 0: the earliest start over all tracks, never before 0 by edit lists."""
    return max(0.0, (container.start_time or 0) / 1e6)


def _packets(container: av.container.InputContainer, stream: av.AudioStream) -> Iterator[av.Packet]:
    """The packets of the track; a file that ends too early simply ends."""
    import av

    packets = container.demux(stream)
    while True:
        try:
            packet = next(packets)
        except (StopIteration, av.FFmpegError, EOFError):
            return
        yield packet


def _decoded(packet: av.Packet) -> Iterator[av.AudioFrame]:
    """The frames of a packet; none when it is damaged."""
    import av

    try:
        yield from packet.decode()
    except (av.FFmpegError, EOFError):
        return


def _check_frame(frame: av.AudioFrame) -> None:
    if frame.sample_rate not in RATES or frame.layout.nb_channels > MAX_CHANNELS:
        raise BadInput(
            "audio.rate", f"{frame.sample_rate} Hz with {frame.layout.nb_channels} channels is no recording; convert it"
        )
    if frame.samples > MAX_FRAME_SECONDS * frame.sample_rate:
        raise TooLarge("audio.frame", "one frame of the recording holds more than a minute; convert it to wav")


# --- normalised sound ------------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class NormalisedSound:
    """Normalised sound on disk and its length in samples."""

    path: Path
    samples: int

    @property
    def duration(self) -> float:
        """Length in seconds."""
        return self.samples / SAMPLE_RATE


@contextmanager
def _normalised(path: Path) -> Iterator[wave.Wave_read]:
    try:
        file = wave.open(str(path), "rb")  # noqa: SIM115 - closed by the with below
    except (OSError, wave.Error, EOFError) as error:
        raise BadInput("audio.span", f"{path.name} is no normalised sound; normalise the recording first") from error
    with file:
        if (file.getnchannels(), file.getsampwidth(), file.getframerate()) != (1, SAMPLE_BYTES, SAMPLE_RATE):
            raise BadInput("audio.span", f"{path.name} is not 16 kHz mono 16-bit; normalise the recording first")
        yield file


def normalised_sound(path: Path) -> NormalisedSound:
    """What `normalise` left at `path`; raises BadInput when that is not there."""
    with _normalised(path) as file:
        return NormalisedSound(path, file.getnframes())


def read_span(path: Path, first: int, last: int) -> AudioClip:
    """Samples `first` up to `last` of normalised sound, by seeking; raises BadInput for a span outside the file."""
    if not 0 <= first <= last or last - first > MAX_SPAN_SECONDS * SAMPLE_RATE:
        raise BadInput("audio.span", f"samples {first} to {last} are no span of at most {MAX_SPAN_SECONDS:.0f} s")
    with _normalised(path) as file:
        if last > file.getnframes():
            raise BadInput("audio.span", f"sample {last} lies beyond the end of {path.name} at {file.getnframes()}")
        file.setpos(first)
        data = file.readframes(last - first)
    samples = np.frombuffer(data, "<i2").astype(np.float32) / 32768.0
    return AudioClip(samples, SAMPLE_RATE)


def silence_spans(path: Path, spans: Iterable[tuple[int, int]]) -> None:
    """Put silence in the place of `spans`, in samples, of a copy that `normalise` made; doing it twice is once."""
    with path.open("r+b") as file:
        for start, end in spans:
            file.seek(HEADER_BYTES + start * SAMPLE_BYTES)
            while start < end:
                piece = min(end - start, SAMPLE_RATE)
                file.write(bytes(piece * SAMPLE_BYTES))
                start += piece


MAX_PIECES = 256
"""Most pieces of one voice that are read as one clip; ten seconds of speech have a dozen."""


def read_pieces(path: Path, pieces: Sequence[tuple[int, int]]) -> AudioClip:
    """Several spans of normalised sound, one after another; raises BadInput as `read_span`, and for too many."""
    if (
        not 1 <= len(pieces) <= MAX_PIECES
        or sum(last - first for first, last in pieces) > MAX_SPAN_SECONDS * SAMPLE_RATE
    ):
        raise BadInput("audio.span", f"{len(pieces)} pieces are no clip of at most {MAX_SPAN_SECONDS:.0f} s")
    return AudioClip(np.concatenate([read_span(path, *piece).samples for piece in pieces]), SAMPLE_RATE)
