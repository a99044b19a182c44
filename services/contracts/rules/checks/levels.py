"""Checks of levels: each total there can be lies in one band, and what names a level names one.

A total is a multiple of the step it is rounded to: of the table's `level_rounding`, else of the
rule set's `rounding`. So bands in whole numbers, 50 to 74 and 75 to 89, leave 74.5 out unless a
rounding to whole numbers is declared.
"""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from itertools import pairwise

from services.contracts.campaign.document import Path
from services.contracts.campaign.explain import did_you_mean
from services.contracts.campaign.measuring.proving.intervals import Cut, Interval, Numbers
from services.contracts.campaign.parts import FilePart
from services.contracts.campaign.problems import FileProblem
from services.contracts.rules import Band, FlagCandidates, Rounding, Table
from services.contracts.rules.checks.parts import Before
from services.contracts.rules.checks.tables import Tables, once
from services.contracts.rules.knock_outs import PointsBelow
from services.contracts.wording import plain


def check_levels(
    tables: Tables | None,
    rounding: Rounding,
    candidates: FilePart[FlagCandidates] | None,
    before: Mapping[int, Before],
) -> Iterator[FileProblem]:
    """Bands have no gap or overlap; knock-outs and flag candidates name levels that exist.

    `before`: by number of a table what parts of the year before it add to its totals.
    """
    if tables is None:
        return
    for at, table in enumerate(tables.value):
        path: Path = (at, "levels")
        names = [((*path, b, "level"), band.level) for b, band in enumerate(table.levels)]
        yield from once(tables, names)
        yield from _knock_outs(tables, at, table)
        totals = Numbers(step=(table.level_rounding or rounding).to)
        if totals.step is not None and totals.step <= 0:
            continue  # reported elsewhere
        yield from _in_order(tables, path, table)
        if table.levels and not tables.document.lacks(path):
            yield from _touching(tables, path, table, totals)
            if not tables.document.is_incomplete((at, "groups")):
                yield from _ends(tables, path, table, totals, before.get(at, Before()))
    if candidates is not None and not tables.document.is_incomplete():
        known = {band.level for table in tables.value for band in table.levels}
        for which, level in enumerate(candidates.value.levels):
            if level not in known:
                vi, en = did_you_mean(level, known)
                yield candidates.problem(
                    ("levels", which),
                    f"không bảng nào có mức “{level}”; {vi}",
                    f"no table has a level “{level}”; {en}",
                )


def _knock_outs(tables: Tables, at: int, table: Table) -> Iterator[FileProblem]:
    known = [band.level for band in table.levels]
    if tables.document.lacks((at, "levels")):
        return
    for k, knock_out in enumerate(table.knock_outs):
        if knock_out.level not in known:
            vi, en = did_you_mean(knock_out.level, known)
            yield tables.problem(
                (at, "knock_outs", k, "level"),
                f"bảng không có mức “{knock_out.level}” trong levels; {vi}",
                f"the table has no level “{knock_out.level}” under levels; {en}",
            )


def check_points_below(tables: Tables | None) -> Iterator[FileProblem]:
    """Knock-outs by points name groups or criteria that can give as many, and as few."""
    if tables is None:
        return
    for at, table in enumerate(tables.value):
        if tables.document.is_incomplete((at, "groups")):
            continue
        maxima = {one.id: one.maximum for one in (*table.all_groups, *table.criteria)}
        for k, knock_out in enumerate(table.knock_outs):
            if (below := knock_out.points_below) is not None:
                yield from _points_below(
                    tables, (at, "knock_outs", k, "points_below"), below, maxima
                )


def _points_below(
    tables: Tables, path: Path, below: PointsBelow, maxima: Mapping[str, Decimal]
) -> Iterator[FileProblem]:
    for at, name in enumerate(below.of):
        place = (*path, "of", at)
        maximum = maxima.get(name)
        if maximum is None:
            vi, en = did_you_mean(name, maxima)
            yield tables.problem(
                place,
                f"bảng không có nhóm hay tiêu chí {name}; {vi}",
                f"the table has no group or criterion {name}; {en}",
            )
        elif name in below.of[:at]:
            yield tables.problem(
                place, f"{name} đã ghi trước; bỏ một", f"{name} is there already; remove one"
            )
        else:
            yield from _bound(tables, path, below, name, maximum)


def _bound(
    tables: Tables, path: Path, below: PointsBelow, name: str, maximum: Decimal
) -> Iterator[FileProblem]:
    """The bound is above 0 and not above all that there is: else nobody or everybody is struck."""
    key, bound, end = "percent", below.percent, Decimal(100)
    if bound is None:
        key, bound, end = "points", below.points or Decimal(0), maximum
    if maximum > 0 and 0 < bound <= end:
        return
    yield tables.problem(
        (*path, key),
        f"{plain(bound)} phải trên 0 và không quá {plain(end)} ({name} tối đa {plain(maximum)} "
        f"điểm); sửa số này, hoặc bỏ {name} khỏi of",
        f"{plain(bound)} must be above 0 and at most {plain(end)} ({name} has at most "
        f"{plain(maximum)} points); correct it, or take {name} out of `of`",
    )


