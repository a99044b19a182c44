"""Tallies: what a unit's records add up to, as a vector of sums that can be added and taken away.

The running points and the truth are kept apart by nothing but the order of additions: the truth
adds the contribution of every record; the running tally adds, for each record that a batch touched,
its contribution after the batch and takes away the one before. One function serves both.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Context, Decimal, Inexact
from typing import Any

from services.contracts.campaign.rules import (
    Condition,
    CountMeasure,
    DaysLateMeasure,
    Measure,
    SumMeasure,
)
from services.contracts.events import (
    DeadlineMissed,
    ObligationFulfilled,
    ObligationWaived,
)
from services.scoring.engine.records import (
    STATUS_EVENTS,
    KnownFact,
    Record,
    by_record,
    current,
    status,
)

Amount = int | Decimal
Tally = Mapping[str, Amount]
"""Amounts by name; a name that is missing is zero, and zeros are left out."""

SIMULATED = "#simulated"
"""Name under which a tally counts those of its records that hold simulated data."""

STATES = {
    ObligationFulfilled.event: "fulfilled",
    DeadlineMissed.event: "missed",
    ObligationWaived.event: "waived",
}
"""How the status events leave an obligation; `deadline-moved` leaves it open."""

# Sums are exact or an error: 20 digits a fact leave room for 10^30 facts.
_EXACT = Context(prec=50, traps=[Inexact])

_Contributor = Callable[[Record, dict[str, Amount]], None]


class Tallier:
    """What the records of a unit contribute to the measures of one rule set."""

    def __init__(self, measures: Mapping[str, Measure]) -> None:
        self._by_event: dict[str, list[_Contributor]] = {}
        self._obligations: dict[str, list[str]] = {}
        self._concerned: set[str | None] = set()
        for name, measure in measures.items():
            if isinstance(measure, DaysLateMeasure):
                self._obligations.setdefault(measure.obligation, []).append(name)
                self._concerned |= STATUS_EVENTS
            else:
                self._by_event.setdefault(measure.of, []).append(_counter(name, measure))
                self._concerned |= {measure.of, measure.unless}

    def contribution(self, record: Record) -> Tally:
        """What one record adds to its unit's tally."""
        added: dict[str, Amount] = {}
        for event in record:
            for contribute in self._by_event.get(event, ()):
                contribute(record, added)
        stands = status(record)
        if stands is not None:
            self._add_status(stands, added)
        if added and any(fact.fields.get("simulated") for fact in record.values()):
            added[SIMULATED] = 1
        return added

    def concerns(self, event: str) -> bool:
        """Whether facts of this type can change any tally."""
        return event in self._concerned

    def tallies(self, facts: Iterable[KnownFact]) -> dict[str, Tally]:
        """The truth: what all facts together say, by unit."""
        totals: dict[str, dict[str, Amount]] = {}
        for (unit, _), record in by_record(facts).items():
            change(totals.setdefault(unit, {}), (), (self.contribution(current(record)),))
        return dict(totals)

    def _add_status(self, stands: KnownFact, added: dict[str, Amount]) -> None:
        state = STATES.get(stands.event, "open")
        for name in self._obligations.get(stands.fields["obligation"], ()):
            added[slot(name, state)] = 1
            if state == "fulfilled" and (days := stands.fields["days_late"]):
                added[slot(name, "days")] = days


def slot(measure: str, part: str) -> str:
    """Name of one part of a days-late measure in a tally."""
    return f"{measure}/{part}"


def change(total: dict[str, Amount], before: Sequence[Tally], after: Sequence[Tally]) -> None:
    """Take contributions away from a tally and add others, in place; exact."""
    for sign, contributions in ((-1, before), (1, after)):
        for contribution in contributions:
            for name, amount in contribution.items():
                sum_ = _add(total.get(name, 0), sign * amount)
                if sum_:
                    total[name] = sum_
                else:
                    total.pop(name, None)


def _add(left: Amount, right: Amount) -> Amount:
    if isinstance(left, int) and isinstance(right, int):
        return left + right
    return _EXACT.add(left, right)


def _counter(name: str, measure: CountMeasure | SumMeasure) -> _Contributor:
    tests = [_test(condition) for condition in measure.where]
    of, unless = measure.of, measure.unless
    field = measure.field if isinstance(measure, SumMeasure) else None

    def contribute(record: Record, added: dict[str, Amount]) -> None:
        if unless is not None and unless in record:
            return
        fields = record[of].fields
        if not all(test(fields) for test in tests):
            return
        if field is None:
            added[name] = 1
        elif amount := number(fields.get(field)):
            added[name] = amount

    return contribute


def _test(condition: Condition) -> Callable[[Mapping[str, Any]], bool]:
    """A condition as a function; a field that a fact does not have passes no test."""
    field = condition.field
    if (least := condition.at_least) is not None:
        return lambda fields: (value := number(fields.get(field))) is not None and value >= least
    if (bound := condition.less_than) is not None:
        return lambda fields: (value := number(fields.get(field))) is not None and value < bound
    wanted = condition.equals
    if isinstance(wanted, bool):
        return lambda fields: fields.get(field) is wanted
    return lambda fields: (value := fields.get(field)) is not None and str(value) == wanted


def number(value: object) -> Decimal | None:
    """A field as a decimal; None where it is absent. Facts carry decimals as text."""
    return None if value is None else Decimal(str(value))
