"""The calendar of what is owed, and secret links by which calendar programs read it."""

import asyncio
from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID, uuid4

from fastapi import APIRouter, Request
from starlette.responses import Response

from services.portal.api import RefusedByServiceError
from services.portal.forms import Form, body_of, posted
from services.portal.obligation_states import ShownObligation, state_of
from services.portal.pages.scope import CampaignPages, In
from services.portal.visit import NoSuchPageError, Portal, part

router = APIRouter()

_LINKS = "/v1/calendar-links"
_FIELDS = ("/unit", "/language", "/note")
_ENTRIES = 100
"""Of one page."""


@router.get("/dot/{campaign}/lich")
async def calendar(scope: In, don_vi: str | None = None, sau: str | None = None) -> Response:
    """Everything that is owed over all campaigns, by last day, and the links."""
    values = {"language": scope.visit.language, "unit": don_vi or scope.visit.signed_in.unit or ""}
    return await _calendar(scope, don_vi, sau, Form(_FIELDS, values))


@router.post("/dot/{campaign}/lich")
async def make_link(scope: In) -> Response:
    """Make a link. The answer is the page itself, not a redirection: the link is in no other."""
    visit = scope.visit
    values = await posted(visit.request)
    key = values.get("idempotency_key") or str(uuid4())
    try:
        made = await visit.api.post("submissions", _LINKS, body_of(values, _FIELDS), key=key)
    except RefusedByServiceError as error:
        if error.status not in (400, 404, 409, 422) or not error.problem:
            raise
        form = Form(_FIELDS, values, error.problem, visit.language)
        return await _calendar(scope, values.get("unit") or None, None, form)
    address = visit.portal.settings.origin + made["path"] if made["path"] else None
    return visit.page("calendar/link.html", status=201, scope=scope, address=address)


@router.get("/dot/{campaign}/lich/{link_id}/thu-hoi")
async def ask_revocation(scope: In, link_id: UUID) -> Response:
    """The question before a link is revoked."""
    scope.visit.require("unit", "district", "board")
    return scope.visit.page("calendar/revoke.html", scope=scope, link_id=link_id)


@router.post("/dot/{campaign}/lich/{link_id}/thu-hoi")
async def revoke(scope: In, link_id: UUID) -> Response:
    """Revoke it."""
    await scope.visit.api.delete("submissions", f"{_LINKS}/{link_id}")
    return scope.visit.lead_to(f"{scope.base}/lich")


@router.get(_LINKS + "/{secret}.ics", openapi_extra={"x-secret-path": True})
async def read_link(request: Request, secret: str) -> Response:
    """The calendar of a link, for calendar programs: without login, at the address of the pages."""
    portal: Portal = request.app.state.portal
    answer = await portal.services.calendar_of_link(secret)
    if answer is None:
        raise NoSuchPageError
    headers = {"Cache-Control": "private, no-store", "Referrer-Policy": "no-referrer"}
    return Response(answer, media_type="text/calendar; charset=utf-8", headers=headers)


async def _calendar(
    scope: CampaignPages, code: str | None, after: str | None, form: Form
) -> Response:
    visit = scope.visit
    session = visit.require("unit", "district", "board")
    unit = None if session.has("board") and code is None else scope.unit_of(code)
    answer, links = await asyncio.gather(
        visit.api.get(
            "submissions",
            "/v1/calendar",
            unit=None if unit is None else unit.code,
            limit=_ENTRIES,
            after=after,
        ),
        part(visit.api.get("submissions", _LINKS)),
    )
    return visit.page(
        "calendar/calendar.html",
        status=422 if form.summary else 200,
        scope=scope,
        unit=unit,
        rows=[_shown(entry, visit.today) for entry in answer["entries"]],
        next=answer["next"],
        links=links,
        f=form,
        key=str(uuid4()),
    )


def _shown(entry: Mapping[str, Any], today: date) -> ShownObligation:
    """As an obligation of the one option that the entry is about."""
    otherwise = entry["state"] == "fulfilled-otherwise"
    return state_of(
        {
            **entry,
            "last_days": {entry["option"]: entry["last_day"]},
            "status": "not-owed" if otherwise else entry["state"],
        },
        today,
    )
