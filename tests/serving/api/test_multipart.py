"""Multipart forms in every cut: what comes whole comes whole, what is broken is refused, nothing is unbounded."""

from __future__ import annotations

from collections.abc import AsyncIterator

import anyio
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.errors import BadInput, TooLarge
from serving.api.openai.multipart import MAX_FIELDS, Form, boundary_of, read_form

BOUNDARY = b"xYz"


def part(name: str, value: bytes, filename: str | None = None) -> bytes:
    named = f'; filename="{filename}"' if filename else ""
    return f'--xYz\r\nContent-Disposition: form-data; name="{name}"{named}\r\n\r\n'.encode() + value + b"\r\n"


def read(body: bytes, size: int = 7) -> tuple[Form, bytes]:
    taken = bytearray()

    async def chunks() -> AsyncIterator[bytes]:
        for first in range(0, len(body), size):
            yield body[first : first + size]

    async def sink(chunk: bytes) -> None:
        taken.extend(chunk)

    async def run() -> Form:
        return await read_form(chunks(), BOUNDARY, "file", sink)

    return anyio.run(run), bytes(taken)


@given(content=st.binary(max_size=300), size=st.integers(1, 400))
@settings(max_examples=60, deadline=None)
def test_any_content_survives_any_cut(content: bytes, size: int) -> None:
    content = content.replace(b"\r\n--xYz", b"")
    form, taken = read(part("model", "模型".encode()) + part("file", content, "录音.wav") + b"--xYz--\r\n", size)
    assert taken == content
    assert form.fields == {"model": ["模型"]}
    assert form.filename == "录音.wav"


@given(body=st.binary(max_size=300))
@settings(max_examples=100, deadline=None)
def test_noise_is_refused_and_never_breaks_anything(body: bytes) -> None:
    for noise in (body, part("file", body, "a") + body, b"--xYz\r\n" + body + b"\r\n\r\n" + body + b"\r\n--xYz--"):
        try:
            read(noise, 50)
        except BadInput:
            continue


def test_delimiters_that_are_almost_there_are_content() -> None:
    content = b"\r\n--xY\r\n--xYZ\r\n--\r\n-"
    assert read(part("file", content, "a") + b"--xYz--", 1)[1] == content


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"--xYz",
        part("file", b"cut", "a")[:-4],
        part("file", b"x", "a"),
        b"--xYz\r\nno disposition: x\r\n\r\nv\r\n--xYz--",
        part("a", b"\xff\xfe") + b"--xYz--",
        part("a", b"\x00") + b"--xYz--",
        part("file", b"1", "a") + part("file", b"2", "b") + b"--xYz--",
    ],
)
def test_a_broken_form_is_refused(body: bytes) -> None:
    with pytest.raises(BadInput):
        read(body)


@pytest.mark.parametrize(
    "body",
    [
        part("a", b"v" * 70_000) + b"--xYz--",
        b"--xYz\r\nX: " + b"h" * 10_000 + b"\r\n\r\nv\r\n--xYz--",
        b"p" * 5000,
        part("a", b"v") * (MAX_FIELDS + 1) + b"--xYz--",
    ],
)
def test_an_endless_part_is_refused(body: bytes) -> None:
    with pytest.raises(TooLarge):
        read(body, 1000)


@pytest.mark.parametrize(
    "content_type",
    [
        "",
        "application/json",
        "multipart/form-data",
        "multipart/form-data; boundary=",
        "multipart/form-data; boundary=" + "x" * 80,
    ],
)
def test_a_body_that_is_no_form_is_refused(content_type: str) -> None:
    with pytest.raises(BadInput):
        boundary_of(content_type)
