"""Tallies: what a unit's records add up to, as a vector of sums that can be added and taken away.

The running points and the truth are kept apart by nothing but the order of additions: the truth
adds the contribution of every record; the running tally adds, for each record that a batch touched,
its contribution after the batch and takes away the one before. One function serves both.
"""

from collections.abc import Callable, Iterable, Mapping
from decimal import Context, Decimal, Inexact
from functools import lru_cache
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

_Contributor = Callable[[Record, dict[str, Amount], int], None]


class Tallier:
    """What the records of a unit contribute to the measures of one rule set."""

    def __init__(self, measures: Mapping[str, Measure]) -> None:
        self._by_event: dict[str, list[_Contributor]] = {}
        """Contributors that a fact of an event type can change."""
        self._obligations: dict[str, list[str]] = {}
        for name, measure in measures.items():
            if isinstance(measure, DaysLateMeasure):
                self._obligations.setdefault(measure.obligation, []).append(name)
                continue
            contributor = _contributor(name, measure)
            for event in {measure.of, measure.unless} - {None}:
                self._by_event.setdefault(str(event), []).append(contributor)
        self._concerned = {*self._by_event, *(STATUS_EVENTS if self._obligations else ())}

    def concerns(self, event: str) -> bool:
        """Whether facts of this type can change any tally."""
        return event in self._concerned

    def add(
        self, record: Record, total: dict[str, Amount], *, because_of: Iterable[str], times: int = 1
    ) -> None:
        """Add what one record contributes to a tally, or take it away (`times` -1), in place.

        Only the measures that facts of the types `because_of` can change; all of the record's types
        for all of it. Exact. Zeros stay in `total`: see `without_zeros`.
        """
        affected: Iterable[_Contributor] = ()
        of_status = False
        for event in because_of:
            found = self._by_event.get(event, ())
            affected = {*affected, *found} if affected else found
            of_status = of_status or event in STATUS_EVENTS
        for contribute in affected:
            contribute(record, total, times)
        if of_status and (stands := status(record)) is not None:
            self._add_status(stands, total, times)
        for event, fact in record.items():
            if fact.fields.get("simulated") and event in self._concerned:
                total[SIMULATED] = total.get(SIMULATED, 0) + times
                break

    def tallies(self, facts: Iterable[KnownFact]) -> dict[str, Tally]:
        """The truth: what all facts together say, by unit."""
        totals: dict[str, dict[str, Amount]] = {}
        for (unit, _), of_record in by_record(facts).items():
            record = current(of_record)
            self.add(record, totals.setdefault(unit, {}), because_of=record)
        return {unit: without_zeros(total) for unit, total in totals.items()}

    def _add_status(self, stands: KnownFact, total: dict[str, Amount], times: int) -> None:
        state = STATES.get(stands.event, "open")
        for name in self._obligations.get(stands.fields["obligation"], ()):
            _add(total, slot(name, state), times)
            if state == "fulfilled":
                _add(total, slot(name, "days"), times * int(stands.fields["days_late"]))


def slot(measure: str, part: str) -> str:
    """Name of one part of a days-late measure in a tally."""
    return f"{measure}/{part}"


def without_zeros(total: Tally) -> dict[str, Amount]:
    """The same tally in its one spelling."""
    return {name: amount for name, amount in total.items() if amount}


def merged(total: Tally, delta: Tally) -> dict[str, Amount]:
    """The sum of two tallies; exact."""
    result = dict(total)
    for name, amount in delta.items():
        _add(result, name, amount)
    return without_zeros(result)


def _add(total: dict[str, Amount], name: str, amount: Amount) -> None:
    before = total.get(name, 0)
    if isinstance(before, int) and isinstance(amount, int):
        total[name] = before + amount
    else:
        total[name] = _EXACT.add(before, amount)


def _contributor(name: str, measure: CountMeasure | SumMeasure) -> _Contributor:
    of, unless = measure.of, measure.unless
    tests = [_test(condition) for condition in measure.where]
    field = measure.field if isinstance(measure, SumMeasure) else None

    def contribute(record: Record, total: dict[str, Amount], times: int) -> None:
        if of not in record or unless in record:
            return
        fields = record[of].fields
        for test in tests:
            if not test(fields):
                return
        if field is None:
            total[name] = total.get(name, 0) + times
        elif amount := number(fields.get(field)):
            _add(total, name, times * amount)

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


@lru_cache(maxsize=4096)
def number(value: object) -> Decimal | None:
    """A field as a decimal; None where it is absent. Facts carry decimals as text."""
    return None if value is None else Decimal(str(value))
