"""The jury's marks: the essays of a unit, those without a mark first, and one after another."""

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any
from uuid import UUID, uuid4

from fastapi import APIRouter
from starlette.responses import Response

from services.portal.api import RefusedByServiceError
from services.portal.forms import Form, body_of, figure_typed, posted
from services.portal.pages.scope import CampaignPages, In
from services.portal.unit_search import found

router = APIRouter()

_FIELDS = ("/mark", "/prize")
_READ_AT_ONCE = 500
_MOST_CHOICES = 30
_FAULTS = (HTTPStatus.BAD_REQUEST, HTTPStatus.CONFLICT, HTTPStatus.UNPROCESSABLE_ENTITY)


@router.get("/dot/{campaign}/cham-bai")
async def essays(scope: In, don_vi: str = "", loc: str = "chua-cham") -> Response:
    """The essays of a unit that are to be marked (`loc=tat-ca`: all that are not withdrawn)."""
    scope.visit.require("board")
    tree = scope.known.campaign.units.on(scope.visit.today)
    meant = found(tree, don_vi)
    unit = meant[0] if meant and (len(meant) == 1 or don_vi.upper() == meant[0].code) else None
    sent = await _sent(scope, unit.code) if unit else []
    unmarked = [one for one in sent if one["mark"] is None]
    return scope.visit.page(
        "judging/list.html",
        scope=scope,
        asked=don_vi,
        unit=unit,
        choices=[] if unit else meant[:_MOST_CHOICES],
        sent=sent,
        unmarked=unmarked,
        shown=sent if loc == "tat-ca" else unmarked,
        all=loc == "tat-ca",
        simulated=any(one["simulated"] for one in sent),
    )


@router.get("/dot/{campaign}/cham-bai/{essay_id}")
async def ask(scope: In, essay_id: UUID) -> Response:
    """An essay, and the form for its mark."""
    scope.visit.require("board")
    essay = await _essay(scope, essay_id)
    given = {"mark": _typed(essay["mark"]), "prize": essay["prize"] or ""}
    return await _page(scope, essay, Form(_FIELDS, given))


@router.post("/dot/{campaign}/cham-bai/{essay_id}")
async def judge(scope: In, essay_id: UUID) -> Response:
    """Keep the mark, and go on to the next essay of the unit without one."""
    visit = scope.visit
    visit.require("board")
    values = await posted(visit.request)
    body = body_of(values, _FIELDS)
    if "mark" in body:
        body["mark"] = figure_typed(body["mark"])
    essay = await _essay(scope, essay_id)
    if essay["simulated"]:
        body["simulated"] = True
    path = f"{scope.api_path}/essays/{essay_id}/judgement"
    key = values.get("idempotency_key") or str(uuid4())
    try:
        await visit.api.post("submissions", path, body, key=key)
    except RefusedByServiceError as error:
        if error.status not in _FAULTS:
            raise
        form = Form(_FIELDS, values, error.problem, visit.language)
        return await _page(scope, essay, form)
    following = None
    if values.get("then") == "next":
        following = _next(await _sent(scope, essay["unit"]), str(essay_id))
    if following is not None:
        return visit.lead_to(f"{scope.base}/cham-bai/{following['essay_id']}")
    return visit.lead_to(f"{scope.base}/cham-bai?don_vi={essay['unit']}")


async def _page(scope: CampaignPages, essay: Mapping[str, Any], form: Form) -> Response:
    contest = scope.known.campaign.plan.contest(essay["contest"])
    sent = await _sent(scope, essay["unit"])
    return scope.visit.page(
        "judging/form.html",
        status=422 if form.summary else 200,
        scope=scope,
        essay=essay,
        unit=scope.unit_of(essay["unit"]),
        scale=contest.mark if contest else None,
        marked=len([one for one in sent if one["mark"] is not None]),
        count=len(sent),
        f=form,
        key=str(uuid4()),
        simulated=essay["simulated"],
    )


async def _essay(scope: CampaignPages, essay_id: UUID) -> Mapping[str, Any]:
    path = f"{scope.api_path}/essays/{essay_id}"
    essay: Mapping[str, Any] = await scope.visit.api.get("submissions", path)
    return essay


async def _sent(scope: CampaignPages, unit: str) -> list[Mapping[str, Any]]:
    """All that are not withdrawn, the oldest first."""
    found: list[Mapping[str, Any]] = []
    after = None
    while True:
        answer = await scope.visit.api.get(
            "submissions",
            f"{scope.api_path}/essays",
            unit=unit,
            limit=_READ_AT_ONCE,
            after=after,
        )
        found += [one for one in answer["essays"] if one["status"] == "submitted"]
        after = answer["next"]
        if after is None:
            return found


def _next(sent: Sequence[Mapping[str, Any]], essay_id: str) -> Mapping[str, Any] | None:
    """The next one without a mark, from the first once more where none comes after this one."""
    place = next((at for at, one in enumerate(sent) if one["essay_id"] == essay_id), -1)
    following = [*sent[place + 1 :], *sent[: max(place, 0)]]
    return next((one for one in following if one["mark"] is None), None)


def _typed(mark: str | None) -> str:
    return "" if mark is None else mark.replace(".", ",")
