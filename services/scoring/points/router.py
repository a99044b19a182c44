"""Standings, their digest, and one unit's points."""

from contextlib import aclosing
from typing import Annotated

from fastapi import Depends, Path, Query, Response

from services.campaigns.ended import UNIT_ENDED, ended_out
from services.chassis.aside import aside
from services.chassis.http import Caller, Router, access, context_of, large_answer
from services.chassis.problems import NOT_FOUND, Fault, Refusal
from services.scoring.as_of.answer import AsOf, moment_out
from services.scoring.as_of.past_standings import NOT_IN_FORCE, AsOfMoment, AsOfQueries, ClusterAsOf
from services.scoring.as_of.schemas import AsOfOut
from services.scoring.campaign_snapshot import CampaignSnapshot
from services.scoring.context import NO_RULE_SET, Asked, Context, Scored
from services.scoring.engine.digest import campaign_digest
from services.scoring.facts import queries as fact_queries
from services.scoring.points import queries
from services.scoring.points.as_of import computed
from services.scoring.points.explanation import answer_as_of, counting, explained
from services.scoring.points.latency import Latencies
from services.scoring.points.rights import (
    check_reader,
    cluster_of,
    cluster_to_read,
    not_scored,
)
from services.scoring.points.schemas import (
    ClusterOut,
    DigestOut,
    HistoryOut,
    LatencyOut,
    PastPointsOut,
    StandingOut,
    StandingsOut,
    UnitPointsOut,
)
from services.scoring.repeatable_read import repeatable_read
from services.scoring.schemas import rule_set_out

_NOW = [NOT_FOUND, NO_RULE_SET]
_AS_OF = [*_NOW, NOT_IN_FORCE]
_STANDINGS = access("unit", "district", "board", "ops", refuses=_NOW)
_STANDINGS_AS_OF = access("unit", "district", "board", "ops", refuses=_AS_OF)
_LINES = access("unit", "district", "board", refuses=_NOW)
_LINES_AS_OF = access("unit", "district", "board", refuses=[*_AS_OF, UNIT_ENDED])

router = Router(prefix="/v1/campaigns/{campaign}")
of_the_service = Router(prefix="/v1")

AsOfAnswers = Annotated[AsOfQueries, Depends(context_of(AsOfQueries))]
Code = Annotated[str, Path(description="Code of the unit.", examples=["Q009"])]


@router.get(
    "/standings",
    tags=["standings"],
    response_model=StandingsOut,
    openapi_extra=_STANDINGS_AS_OF,
)
async def read_standings(
    campaign: Asked,
    context: Context,
    past: AsOfAnswers,
    cluster: Annotated[str | None, Query(description="Absent: all clusters.")] = None,
    as_of: AsOf = None,
) -> Response:
    """Ranks, totals and levels, cluster by cluster; with `as_of` those of that moment."""
    if as_of is not None:
        moment = past.at(campaign, as_of)
        return await _standings_as_of(past, moment, _wanted(moment.snapshot, cluster))
    snapshot = context.snapshot(campaign)
    wanted = _wanted(snapshot, cluster)
    async with repeatable_read(context.database) as tx:
        states = await queries.clusters(tx, snapshot)
        units = [unit.code for name in wanted for unit in snapshot.clusters[name]]
        points = await queries.points(tx, snapshot, units)

        def build() -> StandingsOut:
            return StandingsOut(
                campaign=snapshot.campaign,
                rule_set=rule_set_out(snapshot),
                simulated=any(states[name].simulated for name in wanted),
                clusters=[_cluster_out(snapshot, name, states[name], points) for name in wanted],
            )

        return await large_answer(build)


@router.get("/digest", tags=["standings"], openapi_extra=_STANDINGS)
async def read_digest(snapshot: Scored, context: Context) -> DigestOut:
    """One number for all standings, to compare two systems or a rebuild by."""
    async with repeatable_read(context.database) as tx:
        states = await queries.clusters(tx, snapshot)
    digests = {name: state.digest for name, state in states.items()}
    return DigestOut(
        campaign=snapshot.campaign,
        digest=campaign_digest(digests),
        rule_set=snapshot.rules.rule_set,
        rules_digest=snapshot.rules.digest(),
        up_to_date=all(state.up_to_date for state in states.values()),
        clusters=digests,
    )


@router.get(
    "/units/{code}/points",
    tags=["points"],
    response_model=UnitPointsOut,
    openapi_extra=_LINES_AS_OF,
)
async def explain_points(
    code: Code,
    campaign: Asked,
    *,
    caller: Caller,
    context: Context,
    past: AsOfAnswers,
    as_of: AsOf = None,
) -> Response:
    """Every line with its criterion, rule, legal source, formula and facts; with `as_of` those of
    that moment, and what was not yet known."""
    if as_of is not None:
        check_reader(campaign.newest.units, caller, code, context.day(campaign))
        return await answer_as_of(past, past.at(campaign, as_of), code)
    snapshot = context.snapshot(campaign)
    cluster = cluster_to_read(snapshot, caller, code)
    async with repeatable_read(context.database) as tx:
        state = (await queries.clusters(tx, snapshot))[cluster]
        in_cluster = await queries.points(
            tx, snapshot, [unit.code for unit in snapshot.clusters[cluster]]
        )
        facts = await fact_queries.of_units(
            tx, snapshot.campaign, snapshot.with_predecessors([code])
        )
        if code not in in_cluster:
            raise not_scored(code)
        return await large_answer(
            explained,
            snapshot,
            in_cluster[code],
            state,
            counting(snapshot, facts, code),
            len(in_cluster),
        )


