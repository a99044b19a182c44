"""Checks between the files: tables against measures, obligations and units."""

from collections.abc import Iterator, Sequence

from services.contracts.campaign.check_audience import check_audience
from services.contracts.campaign.check_tables import Tables, criteria_of
from services.contracts.campaign.document import Path
from services.contracts.campaign.explain import did_you_mean
from services.contracts.campaign.parts import Part
from services.contracts.campaign.plan import Obligation
from services.contracts.campaign.problems import Problem
from services.contracts.campaign.rules import (
    Criterion,
    DaysLateMeasure,
    Entered,
    LateLadder,
    Measure,
    Table,
)
from services.contracts.campaign.rules.criteria import Need
from services.contracts.campaign.units_file import Row, UnitRows

Measures = Part[dict[str, Measure]]


def check_campaign_ids(plan: Part[str] | None, rules: Part[str] | None) -> Iterator[Problem]:
    """The rule set is for this campaign and no other year's."""
    if plan is not None and rules is not None and plan.value != rules.value:
        yield rules.problem(
            (),
            f"bảng điểm ghi “{rules.value}” nhưng plan.yaml là “{plan.value}”; "
            "hai tên phải giống nhau",
            f"the rule set says “{rules.value}” but plan.yaml “{plan.value}”; make them the same",
        )


def check_measures_used(
    tables: Tables | None, measures: Measures | None, named: frozenset[str]
) -> Iterator[Problem]:
    """Each criterion reads measures that exist and suit its kind.

    `named` are all names under `measures`, also of those that could not be read.
    """
    if tables is None:
        return
    for at, table in enumerate(tables.value):
        for path, criterion in criteria_of(at, table):
            for read in criterion.reads():
                place, name = (*path, *read.path), read.measure
                if isinstance(criterion, Entered):
                    continue  # its marks are measures without being declared
                if name not in named:
                    vi, en = did_you_mean(name, named)
                    yield tables.problem(
                        place,
                        f"không có số đo “{name}” trong measures; {vi}",
                        f"there is no measure “{name}”; {en}",
                    )
                elif measures is not None and name in measures.value:
                    yield from _suits(tables, place, criterion, read.need, measures.value[name])


def _suits(
    tables: Tables, place: Path, criterion: Criterion, need: Need, measure: Measure
) -> Iterator[Problem]:
    if need != "either" and (need == "obligation") != isinstance(measure, DaysLateMeasure):
        yield tables.problem(
            place,
            f"{criterion.kind} không dùng được số đo kiểu {measure.kind}: late-ladder cần "
            "days-late, các kiểu khác cần số",
            f"{criterion.kind} cannot read a measure of kind {measure.kind}: late-ladder needs "
            "days-late, all others a number",
        )


def check_tables_for_units(tables: Tables | None, units: UnitRows | None) -> Iterator[Problem]:
    """Each table is for units that there are, and no unit has two."""
    if tables is None or units is None:
        return
    for at, table in enumerate(tables.value):
        yield from check_audience(tables, (at, "applies_to"), table.applies_to, units)
        for earlier in tables.value[:at]:
            both = next((row.unit for row in _scored(table, units) if _has(earlier, row)), None)
            if both is not None:
                yield tables.problem(
                    (at, "applies_to"),
                    f"{both.code} ({both.kind}) đã có bảng {earlier.id}; mỗi đơn vị một bảng",
                    f"{both.code} ({both.kind}) has the table {earlier.id}; one table for a unit",
                )


def _has(table: Table, row: Row) -> bool:
    return table.applies_to.includes(row.unit)


def _scored(table: Table, units: UnitRows) -> list[Row]:
    return [row for row in units.rows if _has(table, row)]


def check_duties_owed(
    tables: Tables | None,
    measures: Measures | None,
    obligations: Sequence[Obligation] | None,
    units: UnitRows | None,
) -> Iterator[Problem]:
    """Nobody is scored for an obligation that other units owe, and no unit of the table."""
    if tables is None or measures is None or obligations is None or units is None:
        return
    by_id = {obligation.id: obligation for obligation in obligations}
    for at, table in enumerate(tables.value):
        scored = _scored(table, units)
        for path, criterion in criteria_of(at, table):
            if not isinstance(criterion, LateLadder) or not scored:
                continue
            measure = measures.value.get(criterion.measure)
            duty = by_id.get(measure.obligation) if isinstance(measure, DaysLateMeasure) else None
            if duty is None or not any(duty.applies_to(row.unit) for row in units.rows):
                continue  # unknown, or for levels that no unit has: said elsewhere
            if not any(duty.applies_to(row.unit) for row in scored):
                yield tables.problem(
                    (*path, "measure"),
                    f"không đơn vị nào của bảng này phải thực hiện {duty.id}; chọn nghĩa vụ khác",
                    f"no unit of this table owes {duty.id}; choose another obligation",
                )


def check_clusters(file: str, tables: Tables | None, units: UnitRows | None) -> Iterator[Problem]:
    """Each scored unit has a cluster, and units of one cluster are scored by one table."""
    if tables is None or units is None:
        return
    table_of: dict[str, tuple[str, Row]] = {}
    for row in units.rows:
        table = next((t for t in tables.value if _has(t, row)), None)
        if table is None:
            continue
        cluster = row.unit.cluster
        if cluster is None:
            vi = (
                f"cluster: {row.unit.code} được chấm theo bảng {table.id} nhưng chưa có cụm; "
                "điền cụm thi đua"
            )
            en = (
                f"cluster: {row.unit.code} is scored by the table {table.id} but has no cluster; "
                "fill in the units it is ranked with"
            )
            yield Problem(file=file, line=row.line, vi=vi, en=en)
            continue
        other, first = table_of.setdefault(cluster, (table.id, row))
        if other != table.id:
            vi = (
                f"cluster: cụm {cluster} có đơn vị theo bảng {other} ({first.unit.code}, dòng "
                f"{first.line}) và bảng {table.id}; mỗi cụm một bảng"
            )
            en = (
                f"cluster: {cluster} has units of table {other} ({first.unit.code}, line "
                f"{first.line}) and of table {table.id}; one table for a cluster"
            )
            yield Problem(file=file, line=row.line, vi=vi, en=en)
