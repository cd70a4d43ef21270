"""Which of FFmpeg's demuxers reads a file, from its first bytes; knows no decoder.

The demuxer is always forced: left to itself, FFmpeg would take a playlist or a concat script for a recording and open
the files that it names. What is not in the table is not opened, and no list of other files is in the table.
"""

from __future__ import annotations

from pathlib import Path
from typing import BinaryIO

HEAD_BYTES = 4096
"""What is read to tell the format."""

_SIGNATURES: tuple[tuple[int, bytes, str], ...] = (
    (0, b"fLaC", "flac"),
    (0, b"OggS", "ogg"),
    (0, b"#!AMR", "amr"),
    (4, b"ftyp", "mov"),
    (4, b"moov", "mov"),
    (4, b"mdat", "mov"),
    (4, b"wide", "mov"),
    (4, b"free", "mov"),
    (4, b"skip", "mov"),
    (0, b"\x1a\x45\xdf\xa3", "matroska"),
    (0, b"RF64", "wav"),
    (8, b"WAVE", "wav"),
    (8, b"AVI ", "avi"),
    (0, b"riff\x2e\x91\xcf\x11", "w64"),
    (0, b"FORM", "aiff"),
    (0, b".snd", "au"),
    (0, b"caff", "caf"),
    (0, b"\x30\x26\xb2\x75\x8e\x66\xcf\x11", "asf"),
    (0, b"FLV\x01", "flv"),
    (0, b"\x00\x00\x01\xba", "mpeg"),
    # Hikvision recorders put 40 bytes before an MPEG program stream.
    (0, b"IMKH", "mpeg"),
    (0, b"DHAV", "dhav"),
    (0, b"\x00\x00\x00\x01\x67", "h264"),
    (0, b"\x00\x00\x00\x01\x40", "hevc"),
    (0, b"DKIF", "ivf"),
)
"""Offset, magic bytes and FFmpeg's demuxer: files, and the recorders' own formats."""
SOUND_ALONE = frozenset({"flac", "amr", "wav", "w64", "aiff", "au", "caf", "mp3", "aac"})
"""Demuxers of formats that hold no moving picture."""
PICTURE_ALONE = frozenset({"h264", "hevc", "ivf"})
"""Demuxers of formats that hold no sound."""


def demuxer_of(path: Path) -> str | None:
    """FFmpeg's demuxer for the file at `path`, None when it is no recording that Anjuan reads."""
    with path.open("rb") as file:
        return _demuxer_at(file, 0)


def _demuxer_at(file: BinaryIO, offset: int) -> str | None:
    file.seek(offset)
    head = file.read(HEAD_BYTES)
    for at, magic, demuxer in _SIGNATURES:
        if head[at : at + len(magic)] == magic:
            return demuxer
    if head[:3] == b"ID3" and len(head) >= 10 and offset == 0:
        return _demuxer_at(file, 10 + _id3_size(head)) or "mp3"
    return _by_sync(head)


def _by_sync(head: bytes) -> str | None:
    """Formats without a mark at the start, by the sync bytes that they repeat."""
    # Transport streams repeat theirs every 188 bytes; those of recorders every 192, after a time of 4 bytes.
    if head[:1] == b"\x47" == head[188:189] or head[4:5] == b"\x47" == head[196:197]:
        return "mpegts"
    if len(head) > 1 and head[0] == 0xFF and head[1] & 0xE0 == 0xE0:
        return "aac" if head[1] & 0x06 == 0 else "mp3"
    return None


def _id3_size(head: bytes) -> int:
    """Bytes of an ID3v2 tag after its ten-byte header: four times seven bits (id3.org, ID3v2.4, section 3.1)."""
    return head[6] << 21 | head[7] << 14 | head[8] << 7 | head[9]
