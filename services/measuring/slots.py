"""Names under which a tally keeps what its measures need, and what it keeps."""

from collections.abc import Mapping
from decimal import Context, Decimal, Inexact

from services.measuring.newest import Newest

Amount = int | Decimal
Tally = Mapping[str, Amount | Newest]
"""Amounts by name; a name that is missing is zero, and zeros are left out. Of a latest measure the
newest that there is."""

# Sums are exact or an error: 20 digits a fact leave room for 10^30 facts.
_EXACT = Context(prec=50, traps=[Inexact])

SUM, COUNT = "sum", "count"
"""What a tally keeps of a mean."""

_BETWEEN = "/"
"""No measure has it in its name."""


_FIGURE = "@"
"""In front of and behind a figure; no name has it."""


def slot(measure: str, part: str) -> str:
    """Name of one part of a measure in a tally: a state of an obligation, one of several values."""
    return f"{measure}{_BETWEEN}{part}"


def measure_of(name: str) -> str:
    """The measure that a name in a tally is of."""
    return name.partition(_BETWEEN)[0]


def figure_part(figure: str, name: str) -> str:
    """Name of what one figure adds to an amount; with an empty name that of the local day on which
    it was reported, as an ordinal."""
    return f"{_FIGURE}{figure}{_FIGURE}{name}"


def figure_of(part: str) -> tuple[str, str]:
    """The figure and the name of an amount to which it adds; empty ones for any other name."""
    if not part.startswith(_FIGURE):
        return "", ""
    _, figure, name = part.split(_FIGURE, 2)
    return figure, name


def is_day_of_report(name: str) -> bool:
    """Whether a name in a tally is that of the day of a report."""
    return name.startswith(_FIGURE) and name.endswith(_FIGURE)


def sum_of(one: Amount, two: Amount) -> Amount:
    """Their exact sum."""
    if isinstance(one, int) and isinstance(two, int):
        return one + two
    return _EXACT.add(one, two)
