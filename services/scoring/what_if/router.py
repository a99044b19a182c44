"""HTTP: simulates another rule set."""

import asyncio
from typing import Annotated

from fastapi import Depends

from services.chassis.http import Router, access, context_of
from services.chassis.problems import NOT_FOUND
from services.contracts.campaign.problems import CampaignProblems
from services.scoring.context import Asked
from services.scoring.drafts import DRAFT_FAULTS, LARGEST_DRAFT, draft_refused
from services.scoring.what_if.answer import what_if_out
from services.scoring.what_if.schemas import WhatIfIn, WhatIfOut
from services.scoring.what_if.simulations import TOO_MANY_SIMULATIONS, Simulations

router = Router(prefix="/v1/campaigns/{campaign}/what-if", tags=["what-if"])


@router.post(
    "",
    openapi_extra=access(
        "board",
        refuses=[NOT_FOUND, DRAFT_FAULTS, TOO_MANY_SIMULATIONS],
        stores=False,
        max_body_bytes=LARGEST_DRAFT,
    ),
)
async def simulate_rules(
    body: WhatIfIn,
    campaign: Asked,
    simulations: Annotated[Simulations, Depends(context_of(Simulations))],
) -> WhatIfOut:
    """Who would move by a draft rule set, from where to where, and because of which criterion.

    The facts of the campaign are scored by the rules in force and by the draft. Nothing is stored
    and nothing is published.
    """
    try:
        found = await simulations.run(campaign, body.rules.encode())
    except CampaignProblems as faulty:
        raise draft_refused(faulty) from None
    return await asyncio.to_thread(what_if_out, found)
