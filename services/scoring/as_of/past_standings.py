"""As of: points as they stood at a moment, from the facts and units known and the rules in force
then.

Computed when asked, from the facts: nothing of it is stored.
"""

from collections.abc import AsyncGenerator, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from services.chassis.aside import aside
from services.chassis.clock import Clock
from services.chassis.problems import Fault, Problem, Refusal
from services.chassis.storage.database import Database
from services.contracts.wording import moment as in_words
from services.measuring.records import KnownFact
from services.scoring.as_of.known import split
from services.scoring.as_of.moment import PARAMETER, moment_asked
from services.scoring.campaign_snapshot import CampaignSnapshot
from services.scoring.context import NO_RULE_SET, no_rule_set
from services.scoring.engine.results import ClusterResult
from services.scoring.facts import queries as fact_queries
from services.scoring.models import AdoptedRuleSet
from services.scoring.repeatable_read import repeatable_read
from services.scoring.scored_campaign import ScoredCampaign

NOT_IN_FORCE = Problem(
    "no-rules-then",
    404,
    "Khi đó chưa có bảng điểm nào",
    "No rule set was in force then",
    "Ask for a moment from the one that the answer names on; GET /v1/campaigns/{campaign}/rule-sets"
    " lists them all.",
)


@dataclass(frozen=True, slots=True)
class AsOfMoment:
    """A moment that is asked about, and by what it is scored."""

    moment: datetime
    asked_at: datetime
    snapshot: CampaignSnapshot
    """Of that moment, by the rules then in force and the units as they were known then."""
    rules: AdoptedRuleSet
    rules_differ: bool
    """From those in force now."""
    units_differ: bool
    """From those known now: the campaign was amended since."""


@dataclass(frozen=True, slots=True)
class ClusterAsOf:
    """A cluster as it stood, and the facts about its units: known then, and not yet."""

    cluster: ClusterResult
    known: Sequence[KnownFact]
    later: Sequence[KnownFact]


class AsOfQueries:
    """Answers as-of questions."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def at(self, campaign: ScoredCampaign, written: str) -> AsOfMoment:
        """What is asked about. Raises Refusal: 422 for what is no moment of the past, 404 for one
        before the first rule set."""
        now = self._clock.now()
        moment = moment_asked(written, campaign.zone, now)
        if not campaign.adopted:
            raise Refusal(NO_RULE_SET, detail=no_rule_set(campaign))
        adopted = campaign.in_force_at(moment)
        if adopted is None:
            raise _none_then(campaign, written)
        then, newest = campaign.announced.known_at(moment), campaign.newest
        present = campaign.at_work or adopted
        return AsOfMoment(
            moment,
            now,
            campaign.timeline(then, adopted).at(moment),
            adopted.row,
            rules_differ=adopted.row.rules_digest != present.row.rules_digest,
            units_differ=then is not newest and list(then.units) != list(newest.units),
        )

    async def clusters(
        self, as_of: AsOfMoment, names: Iterable[str]
    ) -> AsyncGenerator[ClusterAsOf, None]:
        """Some clusters as they stood, in one snapshot, each when it is asked for.

        Memory is that of the largest cluster's facts; computing leaves the event loop free.
        """
        snapshot = as_of.snapshot
        async with repeatable_read(self._database) as tx:
            for name in names:
                facts = await fact_queries.of_units(tx, snapshot.campaign, snapshot.members(name))
                yield await aside(cluster_as_of, as_of, name, facts)


def cluster_as_of(as_of: AsOfMoment, cluster: str, facts: Iterable[KnownFact]) -> ClusterAsOf:
    """A cluster as it stood, from all facts of its units. Pure."""
    snapshot = as_of.snapshot
    known, later = split(facts, as_of.moment)
    return ClusterAsOf(snapshot.standings(known, cluster).clusters[cluster], known, later)


def _none_then(campaign: ScoredCampaign, written: str) -> Refusal:
    since = campaign.adopted[0].row.in_force_since.astimezone(campaign.zone)
    first, exact = in_words(since, campaign.zone), since.isoformat()
    vi, en = f"{first.vi} (viết {exact})", f"{first.en} ({exact})"
    fault = Fault(
        "",
        f"“{written}”: bảng điểm đầu tiên có hiệu lực từ {vi}. Chọn thời điểm từ lúc đó trở đi.",
        f"“{written}”: the first rule set is in force since {en}; ask from then on.",
        parameter=f"query:{PARAMETER}",
    )
    return Refusal(NOT_IN_FORCE, [fault])
