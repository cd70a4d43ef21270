"""Reads JSON lines, plain or packed as gzip or Zstandard, in bounded memory; knows no judgment.

The packing is found from the first bytes, not from the name.
"""

from __future__ import annotations

import gzip
import io
import json
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, cast

from cases.records import JsonObject
from models.errors import BadInput, TooLarge, Unavailable

MAX_LINE_BYTES = 16 << 20
"""The longest of 6,812 judgments has 0.6 MB; beyond this a line is no judgment."""
MAX_ZSTD_WINDOW = 1 << 31
"""Bytes of history that a .zst may ask for: `zstd --ultra --long=31` at most."""
_GZIP = b"\x1f\x8b"
_ZSTD = b"\x28\xb5\x2f\xfd"


@contextmanager
def unpacked(file: Path) -> Iterator[BinaryIO]:
    """`file` as a stream of its unpacked bytes; raises Unavailable where .zst cannot be read."""
    with file.open("rb") as raw:
        head = raw.read(4)
        raw.seek(0)
        if head.startswith(_GZIP):
            with gzip.open(raw, "rb") as stream:
                yield cast(BinaryIO, stream)
        elif head == _ZSTD:
            with _zstandard(raw) as stream:
                yield stream
        else:
            yield raw


@contextmanager
def _zstandard(raw: BinaryIO) -> Iterator[BinaryIO]:
    try:
        import zstandard
    except ImportError as error:
        message = "reading .zst needs the package zstandard; run `make setup`, or unpack the file with `zstd -d`"
        raise Unavailable("corpus.zstd", message) from error
    reader = zstandard.ZstdDecompressor(max_window_size=MAX_ZSTD_WINDOW).stream_reader(raw, read_across_frames=True)
    try:
        with io.BufferedReader(cast(io.RawIOBase, reader), 1 << 20) as stream:
            yield stream
    except zstandard.ZstdError as error:
        raise BadInput("corpus.packing", f"the .zst file is damaged: {error}") from error


def json_lines(file: Path, skip: int = 0) -> Iterator[tuple[int, JsonObject]]:
    """(line number from 1, object) of each line that is not blank, beyond the first `skip` lines.

    Raises BadInput naming the line that is no JSON object, TooLarge for an overlong one.
    """
    try:
        with unpacked(file) as stream:
            number = 0
            while line := stream.readline(MAX_LINE_BYTES + 1):
                number += 1
                if len(line) > MAX_LINE_BYTES:
                    raise TooLarge("corpus.line", f"{file.name}, line {number} is longer than {MAX_LINE_BYTES} bytes")
                if number > skip and line.strip():
                    yield number, _object(line, f"{file.name}, line {number}")
    except (OSError, EOFError, zlib.error) as error:
        raise BadInput("corpus.packing", f"{file.name} cannot be read to its end: {error}") from error


def _object(line: bytes, where: str) -> JsonObject:
    try:
        body = json.loads(line.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise BadInput("corpus.json", f"{where} is no JSON: {error}; give one UTF-8 JSON object a line") from error
    if not isinstance(body, dict):
        raise BadInput("corpus.json", f"{where} holds no JSON object; give one a line")
    return cast(JsonObject, body)
