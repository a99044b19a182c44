"""One unit's points: why they are what they are, and how they came about."""

from collections.abc import Mapping, Sequence
from typing import Annotated

import msgspec
from fastapi import Path, Query

from services.chassis.base import Chassis
from services.chassis.http import Caller, Principal, Router, access
from services.chassis.problems import FORBIDDEN, NOT_FOUND, Fault, Refusal
from services.contracts.rules import Criterion, Group, KnockOut
from services.contracts.wording import Bilingual, plain
from services.scoring.api.standings import rule_set_out, table_of
from services.scoring.api.then import AsOf, computed, moment_out
from services.scoring.api.views import (
    FactOut,
    GroupOut,
    HistoryOut,
    KnockOutOut,
    LaterFactOut,
    LineOut,
    PastPointsOut,
    UnitAsOfOut,
    UnitPointsOut,
)
from services.scoring.campaign_snapshot import CampaignSnapshot, CurrentSnapshot
from services.scoring.engine.conditions import words
from services.scoring.engine.criteria import formula, law
from services.scoring.engine.explain import facts_by_criterion, facts_by_knock_out
from services.scoring.engine.records import KnownFact
from services.scoring.engine.results import GroupPoints, Line
from services.scoring.engine.texts import Text
from services.scoring.events import TAKES
from services.scoring.facts import store as fact_store
from services.scoring.points import standings as stored
from services.scoring.queries.as_of import NOT_IN_FORCE, AsOfMoment, AsOfQueries
from services.scoring.queries.known import known_since

_CE_TYPE = {fact.event: fact.ce_type() for fact in TAKES}
_READERS = access("unit", "district", "board", refuses=[NOT_FOUND])
_READERS_THEN = access("unit", "district", "board", refuses=[NOT_FOUND, NOT_IN_FORCE])
_SHOWN_LATER = 100
"""Facts that were not yet known and are listed; all are counted."""

Code = Annotated[str, Path(description="Code of the unit.", examples=["Q009"])]


def router(chassis: Chassis, now: CurrentSnapshot, hindsight: AsOfQueries) -> Router:
    """The routes."""
    api = Router(prefix="/v1/units", tags=["points"])

    @api.get("/{code}/points", openapi_extra=_READERS_THEN)
    async def explain(code: Code, caller: Caller, as_of: AsOf = None) -> UnitPointsOut:
        """Every line with its criterion, rule, legal source, formula and facts; with `as_of` as
        they stood then, and what was not yet known."""
        snapshot = now()
        if as_of is not None:
            check_reader(snapshot, caller, code)
            return await _stood(hindsight, await hindsight.at(as_of), code)
        cluster = cluster_to_read(snapshot, caller, code)
        async with stored.repeatable_read(chassis.database) as tx:
            state = (await stored.clusters(tx, snapshot))[cluster]
            in_cluster = await stored.points(
                tx, snapshot, [unit.code for unit in snapshot.clusters[cluster]]
            )
            facts = await fact_store.of_unit(tx, snapshot.campaign, code)
        if code not in in_cluster:
            raise _not_scored(code)
        return _explained(snapshot, in_cluster[code], state, facts, len(in_cluster))

    @api.get("/{code}/points/history", openapi_extra=_READERS)
    async def read_history(
        code: Code,
        caller: Caller,
        before: Annotated[int | None, Query(ge=1, description="Only older versions.")] = None,
        limit: Annotated[int, Query(ge=1, le=1000)] = 100,
    ) -> HistoryOut:
        """Every version of the unit's points, newest first."""
        snapshot = now()
        cluster = cluster_to_read(snapshot, caller, code)
        async with stored.repeatable_read(chassis.database) as tx:
            state = (await stored.clusters(tx, snapshot))[cluster]
            rows = await stored.history(tx, snapshot, code, before=before, most=limit + 1)
        return HistoryOut(
            campaign=snapshot.campaign,
            unit=code,
            rule_set=rule_set_out(snapshot),
            simulated=state.simulated,
            versions=[
                PastPointsOut(**{**row, "lines": msgspec.json.decode(row["lines"])})
                for row in rows[:limit]
            ],
            more=len(rows) > limit,
        )

    return api


def check_reader(snapshot: CampaignSnapshot, caller: Principal, code: str) -> None:
    """Whether the caller may read a unit's points line by line. Raises Refusal (403)."""
    own = caller.has("unit") and caller.unit == code
    below = (
        caller.has("district")
        and caller.unit is not None
        and snapshot.units.covers(caller.unit, code)
    )
    if not (own or below or caller.has("board")):
        raise Refusal(
            FORBIDDEN,
            detail=(
                f"Đơn vị {caller.unit} không được xem điểm chi tiết của {code}.",
                f"Unit {caller.unit} may not read the points of {code} line by line.",
            ),
        )


