"""The columns of a units file, by the headings that people give them."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from services.contracts.reading import Sentence
from services.contracts.sheets.sheet import Sheet, SheetRow, folded

REQUIRED = ("code", "name", "kind", "level", "parent", "cluster", "gso_code")
OPTIONAL = ("name_in_text", "valid_from", "valid_to", "successor")
DAYS = ("valid_from", "valid_to")

_VIETNAMESE: Mapping[str, tuple[str, ...]] = {
    "code": ("mã", "mã đơn vị", "mã số", "mã định danh"),
    "name": ("tên", "tên đơn vị"),
    "kind": ("loại", "loại đơn vị", "loại hình"),
    "level": ("cấp", "cấp đơn vị"),
    "parent": (
        "cấp trên",
        "đơn vị cấp trên",
        "đơn vị cấp trên trực tiếp",
        "mã cấp trên",
        "mã đơn vị cấp trên",
        "trực thuộc",
    ),
    "cluster": ("cụm", "khối", "cụm thi đua", "khối thi đua", "cụm, khối thi đua", "mã cụm"),
    "gso_code": ("mã tổng cục thống kê", "mã tctk", "mã cục thống kê", "mã thống kê", "mã gso"),
    "name_in_text": ("tên trong câu",),
    "valid_from": ("từ ngày", "có hiệu lực từ", "ngày bắt đầu"),
    "valid_to": ("đến ngày", "hết hiệu lực từ", "ngày kết thúc"),
    "successor": ("đơn vị kế thừa", "đơn vị tiếp nhận", "mã đơn vị kế thừa", "mã đơn vị tiếp nhận"),
}
_PASSED_OVER = frozenset(map(folded, ("STT", "TT", "Số TT", "Ghi chú", "Note")))
"""Columns that an office's table has and that say nothing about a unit."""
_COLUMN_OF: Mapping[str, str] = {
    **{folded(column): column for column in REQUIRED + OPTIONAL},
    **{folded(heading): column for column, its in _VIETNAMESE.items() for heading in its},
}
NEAR_THE_TOP = 20


class Header(NamedTuple):
    """Where the headings stand, and what each column is."""

    row: SheetRow
    columns: tuple[str | None, ...]
    """None for one that is passed over; a heading that nobody knows as it is written."""

    def heading(self, column: str) -> str:
        """What the person wrote above a column."""
        return self.row.cells[self.columns.index(column)].strip()


def known_headings(cells: Sequence[str]) -> int:
    """How many cells of a row are headings of a units file."""
    return len({_COLUMN_OF[folded(cell)] for cell in cells if folded(cell) in _COLUMN_OF})


def header_of(sheet: Sheet) -> Header | None:
    """The row near the top with most known headings; the first row where none has any."""
    rows = sheet.rows[:NEAR_THE_TOP]
    if not rows:
        return None
    row = max(rows, key=lambda one: known_headings(one.cells))
    return Header(row, tuple(map(_column, row.cells)))


def _column(heading: str) -> str | None:
    name = folded(heading)
    if not name or name in _PASSED_OVER:
        return None
    return _COLUMN_OF.get(name, heading.strip())


def expected() -> Sentence:
    """The headings that a table needs, in words."""
    vietnamese = ", ".join(map(vietnamese_heading, REQUIRED))
    english = ",".join(REQUIRED)
    return f"{english} (hoặc {vietnamese})", f"{english} (or {vietnamese})"


def vietnamese_heading(column: str) -> str:
    """What a Vietnamese table calls a column."""
    return _VIETNAMESE[column][0]
