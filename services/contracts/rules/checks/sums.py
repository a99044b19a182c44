"""Checks of declared totals: of a group against its criteria, of a table against its groups.

What is marked `bonus` stands on top and is no part of a total; a cap is what may be less than the
sum below it.
"""

from collections.abc import Iterator, Sequence
from decimal import Decimal

from services.contracts.campaign.document import Path
from services.contracts.campaign.problems import FileProblem
from services.contracts.rules import Group, Table
from services.contracts.rules.checks.tables import Tables, groups_of
from services.contracts.wording import plain


def check_sums(tables: Tables | None) -> Iterator[FileProblem]:
    """Every declared total is the sum of what is below it, or its cap."""
    if tables is None:
        return
    for at, table in enumerate(tables.value):
        yield from _table(tables, at, table)
        for path, group in groups_of(at, table):
            yield from _group(tables, path, group)


def _table(tables: Tables, at: int, table: Table) -> Iterator[FileProblem]:
    regular = [group.maximum for group in table.groups if not group.bonus]
    # A table's cap may also be its maximum, as a group's.
    capped = table.cap == table.maximum and sum(regular, Decimal(0)) > table.maximum
    if not capped:
        yield from _sum(tables, (at,), ("groups",), table.maximum, regular)
    if table.cap is not None and table.cap < table.maximum:
        yield tables.problem(
            (at, "cap"),
            f"trần {plain(table.cap)} thấp hơn maximum {plain(table.maximum)} của bảng, không đơn "
            "vị nào đạt được maximum; nâng trần hoặc sửa maximum",
            f"the cap {plain(table.cap)} is below the table's maximum {plain(table.maximum)}, "
            "which nobody can reach; raise the cap or correct the maximum",
        )


def _group(tables: Tables, path: Path, group: Group) -> Iterator[FileProblem]:
    # All that an optional group gives comes on top, so there `bonus` of a criterion says no more.
    items = (*group.criteria, *group.groups)
    regular = [one.maximum for one in items if group.bonus or not one.bonus]
    if group.cap is None:
        yield from _sum(tables, path, _ITEMS, group.maximum, regular)
        return
    total = sum(regular, Decimal(0))
    most = sum((one.highest for one in items), Decimal(0))
    bounds_bonuses = total == group.maximum < group.cap
    if group.cap != group.maximum and not bounds_bonuses:
        yield tables.problem(
            (*path, "cap"),
            f"trần {plain(group.cap)} khác maximum {plain(group.maximum)} của nhóm; "
            "hai số phải bằng nhau",
            f"the cap {plain(group.cap)} is not the group's maximum {plain(group.maximum)}; "
            "make them equal",
        )
    reachable = most if bounds_bonuses else total
    if reachable < group.cap and not _incomplete(tables, path, _ITEMS):
        yield tables.problem(
            (*path, "cap"),
            f"các tiêu chí chỉ cộng được {plain(reachable)}, không tới trần {plain(group.cap)}; "
            "hạ trần hoặc bỏ cap",
            f"the criteria add up to {plain(reachable)} and never reach the cap "
            f"{plain(group.cap)}; lower or remove it",
        )


_ITEMS = ("criteria", "groups")
"""Keys of what a group is made of."""


def _incomplete(tables: Tables, path: Path, keys: Sequence[str]) -> bool:
    """Whether something was left out of one of them, because it could not be read."""
    return any(tables.document.is_incomplete((*path, key)) for key in keys)


def _sum(
    tables: Tables, path: Path, items: Sequence[str], declared: Decimal, parts: Sequence[Decimal]
) -> Iterator[FileProblem]:
    total = sum(parts, Decimal(0))
    if total != declared and not _incomplete(tables, path, items):
        added = " + ".join(plain(part) for part in parts) or "0"
        yield tables.problem(
            (*path, "maximum"),
            f"ghi {plain(declared)} nhưng các mục cộng lại là {added} = {plain(total)}; "
            "sửa tổng hoặc các mục",
            f"says {plain(declared)} but the items add up to {added} = {plain(total)}; "
            "correct the total or the items",
        )
