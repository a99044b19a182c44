"""Reading units.csv: a row for each period of a unit, every faulty cell a problem of its own."""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass, field

from services.contracts.campaign.document import Document
from services.contracts.campaign.explain import did_you_mean
from services.contracts.campaign.parts import validate
from services.contracts.campaign.problems import FileProblem
from services.contracts.campaign.unit import Unit
from services.contracts.campaign.yaml_file import decode
from services.contracts.events.base import nfc

MAX_BYTES = 5_000_000
"""All communes of the country are 10,000 rows, about 800 kB."""

REQUIRED = ("code", "name", "kind", "level", "parent", "cluster", "gso_code")
OPTIONAL = ("name_in_text", "valid_from", "valid_to", "successor")


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


@dataclass(slots=True)
class _Words:
    codes: set[str] = field(default_factory=set)
    levels: set[str] = field(default_factory=set)
    kinds: set[str] = field(default_factory=set)
    clusters: set[str] = field(default_factory=set)


def read_units(file: str, raw: bytes) -> tuple[UnitRows, list[FileProblem]]:
    """The rows of a units file with all its problems, tree and dates aside; never raises."""
    text, problems = decode(file, raw, MAX_BYTES)
    if text is None:
        return UnitRows(), problems
    lines = _lines(file, text, problems)
    header = next(lines, None)
    if header is None:
        vi = f"tệp trống; dòng đầu là {','.join(REQUIRED)}"
        en = f"the file is empty; the first line is {','.join(REQUIRED)}"
        return UnitRows(), [*problems, FileProblem(file=file, line=1, vi=vi, en=en)]
    columns = [cell.strip() for cell in header[1]]
    faults = _header_problems(file, header[0], columns)
    if faults:
        return UnitRows(), [*problems, *faults]
    rows: list[Row] = []
    words = _Words()
    for line, cells in lines:
        if len(cells) != len(columns):
            vi = (
                f"có {len(cells)} ô, cần {len(columns)}; đếm dấu phẩy, "
                "tên có dấu phẩy đặt trong dấu nháy"
            )
            en = (
                f"{len(cells)} cells instead of {len(columns)}; count the commas, and put a name "
                "with a comma in quotes"
            )
            problems.append(FileProblem(file=file, line=line, vi=vi, en=en))
            continue
        values = {
            column: nfc(cell.strip())
            for column, cell in zip(columns, cells, strict=True)
            if cell.strip()
        }
        words.codes.add(values.get("code", ""))
        words.levels.add(values.get("level", ""))
        words.kinds.add(values.get("kind", ""))
        words.clusters.add(values.get("cluster", ""))
        unit, found = validate(Unit, Document(file, values, {(): line}))
        problems.extend(found)
        if unit is not None:
            rows.append(Row(line, unit))
    known = UnitRows(
        tuple(rows),
        frozenset(words.codes - {""}),
        frozenset(words.levels - {""}),
        frozenset(words.kinds - {""}),
        frozenset(words.clusters - {""}),
    )
    return known, problems


def _lines(file: str, text: str, problems: list[FileProblem]) -> Iterator[tuple[int, list[str]]]:
    """Each row that has any text, with the line it begins in."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    while True:
        line = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            vi = f"không đọc được từ dòng này ({error}); xem dấu nháy, lưu lại dạng CSV UTF-8"
            en = f"unreadable from this line on ({error}); check the quotes, save as CSV UTF-8"
            problems.append(FileProblem(file=file, line=line, vi=vi, en=en))
            return
        if any(cell.strip() for cell in cells):
            yield line, cells


def _header_problems(file: str, line: int, columns: list[str]) -> list[FileProblem]:
    def problem(vi: str, en: str) -> FileProblem:
        return FileProblem(file=file, line=line, vi=vi, en=en)

    if len(columns) == 1 and any(mark in columns[0] for mark in ";\t"):
        return [
            problem(
                "các ô ngăn bằng dấu chấm phẩy hoặc tab; lưu lại dạng CSV với dấu phẩy",
                "cells are parted by semicolons or tabs; save as CSV with commas",
            )
        ]
    problems: list[FileProblem] = []
    for at, column in enumerate(columns):
        if column not in REQUIRED + OPTIONAL:
            vi, en = did_you_mean(column, REQUIRED + OPTIONAL)
            problems.append(
                problem(f"không có cột “{column}”; {vi}", f"there is no column “{column}”; {en}")
            )
        elif column in columns[:at]:
            problems.append(
                problem(
                    f"cột “{column}” có hai lần; bỏ một cột",
                    f"the column “{column}” comes twice; remove one",
                )
            )
    problems.extend(
        problem(
            f"thiếu cột “{column}”; thêm vào, ô được để trống nếu không có",
            f"the column “{column}” is missing; add it, cells may be empty where there is none",
        )
        for column in REQUIRED
        if column not in columns
    )
    return problems
