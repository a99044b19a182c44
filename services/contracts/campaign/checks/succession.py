"""Checks of successors: who takes over is one unit that exists on the day, and no circle."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date

from services.contracts.campaign.checks.rows import Found, Lifetimes, also_in, lifetimes
from services.contracts.campaign.explain import did_you_mean
from services.contracts.campaign.parts import FilePart
from services.contracts.campaign.problems import FileProblem
from services.contracts.campaign.units_file import Row, UnitRows
from services.contracts.reading import Sentence

_LONG = 100
"""Successors of one day that are followed to a unit that exists; nobody writes as many."""
_NAMED = 5
"""Units named in a sentence about many; the rest are only counted."""


def check_successors(
    rows: Sequence[Row], lives: Lifetimes, codes: frozenset[str]
) -> Iterator[Found]:
    """Each successor is known, stands in the last row and exists on the day it takes over."""
    unknown: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        if row.unit.successor is None:
            continue
        if row.unit.successor not in codes:
            unknown[row.unit.successor].append(row)
        elif sentence := _wrong(row, lives):
            vi, en = sentence
            yield Found(row, (f"successor: {vi}", f"successor: {en}"))
    for successor, its in unknown.items():
        vi, en = did_you_mean(successor, codes)
        also_vi, also_en = also_in(its)
        yield Found(
            its[0],
            (
                f"successor: không có đơn vị {successor}{also_vi}; {vi}",
                f"successor: there is no unit {successor}{also_en}; {en}",
            ),
        )


def _wrong(row: Row, lives: Lifetimes) -> Sentence | None:
    code, successor, day = row.unit.code, row.unit.successor, row.unit.valid_to
    if successor is None:
        return None
    if day is None:
        return (
            f"{code} chưa ghi ngày kết thúc; điền valid_to, hoặc bỏ successor",
            f"{code} has no end; fill in valid_to, or remove the successor",
        )
    last = lives[code].last
    if row is not last:
        return (
            f"{code} còn hoạt động theo dòng {last.line}; chỉ ghi đơn vị tiếp nhận ở dòng đó",
            f"{code} goes on in line {last.line}; say who takes over in that line only",
        )
    return _unusable(code, successor, day, lives)


def _unusable(code: str, successor: str, day: date, lives: Lifetimes) -> Sentence | None:
    """Why the successor that stands in the right row cannot take over; None where it can."""
    if successor == code:
        return (
            f"{code} không thể tự tiếp nhận; ghi mã đơn vị khác, hoặc để trống",
            f"{code} cannot take over from itself; name another unit, or leave it empty",
        )
    if successor not in lives:
        return None  # its row could not be read, and that is a problem already
    return _absent(code, successor, day, lives)


def _absent(code: str, successor: str, day: date, lives: Lifetimes) -> Sentence | None:
    """A successor that doesn't exist on the day, with who could be meant; None where it does."""
    life = lives[successor]
    if life.begins <= day < life.ends:
        return None
    if day < life.begins:
        return (
            f"{successor} chỉ có từ {life.begins}, sau ngày {code} kết thúc ({day}); sửa ngày, "
            "hoặc ghi đơn vị có vào ngày đó",
            f"{successor} exists only from {life.begins}, after {code} ended ({day}); correct the "
            "day, or name a unit that exists on it",
        )
    chain = {code: 0}
    after: str | None = successor
    while after is not None and after in lives and lives[after].ends <= day and len(chain) < _LONG:
        if after in chain:
            shown = " → ".join([*list(chain)[chain[after] :], after])
            return (
                f"các đơn vị tiếp nhận vòng tròn {shown}; sửa successor của một đơn vị trong đó",
                f"the units take over in a circle {shown}; correct the successor of one of them",
            )
        chain[after] = len(chain)
        after = lives[after].last.unit.successor
    vi, en = (
        (f"ghi thẳng {after}", f"name {after} itself")
        if after is not None and after in lives and lives[after].begins <= day < lives[after].ends
        else ("ghi đơn vị còn hoạt động vào ngày đó", "name a unit that exists on that day")
    )
    return (
        f"{successor} đã kết thúc ngày {life.ends}, không tiếp nhận được {code} ngày {day}; {vi}",
        f"{successor} ended on {life.ends} and cannot take over from {code} on {day}; {en}",
    )


def check_endings(
    file: str,
    units: UnitRows | None,
    opens: FilePart[date] | None,
    closes: FilePart[date] | None,
) -> Iterator[FileProblem]:
    """Advice on units that end inside the campaign without a successor of their own level.

    One for each day, and one for each pair of levels: a reform ends hundreds at once.
    """
    if units is None or opens is None or closes is None:
        return
    alone: dict[date, list[Row]] = defaultdict(list)
    other_level: dict[tuple[str, str], list[Row]] = defaultdict(list)
    lives = lifetimes(units.rows)
    for life in lives.values():
        row, successor = life.last, lives.get(life.last.unit.successor or "")
        if not opens.value < row.unit.ends <= closes.value:
            continue
        if row.unit.successor is None:
            alone[row.unit.ends].append(row)
        elif successor is not None and successor.last.unit.level != row.unit.level:
            other_level[row.unit.level, successor.last.unit.level].append(row)
    for day, rows in alone.items():
        vi, en = _listed(rows)
        yield _advice(
            file,
            rows,
            f"successor: từ {day} không còn {vi} và không có đơn vị tiếp nhận: kết quả đã đạt "
            "không tính cho đơn vị nào, nội dung chưa thực hiện không chuyển cho đơn vị nào; "
            "nếu có, ghi mã đơn vị tiếp nhận",
            f"successor: from {day} on {en} no longer exist and nobody takes over: what they did "
            "counts for nobody, and what they owe passes to nobody; where a unit does take over, "
            "name it",
        )
    for (level, of_successor), rows in other_level.items():
        vi, en = _listed(rows)
        yield _advice(
            file,
            rows,
            f"successor: đơn vị tiếp nhận {vi} thuộc cấp {of_successor}, không phải cấp {level}: "
            "kết quả chấm theo bảng của cấp mới, tài khoản cũ có quyền của đơn vị tiếp nhận; nếu "
            "không đúng như vậy, ghi đơn vị khác",
            f"successor: what takes over from {en} is of the level {of_successor} and not {level}: "
            "its table scores what they did, and their accounts act for it; name another unit if "
            "that is not meant",
        )


def _listed(rows: Sequence[Row]) -> Sentence:
    named = ", ".join(row.unit.code for row in rows[:_NAMED])
    more = len(rows) - _NAMED
    if more <= 0:
        return named, named
    return f"{named} và {more} đơn vị khác", f"{named} and {more} more"


def _advice(file: str, rows: Sequence[Row], vi: str, en: str) -> FileProblem:
    line = min(row.line for row in rows)
    return FileProblem(file=file, line=line, vi=vi, en=en, warning=True)
