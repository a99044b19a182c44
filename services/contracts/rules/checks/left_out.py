"""Advice on what stands in the files and changes nobody's points: measures and units left out."""

from collections import defaultdict
from collections.abc import Iterator, Mapping

from services.contracts.campaign.parts import FilePart
from services.contracts.campaign.problems import FileProblem
from services.contracts.campaign.units_file import UnitRows
from services.contracts.rules import Measure, Table, parts_of
from services.contracts.rules.checks.tables import Tables
from services.contracts.wording import number_en, number_vi

_NAMED = 3
"""Units named of each kind; the rest are only counted."""


def check_measures_read(
    tables: Tables | None, measures: FilePart[dict[str, Measure]] | None
) -> Iterator[FileProblem]:
    """Measures that no criterion, condition or other measure in use reads."""
    if tables is None or measures is None or tables.document.is_incomplete():
        return
    used = _used(tables.value, measures.value)
    for name, measure in measures.value.items():
        if name in used:
            continue
        title = measure.title
        vi, en = (f" ({title.vi})", f" ({title.en})") if title else ("", "")
        yield measures.problem(
            (name,),
            f"không tiêu chí hay điều kiện nào dùng chỉ số này{vi}; dùng vào tiêu chí, hoặc bỏ đi",
            f"no criterion or condition reads this measure{en}; let one read it, or remove it",
            warning=True,
        )


def _used(tables: tuple[Table, ...], measures: Mapping[str, Measure]) -> set[str]:
    used: set[str] = set()
    left = [name for table in tables for name in table.measures()]
    while left:
        name = left.pop()
        if name not in used and name in measures:
            left.extend(part for _, part in parts_of(measures[name]))
        used.add(name)
    return used


def check_units_scored(tables: Tables | None, units: UnitRows | None) -> Iterator[FileProblem]:
    """Units that no table is for on any day; the root, which is whose campaign it is, aside."""
    if tables is None or units is None or tables.document.lacks():
        return
    unscored: dict[tuple[str, str], dict[str, None]] = defaultdict(dict)
    scored: set[str] = set()
    for row in units.rows:
        if any(table.applies_to.includes(row.unit) for table in tables.value):
            scored.add(row.unit.code)
        elif row.unit.parent is not None:
            unscored[row.unit.level, row.unit.kind][row.unit.code] = None
    for (level, kind), its in unscored.items():
        codes = [code for code in its if code not in scored]
        if not codes:
            continue
        named, more = ", ".join(codes[:_NAMED]), len(codes) - _NAMED
        shown = (named, named)
        if more > 0:
            shown = (
                f"{named} và {number_vi(more)} đơn vị khác",
                f"{named} and {number_en(more)} more",
            )
        yield tables.problem(
            (),
            f"không bảng nào chấm {shown[0]} (level {level}, kind {kind}); thêm vào applies_to của "
            "một bảng, hoặc để vậy nếu các đơn vị này không được chấm điểm",
            f"no table scores {shown[1]} (level {level}, kind {kind}); add them to applies_to of a "
            "table, or leave it so where they are not to be scored",
            warning=True,
        )
