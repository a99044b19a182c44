"""Campaigns and rule sets as their topics have them: all that a proof or a rebuild starts from."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from services.campaigns.announced import announced_of
from services.campaigns.models import CampaignHead
from services.campaigns.registry import UnknownCampaignError
from services.campaigns.take import version_row
from services.chassis.broker.topic_reader import open_reader
from services.chassis.settings import SharedSettings
from services.chassis.storage.database import Database
from services.contracts.envelope import Event, decode
from services.contracts.events import (
    CampaignAnnounced,
    CampaignFact,
    CampaignWithdrawn,
    Fact,
    RuleSetAdopted,
)
from services.contracts.topics import topic_of
from services.scoring.adopted_rules import parse_rules
from services.scoring.rule_sets.adopt import adopted_row, take
from services.scoring.scored_campaign import AdoptedRules, ScoredCampaign

_FACTS = (RuleSetAdopted, CampaignAnnounced, CampaignWithdrawn)


@dataclass
class CampaignsOnTopics:
    """Each version and each rule set once, as it was published first."""

    versions: dict[tuple[str, int], CampaignFact] = field(default_factory=dict)
    rule_sets: dict[tuple[str, int], RuleSetAdopted] = field(default_factory=dict)

    def add(self, fact: Fact) -> None:
        """Note one."""
        if isinstance(fact, RuleSetAdopted):
            self.rule_sets.setdefault((fact.campaign, fact.version), fact)
        elif isinstance(fact, CampaignFact):
            self.versions.setdefault((fact.campaign, fact.version), fact)

    def __iter__(self) -> Iterator[Fact]:
        """Rule sets first: an announcement adopts none that is there."""
        for facts in (self.rule_sets, self.versions):
            for key in sorted(facts):
                yield facts[key]

    def campaign(self, name: str) -> ScoredCampaign:
        """One of them. Raises UnknownCampaignError where it was not announced, CampaignProblems for
        documents that this version can't read."""
        facts = [fact for (campaign, _), fact in sorted(self.versions.items()) if campaign == name]
        if not any(isinstance(fact, CampaignAnnounced) for fact in facts):
            raise UnknownCampaignError(name)
        head = CampaignHead(campaign=name, generation=0)
        announced = announced_of(head, [version_row(fact) for fact in facts])
        adopted = [
            AdoptedRules(adopted_row(fact), parse_rules(fact.rules))
            for (campaign, _), fact in self.rule_sets.items()
            if campaign == name
        ]
        return ScoredCampaign(announced, adopted, at_work=None)

    @property
    def announced(self) -> list[str]:
        """Ids of the campaigns that were announced."""
        return sorted({campaign for campaign, _ in self.versions})

    async def put_into(self, database: Database) -> None:
        """Let a database of scoring have them, by the code of every day."""
        for fact in self:
            async with database.transaction() as tx:
                await take(tx, fact)


async def read_campaigns(settings: SharedSettings) -> CampaignsOnTopics:
    """All of them. Raises TopicsMissingError, and what Kafka raises."""
    found = CampaignsOnTopics()
    wanted = [topic_of(settings.topic_prefix, fact) for fact in _FACTS]
    async with open_reader(settings, wanted) as reader:
        async for records in reader.to_the_end():
            for record in records:
                event = decode(record.key, record.headers, record.value)
                if isinstance(event, Event):
                    found.add(event.data)
    return found
