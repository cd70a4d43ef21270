"""Sign in, sign out and the language switch; the only pages that nobody needs to be known for."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from models.errors import BadInput, Busy
from serving.api.services import CurrentServices
from serving.console.desk import PageRoute
from serving.console.forms import local_path, read_form
from serving.console.page import LANGUAGE_COOKIE, render, texts_of
from serving.console.texts import LANGUAGES
from serving.security import sessions
from serving.security.guard import SIGN_IN_PATH, address_of
from serving.security.policy import EVERY_ROLE, PUBLIC, PUBLIC_FORM, Access, Body, Policy, declare
from serving.security.principal import Unauthenticated
from serving.security.sign_in import sign_in

YEAR_S = 365 * 86400
NAME_CHARS = 100
PAGE_FORM = Policy(Access.PAGE, EVERY_ROLE, Body.FORM)


def router() -> APIRouter:
    """Routes of the pages before and around a session."""
    found = APIRouter(route_class=PageRoute)
    found.get(SIGN_IN_PATH, dependencies=[declare(PUBLIC)])(sign_in_page)
    found.post(SIGN_IN_PATH, dependencies=[declare(PUBLIC_FORM)])(open_session)
    found.post("/sign-out", dependencies=[declare(PAGE_FORM)])(sign_out)
    found.post("/language", dependencies=[declare(PUBLIC_FORM)])(choose_language)
    return found


def _page(request: Request, *, target: str, name: str = "", error: str = "", status: int = 200) -> Response:
    return render(request, "sign_in.html", {"target": target, "name": name, "error": error}, status=status)


async def sign_in_page(request: Request) -> Response:
    """The form; where to go afterwards stays on this server."""
    return _page(request, target=local_path(request.query_params.get("next")))


async def open_session(request: Request, services: CurrentServices) -> Response:
    """Check name and password and open a session; a wrong pair and an unknown name look the same."""
    texts, settings = texts_of(request), services.settings
    form = await read_form(request)
    target, name = local_path(form.get("next")), form.get("name", "")[:NAME_CHARS]
    credentials = (name, form.get("password", ""))
    try:
        signed_in = await services.ask(
            sign_in, services.store, services.sign_in, credentials, address_of(request), settings.session_ttl_s
        )
    except Unauthenticated:
        return _page(request, target=target, name=name, error=texts("sign_in.wrong"), status=401)
    except Busy as busy:
        seconds = max(1, round(busy.retry_after_s))
        page = _page(request, target=target, name=name, error=texts("sign_in.wait", seconds=seconds), status=429)
        page.headers["retry-after"] = str(seconds)
        return page
    response = RedirectResponse(target, status_code=303)
    secure = settings.cookie_secure or request.url.scheme == "https"
    sessions.set_cookie(response, signed_in.token, ttl_s=signed_in.ttl_s, secure=secure)
    return response


async def sign_out(request: Request, services: CurrentServices) -> Response:
    """End the session on both sides."""
    token = request.cookies.get(sessions.COOKIE)
    if token:
        await services.ask(services.store.accounts.end_session, sessions.token_hash(token))
    response = RedirectResponse(SIGN_IN_PATH, status_code=303)
    sessions.clear_cookie(response, secure=services.settings.cookie_secure or request.url.scheme == "https")
    return response


async def choose_language(request: Request) -> Response:
    """Keep the chosen language in a cookie for a year and go back to where the visitor was."""
    form = await read_form(request)
    chosen = form.get("language", "")
    if chosen not in LANGUAGES:
        raise BadInput("language.unknown", f"the console speaks {', '.join(LANGUAGES)}")
    response = RedirectResponse(local_path(form.get("next")), status_code=303)
    response.set_cookie(LANGUAGE_COOKIE, chosen, max_age=YEAR_S, path="/", httponly=True, samesite="lax")
    return response
