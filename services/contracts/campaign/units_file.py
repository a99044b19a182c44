"""Reading a file of units: a row for each period of a unit, every faulty cell a problem of its own.

A text (units.csv) or a workbook (units.xlsx), with English or Vietnamese headings below any title.
What is announced is always the same text, `units_text`, whatever the file's dress.
"""

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace

from services.contracts.campaign.document import Document
from services.contracts.campaign.explain import did_you_mean
from services.contracts.campaign.parts import validate
from services.contracts.campaign.problems import FileProblem
from services.contracts.campaign.unit import Unit
from services.contracts.campaign.unit_columns import (
    DAYS,
    OPTIONAL,
    REQUIRED,
    Header,
    expected,
    header_of,
    known_headings,
    vietnamese_heading,
)
from services.contracts.events.base import nfc
from services.contracts.reading import UnreadableError, read_day_of_sheet
from services.contracts.sheets import Sheet, SheetRow, UnreadableSheetError, read_sheets
from services.contracts.wording import count_en, number_en, number_vi

MAX_BYTES = 5_000_000
"""All communes of the country are 10,000 rows, about 800 kB."""


_FEW = 3
"""Cells that a row has at least which is meant as a unit."""
_NAMED = 10
"""Of hidden rows, the most that a warning lists."""


@dataclass(frozen=True, slots=True)
class Row:
    """A unit in one of its periods, and the line of that row."""

    line: int
    unit: Unit


@dataclass(frozen=True, slots=True)
class UnitRows:
    """The rows that can be read, and the words that all rows use, readable or not."""

    rows: tuple[Row, ...] = ()
    codes: frozenset[str] = frozenset()
    levels: frozenset[str] = frozenset()
    kinds: frozenset[str] = frozenset()
    clusters: frozenset[str] = frozenset()
    sheet: Sheet = field(default_factory=lambda: Sheet(()))
    header: Header | None = None

    def place(self, line: int, column: str) -> str:
        """A cell as the person sees it, with its heading: F42 (Cấp trên); empty where there is
        none."""
        if self.header is None or column not in self.header.columns:
            return ""
        cell = self.sheet.cell(line, self.header.columns.index(column))
        return f"{cell} ({self.header.heading(column)})"

    def at_cells(self, problems: Iterable[FileProblem]) -> Iterator[FileProblem]:
        """The same problems; those that begin with the name of a column say in which cell."""
        for problem in problems:
            column = problem.en.partition(" ")[0].rstrip(":")
            place = "" if problem.path else self.place(problem.line, column)
            yield problem.model_copy(update={"path": place}) if place else problem


@dataclass(slots=True)
class _Words:
    codes: set[str] = field(default_factory=set)
    levels: set[str] = field(default_factory=set)
    kinds: set[str] = field(default_factory=set)
    clusters: set[str] = field(default_factory=set)

    def add(self, values: dict[str, str]) -> None:
        """Take in what a row says, right or wrong."""
        for words, column in (
            (self.codes, "code"),
            (self.levels, "level"),
            (self.kinds, "kind"),
            (self.clusters, "cluster"),
        ):
            if values.get(column):
                words.add(values[column])


def read_units(file: str, raw: bytes) -> tuple[UnitRows, list[FileProblem]]:
    """The rows of a units file with all its problems, tree and dates aside; never raises."""

    def refused(line: int, vi: str, en: str) -> tuple[UnitRows, list[FileProblem]]:
        return UnitRows(), [FileProblem(file=file, line=line, vi=vi, en=en)]

    if len(raw) > MAX_BYTES:
        return refused(
            1,
            f"tệp lớn hơn {number_vi(MAX_BYTES)} byte; chia nhỏ hoặc bỏ phần thừa",
            f"the file has more than {number_en(MAX_BYTES)} bytes; take out what does not belong "
            "here",
        )
    try:
        sheets = read_sheets(raw, known_headings)
    except UnreadableSheetError as error:
        return refused(error.line, error.vi, error.en)
    headed = [(sheet, header) for sheet in sheets if (header := header_of(sheet)) is not None]
    if not headed:
        vi, en = expected()
        return refused(
            1, f"tệp trống; dòng đầu là {vi}", f"the file is empty; the first line is {en}"
        )
    sheet, header = max(headed, key=lambda one: known_headings(one[1].row.cells))
    faults = _header_problems(file, sheet, header)
    if faults:
        return UnitRows(), faults
    return _rows(file, sheet, header)


def _rows(file: str, sheet: Sheet, header: Header) -> tuple[UnitRows, list[FileProblem]]:
    known = UnitRows(sheet=sheet, header=header)
    problems = [
        FileProblem(file=file, line=fault.line, vi=fault.sentence[0], en=fault.sentence[1])
        for fault in sheet.faults
    ]
    rows: list[Row] = []
    words = _Words()
    width = len(header.columns)
    below = [row for row in sheet.rows if row.line > header.row.line]
    for row in below[1:] if below and _is_numbering(below[0]) else below:
        cells = row.cells
        values = {
            column: nfc(cell.strip())
            for column, cell in zip(header.columns, cells, strict=False)
            if column is not None and cell.strip()
        }
        if len(cells) != width:
            words.add({"code": values.get("code", "")})
            if not row.is_mended:
                problems.append(_other_width(file, row.line, len(row.cells), width))
            continue
        if not values:
            continue
        if len(values) < _FEW and "code" not in values:
            problems.append(_no_unit(file, sheet, row, header))
            continue
        for column in DAYS:
            if column in values:
                values[column] = _day(values[column])
        words.add(values)
        unit, found = validate(Unit, Document(file, values, {(): row.line}))
        problems.extend(_in_cell(known, one) for one in found)
        if unit is not None:
            rows.append(Row(row.line, unit))
    if hidden := [row.line for row in below if row.is_hidden]:
        problems.append(_hidden(file, sheet, hidden))
    read = replace(
        known,
        rows=tuple(rows),
        codes=frozenset(words.codes),
        levels=frozenset(words.levels),
        kinds=frozenset(words.kinds),
        clusters=frozenset(words.clusters),
    )
    if not below:
        vi = "dưới dòng tiêu đề chưa có đơn vị nào; thêm mỗi đơn vị một dòng"
        en = "no unit stands below the headings; add a row for each"
        problems.append(FileProblem(file=file, line=header.row.line, vi=vi, en=en))
    return read, problems


