"""我的声纹: what it is for, consent, recording or sending, deletion; its script speaks to the interface."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import Response

from cases.records import Role
from cases.voiceprints import CONSENT_TEXT, CONSENT_VERSION
from serving.console.desk import CurrentDesk, PageRoute
from serving.console.page import render
from serving.security.policy import PAGE, declare


def router() -> APIRouter:
    """The one route."""
    found = APIRouter(route_class=PageRoute)
    found.get("/voice", dependencies=[declare(PAGE)])(voice_page)
    return found


async def voice_page(desk: CurrentDesk) -> Response:
    """One's own, and for an administrator the list of everybody's with leave to delete."""
    prints = await desk.ask(desk.services.store.voiceprints.all, desk.actor)
    accounts = await desk.ask(desk.services.store.accounts.list)
    names = {account.id: account.display_name or account.name for account in accounts}
    others = [one for one in prints if one.account_id != desk.actor.id] if desk.actor.role is Role.ADMIN else []
    context = {
        "own": next((one for one in prints if one.account_id == desk.actor.id), None),
        "others": [(names.get(one.account_id, one.account_id), one) for one in others],
        "consent": CONSENT_TEXT,
        "version": CONSENT_VERSION,
    }
    return render(desk.request, "voice.html", context, script_data={"consent": CONSENT_VERSION})
