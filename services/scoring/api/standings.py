"""Standings and their digest."""

from contextlib import aclosing
from typing import Annotated

from fastapi import Query

from services.chassis.base import Chassis
from services.chassis.http import Router, access
from services.chassis.problems import NOT_FOUND, Fault, Refusal
from services.contracts.campaign.rules import Table
from services.scoring.api.then import AsOf, computed, in_force_out, moment_out
from services.scoring.api.views import (
    AsOfOut,
    ClusterOut,
    DigestOut,
    RuleSetOut,
    RulesInForceOut,
    StandingOut,
    StandingsOut,
)
from services.scoring.contest import Contest, CurrentContest
from services.scoring.engine.digest import campaign_digest
from services.scoring.engine.results import UnitPoints
from services.scoring.points import standings as stored
from services.scoring.questions.as_of import NOT_IN_FORCE, Hindsight, Then
from services.scoring.questions.rules_in_force import all_of

_READERS = access("unit", "district", "board", "ops", refuses=[NOT_FOUND])
_READERS_THEN = access("unit", "district", "board", "ops", refuses=[NOT_FOUND, NOT_IN_FORCE])

Campaign = Annotated[str | None, Query(description="Absent: the campaign scored here.")]


def router(chassis: Chassis, now: CurrentContest, hindsight: Hindsight) -> Router:
    """The routes."""
    api = Router(prefix="/v1", tags=["standings"])

    @api.get("/standings", openapi_extra=_READERS_THEN)
    async def read_standings(
        campaign: Campaign = None,
        cluster: Annotated[str | None, Query(description="Absent: all clusters.")] = None,
        as_of: AsOf = None,
    ) -> StandingsOut:
        """Ranks, totals and levels, cluster by cluster; with `as_of` as they stood then."""
        contest = now()
        _known_campaign(contest, campaign)
        if as_of is not None:
            then = await hindsight.at(as_of)
            wanted = _wanted(then.contest, cluster)
            return await _stood_out(hindsight, then, wanted)
        wanted = _wanted(contest, cluster)
        async with stored.snapshot(chassis.database) as tx:
            states = await stored.clusters(tx, contest)
            units = [unit.code for name in wanted for unit in contest.clusters[name]]
            points = await stored.points(tx, contest, units)
        return StandingsOut(
            campaign=contest.campaign,
            rule_set=rule_set_out(contest),
            simulated=any(states[name].simulated for name in wanted),
            clusters=[_cluster_out(contest, name, states[name], points) for name in wanted],
        )

    @api.get("/digest", openapi_extra=_READERS)
    async def read_digest(campaign: Campaign = None) -> DigestOut:
        """One number for all standings, to compare two systems or a rebuild by."""
        contest = now()
        _known_campaign(contest, campaign)
        async with stored.snapshot(chassis.database) as tx:
            states = await stored.clusters(tx, contest)
        digests = {name: state.digest for name, state in states.items()}
        return DigestOut(
            campaign=contest.campaign,
            digest=campaign_digest(digests),
            rule_set=contest.rules.rule_set,
            rules_digest=contest.rules.digest(),
            up_to_date=all(state.up_to_date for state in states.values()),
            clusters=digests,
        )

    @api.get("/rule-sets", openapi_extra=access("unit", "district", "board", "ops"))
    async def read_rule_sets() -> list[RulesInForceOut]:
        """Every rule set that was in force here, the present one first."""
        async with stored.snapshot(chassis.database) as tx:
            return [in_force_out(one) for one in await all_of(tx, now().campaign)]

    return api


def _wanted(contest: Contest, cluster: str | None) -> list[str]:
    """The clusters that are asked for. Raises Refusal (404)."""
    if cluster is None:
        return sorted(contest.clusters)
    if cluster not in contest.clusters:
        raise Refusal(
            NOT_FOUND,
            [
                Fault(
                    "",
                    f"Không có cụm {cluster}; bỏ trống để xem tất cả các cụm.",
                    f"There is no cluster {cluster}: leave it out to see all.",
                    parameter="query:cluster",
                )
            ],
        )
    return [cluster]


async def _stood_out(hindsight: Hindsight, then: Then, wanted: list[str]) -> StandingsOut:
    contest = then.contest
    shown: list[ClusterOut] = []
    known = later = 0
    async with aclosing(hindsight.clusters(then, wanted)) as clusters:
        async for stood in clusters:
            known, later = known + len(stood.known), later + len(stood.later)
            state, points = computed(then, stood.cluster)
            shown.append(_cluster_out(contest, stood.cluster.cluster, state, points))
    return StandingsOut(
        campaign=contest.campaign,
        rule_set=rule_set_out(contest),
        simulated=any(cluster.simulated for cluster in shown),
        as_of=AsOfOut(**moment_out(then), facts_known=known, facts_not_yet_known=later),
        clusters=shown,
    )


def rule_set_out(contest: Contest) -> RuleSetOut:
    """The rule set's name, and that it is a sample."""
    rules = contest.rules
    return RuleSetOut(id=rules.rule_set, title=rules.title, sample=rules.sample)


def table_of(contest: Contest, points: UnitPoints) -> Table:
    """The table by which a unit was scored in this contest. Raises LookupError for no table."""
    table = contest.rules.table(points.table)
    if table is None:
        raise LookupError(f"there is no table {points.table} in {contest.rules.rule_set}")
    return table


def _cluster_out(
    contest: Contest,
    name: str,
    state: stored.StoredCluster,
    points: dict[str, stored.StoredPoints],
) -> ClusterOut:
    ranked = sorted(
        (points[unit.code] for unit in contest.clusters[name] if unit.code in points),
        key=lambda one: (one.points.rank, one.points.unit),
    )
    return ClusterOut(
        cluster=name,
        digest=state.digest,
        simulated=state.simulated,
        up_to_date=state.up_to_date,
        computed_at=state.computed_at,
        units=[
            StandingOut(
                rank=one.points.rank,
                unit=one.points.unit,
                name=contest.units[one.points.unit].name,
                total=one.points.total,
                maximum=one.points.maximum,
                level=one.points.level,
                level_title=table_of(contest, one.points).level_title(one.points.level),
                flag=one.points.flag,
                version=one.version,
            )
            for one in ranked
        ],
    )


def _known_campaign(contest: Contest, campaign: str | None) -> None:
    if campaign not in (None, contest.campaign):
        fault = Fault(
            "",
            f"Ở đây chỉ chấm {contest.campaign}.",
            f"Only {contest.campaign} is scored here.",
            parameter="query:campaign",
        )
        raise Refusal(NOT_FOUND, [fault])
