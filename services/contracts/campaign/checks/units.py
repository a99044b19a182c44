"""Checks of the unit tree as a whole: codes, parents, days, codes of the statistics office.

A unit has a row for each period, so each question is asked of days. All are answered by sorting:
a file of 20,000 rows is checked in a moment, whatever is wrong with it.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date
from itertools import islice

from services.contracts.campaign.checks.rows import (
    Found,
    Lifetimes,
    also_in,
    apart,
    at_once,
    is_backwards,
    lifetimes,
)
from services.contracts.campaign.checks.succession import check_successors
from services.contracts.campaign.circles import circles
from services.contracts.campaign.explain import did_you_mean
from services.contracts.campaign.problems import MOST_PROBLEMS, FileProblem
from services.contracts.campaign.unit import Unit
from services.contracts.campaign.units_file import Row, UnitRows

GSO_WIDTHS = (2, 3, 5)
"""Digits of a code of the General Statistics Office: province, district (to 2025), commune."""


def check_units(file: str, known: UnitRows) -> list[FileProblem]:
    """All that is wrong between the rows, in the order of their lines."""
    rows, lives = known.rows, lifetimes(known.rows)
    found = [
        one
        for check in (
            _periods(lives),
            _parents(rows, known.codes),
            _circles(rows),
            _roots(rows),
            _days(rows, lives),
            check_successors(rows, lives, known.codes),
            _zeros(rows),
            _gso(rows),
        )
        for one in islice(check, MOST_PROBLEMS + 1)  # one more: that there are more is told
    ]
    return [
        FileProblem(file=file, line=row.line, vi=vi, en=en)
        for row, (vi, en) in sorted(found, key=lambda one: one.row.line)
    ]


def _periods(lives: Lifetimes) -> Iterator[Found]:
    """The rows of a code follow each other without a day twice and without a day between them."""
    for code, life in lives.items():
        if len(life.rows) == 1 or any(map(is_backwards, life.rows)):
            continue
        for pair in at_once(life.rows):
            first, second = sorted(pair, key=lambda row: row.line)
            vi = (
                f"mã {code} đã có ở dòng {first.line} trong cùng thời gian; đơn vị đổi tên, đổi "
                "cấp trên hoặc đổi cụm: ghi ngày đổi vào valid_to của dòng trước và valid_from "
                "của dòng sau; đơn vị khác: dùng mã khác"
            )
            en = (
                f"code {code} is already in line {first.line} for the same days; of a unit that is "
                "renamed or moved the former row has the day as valid_to and the next one as "
                "valid_from; another unit takes another code"
            )
            yield Found(second, (vi, en))
        for before, row in apart(life.rows):
            vi = (
                f"mã {code} không có từ {before.unit.valid_to} (valid_to, dòng {before.line}) đến "
                f"trước {row.unit.valid_from}; valid_to là ngày đầu tiên không còn như vậy, ghi "
                "hai ngày giống nhau; đơn vị lập lại sau khi giải thể: dùng mã mới"
            )
            en = (
                f"code {code} is nothing from {before.unit.valid_to} (valid_to, line "
                f"{before.line}) until {row.unit.valid_from}; valid_to is the first day on which "
                "it is no longer so: make the two days the same; a unit that is set up anew takes "
                "a new code"
            )
            yield Found(row, (vi, en))


def _parents(rows: Sequence[Row], codes: frozenset[str]) -> Iterator[Found]:
    """A parent that there is not, at the first row that names it: hundreds may have one slip."""
    unknown: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        if row.unit.parent is not None and row.unit.parent not in codes:
            unknown[row.unit.parent].append(row)
    for parent, its in unknown.items():
        vi, en = did_you_mean(parent, codes)
        also_vi, also_en = also_in(its)
        yield Found(
            its[0],
            (
                f"parent: không có đơn vị {parent}{also_vi}; {vi}",
                f"parent: there is no unit {parent}{also_en}; {en}",
            ),
        )


def _circles(rows: Sequence[Row]) -> Iterator[Found]:
    by_unit = {(row.unit.code, row.unit.begins): row for row in reversed(rows)}
    for day, units in circles(row.unit for row in rows):
        shown = " → ".join(unit.code for unit in (*units, units[0]))
        first = min((by_unit[unit.code, unit.begins] for unit in units), key=lambda row: row.line)
        vi_day, en_day = (f" từ {day}", f" from {day} on") if day != date.min else ("", "")
        vi = (
            f"parent: các đơn vị tạo thành vòng {shown}{vi_day}; sửa cấp trên của một đơn vị trong "
            "đó"
        )
        en = f"parent: the units form a circle {shown}{en_day}; correct the parent of one of them"
        yield Found(first, (vi, en))


def _roots(rows: Sequence[Row]) -> Iterator[Found]:
    roots = [row for row in rows if row.unit.parent is None and not is_backwards(row)]
    for root, row in at_once(roots):
        if root.unit.code == row.unit.code:
            continue
        vi = (
            f"parent để trống, nhưng {root.unit.code} (dòng {root.line}) đã là gốc; "
            "điền đơn vị cấp trên"
        )
        en = (
            f"parent is empty, but {root.unit.code} (line {root.line}) is the root "
            "already; fill in the unit it reports to"
        )
        yield Found(row, (vi, en))


def _days(rows: Sequence[Row], lives: Lifetimes) -> Iterator[Found]:
    """Rows that end before they begin; and those that reach beyond a parent, once a parent."""
    beyond: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in rows:
        unit = row.unit
        if is_backwards(row):
            vi = (
                f"valid_from {unit.valid_from} không trước valid_to {unit.valid_to}; "
                "valid_to là ngày đầu tiên không còn như vậy"
            )
            en = (
                f"valid_from {unit.valid_from} is not before valid_to {unit.valid_to}; "
                "valid_to is the first day on which it is no longer so"
            )
            yield Found(row, (vi, en))
            continue
        above = lives.get(unit.parent or "")
        if above is not None and not above.begins <= unit.begins < unit.ends <= above.ends:
            beyond[unit.parent or "", _span(unit)].append(row)
    for (parent, span), its in beyond.items():
        also_vi, also_en = also_in(its)
        vi = (
            f"{span} vượt ra ngoài {lives[parent].span} của cấp trên {parent}{also_vi}; sửa "
            "valid_from/valid_to, hoặc thêm một dòng với cấp trên mới"
        )
        en = (
            f"{span} reaches beyond {lives[parent].span} of its parent {parent}{also_en}; correct "
            "valid_from/valid_to, or add a row with the new parent"
        )
        yield Found(its[0], (vi, en))


def _span(unit: Unit) -> str:
    return f"[{unit.valid_from or '…'}, {unit.valid_to or '…'})"


def _zeros(rows: Sequence[Row]) -> Iterator[Found]:
    """Codes of digits only that are shorter than the others: a spreadsheet takes zeros away."""
    digits = [row for row in rows if row.unit.code.isdecimal()]
    width = max((len(row.unit.code) for row in digits), default=0)
    zeros = any(row.unit.code.startswith("0") for row in digits)
    for row in digits if zeros else ():
        if len(row.unit.code) < width and not row.unit.code.startswith("0"):
            code, right = row.unit.code, row.unit.code.zfill(width)
            vi = f"code “{code}” mất số 0 ở đầu; viết {right} (cột dạng văn bản)"
            en = f"code “{code}” lost its zeros; write {right} (a text column)"
            yield Found(row, (vi, en))


def _gso(rows: Sequence[Row]) -> Iterator[Found]:
    """Zeros lost in front (a spreadsheet does that), and one code for two units of a level."""
    widest: dict[str, int] = defaultdict(int)
    owners: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in rows:
        level, code = row.unit.level, row.unit.gso_code
        widest[level] = max(widest[level], len(code or ""))
        if code is not None and not is_backwards(row):
            owners[level, code].append(row)
    for row in rows:
        code = row.unit.gso_code
        if code is None:
            continue
        width = widest[row.unit.level]
        width = width if width in GSO_WIDTHS else next((w for w in GSO_WIDTHS if w >= width), 5)
        if len(code) < width:
            vi = f"gso_code “{code}” mất số 0 ở đầu; viết {code.zfill(width)} (cột dạng văn bản)"
            en = f"gso_code “{code}” lost its zeros; write {code.zfill(width)} (a text column)"
            yield Found(row, (vi, en))
        elif len(code) > width:
            vi = f"gso_code “{code}” dài hơn 5 chữ số; xem lại danh mục của Tổng cục Thống kê"
            en = f"gso_code “{code}” has more than 5 digits; look it up at the statistics office"
            yield Found(row, (vi, en))
    for (_, code), its in owners.items():
        for pair in at_once(its):
            other, row = sorted(pair, key=lambda one: one.line)
            if other.unit.code != row.unit.code:
                vi = f"gso_code {code} đã của {other.unit.code} (dòng {other.line}); sửa một nơi"
                en = (
                    f"gso_code {code} is that of {other.unit.code} (line {other.line}); correct one"
                )
                yield Found(row, (vi, en))
