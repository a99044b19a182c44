"""The units below one at a glance: who is late with what, and their conferences."""

import asyncio
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from fastapi import APIRouter
from starlette.responses import Response

from services.portal.obligation_states import ShownObligation, by_urgency, state_of
from services.portal.pages.scope import CampaignPages, In
from services.portal.visit import part

router = APIRouter()

_PAGE = 500
_MOST_PAGES = 4
"""2,000 entries: more than the units below any one have in a year."""


@router.get("/dot/{campaign}/cap-duoi")
async def units_below(scope: In) -> Response:
    """Of the reader's unit."""
    visit = scope.visit
    visit.require("district")
    unit = scope.unit_of(None)
    conferences, due = await asyncio.gather(
        part(visit.api.get("submissions", f"{scope.api_path}/units/{unit.code}/conferences-below")),
        part(_due(scope)),
    )
    return visit.page(
        "units_below.html",
        scope=scope,
        unit=unit,
        conferences=conferences,
        due=due,
        rows=late_or_near(due.value or (), scope.known.id, unit.code, visit.today),
        below=scope.known.campaign.units.children(unit.code, visit.today),
    )


async def _due(scope: CampaignPages) -> list[Mapping[str, Any]]:
    """What the reader may see of the campaign's days. All of them: of an obligation whose first
    option is over, another one may be open for months."""
    first = scope.known.campaign.plan.opens
    entries: list[Mapping[str, Any]] = []
    after = None
    for _ in range(_MOST_PAGES):
        answer = await scope.visit.api.get(
            "submissions", "/v1/calendar", limit=_PAGE, after=after, **{"from": first.isoformat()}
        )
        entries += answer["entries"]
        after = answer["next"]
        if after is None:
            break
    return entries


def late_or_near(
    entries: Iterable[Mapping[str, Any]], campaign: str, own: str, today: date
) -> list[ShownObligation]:
    """Of other units than one's own what is overdue or due soon in a campaign, the worst first. An
    obligation stands once, however many options are open for it: by the one that is open longest.
    """
    options: dict[tuple[str, str], list[Mapping[str, Any]]] = {}
    for entry in entries:
        if entry["campaign"] == campaign and entry["unit"] != own:
            options.setdefault((entry["unit"], entry["obligation"]), []).append(entry)
    shown = [
        state_of(
            {
                **of_one[-1],
                "last_days": {one["option"]: one["last_day"] for one in of_one},
                "status": of_one[-1]["state"],
            },
            today,
        )
        for of_one in options.values()
        if of_one[-1]["state"] in ("open", "missed")
    ]
    return by_urgency(one for one in shown if one.state in ("overdue", "soon"))
