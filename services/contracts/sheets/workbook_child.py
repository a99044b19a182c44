"""Run by `workbook.py` in a process of its own: a workbook from stdin, its cells to stdout.

Nothing of ours is imported here, so that it starts at once and can do nothing else.
"""

import contextlib
import io
import json
import sys
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

    book = CalamineWorkbook.from_filelike(io.BytesIO(sys.stdin.buffer.read()))
    sheets = []
    cells = 0
    for about in book.sheets_metadata:
        if about.visible != SheetVisibleEnum.Visible:
            continue
        rows = book.get_sheet_by_name(about.name).to_python(skip_empty_area=False)
        cells += sum(map(len, rows))
        if cells > MOST_CELLS:
            raise MemoryError
        sheets.append({"name": about.name, "rows": [[_text(cell) for cell in row] for row in rows]})
    json.dump(sheets, sys.stdout)


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
