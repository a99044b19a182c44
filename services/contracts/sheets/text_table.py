"""A table in a text file: cells parted by commas, semicolons or tabs, quoted where they must be."""

import csv
import re
from collections.abc import Iterator, Sequence

from services.contracts.sheets.sheet import Sheet, SheetFault, SheetRow, letters

DELIMITERS = (",", ";", "\t")
_NEW_LINE = re.compile(r"\r\n|\n|\r")
_MOST_LINES = 12
"""Lines of one row: names are one line, and an open quote would take all that follows."""
_TOP = 5
"""Rows of titles and headings."""
_SHOWN = 40


def lines_of(text: str) -> list[str]:
    """The lines of a text, whatever ends them."""
    return _NEW_LINE.split(text)


def read_text_table(lines: Sequence[str], delimiter: str) -> Sheet:
    """The rows of a text. A quote that is left open is a fault of its line and of no other."""
    lines = list(lines)
    if lines[0].lower().startswith("sep="):  # Excel's own mark, no row
        lines[0] = ""
    rows: list[SheetRow] = []
    faults: list[SheetFault] = []
    width, at = 0, 0
    while at < len(lines):
        line, taken, mended = at + 1, 1, False
        cells: list[str] | None = lines[at].split(delimiter)
        if '"' in lines[at]:
            cells = _cells(lines[at : at + 1], delimiter)
        if cells is None:
            cells, taken = _over_lines(
                lines[at : at + _MOST_LINES], delimiter, width, is_top=len(rows) < _TOP
            )
        if cells is None:
            cells, taken, mended = lines[at].replace('"', "").split(delimiter), 1, True
            faults.append(_open_quote(line, lines[at], delimiter))
        if any(cell.strip() for cell in cells):
            rows.append(SheetRow(line, tuple(cells), mended))
            width = width if mended else len(cells)
        at += taken
    return Sheet(tuple(rows), faults=tuple(faults))


def _cells(lines: Sequence[str], delimiter: str) -> list[str] | None:
    """The cells of one row; None where a quote is open or letters follow a closed one."""
    reader: Iterator[list[str]] = csv.reader(
        [f"{line}\n" for line in lines], delimiter=delimiter, strict=True
    )
    try:
        found = list(reader)
    except csv.Error:
        return None
    return found[0] if len(found) == 1 else ([] if not found else None)


def _over_lines(
    lines: Sequence[str], delimiter: str, width: int, *, is_top: bool
) -> tuple[list[str] | None, int]:
    """A row with cells of several lines, where it has as many cells as the row above.

    Headings, which are often broken, have more cells than the title above them.
    """
    for count in range(2, len(lines) + 1):
        cells = _cells(lines[:count], delimiter)
        if cells is not None and (len(cells) == width or (is_top and len(cells) > width)):
            return cells, count
    return None, 1


def _open_quote(line: int, text: str, delimiter: str) -> SheetFault:
    parts = text.split(delimiter)
    column = next(
        (n for n, part in enumerate(parts) if part.lstrip()[:1] == '"' and part.count('"') % 2),
        next((n for n, part in enumerate(parts) if '"' in part), 0),
    )
    shown = parts[column].strip()[:_SHOWN]
    cell = f"{letters(column)}{line}"
    return SheetFault(
        line,
        column,
        (
            f"dấu nháy mở ở ô {cell} ({shown}) chưa đóng; đóng ở cuối ô, hoặc bỏ đi",
            f"the quote that opens in cell {cell} ({shown}) is not closed; close it at the end of "
            "the cell, or remove it",
        ),
    )
