"""The best of several values, read out of a tally.

A tally keeps how often a unit has each value, as amounts: they can be added and taken away in any
order, so that a mark that was corrected or withdrawn leaves again and the next best is there.
"""

from collections.abc import Iterator
from decimal import Decimal

from services.contracts.campaign.measuring import BestMeasure
from services.measuring.exact import Number, add, divide, multiply
from services.measuring.newest import Newest
from services.measuring.slots import Tally, slot


def best_of(name: str, measure: BestMeasure, tally: Tally) -> Number | None:
    """The sum or the mean of the highest values; of those that there are, where they are fewer.

    None where there is none.
    """
    total: Number = Decimal(0)
    left = measure.count
    for value, times in sorted(_values(name, tally), reverse=True):
        taken = min(left, times)
        total = add(total, multiply(value, Decimal(taken)))
        left -= taken
        if not left:
            break
    found = measure.count - left
    if not found:
        return None
    return total if measure.give == "sum" else divide(total, Decimal(found))


def _values(name: str, tally: Tally) -> Iterator[tuple[Decimal, int]]:
    """The values of one measure, and how often each is there."""
    prefix = slot(name, "")
    for key, times in tally.items():
        if key.startswith(prefix) and not isinstance(times, Newest):
            yield Decimal(key[len(prefix) :]), int(times)
