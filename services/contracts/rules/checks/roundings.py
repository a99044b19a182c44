"""Checks of roundings: steps are more than 0, and where points end they end on a step.

Ends are kept after a total is rounded and before a criterion is: one that lies between two steps
would give a total that no rounding gives, or points above the maximum.
"""

from collections.abc import Iterator
from decimal import Context, Decimal
from typing import NamedTuple

from services.contracts.campaign.document import Document, Path
from services.contracts.campaign.parts import FilePart
from services.contracts.campaign.problems import FileProblem
from services.contracts.rules import Rounding, Table
from services.contracts.rules.checks.tables import Tables, criteria_of, groups_of
from services.contracts.rules.numbers import HUNDREDTHS, lines_rounded
from services.contracts.wording import plain

_EXACT = Context(prec=40)
"""More digits than a number of steps can have, whatever the thread's context."""
_ENDS = ("maximum", "minimum", "floor", "ceiling", "cap")
"""Keys of criteria, of some kind or other, at which points end."""


def check_roundings(
    tables: Tables | None,
    rules: Document,
    rounding: FilePart[Rounding] | None,
    line_rounding: FilePart[Rounding] | None,
) -> Iterator[FileProblem]:
    """Whatever is rounded is rounded to a step that is more than 0, and ends on a step.

    `rules` is the whole file: a rounding that cannot be read is not one that is absent.
    """
    for part in (rounding, line_rounding):
        if part is not None and part.value.to <= 0:
            yield part.problem(("to",), *_STEP)
    if tables is None:
        return
    for at, table in enumerate(tables.value):
        for path, its in _declared(at, table):
            if its.to <= 0:
                yield tables.problem((*path, "to"), *_STEP)
    for key, part in (("rounding", rounding), ("line_rounding", line_rounding)):
        if part is None and rules.at(key) is not None:
            return
    total = rounding.value if rounding else HUNDREDTHS
    line = lines_rounded(total, line_rounding.value if line_rounding else None)
    for at, table in enumerate(tables.value):
        for end in _ends(at, table, total, line):
            if end.step > 0 and _EXACT.remainder(end.value, end.step):
                yield _between(tables, end)


_STEP = ('phải lớn hơn 0, ví dụ "0.01"', 'must be more than 0, like "0.01"')


def _declared(at: int, table: Table) -> Iterator[tuple[Path, Rounding]]:
    """The roundings that a table says itself."""
    if table.level_rounding is not None:
        yield (at, "level_rounding"), table.level_rounding
    for path, criterion in criteria_of(at, table):
        if criterion.rounding is not None:
            yield (*path, "rounding"), criterion.rounding


class _End(NamedTuple):
    path: Path
    value: Decimal
    step: Decimal


def _ends(at: int, table: Table, total: Rounding, line: Rounding) -> Iterator[_End]:
    """Where points of a table end, and the steps that they are rounded to there."""
    yield _End((at, "maximum"), table.maximum, total.to)
    if table.cap is not None:
        yield _End((at, "cap"), table.cap, total.to)
    for path, group in groups_of(at, table):
        if group.cap is not None:
            finest = min((one.rounding or line).to for _, one, _ in group.placed())
            yield _End((*path, "cap"), group.cap, finest)
    for path, criterion in criteria_of(at, table):
        step = (criterion.rounding or line).to
        for key in _ENDS:
            value = getattr(criterion, key, None)
            # A second key for the maximum needs no second problem.
            if isinstance(value, Decimal) and (key == "maximum" or value != criterion.maximum):
                yield _End((*path, key), value, step)


def _between(tables: Tables, end: _End) -> FileProblem:
    value, step = plain(end.value), plain(end.step)
    return tables.problem(
        end.path,
        f"{value} không phải bội số của bước làm tròn {step}, nên làm tròn sẽ lệch khỏi số này; "
        "sửa số, hoặc làm tròn đến bước nhỏ hơn",
        f"{value} is no multiple of the step {step} that is rounded to, so that rounded points "
        "miss it; correct it, or round to a finer step",
    )
