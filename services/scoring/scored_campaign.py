"""One campaign as scoring has it in memory: its versions, its rule sets, and the one at work."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

import structlog

from services.campaigns.announced import AnnouncedCampaign
from services.campaigns.registry import UnreadableCampaignError
from services.chassis.aside import aside
from services.chassis.storage.database import Transaction
from services.contracts.campaign.campaign import Campaign
from services.contracts.campaign.plan import Plan
from services.contracts.campaign.problems import CampaignProblems
from services.contracts.campaign.units import Unit
from services.contracts.rules import RuleSet
from services.scoring import adopted_rules
from services.scoring.campaign_snapshot import CampaignSnapshot, CampaignTimeline
from services.scoring.models import AdoptedRuleSet

_log = structlog.get_logger(__name__)


class AdoptedRules(NamedTuple):
    """A rule set that was adopted, read."""

    row: AdoptedRuleSet
    rules: RuleSet

    @property
    def place(self) -> tuple[datetime, int]:
        """Its place in the order in which rule sets come into force."""
        return (self.row.in_force_since, self.row.number)


class ScoredCampaign:
    """One campaign in one state. Immutable but for what it remembers of its own answers."""

    def __init__(
        self,
        announced: AnnouncedCampaign,
        adopted: Sequence[AdoptedRules],
        at_work: int | None,
    ) -> None:
        """`at_work`: number of the rule set that tallies and points are by."""
        self.id = announced.id
        self.generation = announced.generation
        self.announced = announced
        self.adopted = sorted(adopted, key=lambda one: one.place)
        self.at_work = next((one for one in adopted if one.row.number == at_work), None)
        self.unit_codes = frozenset(
            unit.code for version in announced.versions for unit in version.campaign.units
        )
        """Of all versions: what was done by a unit stays, whatever an amendment leaves out."""
        self._timelines: dict[tuple[int, int], CampaignTimeline] = {}
        self.current = self.timeline(announced.newest, self.at_work) if self.at_work else None
        """The newest version by the rule set at work; None where none is yet."""

    @property
    def newest(self) -> Campaign:
        """Plan and units as they are now."""
        return self.announced.newest

    @property
    def plan(self) -> Plan:
        """As it is now."""
        return self.newest.plan

    @property
    def zone(self) -> ZoneInfo:
        """Whose local days count."""
        return self.plan.zone

    def unit(self, code: str) -> Unit | None:
        """A unit as the newest version that has it describes it."""
        for version in reversed(self.announced.versions):
            if (unit := version.campaign.units.get(code)) is not None:
                return unit
        return None

    def in_force_at(self, moment: datetime) -> AdoptedRules | None:
        """The rule set in force at a moment; None before the first one."""
        begun = [one for one in self.adopted if one.row.in_force_since <= moment]
        return begun[-1] if begun else None

    def due_at(self, now: datetime) -> AdoptedRules | None:
        """The rule set that is to come to work now, where another one is at work.

        Never one of before it: a clock that is behind puts nothing back.
        """
        wanted = self.in_force_at(now)
        if wanted is None or (self.at_work and wanted.place <= self.at_work.place):
            return None
        return wanted

    def is_as_of(self, moment: datetime) -> bool:
        """Whether the newest version and the rule set at work are those of a moment.

        They are not in the seconds before a rule set is put to work; nor where the clock that gave
        the moment is behind that of whoever put it there, or announced a version.
        """
        return (
            self.announced.known_at(moment) is self.newest
            and self.at_work is not None
            and (self.in_force_at(moment) is self.at_work)
        )

    def adopted_as(self, rules_digest: str) -> AdoptedRules | None:
        """A rule set by its digest."""
        return next((one for one in self.adopted if one.row.rules_digest == rules_digest), None)

    def snapshot(self, now: datetime) -> CampaignSnapshot | None:
        """What points are computed by now; None where no rule set is at work yet."""
        return self.current.at(now) if self.current else None

    def timeline(self, campaign: Campaign, adopted: AdoptedRules) -> CampaignTimeline:
        """A version of the campaign by one of its rule sets."""
        key = (id(campaign), adopted.row.number)
        if key not in self._timelines:
            self._timelines[key] = CampaignTimeline(campaign, adopted.rules, self.generation)
        return self._timelines[key]


async def scored_campaign(tx: Transaction, announced: AnnouncedCampaign) -> ScoredCampaign:
    """What the registry of campaigns calls for each of them.

    A rule set that this version can't read, and that is not at work, is left out. Raises
    UnreadableCampaignError where it is the one at work: a newer version put it there.
    """
    number = await adopted_rules.at_work(tx, announced.id)
    adopted = []
    for row in await adopted_rules.all_of(tx, announced.id):
        try:
            adopted.append(AdoptedRules(row, await aside(adopted_rules.parse_rules, row.rules)))
        except CampaignProblems as error:
            if row.number == number:
                raise UnreadableCampaignError(f"rule set {number} can't be read") from error
            _log.error(
                "rule set can't be read",
                campaign=announced.id,
                number=row.number,
                problems=str(error),
            )
    return ScoredCampaign(announced, adopted, number)
