"""Checks of what a rule set names: units, groups and criteria that there are."""

from collections.abc import Iterator

from services.contracts.campaign.checks.audience import unknown_units, unknown_words
from services.contracts.campaign.document import Path
from services.contracts.campaign.explain import did_you_mean
from services.contracts.campaign.parts import FilePart
from services.contracts.campaign.problems import FileProblem
from services.contracts.campaign.units_file import UnitRows
from services.contracts.rules import Assignment, Table
from services.contracts.rules.checks.tables import Tables, criteria_of, groups_of


def check_tie_break(
    tie_break: FilePart[tuple[str, ...]] | None, tables: Tables | None
) -> Iterator[FileProblem]:
    """Equal totals are decided by groups or criteria that some table has, each named once."""
    if tie_break is None or tables is None:
        return
    known = {group.id for table in tables.value for group in table.all_groups}
    known |= {criterion.id for table in tables.value for criterion in table.criteria}
    for at, name in enumerate(tie_break.value):
        if name in tie_break.value[:at]:
            yield tie_break.problem(
                (at,), f"{name} đã ghi trước; bỏ một", f"{name} is there already; remove one"
            )
        elif name not in known and not tables.document.is_incomplete():
            vi, en = did_you_mean(name, known)
            yield tie_break.problem(
                (at,),
                f"không bảng nào có nhóm hay tiêu chí {name}; {vi}",
                f"no table has a group or criterion {name}; {en}",
            )


def check_assignments(tables: Tables | None, units: UnitRows | None) -> Iterator[FileProblem]:
    """Whom groups and criteria are assigned to are units, levels and kinds that there are."""
    if tables is None or units is None:
        return
    for at, table in enumerate(tables.value):
        for path, assignment in _assignments(at, table):
            for key in ("units", "except_units"):
                named = getattr(assignment, key)
                yield from unknown_units(tables, (*path, key), named, units)
            yield from unknown_words(tables, (*path, "levels"), assignment.levels, units.levels)
            yield from unknown_words(tables, (*path, "kinds"), assignment.kinds, units.kinds)
            yield from _nobody(tables, path, assignment, table, units)


def _assignments(at: int, table: Table) -> Iterator[tuple[Path, Assignment]]:
    for path, group in groups_of(at, table):
        if group.assigned_to is not None:
            yield (*path, "assigned_to"), group.assigned_to
    for path, criterion in criteria_of(at, table):
        if criterion.assigned_to is not None:
            yield (*path, "assigned_to"), criterion.assigned_to


def _nobody(
    tables: Tables, path: Path, to: Assignment, table: Table, units: UnitRows
) -> Iterator[FileProblem]:
    """Assigned to units that there are, none of which the table scores."""
    known = (
        units.codes.issuperset((*to.units, *to.except_units))
        and units.levels.issuperset(to.levels)
        and units.kinds.issuperset(to.kinds)
    )
    scored = [row.unit for row in units.rows if table.applies_to.includes(row.unit)]
    if not known or not scored:
        return
    if not any(
        (not to.units or unit.code in to.units)
        and unit.code not in to.except_units
        and (not to.levels or unit.level in to.levels)
        and (not to.kinds or unit.kind in to.kinds)
        for unit in scored
    ):
        yield tables.problem(
            path,
            f"không áp dụng cho đơn vị nào của bảng {table.id}; sửa assigned_to, hoặc bỏ mục này",
            f"no unit of the table {table.id} is meant; correct assigned_to, or remove the item",
        )
