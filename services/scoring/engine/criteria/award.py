"""What a criterion gives, and the arithmetic it is given with."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Context, Decimal
from typing import NamedTuple

from services.scoring.engine.measures import DaysLate, Value

# Our own context: nobody's setting of the thread's changes a point. 34 digits: a third of a point
# is exact far beyond any rounding of a rule set.
EXACT = Context(prec=34)
ZERO = Decimal(0)


class Text(NamedTuple):
    """A sentence in both languages."""

    vi: str
    en: str


@dataclass(frozen=True, slots=True)
class Award:
    """Points of one criterion for one unit, before rounding, and what they were made from."""

    points: Decimal
    inputs: Mapping[str, str]
    """Names and values that went in, as text; what `formula` prints."""
    assigned: bool = True
    """False: the criterion does not apply to the unit, and its maximum leaves the unit's."""


@dataclass(frozen=True, slots=True)
class Peers:
    """The units that are compared with each other: one cluster, one table."""

    best: Callable[[str], tuple[Decimal, tuple[str, ...]]]
    """Highest value of a measure, and the units that have it (none where it is not above zero)."""


def amount(values: Mapping[str, Value], measure: str) -> Decimal:
    """The value of a measure that is a number. Raises TypeError for a days-late measure.

    The loader of rule sets refuses a criterion whose measure is of the wrong kind.
    """
    value = values[measure]
    if isinstance(value, DaysLate):
        raise TypeError(f"{measure} says days late, not an amount")
    return value


def share(part: Decimal, whole: Decimal, maximum: Decimal) -> Decimal:
    """`maximum` x part / whole, between 0 and `maximum`; 0 where whole is not above zero."""
    if whole <= 0 or part <= 0:
        return ZERO
    return min(maximum, EXACT.divide(EXACT.multiply(maximum, part), whole))
