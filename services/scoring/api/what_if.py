"""What if: a draft rule set against the timeline, without a trace."""

import asyncio

from services.chassis.base import Chassis
from services.chassis.http import Router, access
from services.chassis.problems import Fault, Problem, Refusal
from services.contracts.campaign.problems import CampaignProblems
from services.scoring.api.what_if_views import WhatIfIn, WhatIfOut, what_if_out
from services.scoring.campaign_snapshot import CampaignTimeline
from services.scoring.queries.what_if import read_draft, what_if
from services.scoring.settings import ScoringSettings

DRAFT_FAULTS = Problem(
    "draft-faults",
    422,
    "Dự thảo bảng điểm có lỗi",
    "The draft rule set has faults",
    "Mend each at its line; `make check-campaign` says the same of a directory.",
)


def router(chassis: Chassis, timeline: CampaignTimeline, settings: ScoringSettings) -> Router:
    """The routes."""
    api = Router(prefix="/v1", tags=["what-if"])

    @api.post("/what-if", openapi_extra=access("board", refuses=[DRAFT_FAULTS]))
    async def ask(body: WhatIfIn) -> WhatIfOut:
        """Who would move by a draft rule set, from where to where, and which criterion did it.

        Compared are the season's facts by the rules in force and by the draft. Nothing is stored
        and nothing is said: asked again it is computed again, whatever the Idempotency-Key.
        """
        try:
            draft = await asyncio.to_thread(read_draft, settings.campaign_dir, body.rules.encode())
        except CampaignProblems as faulty:
            raise Refusal(
                DRAFT_FAULTS,
                [
                    Fault(
                        "/rules",
                        f"{problem.file}:{problem.line}: {problem.vi}",
                        f"{problem.file}:{problem.line}: {problem.en}",
                    )
                    for problem in faulty.problems
                ],
            ) from None
        found = await what_if(chassis.database, timeline, draft, chassis.clock.now())
        return await asyncio.to_thread(what_if_out, found)

    return api
