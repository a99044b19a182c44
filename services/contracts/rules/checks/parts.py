"""Checks where each table counts the work of its days, and a unit's points are sums over parts."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from services.contracts.campaign.checks.rows import heirs, lifetimes
from services.contracts.campaign.obligation_plan import ObligationPlan
from services.contracts.campaign.parts import FilePart
from services.contracts.campaign.problems import FileProblem
from services.contracts.campaign.units_file import UnitRows
from services.contracts.rules import DaysLateMeasure, Measure, Table, measures_of
from services.contracts.rules.checks.days import days_of
from services.contracts.rules.checks.tables import Tables, criteria_of
from services.contracts.rules.criteria import Entered
from services.contracts.wording import plain

BY_DAYS = "work-of-its-days"


class Before(NamedTuple):
    """What the parts before a table's can add to its totals, at most and at least."""

    highest: Decimal = Decimal(0)
    lowest: Decimal = Decimal(0)


def before_each(
    counts: FilePart[str] | None, tables: Tables | None, units: UnitRows | None
) -> Mapping[int, Before]:
    """By number of a table what stands before it in the sums of its units; none where the table in
    force counts all work."""
    if counts is None or counts.value != BY_DAYS or tables is None or units is None:
        return {}
    found = {}
    for at, earlier in _followed(tables.value, units).items():
        chains = [[tables.value[one] for one in chain] for chain in earlier]
        found[at] = Before(
            max(sum((one.highest for one in chain), Decimal(0)) for chain in chains),
            min(sum((one.lowest for one in chain), Decimal(0)) for chain in chains),
        )
    return found


def check_parts(
    counts: FilePart[str] | None,
    tables: Tables | None,
    measures: FilePart[dict[str, Measure]] | None,
    obligations: Sequence[ObligationPlan] | None,
    units: UnitRows | None,
) -> Iterator[FileProblem]:
    """Tables that follow each other, each for the work of its days, fit together."""
    if counts is None or counts.value != BY_DAYS or tables is None:
        return
    if not any(table.valid_from or table.valid_to for table in tables.value):
        yield counts.problem(
            (),
            "không bảng nào có valid_from hay valid_to nên không có gì để chia theo ngày; ghi ngày "
            "cho các bảng, hoặc bỏ dòng này",
            "no table has valid_from or valid_to, so nothing is divided by days; give the tables "
            "their days, or drop this line",
            warning=True,
        )
    if units is not None:
        pairs = sorted(
            {
                (one, at)
                for at, chains in _followed(tables.value, units).items()
                for chain in chains
                for one in chain
            }
        )
        yield from _other_scales(tables, units)
        for earlier, at in pairs:
            yield from _entered_twice(tables, earlier, at)
            yield from _levels_missing(tables, earlier, at)
    if measures is not None and obligations is not None:
        yield from _outside_its_days(tables, measures.value, obligations)


def _followed(tables: Sequence[Table], units: UnitRows) -> Mapping[int, list[tuple[int, ...]]]:
    """By number of a table the tables that come before it for a unit: all ways that there are."""
    heir = heirs(lifetimes(units.rows))
    scored = [
        {heir[row.unit.code] for row in units.rows if table.applies_to.includes(row.unit)}
        for table in tables
    ]
    found: dict[int, set[tuple[int, ...]]] = {}
    for at, table in enumerate(tables):
        before = [
            one
            for one, earlier in enumerate(tables)
            if table.valid_from is not None and days_of(earlier).end <= table.valid_from
        ]
        for code in scored[at] if before else ():
            if chain := tuple(one for one in before if code in scored[one]):
                found.setdefault(at, set()).add(chain)
    return {at: sorted(chains) for at, chains in found.items()}


