"""As of: points as they stood at a moment, from the facts known and the rules in force then.

Computed when asked, from the facts: nothing of it is stored.
"""

from collections.abc import AsyncGenerator, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from services.chassis.aside import aside
from services.chassis.clock import Clock
from services.chassis.problems import Fault, Problem, Refusal
from services.chassis.storage.database import Database
from services.contracts.wording import moment
from services.scoring.as_of.known import split
from services.scoring.as_of.moment import PARAMETER, moment_asked
from services.scoring.campaign_snapshot import CampaignSnapshot, CampaignTimeline
from services.scoring.engine.records import KnownFact
from services.scoring.engine.results import ClusterResult
from services.scoring.facts import queries as fact_queries
from services.scoring.models import RuleSetInForce
from services.scoring.repeatable_read import repeatable_read
from services.scoring.rule_sets import queries as rule_set_queries

NOT_IN_FORCE = Problem(
    "no-rules-then",
    404,
    "Khi đó chưa có bảng điểm nào",
    "No rule set was in force then",
    "Ask for a moment from the one that the answer names on; GET /v1/rule-sets lists them all.",
)


@dataclass(frozen=True, slots=True)
class AsOfMoment:
    """A moment that is asked about, and by what it is scored."""

    moment: datetime
    asked_at: datetime
    snapshot: CampaignSnapshot
    """Of that moment, by the rules then in force and the units as units.csv has them today."""
    rules: RuleSetInForce
    rules_differ: bool
    """From those in force now."""
    units_differ: bool
    """units.csv was another one then. It is not kept: today's is taken."""


@dataclass(frozen=True, slots=True)
class ClusterAsOf:
    """A cluster as it stood, and the facts about its units: known then, and not yet."""

    cluster: ClusterResult
    known: Sequence[KnownFact]
    later: Sequence[KnownFact]


class AsOfQueries:
    """Answers as-of questions about one campaign."""

    def __init__(self, database: Database, timeline: CampaignTimeline, clock: Clock) -> None:
        self._database = database
        self._timeline = timeline
        self._clock = clock
        self._timelines = {timeline.rules_digest: timeline}
        """By digest of the rules. A campaign has a handful of rule sets, so all are kept."""

    async def at(self, written: str) -> AsOfMoment:
        """What is asked about. Raises Refusal: 422 for what is no moment of the past, 404 for one
        before the first rule set."""
        now = self._clock.now()
        timeline = self._timeline
        moment = moment_asked(written, timeline.rules.zone, now)
        async with repeatable_read(self._database) as tx:
            known = await rule_set_queries.all_of(tx, timeline.campaign)
            rules = next((one for one in known if one.in_force_since <= moment), None)
            if rules is None:
                raise _none_then(known, timeline, written)
            if rules.rules_digest not in self._timelines:
                rules_then = await rule_set_queries.rules_of(tx, rules)
                self._timelines[rules.rules_digest] = timeline.under(rules_then)
        snapshot = self._timelines[rules.rules_digest].at(moment)
        return AsOfMoment(
            moment,
            now,
            snapshot,
            rules,
            rules_differ=rules.rules_digest != timeline.rules_digest,
            units_differ=rules.units_digest != timeline.units_digest,
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
                units = [unit.code for unit in snapshot.clusters[name]]
                facts = await fact_queries.of_units(tx, snapshot.campaign, units)
                yield await aside(cluster_as_of, as_of, name, facts)


def cluster_as_of(as_of: AsOfMoment, cluster: str, facts: Iterable[KnownFact]) -> ClusterAsOf:
    """A cluster as it stood, from all facts of its units. Pure."""
    snapshot = as_of.snapshot
    known, later = split(facts, as_of.moment)
    return ClusterAsOf(snapshot.standings(known, cluster).clusters[cluster], known, later)


def _none_then(
    known: Sequence[RuleSetInForce], timeline: CampaignTimeline, written: str
) -> Refusal:
    vi = en = "—"
    if known:
        since = known[-1].in_force_since.astimezone(timeline.rules.zone)
        first, exact = moment(since, timeline.rules.zone), since.isoformat()
        vi, en = f"{first.vi} (viết {exact})", f"{first.en} ({exact})"
    fault = Fault(
        "",
        f"“{written}”: bảng điểm đầu tiên có hiệu lực từ {vi}. Chọn thời điểm từ lúc đó trở đi.",
        f"“{written}”: the first rule set is in force since {en}; ask from then on.",
        parameter=f"query:{PARAMETER}",
    )
    return Refusal(NOT_IN_FORCE, [fault])
