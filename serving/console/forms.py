"""Small HTML forms: reads a URL-encoded body of bounded size; knows no form's meaning."""

from __future__ import annotations

from urllib.parse import parse_qsl

from starlette.requests import Request

from models.errors import BadInput, TooLarge

FORM_BYTES = 64 * 1024
"""No form of the console comes near this; more is not a person typing."""
FORM_FIELDS = 32


async def read_form(request: Request) -> dict[str, str]:
    """The fields of a submitted form, the last value of each; raises TooLarge or BadInput."""
    if not request.headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
        raise BadInput("form.type", "send the form as application/x-www-form-urlencoded")
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > FORM_BYTES:
            raise TooLarge("form.size", f"a form may have {FORM_BYTES} bytes")
    try:
        pairs = parse_qsl(body.decode("utf-8"), keep_blank_values=True, max_num_fields=FORM_FIELDS)
    except ValueError as error:
        raise BadInput("form.encoding", "the form is not URL-encoded UTF-8") from error
    return {name: value.strip() if name != "password" else value for name, value in pairs}


def local_path(target: str | None, default: str = "/cases") -> str:
    """`target` when it is a path on this server, else `default`: no form may send a visitor elsewhere."""
    if not target or not target.startswith("/") or target.startswith(("//", "/\\")):
        return default
    return target if target.isprintable() and "\\" not in target else default
