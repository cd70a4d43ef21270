"""A session's sound on disk, as it came: mono 16-bit PCM that only grows; knows no model and no session.

Sound is written before anything is made of it. `append` hands it to the system (it survives the death of this
process), `sync` brings it to the disk (it survives the loss of power); only what was synced is acknowledged.
"""

from __future__ import annotations

import errno
import fcntl
import os
import struct
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np
from numpy.typing import NDArray

from models.errors import BadInput, Conflict, Unavailable

RATES = (8000, 16000, 48000)
"""Sampling rates that are taken: telephones, what the models hear, browsers."""
SAMPLE_BYTES = 2
CHUNK_BYTES = 1 << 20


class SoundFile:
    """The sound of one session, held by one process at a time; a context manager."""

    def __init__(self, path: Path, rate: int) -> None:
        if rate not in RATES:
            raise BadInput("live.rate", f"sound is taken at {', '.join(map(str, RATES))} Hz, not at {rate} Hz")
        self.path = path
        self.rate = rate
        try:
            self._file = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise _unwritable(error) from error
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            os.close(self._file)
            raise Conflict("live.elsewhere", "this session is held by another process of the server") from error
        # A sample that a loss of power tore in half is no sound.
        self._samples = os.fstat(self._file).st_size // SAMPLE_BYTES
        os.ftruncate(self._file, self._samples * SAMPLE_BYTES)
        self._synced = self._samples

    @property
    def samples(self) -> int:
        """Samples written, at the file's own rate."""
        return self._samples

    @property
    def synced(self) -> int:
        """Samples that are on the disk for good."""
        return self._synced

    @property
    def seconds(self) -> float:
        """Length of what is written."""
        return self._samples / self.rate

    def append(self, first: int, data: bytes) -> int:
        """Write sound whose first sample is number `first`; answers how many samples there are now.

        What is there already is not written again. Raises BadInput for half a sample, Conflict when sound is missing
        before `first`, Unavailable when the disk takes no more: then nothing of it is kept.
        """
        if len(data) % SAMPLE_BYTES:
            raise BadInput("live.frame", "a frame holds whole samples of two bytes")
        if first > self._samples:
            raise Conflict("live.gap", f"sound is missing: sample {self._samples} is next, not {first}")
        rest = memoryview(data)[(self._samples - first) * SAMPLE_BYTES :]
        if rest:
            self._write(rest)
            self._samples += len(rest) // SAMPLE_BYTES
        return self._samples

    def sync(self) -> int:
        """Bring what is written to the disk; answers how many samples are there."""
        written = self._samples
        if written > self._synced:
            try:
                os.fdatasync(self._file)
            except OSError as error:
                raise _unwritable(error) from error
            self._synced = written
        return self._synced

    def read(self, first: int, last: int) -> NDArray[np.int16]:
        """Samples `first` up to `last`, or up to the end."""
        count = max(0, min(last, self._samples) - first) * SAMPLE_BYTES
        return np.frombuffer(os.pread(self._file, count, first * SAMPLE_BYTES), "<i2")

    def as_wav(self) -> Iterator[bytes]:
        """The whole as the bytes of a WAV file."""
        size = self._samples * SAMPLE_BYTES
        yield wav_header(self.rate, size)
        for first in range(0, size, CHUNK_BYTES):
            yield os.pread(self._file, min(CHUNK_BYTES, size - first), first)

    def close(self) -> None:
        """Let go of the file."""
        os.close(self._file)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _write(self, rest: memoryview) -> None:
        at = self._samples * SAMPLE_BYTES
        try:
            while rest:
                written = os.pwrite(self._file, rest, at)
                at, rest = at + written, rest[written:]
        except OSError as error:
            os.ftruncate(self._file, self._samples * SAMPLE_BYTES)
            raise _unwritable(error) from error


def wav_header(rate: int, size: int) -> bytes:
    """The 44 bytes before `size` bytes of mono 16-bit PCM (RIFF WAVE)."""
    format = struct.pack("<HHIIHH", 1, 1, rate, rate * SAMPLE_BYTES, SAMPLE_BYTES, 16)
    # Past 4 GiB players go by the length of the file.
    sizes = [min(n, 0xFFFFFFFF) for n in (36 + size, size)]
    return (
        struct.pack("<4sI4s4sI", b"RIFF", sizes[0], b"WAVE", b"fmt ", 16)
        + format
        + struct.pack("<4sI", b"data", sizes[1])
    )


def _unwritable(error: OSError) -> Unavailable:
    if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        return Unavailable("live.full", "the server's disk is full: what was acknowledged is kept, free space to go on")
    return Unavailable("live.disk", f"the session's sound cannot be written: {error.strerror or error}")
