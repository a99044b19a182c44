"""As of: points as they stood at a moment, from the facts known and the rules in force then.

Computed when asked, from the facts: nothing of it is stored.
"""

import asyncio
from collections.abc import AsyncGenerator, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from services.chassis.clock import Clock
from services.chassis.problems import Fault, Problem, Refusal
from services.chassis.storage.database import Database
from services.scoring.contest import Contest, Season
from services.scoring.engine.records import KnownFact
from services.scoring.engine.results import ClusterResult
from services.scoring.facts import store as fact_store
from services.scoring.points.standings import snapshot
from services.scoring.questions import rules_in_force
from services.scoring.questions.known import split
from services.scoring.questions.moment import PARAMETER, moment_asked
from services.scoring.questions.rules_in_force import InForce

NOT_IN_FORCE = Problem(
    "no-rules-then",
    404,
    "Khi đó chưa có bảng điểm nào",
    "No rule set was in force then",
    "Ask for a moment from the one that the answer names on; GET /v1/rule-sets lists them all.",
)


@dataclass(frozen=True, slots=True)
class Then:
    """A moment that is asked about, and by what it is judged."""

    moment: datetime
    asked_at: datetime
    contest: Contest
    """Of that moment, by the rules then in force and the units as units.csv has them today."""
    rules: InForce
    rules_differ: bool
    """From those in force now."""
    units_differ: bool
    """units.csv was another one then. It is not kept: today's is taken."""


@dataclass(frozen=True, slots=True)
class Stood:
    """A cluster as it stood, and the facts about its units: known then, and not yet."""

    cluster: ClusterResult
    known: Sequence[KnownFact]
    later: Sequence[KnownFact]


class Hindsight:
    """Answers as-of questions about one campaign."""

    def __init__(self, database: Database, season: Season, clock: Clock) -> None:
        self._database = database
        self._season = season
        self._clock = clock
        self._seasons = {season.rules_digest: season}
        """By digest of the rules. A campaign has a handful of rule sets, so all are kept."""

    async def at(self, written: str) -> Then:
        """What is asked about. Raises Refusal: 422 for what is no moment of the past, 404 for one
        before the first rule set."""
        now = self._clock.now()
        season = self._season
        moment = moment_asked(written, season.rules.zone, now)
        async with snapshot(self._database) as tx:
            known = await rules_in_force.all_of(tx, season.campaign)
            rules = next((one for one in known if one.since <= moment), None)
            if rules is None:
                raise _none_then(known, season, written)
            if rules.rules_digest not in self._seasons:
                then = await rules_in_force.rules_of(tx, season.campaign, rules.number)
                self._seasons[rules.rules_digest] = season.under(then)
        contest = self._seasons[rules.rules_digest].at(moment)
        return Then(
            moment,
            now,
            contest,
            rules,
            rules_differ=rules.rules_digest != season.rules_digest,
            units_differ=rules.units_digest != season.units_digest,
        )

    async def clusters(self, then: Then, names: Iterable[str]) -> AsyncGenerator[Stood, None]:
        """Some clusters as they stood, in one snapshot, each when it is asked for.

        Memory is that of the largest cluster's facts; computing leaves the event loop free.
        """
        contest = then.contest
        async with snapshot(self._database) as tx:
            for name in names:
                units = [unit.code for unit in contest.clusters[name]]
                facts = await fact_store.of_units(tx, contest.campaign, units)
                yield await asyncio.to_thread(stood, then, name, facts)


def stood(then: Then, cluster: str, facts: Iterable[KnownFact]) -> Stood:
    """A cluster as it stood, from all facts of its units. Pure."""
    contest = then.contest
    known, later = split(facts, then.moment)
    return Stood(contest.standings(known, cluster).clusters[cluster], known, later)


def _none_then(known: Sequence[InForce], season: Season, written: str) -> Refusal:
    first = known[-1].since.astimezone(season.rules.zone).isoformat() if known else "—"
    fault = Fault(
        "",
        f"{written}: bảng điểm đầu tiên có hiệu lực từ {first}; hãy hỏi từ lúc đó trở đi.",
        f"{written}: the first rule set is in force since {first}; ask from then on.",
        parameter=f"query:{PARAMETER}",
    )
    return Refusal(NOT_IN_FORCE, [fault])