@router.get(
    "/units/{code}/points/history",
    tags=["points"],
    openapi_extra=_LINES,
)
async def read_points_history(
    code: Code,
    snapshot: Scored,
    *,
    caller: Caller,
    context: Context,
    before: Annotated[
        int | None, Query(ge=1, le=2**31 - 1, description="Only older versions.")
    ] = None,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
) -> HistoryOut:
    """Every version of the unit's points, newest first; of one that is no more those of before."""
    check_reader(snapshot.units, caller, code, snapshot.day)
    ended = ended_out(snapshot.units, code, snapshot.day)
    cluster = cluster_of(snapshot, code) if ended is None else snapshot.cluster_counting(code)
    async with repeatable_read(context.database) as tx:
        states = await queries.clusters(tx, snapshot)
        rows = await queries.history(tx, snapshot, code, before=before, most=limit + 1)
    return HistoryOut(
        campaign=snapshot.campaign,
        unit=code,
        rule_set=rule_set_out(snapshot),
        simulated=cluster is not None and states[cluster].simulated,
        versions=[PastPointsOut(**row.model_dump()) for row in rows[:limit]],
        more=len(rows) > limit,
        ended=ended,
    )


@of_the_service.get("/latency", tags=["operations"], openapi_extra=access("ops"))
async def read_latency(
    latencies: Annotated[Latencies, Depends(context_of(Latencies))],
) -> LatencyOut:
    """Exact percentiles of acceptance to visible points, of this replica since its start."""
    p50, p99, longest = latencies.percentiles(50, 99, 100)
    return LatencyOut(
        samples=latencies.count,
        kept=latencies.kept,
        p50_ms=_ms(p50),
        p99_ms=_ms(p99),
        longest_ms=_ms(longest),
        since=latencies.since,
    )


def _ms(seconds: float | None) -> float | None:
    return None if seconds is None else round(seconds * 1000, 3)


def _wanted(snapshot: CampaignSnapshot, cluster: str | None) -> list[str]:
    """The clusters that are asked for. Raises Refusal (404)."""
    if cluster is None:
        return sorted(snapshot.clusters)
    if cluster not in snapshot.clusters:
        fault = Fault(
            "",
            f"Không tìm thấy cụm có mã “{cluster}”. Bỏ trống để xem tất cả các cụm.",
            f"There is no cluster {cluster}: leave it out to see all.",
            parameter="query:cluster",
        )
        raise Refusal(NOT_FOUND, [fault])
    return [cluster]


async def _standings_as_of(past: AsOfQueries, moment: AsOfMoment, wanted: list[str]) -> Response:
    snapshot = moment.snapshot
    shown: list[ClusterOut] = []
    known = later = 0
    async with aclosing(past.clusters(moment, wanted)) as clusters:
        async for one in clusters:
            known, later = known + len(one.known), later + len(one.later)
            shown.append(await aside(_cluster_as_of, moment, one))
    return await large_answer(
        StandingsOut,
        campaign=snapshot.campaign,
        rule_set=rule_set_out(snapshot),
        simulated=any(cluster.simulated for cluster in shown),
        as_of=AsOfOut(**moment_out(moment), facts_known=known, facts_not_yet_known=later),
        clusters=shown,
    )


def _cluster_as_of(moment: AsOfMoment, one: ClusterAsOf) -> ClusterOut:
    state, points = computed(moment, one.cluster)
    return _cluster_out(moment.snapshot, one.cluster.cluster, state, points)


def _cluster_out(
    snapshot: CampaignSnapshot,
    name: str,
    state: queries.StoredCluster,
    points: dict[str, queries.StoredPoints],
) -> ClusterOut:
    ranked = sorted(
        (points[unit.code] for unit in snapshot.clusters[name] if unit.code in points),
        key=lambda one: (one.points.rank, one.points.unit),
    )
    return ClusterOut(
        cluster=name,
        title=snapshot.plan.cluster_title(name),
        digest=state.digest,
        simulated=state.simulated,
        up_to_date=state.up_to_date,
        computed_at=state.computed_at,
        units=[
            StandingOut(
                rank=one.points.rank,
                unit=one.points.unit,
                name=snapshot.unit(one.points.unit).name,
                total=one.points.total,
                maximum=one.points.maximum,
                level=one.points.level,
                level_title=snapshot.table_of(one.points).level_title(one.points.level),
                flag_candidate=one.points.flag_candidate,
                version=one.version,
            )
            for one in ranked
        ],
    )
