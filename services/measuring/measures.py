"""Values of measures, read out of a tally."""

from collections.abc import Iterable, Mapping
from decimal import Decimal

from services.contracts.campaign.measuring import Measure, OverFacts, TotalMeasure, parts_of
from services.measuring.best import best_of
from services.measuring.exact import Number, add, clamped, divide, multiply, subtract
from services.measuring.newest import Newest
from services.measuring.slots import COUNT, SUM, Tally, slot
from services.measuring.values import DaysLate, Value, Values, holds

ZERO = Decimal(0)


def values_of(
    names: Iterable[str],
    measures: Mapping[str, Measure],
    tally: Tally,
    held: dict[str, Number] | None = None,
) -> Values:
    """The values of some measures for one unit, and of those that they are made of.

    `held` gets by name what a measure would be, where it was held at one of its ends.

    Raises KeyError for a measure that there is not, RecursionError for measures that
    are made of each other: the loader refuses both. Each measure is worked out once, and a measure
    is made of so few layers of others (the loader again) that the calls below stay few.
    """
    found: dict[str, Value] = {}

    def value(name: str) -> Value:
        if name not in found:
            found[name] = _value_of(name, measures[name], tally)
        return found[name]

    def amount(name: str) -> Number | None:
        one = value(name)
        return None if isinstance(one, DaysLate) else one

    def _value_of(name: str, measure: Measure, tally: Tally) -> Value:
        # By kind and not by class: `isinstance` of a model costs more than all else here.
        if measure.kind == "days-late":
            return _days_late(name, tally)
        number = _number_of(name, measure, tally)
        if number is None or (measure.at_least is None and measure.at_most is None):
            return number
        counted = clamped(number, measure.at_least, measure.at_most)
        if held is not None and counted != number:
            held[name] = number
        return counted

    def _number_of(name: str, measure: Measure, tally: Tally) -> Number | None:
        if measure.kind == "share":
            return _share(amount(measure.part), amount(measure.whole))
        if measure.kind == "total":
            return _total(measure)
        if measure.kind == "met":
            asked = {part: value(part) for _, part in parts_of(measure)}
            return Decimal(sum(holds(one, asked) for one in measure.conditions))
        assert measure.kind != "days-late"  # noqa: S101 - see above
        return _over_facts(name, measure, tally)

    def _total(measure: TotalMeasure) -> Number:
        total: Number = measure.base
        for part in measure.plus:
            total = add(total, amount(part) or ZERO)
        for part in measure.minus:
            total = subtract(total, amount(part) or ZERO)
        return total

    for name in names:
        value(name)
    return found


def _over_facts(name: str, measure: OverFacts, tally: Tally) -> Number | None:
    if measure.kind == "mean":
        return _mean(name, tally)
    if measure.kind == "best":
        return best_of(name, measure, tally)
    kept = tally.get(name)
    if isinstance(kept, Newest):
        return kept.value
    return None if measure.kind == "latest" else Decimal(kept or 0)


def _share(part: Number | None, whole: Number | None) -> Number | None:
    """Percent."""
    if not whole:
        return None
    return divide(multiply(part or ZERO, Decimal(100)), whole)


def _mean(name: str, tally: Tally) -> Number | None:
    count, total = tally.get(slot(name, COUNT), 0), tally.get(slot(name, SUM), 0)
    if isinstance(count, Newest) or isinstance(total, Newest) or not count:
        return None
    return divide(Decimal(total), Decimal(count))


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


def number(values: Values, measure: str) -> Number | None:
    """The value of a measure that is a number or nothing. Raises TypeError for a days-late measure.

    The loader of rule sets refuses a criterion whose measure is of the wrong kind.
    """
    value = values[measure]
    if isinstance(value, DaysLate):
        raise TypeError(f"{measure} says days late, not an amount")
    return value


def amount(values: Values, measure: str) -> Number:
    """The same; nothing counts as 0."""
    return number(values, measure) or ZERO
