"""Forms of the console: bounded, URL-encoded, and never a way to send a visitor elsewhere."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

import anyio
import pytest
from starlette.requests import Request

from models.errors import BadInput, TooLarge
from serving.console.forms import FORM_BYTES, FORM_FIELDS, local_path, read_form

FORM = "application/x-www-form-urlencoded"


def request_with(body: bytes, content_type: str = FORM) -> Request:
    async def receive() -> MutableMapping[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    given: Callable[[], Awaitable[MutableMapping[str, Any]]] = receive
    scope = {"type": "http", "method": "POST", "path": "/", "headers": [(b"content-type", content_type.encode())]}
    return Request(scope, given)


def fields_of(body: bytes, content_type: str = FORM) -> dict[str, str]:
    return anyio.run(read_form, request_with(body, content_type))


def test_fields_are_decoded_and_trimmed_but_a_password_is_left_alone() -> None:
    assert fields_of(b"name=+%E5%BC%A0+&password=+p+") == {"name": "张", "password": " p "}


def test_a_form_that_is_too_large_is_refused() -> None:
    with pytest.raises(TooLarge):
        fields_of(b"a=" + b"x" * FORM_BYTES)


@pytest.mark.parametrize(
    ("body", "content_type"),
    [(b"{}", "application/json"), (b"&".join(b"f=1" for _ in range(FORM_FIELDS + 1)), FORM), (b"\xff\xfe", FORM)],
)
def test_what_is_no_form_is_refused(body: bytes, content_type: str) -> None:
    with pytest.raises(BadInput):
        fields_of(body, content_type)


@pytest.mark.parametrize(
    "target",
    ["https://evil.example", "//evil.example", "/\\evil.example", "javascript:alert(1)", "", None, "/a\nb", "/a\\b"],
)
def test_a_form_sends_nobody_to_another_site(target: str | None) -> None:
    assert local_path(target) == "/cases"


def test_a_path_on_this_server_is_kept() -> None:
    assert local_path("/records/r?page=3") == "/records/r?page=3"
