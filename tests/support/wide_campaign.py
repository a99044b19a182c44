"""A campaign of as many units as one wants, made of that of 2020."""

import csv
import io
from functools import cache
from pathlib import Path

from services.contracts.campaign.loader import PLAN, UNITS
from services.contracts.campaign.units_file import MAX_BYTES
from services.contracts.rules.loader import RULES
from tests.support.announcing import HANOI


def wide_campaign(directory: Path, *, units: int = 20_000, table: int = 0) -> Path:
    """Write the campaign of 2020 with this many units, new communes below its districts.

    `table`: make units.csv nearly as many bytes, by longer names; 0: names as they come.
    """
    directory.mkdir(parents=True, exist_ok=True)
    for name in (PLAN, RULES):
        (directory / name).write_bytes((HANOI / name).read_bytes())
    (directory / UNITS).write_text(_units(units, table), encoding="utf-8")
    return directory


@cache
def _units(count: int, size: int) -> str:
    text = (HANOI / UNITS).read_text("utf-8")
    rows = list(csv.DictReader(io.StringIO(text)))
    communes = [row for row in rows if row["level"] == "commune"]
    room = max(0, size // count - 62)
    for number in range(count - len(rows)):
        like = communes[number % len(communes)]
        name = f"Xã mô phỏng {number}" + " ở" * (room // 4)  # a space, and three bytes
        rows.append({**like, "code": f"W{number:05}", "name": name, "gso_code": ""})
    written = io.StringIO()
    table = csv.DictWriter(written, rows[0].keys(), lineterminator="\n")
    table.writeheader()
    table.writerows(rows)
    assert len(written.getvalue().encode()) <= MAX_BYTES
    return written.getvalue()