def _other_scales(tables: Tables, units: UnitRows) -> Iterator[FileProblem]:
    """Units that one table ranks have sums of the same maximum, whatever they were before."""
    for at, chains in _followed(tables.value, units).items():
        by_sum: dict[Decimal, str] = {}
        for chain in chains:
            some = [tables.value[one] for one in chain]
            whole = sum((one.maximum for one in some), tables.value[at].maximum)
            by_sum.setdefault(whole, " + ".join(one.id for one in some))
        if len(by_sum) > 1:
            listed = "; ".join(f"{plain(whole)} ({ids})" for whole, ids in by_sum.items())
            yield tables.problem(
                (at, "maximum"),
                f"trước bảng này các đơn vị có bảng khác nhau, tổng tối đa cả năm không bằng nhau: "
                f"{listed}; cho các bảng cùng thời gian một điểm tối đa",
                f"before this table units have different ones, and the year another maximum: "
                f"{listed}; give the tables of one time the same maximum",
                warning=True,
            )


def _entered_twice(tables: Tables, earlier: int, at: int) -> Iterator[FileProblem]:
    """A score that people enter has no day: it counts where its criterion is."""
    known = {
        one.id: path
        for path, one in criteria_of(earlier, tables.value[earlier])
        if isinstance(one, Entered)
    }
    for path, one in criteria_of(at, tables.value[at]):
        if isinstance(one, Entered) and one.id in known:
            line = tables.document.line(known[one.id])
            yield tables.problem(
                (*path, "id"),
                f"điểm chấm cho {one.id} không theo ngày nên sẽ được tính hai lần, ở đây và ở dòng "
                f"{line}; mỗi bảng đặt một mã khác nhau",
                f"scores entered for {one.id} have no day and would count twice, here and in line "
                f"{line}; give the criterion another id in each table",
            )


def _levels_missing(tables: Tables, earlier: int, at: int) -> Iterator[FileProblem]:
    """A knock-out of an earlier part forces a level of the table by which the year is judged."""
    table, later = tables.value[earlier], tables.value[at]
    known = {band.level for band in later.levels}
    if tables.document.lacks((at, "levels")):
        return
    for k, knock_out in enumerate(table.knock_outs):
        if knock_out.level not in known:
            yield tables.problem(
                (earlier, "knock_outs", k, "level"),
                f"cả năm xếp loại theo bảng {later.id}, bảng đó không có mức “{knock_out.level}”; "
                "dùng cùng một mức ở hai bảng",
                f"the year is judged by the levels of {later.id}, which has no “{knock_out.level}”;"
                " have the same level in both tables",
            )


def _outside_its_days(
    tables: Tables, measures: Mapping[str, Measure], obligations: Sequence[ObligationPlan]
) -> Iterator[FileProblem]:
    due = {one.id: _last_days(one) for one in obligations}
    for at, table in enumerate(tables.value):
        days = days_of(table)
        for path, criterion in criteria_of(at, table):
            asked = {
                measure.obligation
                for name in measures_of(criterion)
                if isinstance(measure := measures.get(name), DaysLateMeasure)
            }
            owed = {one: due.get(one, ()) for one in sorted(asked)}
            if not owed or any(
                not last or any(days.first <= day < days.end for day in last)
                for last in owed.values()
            ):
                continue
            listed = ", ".join(f"{one} ({', '.join(map(str, last))})" for one, last in owed.items())
            yield tables.problem(
                path,
                f"ngày cuối của {listed} nằm ngoài những ngày bảng này có hiệu lực nên tiêu chí "
                "không áp dụng cho đơn vị nào; chuyển sang bảng kia, trừ khi thời hạn còn thay đổi",
                f"the last day of {listed} is outside the days of this table, so the criterion is "
                "assigned to no unit; put it into the other table, unless the day is to be moved",
                warning=True,
            )


def _last_days(obligation: ObligationPlan) -> tuple[date, ...]:
    """Of all options; none where one is not known yet."""
    days = dict.fromkeys(option.last_day for option in obligation.options)
    known = tuple(day for day in days if day is not None)
    return known if len(known) == len(days) else ()
