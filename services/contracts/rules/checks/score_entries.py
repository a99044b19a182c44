"""Checks of scores that people enter: what a unit was scored for stays that, whatever the table.

A score entry is kept by the unit and the id of its criterion. Where a table follows another inside
the year, the same id would therefore show a score of one thing as the score of another; so it would
where a unit is taken over by one that another table scores.
"""

from collections.abc import Iterator

from services.contracts.campaign.checks.rows import heirs, lifetimes
from services.contracts.campaign.document import Path
from services.contracts.campaign.problems import FileProblem
from services.contracts.campaign.units_file import UnitRows
from services.contracts.rules import Table
from services.contracts.rules.checks.tables import Tables, criteria_of
from services.contracts.rules.criteria import Entered
from services.contracts.wording import plain


def check_score_entries(tables: Tables | None, units: UnitRows | None) -> Iterator[FileProblem]:
    """One id of an entered criterion is one thing with one scale in all tables of a unit."""
    if tables is None or units is None:
        return
    heir = heirs(lifetimes(units.rows))
    scored = [
        {heir[row.unit.code] for row in units.rows if table.applies_to.includes(row.unit)}
        for table in tables.value
    ]
    entered = [_entered_of(at, table) for at, table in enumerate(tables.value)]
    for at in range(len(tables.value)):
        for earlier in range(at):
            if scored[at].isdisjoint(scored[earlier]):
                continue
            for name in sorted(entered[at].keys() & entered[earlier].keys()):
                path, one = entered[at][name]
                first, other = entered[earlier][name]
                if _meaning(one) != _meaning(other):
                    yield _two_things(tables, path, one, first, other)
                elif _both_reviews(one, other):
                    yield _two_reviews(tables, path, one, first)


def _entered_of(at: int, table: Table) -> dict[str, tuple[Path, Entered]]:
    return {
        criterion.id: (path, criterion)
        for path, criterion in criteria_of(at, table)
        if isinstance(criterion, Entered)
    }


def _meaning(criterion: Entered) -> tuple[object, ...]:
    """What whoever enters a score reads: for what it is, and from where to where it goes."""
    return criterion.title, criterion.minimum, criterion.maximum


def _both_reviews(one: Entered, other: Entered) -> bool:
    """Whether one is scored by the cluster and the other by scorers: their marks are entered as
    those of one stage on the topics (docs/decisions/0089-scorers-enter-marks-of-their-own.md)."""
    return any(
        "cluster" in a.stages and b.scored_by is not None for a, b in ((one, other), (other, one))
    )


def _two_reviews(tables: Tables, path: Path, one: Entered, first: Path) -> FileProblem:
    line = tables.document.line(first)
    return tables.problem(
        (*path, "id"),
        f"{one.id} ở đây và ở dòng {line} do cụm chấm ở một bảng, do đơn vị chấm điểm ở bảng "
        "kia; đặt mã khác",
        f"{one.id} here and in line {line} is scored by the cluster in one table and by scorers in "
        "the other; give it another id",
    )


def _two_things(
    tables: Tables, path: Path, one: Entered, first: Path, other: Entered
) -> FileProblem:
    line = tables.document.line(first)
    scales = [f"{plain(each.minimum)} – {plain(each.maximum)}" for each in (one, other)]
    return tables.problem(
        (*path, "id"),
        f"điểm đã chấm cho {other.id} “{other.title.vi}” ({scales[1]}, dòng {line}) sẽ thành điểm "
        f"của “{one.title.vi}” ({scales[0]}); đặt mã khác, hoặc giữ nguyên tên và thang điểm",
        f"scores entered for {other.id} “{other.title.en}” ({scales[1]}, line {line}) would become "
        f"scores of “{one.title.en}” ({scales[0]}); give it another id, or the same title and "
        "scale",
    )
