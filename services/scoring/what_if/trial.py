"""Points of a table of figures, by the engine that scores a season: no second formula.

A figure that is given takes the place of what its measure would count: each measure with a column
is read as the newest of one number. Measures that are made of others are computed as ever.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from services.contracts.campaign import Campaign, Unit
from services.contracts.events import FigureReported
from services.contracts.rules import (
    CountMeasure,
    DaysLateMeasure,
    LatestMeasure,
    Measure,
    RuleSet,
    SumMeasure,
    parts_of,
)
from services.measuring.newest import Newest
from services.measuring.slots import Amount, Tally, slot
from services.measuring.values import DaysLate
from services.scoring.engine.parts import YearPart
from services.scoring.engine.parts import parts_of as parts_of_year
from services.scoring.engine.results import ClusterResult, UnitPoints
from services.scoring.engine.score import score_cluster
from services.scoring.engine.tallier import tallier_of
from services.scoring.what_if.figures_table import FiguresTable


@dataclass(frozen=True, slots=True)
class Trial:
    """The points of the units of a table of figures."""

    rules: RuleSet
    campaign: Campaign
    clusters: tuple[ClusterResult, ...]
    unscored: tuple[str, ...]
    """Units of the table that no table of points scores, or that have no cluster."""
    without: tuple[str, ...]
    """Measures that the tables read and that have no column: as if nothing were on record."""


def try_figures(
    table: FiguresTable, rules: RuleSet, campaign: Campaign, day: date | None = None
) -> Trial:
    """Score the units of the table against each other, cluster by cluster.

    By the tables and the tree of a local day; without one by the tables that are in force last.
    Where each table counts the work of its days, rows that name no table are of the last one.
    """
    units = campaign.units if day is None else campaign.units.on(day)
    given = frozenset(table.measures)
    trial_rules = _with_given(rules, given)
    tallies = {
        code: _of_unit(table, units[code], parts_of_year(units[code], rules, day), rules)
        for code in table.units
    }
    clusters: dict[str, list[str]] = {}
    for code in table.units:
        if (cluster := units[code].cluster) is not None:
            clusters.setdefault(cluster, []).append(code)
    results = tuple(
        score_cluster(cluster, [units[code] for code in codes], tallies, trial_rules, day)
        for cluster, codes in clusters.items()
    )
    scored = {points.unit for result in results for points in result.units}
    tables = {id_ for result in results for points in result.units for id_ in tables_of(points)}
    read = dict.fromkeys(
        name for one in rules.tables if one.id in tables for name in one.measures()
    )
    return Trial(
        rules,
        campaign,
        results,
        unscored=tuple(code for code in table.units if code not in scored),
        without=tuple(name for name in read if not _is_known(name, rules.measured, given)),
    )


def tables_of(points: UnitPoints) -> list[str]:
    """The tables by which a unit was scored, in the order of time."""
    return [part.table for part in points.parts] or [points.table]


def _of_unit(table: FiguresTable, unit: Unit, parts: Sequence[YearPart], rules: RuleSet) -> Tally:
    """What the rows of a unit amount to."""
    whole = _tally(table.values.get(unit.code, {}), rules)
    periods = tallier_of(rules).periods
    if periods is None or not parts:
        return whole
    of_parts = {
        part.periods[-1]: _tally(table.of_tables.get((unit.code, part.table.id), {}), rules)
        for part in parts
        if part.periods
    }
    return periods.together({**of_parts, max(of_parts): {**of_parts[max(of_parts)], **whole}})


def _is_known(name: str, measures: Mapping[str, Measure], given: frozenset[str]) -> bool:
    parts = [part for _, part in parts_of(measures[name])]
    return name in given or (
        bool(parts) and all(_is_known(part, measures, given) for part in parts)
    )


def _with_given(rules: RuleSet, given: frozenset[str]) -> RuleSet:
    """The rules with each given number read as it stands; ends of a measure go on to hold."""
    measures = {
        name: measure
        if name not in given or isinstance(measure, DaysLateMeasure)
        else LatestMeasure(
            kind="latest",
            title=measure.title,
            of=FigureReported.event,
            field="value",
            at_least=measure.at_least,
            at_most=measure.at_most,
        )
        for name, measure in rules.measures.items()
    }
    kept = {name: getattr(rules, name) for name in RuleSet.model_fields}
    return RuleSet.model_validate({**kept, "measures": measures})


def _tally(values: Mapping[str, Decimal | DaysLate | None], rules: RuleSet) -> Tally:
    tally: dict[str, Amount | Newest] = {}
    for name, value in values.items():
        if isinstance(value, DaysLate):
            if value.state != "open":
                tally[slot(name, value.state)] = 1
            if value.days:
                tally[slot(name, "days")] = value.days
        elif value is not None:
            tally[name] = Newest(0, "", value)
        elif isinstance(rules.measured[name], CountMeasure | SumMeasure):
            tally[name] = Newest(0, "", Decimal(0))  # of nothing they are 0 and not nothing
    return tally
