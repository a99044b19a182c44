"""Exact sums of points, independent of the thread's decimal context."""

from collections.abc import Iterable
from decimal import Decimal
from functools import reduce

from services.measuring.exact import EXACT
from services.measuring.measures import ZERO

_add = EXACT.add


def total(amounts: Iterable[Decimal]) -> Decimal:
    """Their exact sum; 0 of none.

    `sum` adds in the context of the thread, which anybody can set to fewer digits.
    """
    return reduce(_add, amounts, ZERO)
