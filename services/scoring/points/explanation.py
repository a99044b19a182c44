"""One unit's points: every line with its rule, its legal source, its formula and its facts."""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import aclosing
from typing import NamedTuple

from fastapi import Response

from services.chassis.http import large_answer
from services.contracts.events import ScoreEntered
from services.contracts.rules import Criterion, Group, KnockOut, RuleSet
from services.contracts.rules.criteria import Entered
from services.contracts.wording import Bilingual
from services.measuring.records import KnownFact
from services.measuring.slots import Tally
from services.scoring.as_of.answer import moment_out
from services.scoring.as_of.known import known_since
from services.scoring.as_of.past_standings import AsOfMoment, AsOfQueries, ClusterAsOf
from services.scoring.campaign_snapshot import CampaignSnapshot
from services.scoring.engine.conditions import words
from services.scoring.engine.criteria import formula, law
from services.scoring.engine.explain import (
    facts_by_criterion,
    facts_by_knock_out,
    set_aside_by_criterion,
)
from services.scoring.engine.held import Held, held_by_criterion
from services.scoring.engine.knock_outs import rule
from services.scoring.engine.met import Met, met_by_criterion
from services.scoring.engine.parts import of_part
from services.scoring.engine.results import GroupPoints, Line
from services.scoring.engine.stages import stage_of
from services.scoring.engine.texts import FormulaNames
from services.scoring.facts.fact import TAKES
from services.scoring.parts_explained import ExplainedPart, counted_later, explained_parts
from services.scoring.points import queries
from services.scoring.points.as_of import computed
from services.scoring.points.rights import cluster_of, not_scored
from services.scoring.points.schemas import (
    FactOut,
    GroupOut,
    HeldOut,
    KnockOutOut,
    LaterFactOut,
    LineOut,
    MarkOut,
    MetConditionOut,
    TookOverOut,
    UnitAsOfOut,
    UnitPointsOut,
)
from services.scoring.schemas import parts_out, rule_set_out, subtotals_out

_CE_TYPE = {fact.event: fact.ce_type() for fact in TAKES}
_SHOWN_LATER = 100
"""Facts that were not yet known and are listed; all are counted."""


def explained(
    snapshot: CampaignSnapshot,
    one: queries.StoredPoints,
    state: queries.StoredCluster,
    facts: Sequence[KnownFact],
    units_in_cluster: int,
) -> UnitPointsOut:
    """What is stored of the unit, with the rules and the facts behind it: `facts` that count for
    it, its own and those of units that it took over."""
    points = one.points
    table = snapshot.table_of(points)
    names = FormulaNames(snapshot.rules, snapshot.units.on(snapshot.day))
    parts = explained_parts(snapshot, points, facts)
    return UnitPointsOut(
        campaign=snapshot.campaign,
        unit=points.unit,
        name=snapshot.unit(points.unit).name,
        took_over=[
            TookOverOut(unit=one, name=snapshot.unit(one).name)
            for one in snapshot.predecessors.get(points.unit, ())
        ],
        cluster=one.cluster,
        cluster_title=snapshot.plan.cluster_title(one.cluster),
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
            found
            for part in parts
            for found in _knock_outs(part, points.knocked_out, snapshot.rules, names)
        ],
        flag_candidate=points.flag_candidate,
        level_title=table.level_title(points.level),
        digest=one.digest,
        computed_at=one.computed_at,
        parts=parts_out(snapshot.rules, points),
        groups=[
            found for part in parts for found in _groups(part, snapshot, points.unit, facts, names)
        ],
        counts_later=[
            _fact_out(fact).model_copy(update={"work_day": day})
            for fact, day in counted_later(snapshot, parts, facts)[:_SHOWN_LATER]
        ],
    )


def counting(snapshot: CampaignSnapshot, facts: Iterable[KnownFact], code: str) -> list[KnownFact]:
    """Those of some facts that count for the unit."""
    return [fact for unit, fact in snapshot.counting(facts) if unit == code]


async def answer_as_of(past: AsOfQueries, as_of: AsOfMoment, code: str) -> Response:
    """The unit's points at a moment. Raises Refusal (404) for a unit that was not scored then."""
    cluster = cluster_of(as_of.snapshot, code)
    async with aclosing(past.clusters(as_of, [cluster])) as clusters:
        return await large_answer(_explained_as_of, as_of, await anext(clusters), code)


def _explained_as_of(as_of: AsOfMoment, found: ClusterAsOf, code: str) -> UnitPointsOut:
    state, in_cluster = computed(as_of, found.cluster)
    if code not in in_cluster:
        raise not_scored(code)
    known, later = (counting(as_of.snapshot, facts, code) for facts in (found.known, found.later))
    later.sort(key=known_since)
    explanation = explained(as_of.snapshot, in_cluster[code], state, known, len(in_cluster))
    moment = UnitAsOfOut(
        **moment_out(as_of),
        facts_known=len(known),
        facts_not_yet_known=len(later),
        not_yet_known=[
            LaterFactOut(**_fact_out(fact).model_dump(), known_since=known_since(fact))
            for fact in later[:_SHOWN_LATER]
        ],
    )
    return explanation.model_copy(update={"as_of": moment})


