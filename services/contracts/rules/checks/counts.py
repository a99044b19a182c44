"""Checks of declared numbers: "gồm 12 tiêu chí", "đạt cả 3 điều kiện", as printed tables say them.

A line that was forgotten or copied twice changes them where sums of maxima happen to be right.
"""

from collections.abc import Iterator

from services.contracts.campaign.document import Path
from services.contracts.campaign.problems import FileProblem
from services.contracts.rules import Condition, comparisons
from services.contracts.rules.checks.tables import Tables, criteria_of, groups_of
from services.contracts.rules.criteria import FirstRung, YesNo


def check_counts(tables: Tables | None) -> Iterator[FileProblem]:
    """Tables and groups have as many criteria as they say, conditions as many comparisons."""
    if tables is None:
        return
    for at, table in enumerate(tables.value):
        yield from _criteria(tables, (at,), table.criteria_count, len(table.criteria))
        for path, group in groups_of(at, table):
            yield from _criteria(tables, path, group.criteria_count, len(list(group.placed())))
        for path, criterion in criteria_of(at, table):
            if isinstance(criterion, YesNo):
                yield from _conditions(tables, path, criterion.condition_count, criterion.when)
            elif isinstance(criterion, FirstRung):
                for r, rung in enumerate(criterion.rungs):
                    place = (*path, "rungs", r)
                    yield from _conditions(tables, place, rung.condition_count, rung.when)
        for k, one in enumerate(table.knock_outs):
            place = (at, "knock_outs", k)
            yield from _conditions(tables, place, one.condition_count, one.when)
        declared, found = table.knock_out_count, len(table.knock_outs)
        if declared not in (None, found) and not tables.document.is_incomplete((at, "knock_outs")):
            yield tables.problem(
                (at, "knock_out_count"),
                f"ghi {declared} điều kiện hạ mức xếp loại nhưng có {found}; thêm, bớt hoặc sửa"
                " số này",
                f"says {declared} knock-outs but there are {found}; add, remove, or correct it",
            )


def _criteria(
    tables: Tables, path: Path, declared: int | None, found: int
) -> Iterator[FileProblem]:
    if declared not in (None, found) and not tables.document.is_incomplete(path):
        yield tables.problem(
            (*path, "criteria_count"),
            f"ghi {declared} tiêu chí nhưng có {found}; thêm, bớt tiêu chí hoặc sửa số này",
            f"says {declared} criteria but there are {found}; add or remove some, or correct it",
        )


def _conditions(
    tables: Tables, path: Path, declared: int | None, when: Condition
) -> Iterator[FileProblem]:
    found = len(list(comparisons(when)))
    if declared not in (None, found) and not tables.document.is_incomplete(path):
        yield tables.problem(
            (*path, "condition_count"),
            f"ghi {declared} điều kiện nhưng when có {found} phép so sánh; sửa một trong hai",
            f"says {declared} conditions but `when` has {found} comparisons; correct one of them",
        )
