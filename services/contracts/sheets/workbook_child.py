"""Run by `workbook.py` in a process of its own: a workbook from stdin, its cells to stdout.

Nothing of ours is imported here, so that it starts at once and can do nothing else.
"""

import contextlib
import html
import io
import json
import re
import sys
import zipfile
from collections.abc import Iterator
from datetime import date, datetime

MOST_CELLS = 2_000_000
"""Of all sheets; a city's units are some 10,000."""
EXACT = 10**15
"""Whole numbers below it are exact in a workbook."""
DECIMALS = 3
"""Of a number that looks like a thousand."""


def main() -> None:
    """Limit this process, then parse."""
    memory, seconds = int(sys.argv[1]), int(sys.argv[2])
    with contextlib.suppress(ImportError):  # a system without these limits keeps the one of time
        import resource  # noqa: PLC0415

        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
        resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    from python_calamine import CalamineWorkbook, SheetVisibleEnum  # noqa: PLC0415 - within limits

    raw = sys.stdin.buffer.read()
    book = CalamineWorkbook.from_filelike(io.BytesIO(raw))
    hidden = _hidden_rows(raw)
    sheets = []
    cells = 0
    for about in book.sheets_metadata:
        if about.visible != SheetVisibleEnum.Visible:
            continue
        rows = book.get_sheet_by_name(about.name).to_python(skip_empty_area=False)
        cells += sum(map(len, rows))
        if cells > MOST_CELLS:
            raise MemoryError
        texts = [[_text(cell) for cell in row] for row in rows]
        sheets.append({"name": about.name, "rows": texts, "hidden": hidden.get(about.name, [])})
    json.dump(sheets, sys.stdout)


def _hidden_rows(raw: bytes) -> dict[str, list[int]]:
    """By sheet the rows that Excel does not show, 1-based: calamine does not tell them.

    Attributes of tags are read as text, so that no XML is parsed here; a workbook that is written
    otherwise than by Excel may have hidden rows that are not found.
    """
    found = {}
    with zipfile.ZipFile(io.BytesIO(raw)) as archive, contextlib.suppress(KeyError, UnicodeError):
        rels = archive.read("xl/_rels/workbook.xml.rels").decode()
        paths = {
            each["Id"]: each["Target"] for each in map(_attributes, _tags("Relationship", rels))
        }
        for tag in _tags("sheet", archive.read("xl/workbook.xml").decode()):
            sheet = _attributes(tag)
            path = paths[sheet["id"]]
            text = archive.read(path[1:] if path.startswith("/") else f"xl/{path}").decode()
            line, lines = 0, []
            for row in map(_attributes, _tags("row", text)):
                line = int(row.get("r", line + 1))
                if row.get("hidden") in {"1", "true"}:
                    lines.append(line)
            found[html.unescape(sheet["name"])] = lines
    return found


def _tags(name: str, text: str) -> Iterator[str]:
    """What stands in the opening tags of a name, whatever its prefix."""
    return (tag[1] for tag in re.finditer(rf"<(?:\w+:)?{name}\b([^<>]*)>", text))


def _attributes(tag: str) -> dict[str, str]:
    """By name without a prefix."""
    return {
        name: double or single
        for name, double, single in re.findall(r"""(\w+)\s*=\s*(?:"([^"]*)"|'([^']*)')""", tag)
    }


def _text(value: object) -> str:
    """A cell as a person would type it; days year first, numbers without a needless point."""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        if value.is_integer() and abs(value) < EXACT:
            return str(int(value))
        # 1.48 thousandths or 1480: as text three decimals are read in two ways, as a number not.
        return f"{value!r}0" if len(repr(value).partition(".")[2]) == DECIMALS else repr(value)
    if isinstance(value, datetime):
        midnight = not (value.hour or value.minute or value.second)
        return value.date().isoformat() if midnight else value.isoformat()
    if isinstance(value, date):
        return value.isoformat()
    return str(value)


if __name__ == "__main__":
    main()
