"""Names under which a tally keeps what its measures need, and what it keeps."""

from collections.abc import Mapping
from decimal import Decimal

from services.scoring.engine.newest import Newest

Amount = int | Decimal
Tally = Mapping[str, Amount | Newest]
"""Amounts by name; a name that is missing is zero, and zeros are left out. Of a latest measure the
newest that there is."""

SUM, COUNT = "sum", "count"
"""What a tally keeps of a mean."""

_BETWEEN = "/"
"""No measure has it in its name."""


def slot(measure: str, part: str) -> str:
    """Name of one part of a measure in a tally: a state of an obligation, one of several values."""
    return f"{measure}{_BETWEEN}{part}"


def measure_of(name: str) -> str:
    """The measure that a name in a tally is of."""
    return name.partition(_BETWEEN)[0]