def cluster_to_read(snapshot: CampaignSnapshot, caller: Principal, code: str) -> str:
    """The unit's cluster. Raises Refusal: 403 without the right, 404 for a unit not scored."""
    check_reader(snapshot, caller, code)
    return _cluster_of(snapshot, code)


def _cluster_of(snapshot: CampaignSnapshot, code: str) -> str:
    cluster = snapshot.cluster_of.get(code)
    if cluster is None:
        raise _not_scored(code)
    return cluster


async def _stood(hindsight: AsOfQueries, then: AsOfMoment, code: str) -> UnitPointsOut:
    """The unit's points as they stood. Raises Refusal (404) for a unit not scored then."""
    cluster = _cluster_of(then.snapshot, code)
    (stood,) = [one async for one in hindsight.clusters(then, [cluster])]
    state, in_cluster = computed(then, stood.cluster)
    if code not in in_cluster:
        raise _not_scored(code)
    known, later = (
        [fact for fact in facts if fact.unit == code] for facts in (stood.known, stood.later)
    )
    later.sort(key=known_since)
    said = _explained(then.snapshot, in_cluster[code], state, known, len(in_cluster))
    as_of = UnitAsOfOut(
        **moment_out(then),
        facts_known=len(known),
        facts_not_yet_known=len(later),
        not_yet_known=[
            LaterFactOut(**_fact_out(fact).model_dump(), known_since=known_since(fact))
            for fact in later[:_SHOWN_LATER]
        ],
    )
    return said.model_copy(update={"as_of": as_of})


def _not_scored(code: str) -> Refusal:
    fault = Fault(
        "",
        f"Không có đơn vị {code} được chấm điểm; xem mã trong units.csv.",
        f"No unit {code} is scored: see the codes in units.csv.",
        parameter="path:code",
    )
    return Refusal(NOT_FOUND, [fault])


def _explained(
    snapshot: CampaignSnapshot,
    one: stored.StoredPoints,
    state: stored.StoredCluster,
    facts: Sequence[KnownFact],
    units_in_cluster: int,
) -> UnitPointsOut:
    points = one.points
    table = table_of(snapshot, points)
    standing_on = facts_by_criterion(facts, table, snapshot.rules)
    deciding = facts_by_knock_out(facts, table, snapshot.rules)
    return UnitPointsOut(
        campaign=snapshot.campaign,
        unit=points.unit,
        name=snapshot.units[points.unit].name,
        cluster=one.cluster,
        rule_set=rule_set_out(snapshot),
        table=table.id,
        table_title=table.title,
        simulated=state.simulated,
        up_to_date=state.up_to_date,
        version=one.version,
        rank=points.rank,
        units_in_cluster=units_in_cluster,
        total=points.total,
        maximum=points.maximum,
        comparable=points.comparable,
        level=points.level,
        knocked_out=[
            _knock_out_out(one, deciding[one.id])
            for one in table.knock_outs
            if one.id in points.knocked_out
        ],
        flag=points.flag,
        level_title=table.level_title(points.level),
        digest=one.digest,
        computed_at=one.computed_at,
        groups=[
            _group_out(rule, given, standing_on)
            for rule, given in zip(table.groups, points.groups, strict=True)
        ],
    )


def _group_out(
    rule: Group, given: GroupPoints, standing_on: Mapping[str, Sequence[KnownFact]]
) -> GroupOut:
    return GroupOut(
        group=rule.id,
        title=rule.title,
        points=given.points,
        maximum=given.maximum,
        capped=given.capped,
        lines=[
            _line_out(criterion, line, standing_on[criterion.id])
            for criterion, line in zip(rule.criteria, given.lines, strict=True)
        ],
    )


def _knock_out_out(one: KnockOut, facts: Sequence[KnownFact]) -> KnockOutOut:
    return KnockOutOut(
        id=one.id,
        title=one.title,
        rule=_bilingual(words(one.when)),
        legal_source=one.legal_source,
        level=one.level,
        facts=[_fact_out(fact) for fact in facts],
    )


def _line_out(criterion: Criterion, line: Line, facts: Sequence[KnownFact]) -> LineOut:
    return LineOut(
        criterion=criterion.id,
        title=criterion.title,
        kind=criterion.kind,
        rule=_bilingual(law(criterion)),
        legal_source=criterion.legal_source,
        points=line.points,
        maximum=line.maximum,
        assigned=line.assigned,
        inputs=dict(line.inputs),
        formula=_bilingual(formula(criterion, line.inputs, plain(line.points))),
        facts=[_fact_out(fact) for fact in facts],
    )


def _fact_out(fact: KnownFact) -> FactOut:
    return FactOut(
        id=fact.id,
        type=_CE_TYPE[fact.event],
        time=fact.time,
        record=fact.record,
        version=fact.version,
        simulated=bool(fact.fields.get("simulated")),
    )


def _bilingual(text: Text) -> Bilingual:
    return Bilingual(text.vi, text.en)
