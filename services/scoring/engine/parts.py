"""The parts of a unit's year: tables that follow each other, each over the work of its days.

In results the ids of a part's groups, criteria and knock-outs have the id of its table before them,
`first-half/I.1`, where a unit has several parts.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from services.contracts.campaign import Unit
from services.contracts.rules import RuleSet, Table
from services.measuring.periods import of_periods
from services.measuring.slots import Tally
from services.scoring.engine.results import GroupPoints, Line, Subtotal

_ONE_DAY = timedelta(days=1)
_BETWEEN = "/"
"""Between table and id; neither has one."""


@dataclass(frozen=True, slots=True)
class YearPart:
    """A table, and the work that it counts."""

    table: Table
    periods: tuple[int, ...] | None = None
    """Numbers of the periods, as in tallies; None: all work, in a tally that has no periods."""
    was_there: bool = True
    """Whether the unit, or one that it took over, existed then; else nothing is assigned to it."""


def of_part(tally: Tally, part: YearPart) -> Tally:
    """What a tally of a unit has of one part of its year, under plain names."""
    return tally if part.periods is None else of_periods(tally, part.periods)


RowOn = Callable[[date], Unit | None]
"""A unit as it was on a local day; None where neither it nor one that it took over was there."""


def parts_of(
    unit: Unit, rules: RuleSet, day: date | None, row_on: RowOn | None = None
) -> tuple[YearPart, ...]:
    """The parts of a unit up to a local day, in the order of time; none where no table scores it.

    Without a day all of them, to the table that is in force last. `unit` as it is on that day;
    `row_on` how it was before, absent: as it is.
    """
    table = rules.table_for(unit, day)
    if table is None:
        return ()
    if not rules.period_begins:
        return (YearPart(table),)
    found: list[YearPart] = []
    waiting: tuple[int, ...] = ()
    for period, (on, is_last) in enumerate(_ends(rules.period_begins, day)):
        row = unit if is_last or row_on is None else row_on(on)
        table = _in_force(rules, row or unit, on)
        if table is None:
            waiting = (*waiting, period)
            continue
        part = YearPart(table, (*waiting, period), row is not None)
        waiting = ()
        if before := next((one for one in found if one.table.id == table.id), None):
            # Also where the unit was scored by another one between: a table is one part.
            found.remove(before)
            there = before.was_there or part.was_there
            part = YearPart(table, (*(before.periods or ()), *(part.periods or ())), there)
        found.append(part)
    if waiting and found:
        found[-1] = replace(found[-1], periods=(*(found[-1].periods or ()), *waiting))
    return tuple(found)


def _ends(begins: Sequence[date], day: date | None) -> list[tuple[date, bool]]:
    """Of each period that has begun by the day a day by which its table is known, the last that it
    has or that is asked about; and whether it is the last one of all."""
    ends = [begin - _ONE_DAY for begin in begins if day is None or begin <= day]
    last = day or begins[-1]
    return [*((end, False) for end in ends), (last, True)]


def _in_force(rules: RuleSet, unit: Unit, day: date) -> Table | None:
    return next((table for table in rules.tables if table.applies(unit, day)), None)


def within(table: str, id_: str) -> str:
    """An id of a table as results have it."""
    return f"{table}{_BETWEEN}{id_}"


def table_and_id(written: str) -> tuple[str | None, str]:
    """An id of results as the table and the id in it; None for the only table of a unit."""
    table, between, id_ = written.rpartition(_BETWEEN)
    return (table if between else None), id_


def own_id(written: str) -> str:
    """An id of results as its table has it."""
    return written.rpartition(_BETWEEN)[2]


def placed_in(table: str, group: GroupPoints) -> GroupPoints:
    """The points of a group under the ids of a part."""
    return replace(
        group,
        group=within(table, group.group),
        lines=tuple(_line_in(table, line) for line in group.lines),
        subtotals=tuple(_subtotal_in(table, each) for each in group.subtotals),
    )


def _line_in(table: str, line: Line) -> Line:
    return replace(line, criterion=within(table, line.criterion))


def _subtotal_in(table: str, each: Subtotal) -> Subtotal:
    return replace(
        each,
        group=within(table, each.group),
        within=within(table, each.within),
        criteria=tuple(within(table, one) for one in each.criteria),
    )