def _hidden(file: str, sheet: Sheet, lines: Sequence[int]) -> FileProblem:
    """Rows that nobody sees are read: a filter is no deletion."""
    listed = ", ".join(map(str, lines[:_NAMED])) + (" …" if len(lines) > _NAMED else "")
    return FileProblem(
        file=file,
        line=lines[0],
        path=sheet.name or "",
        vi=f"{number_vi(len(lines))} dòng bị ẩn (dòng {listed}) vẫn được đọc; bỏ ẩn (bỏ lọc) để"
        " kiểm tra, xóa những dòng không dùng",
        en=f"{count_en(len(lines), 'hidden row')} ({listed}) will be read like the others; show"
        " them (clear the filter) to see, and delete what is not meant",
        warning=True,
    )


def _is_numbering(row: SheetRow) -> bool:
    """Whether a row below the headings only numbers the columns: 1, 2, 3 …"""
    cells = [cell.strip() for cell in row.cells]
    return cells == [str(number) for number in range(1, len(cells) + 1)]


def _no_unit(file: str, sheet: Sheet, row: SheetRow, header: Header) -> FileProblem:
    """A row below the table, as a sum or a signature."""
    at = next((n for n, cell in enumerate(row.cells) if cell.strip()), 0)
    return FileProblem(
        file=file,
        line=row.line,
        path=sheet.cell(row.line, at),
        vi=f"“{row.cells[at].strip()}” không phải đơn vị: chưa có “{header.heading('code')}”; thêm "
        "mã, hoặc xóa dòng này",
        en=f"“{row.cells[at].strip()}” is no unit: it has no “{header.heading('code')}”; add its "
        "code, or remove the row",
    )


def _other_width(file: str, line: int, cells: int, width: int) -> FileProblem:
    return FileProblem(
        file=file,
        line=line,
        vi=f"có {cells} ô, cần {width}; đếm dấu phẩy, tên có dấu phẩy đặt trong dấu nháy",
        en=f"{cells} cells instead of {width}; count the commas, and put a name with a comma in "
        "quotes",
    )


def _in_cell(known: UnitRows, problem: FileProblem) -> FileProblem:
    place = known.place(problem.line, problem.path)
    return problem.model_copy(update={"path": place}) if place else problem


def _day(text: str) -> str:
    """A day as Excel in Vietnam has it, written as all files of ours write it."""
    with suppress(UnreadableError):  # no day: refused as it was written
        return read_day_of_sheet(text).isoformat()
    return text


def units_text(units: Iterable[Unit]) -> str:
    """The rows as the text that is announced, the same for each dress of the file.

    Columns in one order, the optional ones where some row fills them; commas, no needless quotes.
    """
    rows = [unit.model_dump(mode="json", by_alias=True) for unit in units]
    columns = [*REQUIRED, *(one for one in OPTIONAL if any(row[one] for row in rows))]
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([row[column] or "" for column in columns] for row in rows)
    return text.getvalue()


def _header_problems(file: str, sheet: Sheet, header: Header) -> list[FileProblem]:
    line, columns = header.row.line, header.columns

    def problem(at: int | None, vi: str, en: str) -> FileProblem:
        path = "" if at is None else sheet.cell(line, at)
        return FileProblem(file=file, line=line, path=path, vi=vi, en=en)

    if not known_headings(header.row.cells):
        vi, en = expected()
        return [
            problem(None, f"không thấy dòng tiêu đề; cần {vi}", f"no row of headings; it is {en}")
        ]
    problems = _unknown(columns, problem)
    problems.extend(
        problem(
            None,
            f"thiếu cột “{column}” ({vietnamese_heading(column)}); thêm vào, ô được để trống nếu "
            "không có",
            f"the column “{column}” is missing; add it, cells may be empty where there is none",
        )
        for column in REQUIRED
        if column not in columns
    )
    return problems


def _unknown(
    columns: Sequence[str | None], problem: Callable[[int | None, str, str], FileProblem]
) -> list[FileProblem]:
    problems: list[FileProblem] = []
    for at, column in enumerate(columns):
        if column is None:
            continue
        if column not in REQUIRED + OPTIONAL:
            vi, en = did_you_mean(column, REQUIRED + OPTIONAL)
            problems.append(
                problem(
                    at, f"không có cột “{column}”; {vi}", f"there is no column “{column}”; {en}"
                )
            )
        elif column in columns[:at]:
            problems.append(
                problem(
                    at,
                    f"cột “{column}” có hai lần; bỏ một cột",
                    f"the column “{column}” comes twice; remove one",
                )
            )
    return problems
