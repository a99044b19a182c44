"""Values of measures, read out of a tally."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Context, Decimal

from services.contracts.rules import (
    DaysLateMeasure,
    Measure,
    ShareMeasure,
    TotalMeasure,
)
from services.contracts.rules.conditions import State
from services.scoring.engine.newest import Newest
from services.scoring.engine.tally import Tally, slot

# Our own context: nobody's setting of the thread's changes a point. 34 digits: two different shares
# of numbers of facts (20 digits) differ long before the last of them, so that 95 and 95.01 % never
# meet, and a third of a point is exact far beyond any rounding of a rule set.
EXACT = Context(prec=34)
ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class DaysLate:
    """The status of an obligation; `days` late when fulfilled, else 0."""

    state: State
    days: int = 0


Value = Decimal | DaysLate | None
"""A number, an obligation's state, or nothing: no fact, or a share of nothing."""

Values = Mapping[str, Value]


def values_of(names: Iterable[str], measures: Mapping[str, Measure], tally: Tally) -> Values:
    """The values of some measures of a rule set for one unit.

    Raises KeyError for a measure that the rule set does not have, RecursionError for measures that
    are made of each other: the loader refuses both. Each measure is worked out once, and a measure
    is made of so few layers of others (the loader again) that the calls below stay few.
    """
    found: dict[str, Value] = {}

    def value(name: str) -> Value:
        if name not in found:
            found[name] = _value_of(name, measures[name], tally)
        return found[name]

    def amount(name: str) -> Decimal | None:
        one = value(name)
        return None if isinstance(one, DaysLate) else one

    def _value_of(name: str, measure: Measure, tally: Tally) -> Value:
        if isinstance(measure, DaysLateMeasure):
            return _days_late(name, tally)
        if isinstance(measure, ShareMeasure):
            return _share(amount(measure.part), amount(measure.whole))
        if isinstance(measure, TotalMeasure):
            total = measure.base
            for part in measure.plus:
                total = EXACT.add(total, amount(part) or ZERO)
            for part in measure.minus:
                total = EXACT.subtract(total, amount(part) or ZERO)
            return total
        kept = tally.get(name)
        if isinstance(kept, Newest):
            return kept.value
        return None if measure.kind == "latest" else Decimal(kept or 0)

    for name in names:
        value(name)
    return found


def _share(part: Decimal | None, whole: Decimal | None) -> Decimal | None:
    """Percent."""
    if not whole:
        return None
    return EXACT.divide(EXACT.multiply(part or ZERO, Decimal(100)), whole)


def _days_late(name: str, tally: Tally) -> DaysLate:
    """An obligation that no fact speaks of is open."""
    if tally.get(slot(name, "fulfilled")):
        days = tally.get(slot(name, "days"), 0)
        return DaysLate("fulfilled", 0 if isinstance(days, Newest) else int(days))
    if tally.get(slot(name, "missed")):
        return DaysLate("missed")
    if tally.get(slot(name, "waived")):
        return DaysLate("waived")
    return DaysLate("open")


def number(values: Values, measure: str) -> Decimal | None:
    """The value of a measure that is a number or nothing. Raises TypeError for a days-late measure.

    The loader of rule sets refuses a criterion whose measure is of the wrong kind.
    """
    value = values[measure]
    if isinstance(value, DaysLate):
        raise TypeError(f"{measure} says days late, not an amount")
    return value


def amount(values: Values, measure: str) -> Decimal:
    """The same; nothing counts as 0."""
    return number(values, measure) or ZERO