class _Behind(NamedTuple):
    """By criterion what its line was made of, in one part of the unit's year."""

    part: ExplainedPart
    standing_on: Mapping[str, Sequence[KnownFact]]
    set_aside: Mapping[str, Sequence[KnownFact]]
    held: Mapping[str, Sequence[Held]]
    met: Mapping[str, Sequence[Met]]


def _groups(
    part: ExplainedPart,
    snapshot: CampaignSnapshot,
    unit: str,
    facts: Sequence[KnownFact],
    names: FormulaNames,
) -> list[GroupOut]:
    table, rules = part.table, snapshot.rules

    def tally() -> Tally:
        return of_part(snapshot.counted(snapshot.tallier.tallies(facts)).get(unit, {}), part.part)

    behind = _Behind(
        part,
        facts_by_criterion(part.facts, table, rules),
        set_aside_by_criterion(part.facts, table, rules),
        held_by_criterion(tally, table, rules),
        met_by_criterion(tally, table, rules),
    )
    return [
        _group_out(rule, given, behind, names)
        for rule, given in zip(table.groups, part.groups, strict=True)
    ]


def _group_out(rule: Group, given: GroupPoints, behind: _Behind, names: FormulaNames) -> GroupOut:
    return GroupOut(
        group=given.group,
        table=behind.part.table.id,
        title=rule.title,
        points=given.points,
        maximum=given.maximum,
        capped=given.capped,
        lines=[
            _line_out(criterion, line, behind, names)
            for (_, criterion, _), line in zip(rule.placed(), given.lines, strict=True)
        ],
        subtotals=subtotals_out(
            given, {behind.part.id(each.id): each.title for each in rule.with_groups()}
        ),
    )


def _knock_outs(
    part: ExplainedPart, struck: Sequence[str], rules: RuleSet, names: FormulaNames
) -> list[KnockOutOut]:
    """Those of a part that hold."""
    holding = [one for one in part.table.knock_outs if part.id(one.id) in struck]
    deciding = facts_by_knock_out(part.facts, part.table, rules) if holding else {}
    return [
        _knock_out_out(
            part.id(one.id),
            one,
            [_fact_in(part, fact) for fact in deciding[one.id]],
            rule(one, part.table, names),
        )
        for one in holding
    ]


def _knock_out_out(id_: str, one: KnockOut, facts: list[FactOut], asks: Bilingual) -> KnockOutOut:
    return KnockOutOut(
        id=id_,
        title=one.title,
        rule=asks,
        legal_source=one.legal_source,
        level=one.level,
        facts=facts,
    )


def _line_out(criterion: Criterion, line: Line, behind: _Behind, names: FormulaNames) -> LineOut:
    return LineOut(
        criterion=line.criterion,
        title=criterion.title,
        kind=criterion.kind,
        rule=law(criterion, names),
        legal_source=criterion.legal_source,
        points=line.points,
        maximum=line.maximum,
        assigned=line.assigned,
        inputs=dict(line.inputs),
        formula=formula(criterion, line.inputs, line.points, names),
        facts=[_fact_in(behind.part, fact) for fact in behind.standing_on[criterion.id]],
        conditions=[
            MetConditionOut(measure=one.measure, condition=words(one.condition, names), met=one.met)
            for one in behind.met.get(criterion.id, ())
        ],
        held=[
            HeldOut(
                measure=one.measure,
                title=names.measure(one.measure),
                value=one.value,
                counts_as=one.counts_as,
            )
            for one in behind.held.get(criterion.id, ())
        ],
        marks=[
            _mark_out(fact, names)
            for fact in behind.standing_on[criterion.id]
            if isinstance(criterion, Entered)
            and fact.event == ScoreEntered.event
            and fact.fields["criterion"] == criterion.id
        ],
        set_aside=[_fact_in(behind.part, fact) for fact in behind.set_aside.get(criterion.id, ())],
    )


def _mark_out(fact: KnownFact, names: FormulaNames) -> MarkOut:
    fields = fact.fields
    scorer = fields.get("scorer")
    return MarkOut(
        fact=fact.id,
        unit=fact.unit,
        stage=stage_of(fields),
        scorer=scorer,
        scorer_name=names.some_units(scorer) if scorer else None,
        points=fields["points"],
        reason=fields["reason"],
        evidence=fields["evidence"],
        entered_by=fields.get("entered_by"),
    )


def _fact_in(part: ExplainedPart, fact: KnownFact) -> FactOut:
    """A fact, with the day of the work where each table counts that of its days."""
    found, work = _fact_out(fact), part.works.get(fact.id)
    if work is None:
        return found
    return found.model_copy(update={"work_day": work.day, "carried_over": work.carried_over})


def _fact_out(fact: KnownFact) -> FactOut:
    return FactOut(
        id=fact.id,
        unit=fact.unit,
        type=_CE_TYPE[fact.event],
        time=fact.time,
        record=fact.record,
        version=fact.version,
        simulated=bool(fact.fields.get("simulated")),
    )
