"""HTTP: simulates another rule set."""

import asyncio
from typing import Annotated

from fastapi import Depends

from services.chassis.http import Router, access, context_of
from services.chassis.problems import Fault, Problem, Refusal
from services.contracts.campaign.problems import CampaignProblems
from services.scoring.what_if.answer import what_if_out
from services.scoring.what_if.schemas import WhatIfIn, WhatIfOut
from services.scoring.what_if.simulations import TOO_MANY_SIMULATIONS, Simulations

DRAFT_FAULTS = Problem(
    "draft-faults",
    422,
    "Dự thảo bảng điểm có lỗi",
    "The draft rule set has faults",
    "Mend each at its line; `make check-campaign` says the same of a directory.",
)

_LARGEST_DRAFT = 1024 * 1024
"""Bytes. The sample rule set has 12 kB; the largest printed tables, with a table for each kind of
unit, some hundred."""

router = Router(prefix="/v1/what-if", tags=["what-if"])


@router.post(
    "",
    openapi_extra=access(
        "board",
        refuses=[DRAFT_FAULTS, TOO_MANY_SIMULATIONS],
        stores=False,
        max_body_bytes=_LARGEST_DRAFT,
    ),
)
async def simulate_rules(
    body: WhatIfIn, simulations: Annotated[Simulations, Depends(context_of(Simulations))]
) -> WhatIfOut:
    """Who would move by a draft rule set, from where to where, and because of which criterion.

    The facts of the campaign are scored by the rules in force and by the draft. Nothing is stored
    and nothing is published.
    """
    try:
        found = await simulations.run(body.rules.encode())
    except CampaignProblems as faulty:
        raise Refusal(
            DRAFT_FAULTS,
            [
                Fault(
                    "/rules",
                    f"{problem.place}: {problem.vi}",
                    f"{problem.place}: {problem.en}",
                )
                for problem in faulty.problems
            ],
        ) from None
    return await asyncio.to_thread(what_if_out, found)
