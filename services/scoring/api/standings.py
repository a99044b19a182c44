"""Standings and their digest."""

from contextlib import aclosing
from typing import Annotated

from fastapi import Query

from services.chassis.base import Chassis
from services.chassis.http import Router, access
from services.chassis.problems import NOT_FOUND, Fault, Refusal
from services.contracts.rules import Table
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
from services.scoring.campaign_snapshot import CampaignSnapshot, CurrentSnapshot
from services.scoring.engine.digest import campaign_digest
from services.scoring.engine.results import UnitPoints
from services.scoring.points import standings as stored
from services.scoring.queries.as_of import NOT_IN_FORCE, AsOfMoment, AsOfQueries
from services.scoring.queries.rules_in_force import all_of

_READERS = access("unit", "district", "board", "ops", refuses=[NOT_FOUND])
_READERS_THEN = access("unit", "district", "board", "ops", refuses=[NOT_FOUND, NOT_IN_FORCE])

Campaign = Annotated[str | None, Query(description="Absent: the campaign scored here.")]


def router(chassis: Chassis, now: CurrentSnapshot, hindsight: AsOfQueries) -> Router:
    """The routes."""
    api = Router(prefix="/v1", tags=["standings"])

    @api.get("/standings", openapi_extra=_READERS_THEN)
    async def read_standings(
        campaign: Campaign = None,
        cluster: Annotated[str | None, Query(description="Absent: all clusters.")] = None,
        as_of: AsOf = None,
    ) -> StandingsOut:
        """Ranks, totals and levels, cluster by cluster; with `as_of` as they stood then."""
        snapshot = now()
        _known_campaign(snapshot, campaign)
        if as_of is not None:
            then = await hindsight.at(as_of)
            wanted = _wanted(then.snapshot, cluster)
            return await _stood_out(hindsight, then, wanted)
        wanted = _wanted(snapshot, cluster)
        async with stored.repeatable_read(chassis.database) as tx:
            states = await stored.clusters(tx, snapshot)
            units = [unit.code for name in wanted for unit in snapshot.clusters[name]]
            points = await stored.points(tx, snapshot, units)
        return StandingsOut(
            campaign=snapshot.campaign,
            rule_set=rule_set_out(snapshot),
            simulated=any(states[name].simulated for name in wanted),
            clusters=[_cluster_out(snapshot, name, states[name], points) for name in wanted],
        )

    @api.get("/digest", openapi_extra=_READERS)
    async def read_digest(campaign: Campaign = None) -> DigestOut:
        """One number for all standings, to compare two systems or a rebuild by."""
        snapshot = now()
        _known_campaign(snapshot, campaign)
        async with stored.repeatable_read(chassis.database) as tx:
            states = await stored.clusters(tx, snapshot)
        digests = {name: state.digest for name, state in states.items()}
        return DigestOut(
            campaign=snapshot.campaign,
            digest=campaign_digest(digests),
            rule_set=snapshot.rules.rule_set,
            rules_digest=snapshot.rules.digest(),
            up_to_date=all(state.up_to_date for state in states.values()),
            clusters=digests,
        )

    @api.get("/rule-sets", openapi_extra=access("unit", "district", "board", "ops"))
    async def read_rule_sets() -> list[RulesInForceOut]:
        """Every rule set that was in force here, the present one first."""
        async with stored.repeatable_read(chassis.database) as tx:
            return [in_force_out(one) for one in await all_of(tx, now().campaign)]

    return api


def _wanted(snapshot: CampaignSnapshot, cluster: str | None) -> list[str]:
    """The clusters that are asked for. Raises Refusal (404)."""
    if cluster is None:
        return sorted(snapshot.clusters)
    if cluster not in snapshot.clusters:
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


async def _stood_out(hindsight: AsOfQueries, then: AsOfMoment, wanted: list[str]) -> StandingsOut:
    snapshot = then.snapshot
    shown: list[ClusterOut] = []
    known = later = 0
    async with aclosing(hindsight.clusters(then, wanted)) as clusters:
        async for stood in clusters:
            known, later = known + len(stood.known), later + len(stood.later)
            state, points = computed(then, stood.cluster)
            shown.append(_cluster_out(snapshot, stood.cluster.cluster, state, points))
    return StandingsOut(
        campaign=snapshot.campaign,
        rule_set=rule_set_out(snapshot),
        simulated=any(cluster.simulated for cluster in shown),
        as_of=AsOfOut(**moment_out(then), facts_known=known, facts_not_yet_known=later),
        clusters=shown,
    )


def rule_set_out(snapshot: CampaignSnapshot) -> RuleSetOut:
    """The rule set's name, and that it is a sample."""
    rules = snapshot.rules
    return RuleSetOut(id=rules.rule_set, title=rules.title, sample=rules.sample)


def table_of(snapshot: CampaignSnapshot, points: UnitPoints) -> Table:
    """The table by which a unit was scored in this snapshot. Raises LookupError for no table."""
    table = snapshot.rules.table(points.table)
    if table is None:
        raise LookupError(f"there is no table {points.table} in {snapshot.rules.rule_set}")
    return table


def _cluster_out(
    snapshot: CampaignSnapshot,
    name: str,
    state: stored.StoredCluster,
    points: dict[str, stored.StoredPoints],
) -> ClusterOut:
    ranked = sorted(
        (points[unit.code] for unit in snapshot.clusters[name] if unit.code in points),
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
                name=snapshot.units[one.points.unit].name,
                total=one.points.total,
                maximum=one.points.maximum,
                level=one.points.level,
                level_title=table_of(snapshot, one.points).level_title(one.points.level),
                flag=one.points.flag,
                version=one.version,
            )
            for one in ranked
        ],
    )


def _known_campaign(snapshot: CampaignSnapshot, campaign: str | None) -> None:
    if campaign not in (None, snapshot.campaign):
        fault = Fault(
            "",
            f"Ở đây chỉ chấm {snapshot.campaign}.",
            f"Only {snapshot.campaign} is scored here.",
            parameter="query:campaign",
        )
        raise Refusal(NOT_FOUND, [fault])
