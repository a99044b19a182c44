"""Checks of a table by itself: sums as declared, ladders that ascend, bands that cover."""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import pairwise

from services.contracts.campaign.base import Bilingual, plain
from services.contracts.campaign.document import Path
from services.contracts.campaign.parts import Part
from services.contracts.campaign.problems import Problem
from services.contracts.campaign.rules import (
    Criterion,
    Group,
    Table,
)

Tables = Part[tuple[Table, ...]]


def check_sample(sample: Part[bool] | None, title: Part[Bilingual] | None) -> Iterator[Problem]:
    """A sample says so in its own title, in both languages, wherever its result is shown."""
    if sample is None or title is None or not sample.value:
        return
    if "mẫu" not in title.value.vi.lower() or "sample" not in title.value.en.lower():
        yield title.problem(
            (),
            "sample là true nên tên phải có chữ “mẫu” (vi) và “sample” (en)",
            "sample is true, so the title must have the words “mẫu” (vi) and “sample” (en)",
        )


def check_tables(tables: Tables | None) -> Iterator[Problem]:
    """All that can be judged of the tables by themselves."""
    if tables is None:
        return
    yield from _once(tables, [((at, "id"), t.id) for at, t in enumerate(tables.value)])
    for at, table in enumerate(tables.value):
        groups = [((at, "groups", g, "id"), group.id) for g, group in enumerate(table.groups)]
        yield from _once(tables, groups)
        yield from _once(tables, [((*path, "id"), c.id) for path, c in criteria_of(at, table)])
        yield from _sum(
            tables,
            (at, "maximum"),
            (at, "groups"),
            table.maximum,
            [g.maximum for g in table.groups],
        )
        for g, group in enumerate(table.groups):
            yield from _group(tables, (at, "groups", g), group)
        for path, criterion in criteria_of(at, table):
            yield from _criterion(tables, path, criterion)
        yield from _bands(tables, at, table)


def criteria_of(at: int, table: Table) -> Iterator[tuple[Path, Criterion]]:
    """Each criterion of the table with that number, with its path."""
    for g, group in enumerate(table.groups):
        for c, criterion in enumerate(group.criteria):
            yield (at, "groups", g, "criteria", c), criterion


def _once(tables: Tables, ids: Sequence[tuple[Path, str]]) -> Iterator[Problem]:
    seen: dict[str, Path] = {}
    for path, name in ids:
        if name in seen:
            line = tables.document.line(seen[name])
            yield tables.problem(
                path,
                f"mã {name} đã có ở dòng {line}; mỗi mã một lần",
                f"id {name} is already in line {line}; each id once",
            )
        seen.setdefault(name, path)


def _sum(
    tables: Tables, at: Path, over: Path, declared: Decimal, parts: Sequence[Decimal]
) -> Iterator[Problem]:
    total = sum(parts, Decimal(0))
    if total != declared and not tables.document.is_incomplete(over):
        added = " + ".join(plain(part) for part in parts)
        yield tables.problem(
            at,
            f"ghi {plain(declared)} nhưng các mục cộng lại là {added} = {plain(total)}; "
            "sửa tổng hoặc các mục",
            f"says {plain(declared)} but the items add up to {added} = {plain(total)}; "
            "correct the total or the items",
        )


def _group(tables: Tables, path: Path, group: Group) -> Iterator[Problem]:
    maxima = [criterion.maximum for criterion in group.criteria]
    criteria = (*path, "criteria")
    if group.cap is None:
        yield from _sum(tables, (*path, "maximum"), criteria, group.maximum, maxima)
        return
    if group.cap != group.maximum:
        yield tables.problem(
            (*path, "cap"),
            f"trần {plain(group.cap)} khác maximum {plain(group.maximum)} của nhóm; "
            "hai số phải bằng nhau",
            f"the cap {plain(group.cap)} is not the group's maximum {plain(group.maximum)}; "
            "make them equal",
        )
    total = sum(maxima, Decimal(0))
    if total < group.cap and not tables.document.is_incomplete(criteria):
        yield tables.problem(
            (*path, "cap"),
            f"các tiêu chí chỉ cộng được {plain(total)}, không tới trần {plain(group.cap)}; "
            "hạ trần hoặc bỏ cap",
            f"the criteria add up to {plain(total)} and never reach the cap {plain(group.cap)}; "
            "lower or remove it",
        )


# --- single criteria ------------------------------------------------------------------------------


def _criterion(tables: Tables, path: Path, criterion: Criterion) -> Iterator[Problem]:
    """What the kind itself finds, where nothing of the criterion was left out."""
    if tables.document.is_incomplete(path):
        return
    for fault in criterion.faults():
        yield tables.problem((*path, *fault.path), fault.vi, fault.en)


# --- bands ----------------------------------------------------------------------------------------


def _bands(tables: Tables, at: int, table: Table) -> Iterator[Problem]:
    path: Path = (at, "levels")
    bands = table.levels
    yield from _once(tables, [((*path, b, "level"), band.level) for b, band in enumerate(bands)])
    begins = [(b, low) for b, band in enumerate(bands) if (low := band.from_points) is not None]
    for b, band in enumerate(bands[:-1]):
        if band.from_points is None:
            yield tables.problem(
                (*path, b),
                "thiếu from; chỉ mức cuối được để trống",
                "from is missing; only the last level may leave it out",
            )
    for (_, above), (b, low) in pairwise(begins):
        if low >= above:
            yield tables.problem(
                (*path, b, "from"),
                f"{plain(low)} phải nhỏ hơn mức trên {plain(above)}; xếp từ cao xuống thấp",
                f"{plain(low)} must be less than the level above {plain(above)}; highest first",
            )
    if not bands or tables.document.is_incomplete((at,)):
        return
    if begins and begins[0][1] > table.highest:
        yield tables.problem(
            (*path, 0, "from"),
            f"không ai đạt được: bảng chỉ có {plain(table.highest)} điểm",
            f"nobody can reach it: the table has {plain(table.highest)} points",
        )
    last = bands[-1].from_points
    if last is not None and last > table.lowest:
        lowest = plain(table.lowest) if table.lowest.is_finite() else "−∞"
        yield tables.problem(
            (*path, len(bands) - 1, "from"),
            f"mức cuối phải từ {lowest}, tổng thấp nhất có thể, hoặc thấp hơn; hoặc bỏ from",
            f"the last level must begin at {lowest} or lower, the lowest total; or drop from",
        )
