"""Publications: the list, one with its standings, and freezing the standings of now."""

import asyncio
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any
from uuid import uuid4

from fastapi import APIRouter
from starlette.responses import Response

from services.portal.api import AwayError, RefusedByServiceError
from services.portal.forms import Form, body_of, posted
from services.portal.pages.scope import CampaignPages, In
from services.portal.visit import NoSuchPageError, part

router = APIRouter()

_FIELDS = ("/reason",)
_FAULTS = (HTTPStatus.BAD_REQUEST, HTTPStatus.CONFLICT, HTTPStatus.UNPROCESSABLE_ENTITY)


@router.get("/dot/{campaign}/cong-bo")
async def publications(scope: In) -> Response:
    """All publications, the one in force first."""
    known = await _known(scope)
    return scope.visit.page(
        "publications/list.html",
        scope=scope,
        publications=known,
        simulated=any(one["simulated"] for one in known),
        sample=any(one["sample"] for one in known),
    )


@router.get("/dot/{campaign}/cong-bo/moi")
async def ask(scope: In) -> Response:
    """The question before the standings are frozen."""
    scope.visit.require("board")
    return await _form(scope, Form(_FIELDS, {}), key=str(uuid4()))


@router.post("/dot/{campaign}/cong-bo/moi")
async def publish(scope: In) -> Response:
    """Freeze them. Facts on their way are waited for: where that takes too long the same form may
    be sent once more, and publishes once."""
    visit = scope.visit
    visit.require("board")
    values = await posted(visit.request)
    body = body_of(values, _FIELDS)
    if values.get("replaces", "").isdecimal():
        body["replaces"] = int(values["replaces"])
    key = values.get("idempotency_key") or str(uuid4())
    path = f"{scope.api_path}/publications"
    try:
        answer = await visit.api.post("scoring", path, body, key=key)
    except AwayError:
        return await _form(scope, Form(_FIELDS, values), key=key, waits=True)
    except RefusedByServiceError as error:
        if error.status not in _FAULTS:
            raise
        form = Form(_FIELDS, values, error.problem, visit.language)
        return await _form(scope, form, key=str(uuid4()))
    return visit.lead_to(f"{scope.base}/cong-bo/{answer['version']}")


@router.get("/dot/{campaign}/cong-bo/{version}")
async def publication(scope: In, version: int, cum: str | None = None) -> Response:
    """The standings of a publication, cluster by cluster (`cum`)."""
    if version < 1:
        raise NoSuchPageError
    path = f"{scope.api_path}/publications/{version}"
    answer, known = await asyncio.gather(scope.visit.api.get("scoring", path), _known(scope))
    clusters: Mapping[str, Sequence[Mapping[str, Any]]] = answer["clusters"]
    own = scope.known.unit(scope.visit.signed_in.unit)
    chosen = next((one for one in (cum, own and own.cluster) if one in clusters), None)
    return scope.visit.page(
        "publications/standings.html",
        scope=scope,
        publication=answer,
        clusters=list(clusters),
        cluster=chosen or next(iter(clusters), None),
        own=own.code if own else None,
        newest=known[0]["version"],
    )


async def _known(scope: CampaignPages) -> Sequence[Mapping[str, Any]]:
    answer = await scope.visit.api.get("scoring", f"{scope.api_path}/publications")
    known: Sequence[Mapping[str, Any]] = answer
    return known


async def _form(scope: CampaignPages, form: Form, *, key: str, waits: bool = False) -> Response:
    api = scope.visit.api
    known, standings = await asyncio.gather(
        part(_known(scope)),
        part(api.get("scoring", f"{scope.api_path}/standings"), absent=True),
    )
    now = standings.value
    status = HTTPStatus.OK
    if form.summary:
        status = HTTPStatus.UNPROCESSABLE_ENTITY
    elif waits:
        status = HTTPStatus.SERVICE_UNAVAILABLE
    return scope.visit.page(
        "publications/publish.html",
        status=status,
        scope=scope,
        last=known.value[0] if known.value else None,
        away=known.away or standings.away,
        standings=now,
        units=sum(len(one["units"]) for one in now["clusters"]) if now else 0,
        waits=waits,
        f=form,
        key=key,
        simulated=bool(now and now["simulated"]),
        sample=bool(now and now["rule_set"]["sample"]),
    )
