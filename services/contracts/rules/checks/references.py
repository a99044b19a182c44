"""Checks between the files: tables against measures, obligations and units."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from services.contracts.campaign.checks.audience import Days, check_audience
from services.contracts.campaign.document import Path
from services.contracts.campaign.explain import did_you_mean
from services.contracts.campaign.obligation_plan import ObligationPlan
from services.contracts.campaign.parts import FilePart
from services.contracts.campaign.problems import FileProblem
from services.contracts.campaign.units_file import Row, UnitRows
from services.contracts.rules import DaysLateMeasure, Measure, Table
from services.contracts.rules.checks.conditions import conditions_of
from services.contracts.rules.checks.tables import Tables, criteria_of
from services.contracts.rules.criteria import Entered, LateLadder, Need, reads_of_condition

Measures = FilePart[dict[str, Measure]]


def check_campaign_ids(
    plan: FilePart[str] | None, rules: FilePart[str] | None
) -> Iterator[FileProblem]:
    """The rule set is for this campaign and no other year's."""
    if plan is not None and rules is not None and plan.value != rules.value:
        yield rules.problem(
            (),
            f"bảng điểm ghi “{rules.value}” nhưng plan.yaml là “{plan.value}”; "
            "hai tên phải giống nhau",
            f"the rule set says “{rules.value}” but plan.yaml “{plan.value}”; make them the same",
        )


def check_zones(
    plan: FilePart[str] | None, rules: FilePart[str] | None, default: str | None
) -> Iterator[FileProblem]:
    """One campaign has one zone: a day of the plan is the same day of the rules.

    `default` is the zone of rules that name none; None where they do, right or wrong.
    """
    if plan is not None and default is not None and plan.value != default:
        yield plan.problem(
            (),
            f"rules.yaml không ghi timezone nên tính ngày theo {default}; thêm vào đó "
            f"timezone: {plan.value}",
            f"rules.yaml names no timezone, so its days are those of {default}; add there "
            f"timezone: {plan.value}",
        )
    if plan is not None and rules is not None and plan.value != rules.value:
        yield rules.problem(
            (),
            f"bảng điểm theo múi giờ {rules.value} nhưng plan.yaml theo {plan.value}; "
            "ghi giống nhau",
            f"the rule set has the zone {rules.value} but plan.yaml {plan.value}; make them the "
            "same",
        )


def check_measures_used(
    tables: Tables | None, measures: Measures | None, named: frozenset[str]
) -> Iterator[FileProblem]:
    """Each criterion and condition reads measures that exist and suit it.

    `named` are all names under `measures`, also of those that could not be read.
    """
    if tables is None:
        return
    for at, table in enumerate(tables.value):
        for reader, place, name, need in _reads(at, table):
            if name not in named:
                vi, en = did_you_mean(name, named)
                yield tables.problem(
                    place,
                    f"không có chỉ số “{name}” trong measures; {vi}",
                    f"there is no measure “{name}”; {en}",
                )
            elif measures is not None and name in measures.value:
                yield from _suits(tables, place, reader, need, measures.value[name])


class _Use(NamedTuple):
    """A place of a table that names a measure."""

    reader: str
    place: Path
    measure: str
    need: Need


def _reads(at: int, table: Table) -> Iterator[_Use]:
    """Every place that names a measure; scores of people are measures without being declared."""
    for path, criterion in criteria_of(at, table):
        if not isinstance(criterion, Entered):
            for read in criterion.reads():
                yield _Use(criterion.kind, (*path, *read.path), read.measure, read.need)
    for asked in conditions_of(at, table):
        if not asked.of_a_kind:
            for read in reads_of_condition(asked.path, asked.condition):
                yield _Use("when", read.path, read.measure, read.need)


def _suits(
    tables: Tables, place: Path, reader: str, need: Need, measure: Measure
) -> Iterator[FileProblem]:
    if need != "either" and (need == "obligation") != isinstance(measure, DaysLateMeasure):
        yield tables.problem(
            place,
            f"{reader} không dùng được chỉ số kiểu {measure.kind}: late-ladder cần "
            "days-late, các kiểu khác cần số",
            f"{reader} cannot read a measure of kind {measure.kind}: late-ladder needs "
            "days-late, all others a number",
        )


def check_table_audiences(
    tables: Tables | None, units: UnitRows | None, days: Days | None
) -> Iterator[FileProblem]:
    """Each table is for units that there are. `days`: of the campaign."""
    if tables is not None and units is not None:
        for at, table in enumerate(tables.value):
            yield from check_audience(tables, (at, "applies_to"), table.applies_to, units, days)


def _scored(table: Table, units: UnitRows) -> list[Row]:
    return [row for row in units.rows if table.applies_to.includes(row.unit)]


def check_obligations_owed(
    tables: Tables | None,
    measures: Measures | None,
    obligations: Sequence[ObligationPlan] | None,
    units: UnitRows | None,
) -> Iterator[FileProblem]:
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
            owed = by_id.get(measure.obligation) if isinstance(measure, DaysLateMeasure) else None
            if owed is None or not any(owed.applies_to(row.unit) for row in units.rows):
                continue  # unknown, or for levels that no unit has: reported elsewhere
            if not any(owed.applies_to(row.unit) for row in scored):
                yield tables.problem(
                    (*path, "measure"),
                    f"không đơn vị nào của bảng này phải thực hiện {owed.id}; chọn nội dung khác",
                    f"no unit of this table owes {owed.id}; choose another obligation",
                )
