"""Reading a table, whatever program wrote it."""

import unicodedata
from collections.abc import Callable, Sequence
from typing import TypeAlias

from services.contracts.sheets.encodings import decode_text
from services.contracts.sheets.sheet import Sheet
from services.contracts.sheets.text_table import DELIMITERS, lines_of, read_text_table
from services.contracts.sheets.workbook import is_workbook, read_workbook

Score: TypeAlias = Callable[[Sequence[str]], int]
"""How many cells of a row are headings that the caller knows."""
_FIRST_LINES = 100
"""Of a text, by which its delimiter is told."""
NEAR_THE_TOP = 20
"""Rows among which the headings are looked for, below a title and a date."""


def read_sheets(raw: bytes, score: Score) -> list[Sheet]:
    """The tables of a file, NFC; of a text the one whose delimiter gives most known headings.

    Raises UnreadableSheetError where its bytes can't be read, with the remedy.
    """
    if is_workbook(raw):
        return [_normal(sheet) for sheet in read_workbook(raw)]
    lines = lines_of(decode_text(raw))
    best = _best(score)
    top = lines[:_FIRST_LINES]
    delimiter = max(DELIMITERS, key=lambda mark: best(read_text_table(top, mark)))
    return [read_text_table(lines, delimiter)]


def _best(score: Score) -> Callable[[Sheet], tuple[int, int]]:
    """Most known headings; where none is known, most cells."""

    def best(sheet: Sheet) -> tuple[int, int]:
        top = sheet.rows[:NEAR_THE_TOP]
        return max((score(row.cells) for row in top), default=0), sum(len(row.cells) for row in top)

    return best


def _normal(sheet: Sheet) -> Sheet:
    rows = tuple(
        row._replace(cells=tuple(unicodedata.normalize("NFC", cell) for cell in row.cells))
        for row in sheet.rows
    )
    return Sheet(rows, sheet.name, sheet.faults)
