"""Checks of declared numbers: "gồm 12 tiêu chí", "đạt cả 3 điều kiện", as printed tables say them.

A line that was forgotten or copied twice changes them where sums of maxima happen to be right.
"""

from collections.abc import Iterator, Sequence

from services.contracts.campaign.document import Path
from services.contracts.campaign.problems import FileProblem
from services.contracts.rules import Condition, comparisons
from services.contracts.rules.checks.tables import Tables, criteria_of, groups_of
from services.contracts.rules.criteria import FirstRung, YesNo
from services.contracts.rules.groups import Placed


def check_counts(tables: Tables | None) -> Iterator[FileProblem]:
    """Tables and groups have as many criteria as they say, conditions as many comparisons."""
    if tables is None:
        return
    for at, table in enumerate(tables.value):
        yield from _criteria(tables, (at,), table.criteria_count, table.placed)
        for path, group in groups_of(at, table):
            yield from _criteria(tables, path, group.criteria_count, list(group.placed()))
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
    tables: Tables, path: Path, declared: int | None, criteria: Sequence[Placed]
) -> Iterator[FileProblem]:
    found = len(criteria)
    if declared in (None, found) or tables.document.is_incomplete(path):
        return
    vi, en = "thêm, bớt tiêu chí hoặc sửa số này", "add or remove some, or correct it"
    if beside := sum(map(_is_beside, criteria)):
        vi += (
            f"; có {beside} tiêu chí điểm thưởng, điểm trừ: văn bản không kể vào thì ghi"
            " criteria_count ở từng nhóm"
        )
        en += (
            f"; {beside} of them are bonuses or deductions: where the document does not count"
            " these, say criteria_count at each group"
        )
    yield tables.problem(
        (*path, "criteria_count"),
        f"ghi {declared} tiêu chí nhưng có {found}; {vi}",
        f"says {declared} criteria but there are {found}; {en}",
    )


def _is_beside(placed: Placed) -> bool:
    """Whether it is a bonus or a deduction, which documents print below their numbered criteria."""
    criterion = placed.criterion
    on_top = criterion.bonus or any(group.bonus for group in placed.groups)
    return on_top or criterion.maximum <= 0


def _conditions(
    tables: Tables, path: Path, declared: int | None, when: Condition | None
) -> Iterator[FileProblem]:
    found = 0 if when is None else len(list(comparisons(when)))
    if declared not in (None, found) and not tables.document.is_incomplete(path):
        yield tables.problem(
            (*path, "condition_count"),
            f"ghi {declared} điều kiện nhưng when có {found} phép so sánh; sửa một trong hai",
            f"says {declared} conditions but `when` has {found} comparisons; correct one of them",
        )
