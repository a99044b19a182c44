"""What one record adds to one measure over facts: whether its newest fact counts, and with how
much."""

import operator
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from services.contracts.campaign.measuring import (
    BestMeasure,
    CountMeasure,
    FactMeasure,
    FieldMeasure,
    FieldTest,
    LatestMeasure,
    MeanMeasure,
    OverFacts,
    SumMeasure,
)
from services.contracts.events import ReportReturned
from services.contracts.wording import plain
from services.measuring.newest import Newest
from services.measuring.records import STATUS_EVENTS, KnownFact, Record
from services.measuring.slots import COUNT, SUM, slot

AddedUp = CountMeasure | SumMeasure | MeanMeasure | BestMeasure
"""Measures of which each record adds its part to a tally."""
Contributor = Callable[[Record], Iterable[tuple[str, int | Decimal]]]
"""The amounts that a record adds, by their names in a tally."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def contributor(name: str, measure: AddedUp, zone: ZoneInfo) -> Contributor:
    """How a record adds to a measure. Made once a rule set: it is called for every fact."""
    passes = passing(measure, zone)
    of = measure.of
    if isinstance(measure, CountMeasure):
        one = ((name, 1),)

        def count(record: Record) -> Iterable[tuple[str, int | Decimal]]:
            return one if passes(record) else ()

        return count
    field = measure.field
    if isinstance(measure, MeanMeasure):
        total, times = slot(name, SUM), slot(name, COUNT)

        def mean(record: Record) -> Iterable[tuple[str, int | Decimal]]:
            if passes(record) and (one := number(record[of].fields.get(field))) is not None:
                return ((total, one), (times, 1))
            return ()

        return mean
    if isinstance(measure, BestMeasure):

        def best(record: Record) -> Iterable[tuple[str, int | Decimal]]:
            if passes(record) and (one := number(record[of].fields.get(field))) is not None:
                return ((slot(name, plain(one)), 1),)
            return ()

        return best

    def add(record: Record) -> Iterable[tuple[str, int | Decimal]]:
        if passes(record) and (amount := number(record[of].fields.get(field))):
            return ((name, amount),)
        return ()

    return add


def newest_of(measure: LatestMeasure, record: Record, zone: ZoneInfo) -> Newest | None:
    """What a record offers to a latest measure."""
    if not passing(measure, zone)(record):
        return None
    fact = record[measure.of]
    value = number(fact.fields.get(measure.field))
    if value is None:
        return None
    return Newest((fact.time - _EPOCH) // _MICROSECOND, fact.record, value)


@lru_cache(maxsize=1024)
def passing(measure: OverFacts, zone: ZoneInfo) -> Callable[[Record], bool]:
    """Whether the record's current fact of the event passes all that the measure asks."""
    of, unless = measure.of, measure.unless
    tests = [_test(test) for test in measure.where]
    if isinstance(measure, FieldMeasure) and measure.whole:
        tests.append(_whole(measure.field))
    in_days = _days(measure, zone)

    def passes(record: Record) -> bool:
        if of not in record:
            return False
        fact = record[of]
        if unless is not None and unless in record and not _sent_again(fact, record[unless]):
            return False
        fields = fact.fields
        for test in tests:
            if not test(fields):
                return False
        return in_days is None or in_days(fact)

    return passes


def _sent_again(fact: KnownFact, taken_back: KnownFact) -> bool:
    """Whether it came again after it was taken back: a report that was returned, or what became of
    an obligation after another of its events, with which it shares its versions. Everything else
    that is taken back is so for ever."""
    again = taken_back.event == ReportReturned.event or taken_back.event in STATUS_EVENTS
    return again and fact.version > taken_back.version


def _days(measure: FactMeasure, zone: ZoneInfo) -> Callable[[KnownFact], bool] | None:
    first, end = measure.from_day, measure.before_day
    if first is None and end is None:
        return None

    def within(fact: KnownFact) -> bool:
        day = fact.time.astimezone(zone).date()
        return (first is None or first <= day) and (end is None or day < end)

    return within


_NUMBERS: Mapping[str, Callable[[Decimal, Decimal], bool]] = {
    "at_least": operator.ge,
    "more_than": operator.gt,
    "at_most": operator.le,
    "less_than": operator.lt,
}


def _test(test: FieldTest) -> Callable[[Mapping[str, Any]], bool]:
    """A test as a function; a field that a fact does not have passes none but `given: false`."""
    field = test.field
    for key, compare in _NUMBERS.items():
        if (bound := getattr(test, key)) is not None:
            return _number_test(field, compare, bound)
    if (given := test.given) is not None:
        return lambda fields: (fields.get(field) is not None) is given
    if (choices := test.one_of) is not None:
        return lambda fields: (value := fields.get(field)) is not None and str(value) in choices
    wanted = test.equals
    if isinstance(wanted, bool):
        return lambda fields: fields.get(field) is wanted
    return lambda fields: (value := fields.get(field)) is not None and str(value) == wanted


def _whole(field: str) -> Callable[[Mapping[str, Any]], bool]:
    def passes(fields: Mapping[str, Any]) -> bool:
        value = number(fields.get(field))
        return value is None or value == value.to_integral_value()

    return passes


def _number_test(
    field: str, compare: Callable[[Decimal, Decimal], bool], bound: Decimal
) -> Callable[[Mapping[str, Any]], bool]:
    def passes(fields: Mapping[str, Any]) -> bool:
        value = number(fields.get(field))
        return value is not None and compare(value, bound)

    return passes


@lru_cache(maxsize=4096)
def number(value: object) -> Decimal | None:
    """A field as a decimal; None where it is absent. Facts carry decimals as text.

    None also for what is no number: an answer of a report was of another type before an amendment.
    """
    try:
        return None if value is None or isinstance(value, bool) else Decimal(str(value))
    except InvalidOperation:
        return None
