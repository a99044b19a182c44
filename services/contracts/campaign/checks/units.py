"""Checks of the unit tree as a whole: codes, parents, days, codes of the statistics office."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date

from services.contracts.campaign.explain import did_you_mean
from services.contracts.campaign.problems import FileProblem
from services.contracts.campaign.units import Unit
from services.contracts.campaign.units_file import Row, UnitRows
from services.contracts.reading import Sentence

GSO_WIDTHS = (2, 3, 5)
"""Digits of a code of the General Statistics Office: province, district (to 2025), commune."""


def check_units(file: str, known: UnitRows) -> list[FileProblem]:
    """All that is wrong between the rows, in the order of their lines."""
    rows = known.rows
    by_code = {row.unit.code: row for row in reversed(rows)}  # the first of two wins
    found = [
        *_twice(rows),
        *_parents(rows, known.codes),
        *_circles(rows, by_code),
        *_roots(rows),
        *_days(rows, by_code),
        *_gso(rows),
    ]
    return [
        FileProblem(file=file, line=row.line, vi=vi, en=en)
        for row, (vi, en) in sorted(found, key=lambda pair: pair[0].line)
    ]


Found = list[tuple[Row, Sentence]]


def _twice(rows: Sequence[Row]) -> Found:
    first: dict[str, int] = {}
    found: Found = []
    for row in rows:
        code = row.unit.code
        if code in first:
            vi = f"mã {code} đã có ở dòng {first[code]}; mỗi đơn vị một dòng, mã không dùng lại"
            en = f"code {code} is already in line {first[code]}; one line a unit, no code twice"
            found.append((row, (vi, en)))
        first.setdefault(code, row.line)
    return found


def _parents(rows: Sequence[Row], codes: frozenset[str]) -> Found:
    found: Found = []
    for row in rows:
        parent = row.unit.parent
        if parent is not None and parent not in codes:
            vi, en = did_you_mean(parent, codes)
            found.append(
                (
                    row,
                    (
                        f"parent: không có đơn vị {parent}; {vi}",
                        f"parent: there is no unit {parent}; {en}",
                    ),
                )
            )
    return found


def _circles(rows: Sequence[Row], by_code: dict[str, Row]) -> Found:
    found: Found = []
    done: set[str] = set()
    for row in rows:
        walk: list[str] = []
        code: str | None = row.unit.code
        while code is not None and code in by_code and code not in done and code not in walk:
            walk.append(code)
            code = by_code[code].unit.parent
        if code is not None and code in walk:
            circle = [*walk[walk.index(code) :], code]
            shown = " → ".join(circle)
            first = min((by_code[c] for c in circle), key=lambda r: r.line)
            vi = f"parent: các đơn vị tạo thành vòng {shown}; sửa cấp trên của một đơn vị trong đó"
            en = f"parent: the units form a circle {shown}; correct the parent of one of them"
            found.append((first, (vi, en)))
        done.update(walk)
    return found


def _roots(rows: Sequence[Row]) -> Found:
    roots = [row for row in rows if row.unit.parent is None]
    found: Found = []
    for row in roots[1:]:
        vi = (
            f"parent để trống, nhưng {roots[0].unit.code} (dòng {roots[0].line}) đã là gốc; "
            "điền đơn vị cấp trên"
        )
        en = (
            f"parent is empty, but {roots[0].unit.code} (line {roots[0].line}) is the root "
            "already; fill in the unit it reports to"
        )
        found.append((row, (vi, en)))
    return found


def _days(rows: Sequence[Row], by_code: dict[str, Row]) -> Found:
    found: Found = []
    for row in rows:
        unit = row.unit
        if unit.valid_from and unit.valid_to and unit.valid_from >= unit.valid_to:
            vi = (
                f"valid_from {unit.valid_from} không trước valid_to {unit.valid_to}; "
                "valid_to là ngày đầu tiên đơn vị không còn"
            )
            en = (
                f"valid_from {unit.valid_from} is not before valid_to {unit.valid_to}; "
                "valid_to is the first day on which the unit is no more"
            )
            found.append((row, (vi, en)))
            continue
        parent = by_code.get(unit.parent or "")
        if parent is not None and not _within(unit, parent.unit):
            vi = (
                f"{_span(unit)} vượt ra ngoài {_span(parent.unit)} của cấp trên "
                f"{parent.unit.code}; sửa valid_from/valid_to, hoặc cấp trên"
            )
            en = (
                f"{_span(unit)} reaches beyond {_span(parent.unit)} of its parent "
                f"{parent.unit.code}; correct valid_from/valid_to, or the parent"
            )
            found.append((row, (vi, en)))
    return found


def _within(unit: Unit, parent: Unit) -> bool:
    begins = (unit.valid_from or date.min) >= (parent.valid_from or date.min)
    ends = (unit.valid_to or date.max) <= (parent.valid_to or date.max)
    return begins and ends


def _span(unit: Unit) -> str:
    return f"[{unit.valid_from or '…'}, {unit.valid_to or '…'})"


def _gso(rows: Sequence[Row]) -> Found:
    """Zeros lost in front (a spreadsheet does that), and one code for two units of a level."""
    widest: dict[str, int] = defaultdict(int)
    for row in rows:
        widest[row.unit.level] = max(widest[row.unit.level], len(row.unit.gso_code or ""))
    found: Found = []
    owners: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in rows:
        code = row.unit.gso_code
        if code is None:
            continue
        width = widest[row.unit.level]
        width = width if width in GSO_WIDTHS else next((w for w in GSO_WIDTHS if w >= width), 5)
        if len(code) < width:
            vi = f"gso_code “{code}” mất số 0 ở đầu; viết {code.zfill(width)} (cột dạng văn bản)"
            en = f"gso_code “{code}” lost its zeros; write {code.zfill(width)} (a text column)"
            found.append((row, (vi, en)))
        elif len(code) > width:
            vi = f"gso_code “{code}” dài hơn 5 chữ số; xem lại danh mục của Tổng cục Thống kê"
            en = f"gso_code “{code}” has more than 5 digits; look it up at the statistics office"
            found.append((row, (vi, en)))
        for other in owners[row.unit.level, code]:
            if _overlap(row.unit, other.unit) and row.unit.code != other.unit.code:
                vi = f"gso_code {code} đã của {other.unit.code} (dòng {other.line}); sửa một nơi"
                en = (
                    f"gso_code {code} is that of {other.unit.code} (line {other.line}); correct one"
                )
                found.append((row, (vi, en)))
        owners[row.unit.level, code].append(row)
    return found


def _overlap(one: Unit, other: Unit) -> bool:
    starts = max(one.valid_from or date.min, other.valid_from or date.min)
    ends = min(one.valid_to or date.max, other.valid_to or date.max)
    return starts < ends