def _in_order(tables: Tables, path: Path, table: Table) -> Iterator[FileProblem]:
    bands = table.levels
    for b, band in enumerate(bands[:-1]):
        if band.from_points is None:
            yield tables.problem(
                (*path, b),
                "thiếu from; chỉ mức cuối được để trống",
                "from is missing; only the last level may leave it out",
            )
    begins = [(b, low) for b, band in enumerate(bands) if (low := band.from_points) is not None]
    for (_, above), (b, low) in pairwise(begins):
        if low >= above:
            yield tables.problem(
                (*path, b, "from"),
                f"{plain(low)} phải nhỏ hơn mức trên {plain(above)}; xếp từ cao xuống thấp",
                f"{plain(low)} must be less than the level above {plain(above)}; highest first",
            )
    for b, band in enumerate(bands):
        begin, end = band.from_points, band.up_to
        if begin is not None and end is not None and end < begin:
            yield tables.problem(
                (*path, b, "up_to"),
                f"{plain(end)} thấp hơn from {plain(begin)}; sửa một đầu",
                f"{plain(end)} is below from {plain(begin)}; correct one end",
            )


def _touching(tables: Tables, path: Path, table: Table, totals: Numbers) -> Iterator[FileProblem]:
    """Where a band says its end, the band above begins at the next total."""
    for (_, above), (b, band) in pairwise(enumerate(table.levels)):
        if above.from_points is None or band.up_to is None:
            continue
        end, begin = Cut(band.up_to, after=True), Cut(above.from_points)
        hole, twice = totals.inside(Interval(end, begin)), totals.inside(Interval(begin, end))
        if not hole.is_empty:
            vi, en = _remedy(table, above, band)
            shown = totals.words(hole)
            yield tables.problem(
                (*path, b, "up_to"),
                f"hở giữa hai mức: tổng {shown} không thuộc {band.level} (đến {plain(band.up_to)}) "
                f"cũng không thuộc {above.level} (từ {plain(above.from_points)}); {vi}",
                f"a hole between two levels: a total {shown} is neither {band.level} (up to "
                f"{plain(band.up_to)}) nor {above.level} (from {plain(above.from_points)}); {en}",
            )
        elif not twice.is_empty:
            yield tables.problem(
                (*path, b, "up_to"),
                f"chồng lên mức trên: tổng {totals.words(twice)} thuộc cả {band.level} lẫn "
                f"{above.level}; hạ up_to, hoặc bỏ đi (from đã đủ)",
                f"overlaps the level above: a total {totals.words(twice)} is both {band.level} and "
                f"{above.level}; lower up_to, or drop it (from is enough)",
            )


def _remedy(table: Table, above: Band, band: Band) -> tuple[str, str]:
    """What closes a hole: a rounding by which the two numbers are neighbours, or no end at all."""
    drop = "bỏ up_to (from đã đủ)", "drop up_to (from is enough)"
    if above.from_points is None or band.up_to is None:
        return drop
    step = above.from_points - band.up_to
    finer = table.level_rounding is None or table.level_rounding.to < step
    if finer and step == 1 and band.up_to == band.up_to.to_integral_value():
        rounding = 'level_rounding: {to: "1", mode: half-up}'
        return f"khai báo {rounding}, hoặc {drop[0]}", f"declare {rounding}, or {drop[1]}"
    return drop


def _ends(
    tables: Tables, path: Path, table: Table, totals: Numbers, before: Before
) -> Iterator[FileProblem]:
    """The highest and the lowest total there can be have a level, and the highest level a total.

    A total that is no multiple of the step may be rounded either way: then nothing is claimed that
    only one of the two would prove.
    """
    first, last = table.levels[0], table.levels[-1]
    highest, lowest = table.highest + before.highest, table.lowest + before.lowest
    if first.from_points is not None and first.from_points > totals.up(highest):
        yield tables.problem(
            (*path, 0, "from"),
            f"không đơn vị nào đạt được: bảng chỉ có {plain(highest)} điểm",
            f"nobody can reach it: the table has {plain(highest)} points",
        )
    if first.up_to is not None and first.up_to < totals.down(highest):
        most = plain(highest) if highest.is_finite() else "+∞"
        yield tables.problem(
            (*path, 0, "up_to"),
            f"tổng có thể tới {most} (kể cả điểm thưởng), trên {plain(first.up_to)} không có mức; "
            "bỏ up_to",
            f"totals go up to {most} (bonuses included), and above {plain(first.up_to)} there is "
            "no level; drop up_to",
        )
    if last.from_points is not None and last.from_points > totals.up(lowest):
        shown = plain(lowest) if lowest.is_finite() else "−∞"
        yield tables.problem(
            (*path, len(table.levels) - 1, "from"),
            f"mức cuối phải từ {shown}, tổng thấp nhất có thể, hoặc thấp hơn; hoặc bỏ from",
            f"the last level must begin at {shown} or lower, the lowest total; or drop from",
        )
