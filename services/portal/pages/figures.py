"""Figures: those that a unit reports of itself, by period, and what it reported before."""

from collections.abc import Mapping
from typing import Any
from uuid import uuid4

from fastapi import APIRouter
from starlette.responses import Response

from services.contracts.campaign.figure_catalogue import FigurePlan
from services.contracts.campaign.units import Unit
from services.contracts.wording import period_title
from services.portal.forms import Form, body_of, figure_typed, posted
from services.portal.pages.scope import CampaignPages, In
from services.portal.sending import sent
from services.portal.visit import NoSuchPageError, NotForYouError

router = APIRouter()

_FIELDS = ("/value", "/target", "/evidence")
_MOST = 500


@router.get("/dot/{campaign}/so-lieu")
async def figures(scope: In, don_vi: str | None = None) -> Response:
    """The figures that a unit reports, and the latest of each."""
    unit = scope.unit_of(don_vi)
    plan = scope.known.campaign.plan
    there = await _reported(scope, unit)
    mine = scope.visit.signed_in.unit == unit.code
    own = {(one["name"], one["period"]): one for one in there if one["unit"] == unit.code}
    groups = [
        {
            "name": name,
            "figure": figure,
            "may_report": mine and _reports(figure, unit),
            "periods": [
                (period, period_title(period), own.pop((name, period), None))
                for period in figure.known_periods(plan.opens, plan.closes) or ()
            ],
        }
        for name, figure in plan.figures.items()
        if figure.applies_to is None or figure.applies_to.includes(unit)
    ]
    others = [one for one in there if one["unit"] != unit.code] + list(own.values())
    return scope.visit.page(
        "figures/list.html",
        scope=scope,
        unit=unit,
        groups=groups,
        others=others,
        simulated=any(one["simulated"] for one in there),
    )


@router.get("/dot/{campaign}/so-lieu/{name}/{period}")
async def new(scope: In, name: str, period: str) -> Response:
    """The form of one figure and period, as it was reported last."""
    figure, unit = _known(scope, name, period), scope.unit_of(None)
    before = await _before(scope, unit, name, period)
    values = {}
    if before is not None:
        values = {key: str(before[key]) for key in ("value", "target") if before[key] is not None}
        if scope.visit.language == "vi":
            values = {key: text.replace(".", ",") for key, text in values.items()}
        values["evidence"] = before["evidence"]
    return _form(scope, figure, Form(_FIELDS, values), name=name, period=period, before=before)


@router.post("/dot/{campaign}/so-lieu/{name}/{period}")
async def send(scope: In, name: str, period: str) -> Response:
    """Report it; a later report takes the place of the one before."""
    figure, unit = _known(scope, name, period), scope.unit_of(None)
    values = await posted(scope.visit.request)
    body = body_of(values, _FIELDS)
    for key in ("value", "target"):
        if key in body:
            body[key] = figure_typed(body[key])
    body |= {"unit": unit.code, "name": name, "period": period}
    answer = await sent(scope.visit, f"{scope.api_path}/figures", body, _FIELDS, values)
    if isinstance(answer, Form):
        before = await _before(scope, unit, name, period)
        return _form(scope, figure, answer, name=name, period=period, before=before)
    return scope.visit.lead_to(f"{scope.base}/so-lieu#{name}")


def _reports(figure: FigurePlan, unit: Unit) -> bool:
    """Whether a unit reports the figure of itself; the service decides when it is sent."""
    return "unit" in figure.reported_by or unit.code in figure.reported_by


def _known(scope: CampaignPages, name: str, period: str) -> FigurePlan:
    """Raises NoSuchPageError for a figure or a period that the catalogue has not, NotForYouError
    for one that others report."""
    plan, unit = scope.known.campaign.plan, scope.unit_of(None)
    figure = plan.figures.get(name)
    if figure is None:
        raise NoSuchPageError
    periods = figure.known_periods(plan.opens, plan.closes)
    if periods is not None and period not in periods:
        raise NoSuchPageError
    if not _reports(figure, unit):
        raise NotForYouError
    return figure


async def _reported(scope: CampaignPages, unit: Unit) -> list[Mapping[str, Any]]:
    found: list[Mapping[str, Any]] = []
    after: str | None = None
    path = f"{scope.api_path}/figures"
    while True:
        page = await scope.visit.api.get(
            "submissions", path, unit=unit.code, limit=_MOST, after=after
        )
        found += page["figures"]
        after = page["next"]
        if after is None:
            return found


async def _before(
    scope: CampaignPages, unit: Unit, name: str, period: str
) -> Mapping[str, Any] | None:
    there = await _reported(scope, unit)
    place = (unit.code, name, period)
    return next((one for one in there if (one["unit"], one["name"], one["period"]) == place), None)


def _form(
    scope: CampaignPages,
    figure: FigurePlan,
    form: Form,
    *,
    name: str,
    period: str,
    before: Mapping[str, Any] | None,
) -> Response:
    return scope.visit.page(
        "figures/form.html",
        status=422 if form.summary else 200,
        scope=scope,
        unit=scope.unit_of(None),
        figure=figure,
        name=name,
        period=period,
        period_title=period_title(period),
        before=before,
        f=form,
        key=str(uuid4()),
    )
