"""Reports of the kinds that the plan declares: which there are, the form, and what was sent."""

import asyncio
from collections.abc import Mapping
from typing import Any
from uuid import UUID, uuid4

from fastapi import APIRouter
from starlette.responses import Response

from services.contracts.campaign.report_kinds import ReportKind
from services.contracts.campaign.units import Unit
from services.contracts.wording import period_title
from services.portal.forms import Form, posted
from services.portal.obligation_states import by_urgency, state_of
from services.portal.pages.scope import CampaignPages, In
from services.portal.report_form import answers_of, pointers_of, typed_of
from services.portal.sending import sent
from services.portal.visit import NoSuchPageError, NotForYouError
from services.portal.ways import ways_of

router = APIRouter()

_MOST = 500
_FIXED = ("conference-reported", "contest-reported", "ceremony-reported")


@router.get("/dot/{campaign}/bao-cao")
async def reports(scope: In, don_vi: str | None = None) -> Response:
    """What a unit has to report, and what it sent."""
    unit = scope.unit_of(don_vi)
    there, owed = await asyncio.gather(
        _sent(scope, unit),
        scope.visit.api.get("submissions", f"{scope.api_path}/obligations", unit=unit.code),
    )
    plan = scope.known.campaign.plan
    places = {(one["unit"], one["kind"], one["period"]): one for one in there}
    wanted = [
        {
            "kind": kind,
            "period": period,
            "period_title": period_title(period) if period else None,
            "report": places.pop((unit.code, kind.id, period), None),
        }
        for kind in plan.reports
        if kind.includes(unit)
        for period in (kind.known_periods(plan.opens, plan.closes) or (None,))
    ]
    shown = by_urgency([state_of(one, scope.visit.today) for one in owed["obligations"]])
    fixed = [
        (way, one)
        for one in shown
        for way in ways_of(plan, one.obligation["obligation"])
        if way.event in _FIXED
    ]
    return scope.visit.page(
        "reports/list.html",
        scope=scope,
        unit=unit,
        wanted=wanted,
        fixed=fixed,
        others=list(places.values()),
        simulated=any(one["simulated"] for one in there),
    )


@router.get("/dot/{campaign}/bao-cao/loai/{kind}/gui")
async def new(scope: In, kind: str, ky: str | None = None) -> Response:
    """The form: empty, or as it was sent where it was returned."""
    declared, unit = _kind(scope, kind), scope.unit_of(None)
    if not declared.includes(unit):
        raise NotForYouError
    period = _period(scope, declared, ky)
    before = None
    for one in await _sent(scope, unit, kind=kind):
        if (one["unit"], one["period"]) == (unit.code, period):
            path = f"{scope.base}/bao-cao/loai/{kind}/{one['report_id']}"
            if not one["returned"]:
                return scope.visit.lead_to(path)
            before = (await _whole(scope, kind, one["report_id"]))["versions"][-1]
    values = {}
    if before is not None:
        answers = {**before["answers"], **(before["personal"] or {})}
        values = typed_of(declared, answers, scope.visit.language)
    form = Form(pointers_of(declared), values)
    return _form(
        scope, declared, unit, form, period=period, returned=(before or {}).get("returned")
    )


@router.post("/dot/{campaign}/bao-cao/loai/{kind}/gui")
async def send(scope: In, kind: str, ky: str | None = None) -> Response:
    """Send it; what the service refuses stands at its field."""
    declared, unit = _kind(scope, kind), scope.unit_of(None)
    period = _period(scope, declared, ky)
    values = await posted(scope.visit.request)
    body: dict[str, Any] = {"unit": unit.code, "answers": answers_of(declared, values)}
    if period is not None:
        body["period"] = period
    path = f"{scope.api_path}/reports/{kind}"
    answer = await sent(scope.visit, path, body, pointers_of(declared), values)
    if isinstance(answer, Form):
        return _form(scope, declared, unit, answer, period=period)
    return scope.visit.lead_to(f"{scope.base}/bao-cao/loai/{kind}/{answer['report_id']}")


@router.get("/dot/{campaign}/bao-cao/loai/{kind}/{report_id}")
async def one(scope: In, kind: str, report_id: UUID) -> Response:
    """A report with all of its versions."""
    report = await _whole(scope, kind, report_id)
    unit = scope.unit_of(report["unit"])
    return scope.visit.page(
        "reports/one.html",
        scope=scope,
        unit=unit,
        report=report,
        receiver=scope.known.unit(report["receiver"]),
        declared=scope.known.campaign.plan.report_kind(kind),
        simulated=report["simulated"],
    )


async def _whole(scope: CampaignPages, kind: str, report_id: UUID | str) -> Any:
    path = f"{scope.api_path}/reports/{kind}/{report_id}"
    return await scope.visit.api.get("submissions", path)


async def _sent(
    scope: CampaignPages, unit: Unit, kind: str | None = None
) -> list[Mapping[str, Any]]:
    """All reports of a unit: some kinds have a period each month."""
    found: list[Mapping[str, Any]] = []
    after: str | None = None
    while True:
        page = await scope.visit.api.get(
            "submissions",
            f"{scope.api_path}/reports",
            unit=unit.code,
            kind=kind,
            limit=_MOST,
            after=after,
        )
        found += page["reports"]
        after = page["next"]
        if after is None:
            return found


def _kind(scope: CampaignPages, kind: str) -> ReportKind:
    declared = scope.known.campaign.plan.report_kind(kind)
    if declared is None:
        raise NoSuchPageError
    return declared


def _period(scope: CampaignPages, declared: ReportKind, asked: str | None) -> str | None:
    """Raises NoSuchPageError for a period that the kind has not."""
    plan = scope.known.campaign.plan
    known = declared.known_periods(plan.opens, plan.closes)
    if (asked or None) not in (known or (None,)):
        raise NoSuchPageError
    return asked or None


def _form(
    scope: CampaignPages,
    declared: ReportKind,
    unit: Unit,
    form: Form,
    *,
    period: str | None,
    returned: Mapping[str, Any] | None = None,
) -> Response:
    return scope.visit.page(
        "reports/form.html",
        status=422 if form.summary else 200,
        scope=scope,
        unit=unit,
        kind=declared,
        period=period,
        period_title=period_title(period) if period else None,
        returned=returned,
        f=form,
        key=str(uuid4()),
    )
