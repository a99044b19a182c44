"""Whether the rule sets that were adopted still fit the newest version of their campaign.

A rule set is checked against plan and units when it is adopted. An amendment is submissions' and
checks no rules, so what they name may be gone: the head of a cluster, an obligation, a figure. It
is reported, by the checks of an adoption, and counting goes on: whether the rules or the plan are
to change is for the Board to decide.
"""

from collections.abc import Mapping, Sequence

import structlog

from services.campaigns.files import files_of
from services.campaigns.registry import CampaignRegistry
from services.chassis.aside import aside
from services.chassis.loops.loop import Loop
from services.chassis.observability.metrics import Metrics
from services.chassis.storage.database import Database
from services.contracts.campaign.loader import PLAN, UNITS, read_campaign
from services.contracts.campaign.problems import FileProblem
from services.contracts.rules.loader import RULES, read_with_rules
from services.scoring.metrics import RULES_CONTRADICTED
from services.scoring.scored_campaign import ScoredCampaign

_log = structlog.get_logger(__name__)

_EVERY_S = 60.0
"""Between looks that no NOTIFY asked for."""
_LONGEST_LOOK_S = 600
"""Some seconds for each version of a tree of 20,000 units that was not looked at before."""


class Contradictions:
    """What the newest version of each campaign contradicts in its rule sets. `loop` reports it."""

    def __init__(
        self, database: Database, campaigns: CampaignRegistry[ScoredCampaign], metrics: Metrics
    ) -> None:
        """`loop` is to be woken when a campaign changed."""
        self.loop = Loop("adopted rules", self.look, every_s=_EVERY_S, limit_s=_LONGEST_LOOK_S)
        self._database = database
        self._campaigns = campaigns
        self._metrics = metrics
        self._found: dict[str, dict[tuple[int, int], Sequence[FileProblem]]] = {}
        """By campaign, and by the numbers of its version and its rule set."""

    async def look(self) -> None:
        """Report of each campaign. Raises the database's errors."""
        await self._campaigns.refresh()
        for campaign in await self._campaigns.all():
            found = await self.of(campaign)
            count = sum(map(len, found.values()))
            self._metrics.set(RULES_CONTRADICTED, count, campaign=campaign.id)

    async def of(self, campaign: ScoredCampaign) -> Mapping[int, Sequence[FileProblem]]:
        """By number of each rule set at work or to come: what contradicts it, in the order of the
        file. None of a campaign that was withdrawn is."""
        if campaign.announced.withdrawn_at is not None:
            return {}
        before = self._found.get(campaign.id, {})
        version, at_work = campaign.announced.versions[-1].version, campaign.at_work
        found: dict[tuple[int, int], Sequence[FileProblem]] = {}
        files: dict[str, bytes] = {}
        for one in campaign.adopted:
            if at_work is not None and one.place < at_work.place:
                continue
            key = version, one.row.number
            if key in before:
                found[key] = before[key]
                continue
            if not files:
                async with self._database.transaction() as tx:
                    files = await files_of(tx, campaign.id, version)
            found[key] = await aside(contradictions, files, one.row.rules.encode())
            if found[key]:
                _log.warning(
                    "adopted rules contradict the campaign",
                    campaign=campaign.id,
                    version=version,
                    rule_set=one.row.number,
                    problems=[f"{problem.place}: {problem.en}" for problem in found[key]],
                )
        self._found[campaign.id] = found
        return {number: problems for (_, number), problems in found.items()}


def contradictions(files: Mapping[str, bytes], rules: bytes) -> Sequence[FileProblem]:
    """Why these rules could not be adopted for this plan and these units; what is wrong with the
    plan and the units alone is none of it."""
    errors = [one for one in read_with_rules(files, rules)[1] if not one.warning]
    if all(one.file == RULES for one in errors):
        return errors
    alone = read_campaign(files).problems.in_order(PLAN, UNITS)
    return [one for one in errors if one not in alone]
