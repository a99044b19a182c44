"""Checks of a table by itself: sums as declared, ladders that ascend, bands that cover."""

from collections.abc import Iterator, Sequence
from decimal import Decimal

from services.contracts.campaign.base import Bilingual, plain
from services.contracts.campaign.document import Path
from services.contracts.campaign.parts import Part
from services.contracts.campaign.problems import Problem
from services.contracts.campaign.rules import (
    BonusPenalty,
    Count,
    Criterion,
    Group,
    LateLadder,
    Linear,
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
    yield from _positive(tables, (*path, "maximum"), criterion.maximum)
    if isinstance(criterion, LateLadder):
        yield from _ladder(tables, path, criterion)
    elif isinstance(criterion, Linear):
        yield from _positive(tables, (*path, "target"), criterion.target)
    elif isinstance(criterion, Count):
        yield from _positive(tables, (*path, "each"), criterion.each)
        yield from _equal_maximum(tables, (*path, "cap"), "cap", criterion.cap, criterion.maximum)
    elif isinstance(criterion, BonusPenalty):
        yield from _bonus_penalty(tables, path, criterion)


def _positive(tables: Tables, path: Path, value: Decimal) -> Iterator[Problem]:
    if value <= 0:
        yield tables.problem(path, "phải lớn hơn 0", "must be more than 0")


def _equal_maximum(
    tables: Tables, path: Path, name: str, value: Decimal, maximum: Decimal
) -> Iterator[Problem]:
    if value != maximum:
        yield tables.problem(
            path,
            f"{plain(value)} khác maximum {plain(maximum)} của tiêu chí; hai số phải bằng nhau",
            f"{name} {plain(value)} is not the criterion's maximum {plain(maximum)}; "
            "make them equal",
        )


def _ladder(tables: Tables, path: Path, ladder: LateLadder) -> Iterator[Problem]:
    """Rungs ascend in days and never in points; nothing is worth more than doing it late."""
    for at in range(1, len(ladder.steps)):
        before, step = ladder.steps[at - 1], ladder.steps[at]
        here = (*path, "steps", at)
        if step.up_to <= before.up_to:
            yield tables.problem(
                (*here, "up_to"),
                f"bậc {step.up_to} ngày phải lớn hơn bậc trước ({before.up_to} ngày); xếp tăng dần",
                f"{step.up_to} days must be more than the rung before ({before.up_to}); ascend",
            )
        if step.points > before.points:
            yield tables.problem(
                (*here, "points"),
                f"muộn hơn lại nhiều điểm hơn ({plain(step.points)} > {plain(before.points)}); "
                "xếp điểm giảm dần",
                f"later gives more points ({plain(step.points)} > {plain(before.points)}); "
                "points go down",
            )
    last = ladder.steps[-1].points
    for name, value, limit in (
        ("otherwise", ladder.otherwise, last),
        ("missed", ladder.missed, ladder.otherwise),
        ("open", ladder.open, ladder.maximum),
    ):
        if value > limit:
            yield tables.problem(
                (*path, name),
                f"{plain(value)} không được lớn hơn {plain(limit)}",
                f"{plain(value)} may not be more than {plain(limit)}",
            )
    if not tables.document.is_incomplete((*path, "steps")):
        best = max(step.points for step in ladder.steps)
        yield from _equal_maximum(tables, (*path, "maximum"), "the best rung", best, ladder.maximum)


def _bonus_penalty(tables: Tables, path: Path, criterion: BonusPenalty) -> Iterator[Problem]:
    if not criterion.plus and not criterion.minus:
        yield tables.problem(
            path, "cần ít nhất một dòng plus hoặc minus", "needs a line under plus or minus"
        )
    for key, weights in (("plus", criterion.plus), ("minus", criterion.minus)):
        for at, weight in enumerate(weights):
            yield from _positive(tables, (*path, key, at, "each"), weight.each)
    if criterion.floor > 0 or criterion.floor > criterion.ceiling:
        yield tables.problem(
            (*path, "floor"),
            f"sàn {plain(criterion.floor)} phải từ 0 trở xuống (không có gì thì 0 điểm)",
            f"the floor {plain(criterion.floor)} must be 0 or less (who has nothing gets 0)",
        )
    yield from _equal_maximum(
        tables, (*path, "ceiling"), "ceiling", criterion.ceiling, criterion.maximum
    )


# --- bands ----------------------------------------------------------------------------------------


def lowest_points(criterion: Criterion) -> Decimal:
    """The least that a criterion can give."""
    if isinstance(criterion, LateLadder):
        return min(
            criterion.otherwise,
            criterion.missed,
            criterion.open,
            *(step.points for step in criterion.steps),
        )
    return criterion.floor if isinstance(criterion, BonusPenalty) else Decimal(0)


def _bands(tables: Tables, at: int, table: Table) -> Iterator[Problem]:
    path: Path = (at, "levels")
    bands = table.levels
    yield from _once(tables, [((*path, b, "level"), band.level) for b, band in enumerate(bands)])
    for b in range(1, len(bands)):
        if bands[b].from_points >= bands[b - 1].from_points:
            yield tables.problem(
                (*path, b, "from"),
                f"{plain(bands[b].from_points)} phải nhỏ hơn mức trên "
                f"{plain(bands[b - 1].from_points)}; xếp từ cao xuống thấp",
                f"{plain(bands[b].from_points)} must be less than the level above "
                f"{plain(bands[b - 1].from_points)}; highest first",
            )
    if bands[0].from_points > table.maximum:
        yield tables.problem(
            (*path, 0, "from"),
            f"không ai đạt được: bảng chỉ có {plain(table.maximum)} điểm",
            f"nobody can reach it: the table has {plain(table.maximum)} points",
        )
    lowest = sum((lowest_points(c) for c in table.criteria), Decimal(0))
    if bands[-1].from_points > lowest and not tables.document.is_incomplete((at,)):
        yield tables.problem(
            (*path, len(bands) - 1, "from"),
            f"mức cuối phải từ {plain(lowest)}, tổng thấp nhất có thể; thấp hơn nữa cũng được",
            f"the last level must begin at {plain(lowest)} or lower, the lowest total of all",
        )
