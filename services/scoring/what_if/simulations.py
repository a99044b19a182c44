"""What-ifs over HTTP, a bounded number at a time."""

import asyncio

from services.campaigns.files import newest_files
from services.chassis.clock import Clock
from services.chassis.problems import Problem, Refusal
from services.chassis.storage.database import Database
from services.scoring.drafts import read_draft
from services.scoring.scored_campaign import ScoredCampaign
from services.scoring.what_if.comparison import WhatIf, what_if

_AT_ONCE = 2
"""Each keeps a processor busy for seconds and holds the facts of a cluster in memory."""
_RETRY_AFTER_S = 10

TOO_MANY_SIMULATIONS = Problem(
    "too-many-simulations",
    429,
    "Đang chạy quá nhiều lượt thử bảng điểm",
    "Too many simulations are running",
    "Send it again after the seconds in Retry-After.",
)


class Simulations:
    """Runs what-ifs."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._running = 0

    async def run(self, campaign: ScoredCampaign, draft: bytes) -> WhatIf:
        """A draft rules.yaml against the rules in force.

        Raises Refusal (429) while others run, CampaignProblems with all that is wrong in the draft.
        """
        if self._running >= _AT_ONCE:
            raise Refusal(
                TOO_MANY_SIMULATIONS,
                detail=(
                    f"Máy chủ chạy cùng lúc nhiều nhất {_AT_ONCE} lượt thử.",
                    f"The server runs at most {_AT_ONCE} simulations at the same time.",
                ),
                headers={"Retry-After": str(_RETRY_AFTER_S)},
            )
        self._running += 1
        try:
            async with self._database.transaction() as tx:
                files = await newest_files(tx, campaign.id)
            rules = await asyncio.to_thread(read_draft, files, draft)
            return await what_if(self._database, campaign, rules, self._clock.now())
        finally:
            self._running -= 1
