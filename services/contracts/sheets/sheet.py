"""A table of texts, and the names of its cells."""

import unicodedata
from dataclasses import dataclass, field
from typing import NamedTuple

from services.contracts.reading import Sentence, UnreadableError


class UnreadableSheetError(UnreadableError):
    """A file is no table that can be read; `line` is where that shows."""

    def __init__(self, vi: str, en: str, line: int = 1) -> None:
        super().__init__(vi, en)
        self.line = line


class SheetRow(NamedTuple):
    """A row that has any text."""

    line: int
    """As the person sees it: of a workbook the row, of a text file the line, 1-based."""
    cells: tuple[str, ...]
    is_mended: bool = False
    """Whether a quote in it was left open, so that its cells are as they were probably meant."""
    is_hidden: bool = False
    """Whether Excel does not show it, as by a filter."""


class SheetFault(NamedTuple):
    """What is wrong with the table as such: where, and what to do."""

    line: int
    column: int | None
    sentence: Sentence


@dataclass(frozen=True, slots=True)
class Sheet:
    """The rows of one table."""

    rows: tuple[SheetRow, ...]
    name: str | None = None
    """Of a sheet of a workbook."""
    faults: tuple[SheetFault, ...] = field(default=())

    def cell(self, line: int, column: int) -> str:
        """A cell as the person sees it: F42, in a workbook Sheet1!F42."""
        name = f"{letters(column)}{line}"
        return name if self.name is None else f"{self.name}!{name}"


def letters(column: int) -> str:
    """The letters of a column from its number, 0 for A."""
    text = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        text = chr(ord("A") + rest) + text
    return text


def folded(text: str) -> str:
    """A heading without accents, case, line breaks and marks: “Đơn vị cấp trên” is don vi cap
    tren."""
    plain = unicodedata.normalize("NFD", text.replace("Đ", "D").replace("đ", "d"))
    return " ".join(
        "".join(
            letter if letter.isalnum() else " "
            for letter in plain
            if not unicodedata.combining(letter)
        )
        .lower()
        .split()
    )
