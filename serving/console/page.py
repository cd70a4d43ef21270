"""One rendered page: template, texts, language and the headers every page carries; knows no case and no route.

Pages are never cached by anyone between (they hold case content), may load nothing but this server's own files, run no
inline script or style, and are never framed.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path

import jinja2
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from cases.records import JsonObject
from serving.console import present
from serving.console.texts import LANGUAGES, Texts
from serving.security.policy import VIEWERS
from serving.security.principal import Principal

FOLDER = Path(__file__).parent
LANGUAGE_COOKIE = "anjuan_language"
HEADERS = {
    "content-security-policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; media-src 'self'; "
        "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "x-frame-options": "DENY",
}
"""Stricter than what the gateway's border gives every answer; the rest (no-store, nosniff) comes from there."""


@cache
def _templates() -> jinja2.Environment:
    found = jinja2.Environment(
        loader=jinja2.FileSystemLoader(FOLDER / "templates"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )
    found.filters |= {
        "clock": present.clock,
        "size": present.size,
        "short": present.short,
        "moment": present.moment,
        "iso": present.iso,
        "percent": present.percent,
        "doubt": present.doubt,
        "heat": present.heat,
        "kind": present.kind,
        "tasks": present.tasks_for,
    }
    return found


def language_of(request: Request) -> str:
    """The language that the visitor chose, Chinese until they choose."""
    chosen = request.cookies.get(LANGUAGE_COOKIE, LANGUAGES[0])
    return chosen if chosen in LANGUAGES else LANGUAGES[0]


def texts_of(request: Request) -> Texts:
    """The texts of the visitor's language."""
    return Texts(language_of(request))


def principal_of(request: Request) -> Principal | None:
    """Who the guard found at the door; None on public pages."""
    found = request.scope.get("principal")
    return found if isinstance(found, Principal) else None


def render(
    request: Request,
    template: str,
    context: Mapping[str, object],
    *,
    status: int = 200,
    script_data: JsonObject | None = None,
) -> Response:
    """The page `template` with `context`; `script_data` reaches the page's script as a JSON data block."""
    texts, principal = texts_of(request), principal_of(request)
    text = (
        _templates()
        .get_template(template)
        .render(
            t=texts,
            extent_of=lambda item: present.extent(item, texts),
            reason=lambda code, message: present.reason(code, message, texts),
            language=texts.language,
            me=principal.actor if principal else None,
            may_search=principal is not None and principal.actor.role in VIEWERS,
            csrf=(principal.csrf or "") if principal else "",
            here=request.url.path + (f"?{request.url.query}" if request.url.query else ""),
            script_texts=texts.under("script"),
            script_data=script_data or {},
            **context,
        )
    )
    return HTMLResponse(text, status_code=status, headers=HEADERS)
