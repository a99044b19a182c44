"""HTTP: simulates another rule set, and lists which rule sets were in force when."""

import asyncio
from typing import Annotated

from fastapi import Depends

from services.chassis.http import Router, access, context_of
from services.chassis.problems import Fault, Problem, Refusal
from services.contracts.campaign.problems import CampaignProblems
from services.scoring.context import Context
from services.scoring.queries.as_of_answer import in_force_out
from services.scoring.queries.rules_in_force import all_of
from services.scoring.queries.schemas import RulesInForceOut, WhatIfIn, WhatIfOut
from services.scoring.queries.simulations import TOO_MANY_SIMULATIONS, Simulations
from services.scoring.queries.what_if_answer import what_if_out
from services.scoring.repeatable_read import repeatable_read

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

router = Router(prefix="/v1")


@router.post(
    "/what-if",
    tags=["what-if"],
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


@router.get(
    "/rule-sets", tags=["standings"], openapi_extra=access("unit", "district", "board", "ops")
)
async def read_rule_sets(context: Context) -> list[RulesInForceOut]:
    """Every rule set that was in force here, the present one first."""
    async with repeatable_read(context.database) as tx:
        return [in_force_out(one) for one in await all_of(tx, context.snapshot().campaign)]
