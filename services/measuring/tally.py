"""Tallies: what a unit's records add up to, as amounts that can be added and taken away.

A count from all facts adds the contribution of every record; the running tally adds, for each
record that a batch changed, its contribution after the batch and subtracts the one before. They
differ in the order of additions only, and one function serves both.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from zoneinfo import ZoneInfo

import msgspec

from services.contracts.campaign.figures import takes_the_place
from services.contracts.campaign.measuring import (
    DaysLateMeasure,
    FactMeasure,
    LatestMeasure,
    Measure,
)
from services.contracts.events import (
    DeadlineMissed,
    FigureReported,
    ObligationFulfilled,
    ObligationWaived,
)
from services.measuring.contributions import AddedUp, Contributor, contributor, newest_of
from services.measuring.newest import Newest
from services.measuring.periods import Periods
from services.measuring.records import (
    OBLIGATION_EVENTS,
    STATUS_EVENTS,
    KnownFact,
    Record,
    by_record,
    current,
    status,
)
from services.measuring.slots import (
    Amount,
    Tally,
    figure_of,
    figure_part,
    is_day_of_report,
    measure_of,
    slot,
    sum_of,
)

SIMULATED = "#simulated"
"""Name under which a tally counts those of its records that hold simulated data."""

STATES = {
    ObligationFulfilled.event: "fulfilled",
    DeadlineMissed.event: "missed",
    ObligationWaived.event: "waived",
}
"""How the status events leave an obligation; `deadline-moved` and `obligation-reopened` leave it
open."""

FIGURE = FigureReported.event


class Delta(msgspec.Struct):
    """What changes a tally: amounts to add, and what came and went of latest measures."""

    sums: dict[str, Amount] = {}
    came: dict[str, Newest] = {}
    """By measure the newest of what is there now."""
    left: set[tuple[str, str]] = set()
    """(measure, record) that were there before."""

    def __bool__(self) -> bool:
        return bool(self.sums or self.came or self.left)


class Tallier:
    """What the records of a unit contribute to some measures."""

    periods: Periods | None = None
    """What a tally keeps apart; None: nothing."""

    def __init__(self, measures: Mapping[str, Measure], zone: ZoneInfo) -> None:
        """`zone`: whose days the measures' days are."""
        self._by_event: dict[str, list[Contributor]] = {}
        """Contributors that a fact of an event type can change."""
        self._latest: dict[str, list[tuple[str, LatestMeasure]]] = {}
        self._obligations: dict[str, list[str]] = {}
        self._zone = zone
        for name, measure in measures.items():
            if isinstance(measure, DaysLateMeasure):
                self._obligations.setdefault(measure.obligation, []).append(name)
            elif isinstance(measure, AddedUp):
                contributes = contributor(name, measure, zone)
                for event in {measure.of, measure.unless} - {None}:
                    self._by_event.setdefault(str(event), []).append(contributes)
            elif isinstance(measure, LatestMeasure):
                for event in {measure.of, measure.unless} - {None}:
                    self._latest.setdefault(str(event), []).append((name, measure))
        self._concerned = {
            *self._by_event,
            *self._latest,
            *(STATUS_EVENTS if self._obligations else ()),
        }

        self._not_passed_on = {
            name
            for name, measure in measures.items()
            if isinstance(measure, DaysLateMeasure)
            or (isinstance(measure, FactMeasure) and measure.of in OBLIGATION_EVENTS)
        }

    def concerns(self, event: str) -> bool:
        """Whether facts of this type can change any tally."""
        return event in self._concerned

    def add(
        self, record: Record, delta: Delta, *, because_of: Iterable[str], times: int = 1
    ) -> None:
        """Add what one record contributes to a tally, or take it away (`times` -1), in place.

        Only the measures that facts of the types `because_of` can change; all of the record's types
        for all of it. Exact. Zeros stay in the sums: see `without_zeros`.
        """
        affected: Iterable[Contributor] = ()
        of_status = False
        for event in because_of:
            found = self._by_event.get(event, ())
            affected = {*affected, *found} if affected else found
            of_status = of_status or event in STATUS_EVENTS
            for name, measure in self._latest.get(event, ()):
                self._add_latest(name, measure, record, delta, times)
        total = delta.sums
        figure = self._figure(record, total, times) if FIGURE in because_of else None
        for contribute in affected:
            for name, amount in contribute(record):
                signed = amount if times == 1 else _negative(amount)
                add_amount(total, name, signed)
                if figure is not None:
                    add_amount(total, figure_part(figure, name), signed)
        if of_status and (newest := status(record)) is not None:
            self._add_status(newest, total, times)
        for event, fact in record.items():
            if fact.fields.get("simulated") and event in self._concerned:
                total[SIMULATED] = total.get(SIMULATED, 0) + times
                break

    def moved(self, before: Record, now: Record) -> bool:  # noqa: ARG002 - see `PeriodTallier`
        """Whether all that a record adds has another name now."""
        return False

    def tallies(self, facts: Iterable[KnownFact]) -> dict[str, Tally]:
        """The truth: what all facts together say, by unit."""
        deltas: dict[str, Delta] = {}
        for (unit, _), of_record in by_record(facts).items():
            record = current(of_record)
            if unit not in deltas:
                deltas[unit] = Delta()
            self.add(record, deltas[unit], because_of=record)
        return {unit: {**without_zeros(delta.sums), **delta.came} for unit, delta in deltas.items()}

    def with_taken_over(self, own: Tally, left: Iterable[tuple[date, Tally]]) -> Tally:
        """What a unit's records and those of the units that it took over add up to; exact.

        `left`: of each of these the first day on which it was no more and its tally, with what it
        had taken over itself. Obligations don't pass on by their facts: of what several units owed
        the successor has a status of its own, in facts about itself
        (docs/decisions/0080-facts-of-predecessors.md). A figure that the unit reported when it had
        taken over takes the place of theirs.
        """
        together: dict[str, Amount | Newest] = dict(own)
        for ended, whole in left:
            for name, amount in _without_replaced(own, ended, whole).items():
                if measure_of(name) in self._not_passed_on or is_day_of_report(name):
                    continue
                known = together.get(name)
                if isinstance(amount, Newest):
                    if not isinstance(known, Newest) or amount.order > known.order:
                        together[name] = amount
                else:
                    assert not isinstance(known, Newest)  # noqa: S101 - a name is of one kind
                    together[name] = sum_of(known or 0, amount)
        return {name: amount for name, amount in together.items() if amount}

    def _figure(self, record: Record, total: dict[str, Amount], times: int) -> str | None:
        """Keep the day of a figure's report; its name. None where no measure is over figures."""
        if FIGURE not in self._by_event and FIGURE not in self._latest:
            return None
        fact = record[FIGURE]
        day = fact.time.astimezone(self._zone).date()
        figure: str = fact.fields["figure"]
        add_amount(total, figure_part(figure, ""), times * day.toordinal())
        return figure

    def _add_status(self, newest: KnownFact, total: dict[str, Amount], times: int) -> None:
        state = STATES.get(newest.event, "open")
        for name in self._obligations.get(newest.fields["obligation"], ()):
            add_amount(total, slot(name, state), times)
            if state == "fulfilled":
                add_amount(total, slot(name, "days"), times * int(newest.fields["days_late"]))

    def _add_latest(
        self, name: str, measure: LatestMeasure, record: Record, delta: Delta, times: int
    ) -> None:
        found = newest_of(measure, record, self._zone)
        if found is None:
            return
        kept = [name]
        if measure.of == FIGURE:  # also by itself: a successor's report may take its place
            kept.append(figure_part(record[FIGURE].fields["figure"], name))
        for part in kept:
            if times < 0:
                delta.left.add((part, found.record))
            else:
                newer(delta.came, part, found)


def _without_replaced(own: Tally, ended: date, left: Tally) -> Tally:
    """What a unit left, less the figures in whose place its successor reported its own."""
    result = dict(left)
    newest: set[str] = set()
    for part, amount in left.items():
        figure, name = figure_of(part)
        day = own.get(figure_part(figure, "")) if name else None
        if not day or isinstance(day, Newest):
            continue
        if takes_the_place(date.fromordinal(int(day)), ended):
            del result[part]
            if isinstance(amount, Newest):
                newest.add(name)
                continue
            whole = result.get(name, 0)  # what adds up to nothing has no place in a tally
            assert not isinstance(whole, Newest)  # noqa: S101 - a name is of one kind
            result[name] = sum_of(whole, _negative(amount))
    for name in newest:
        del result[name]
        for part, amount in list(result.items()):
            if isinstance(amount, Newest) and figure_of(part)[1] == name:
                known = result.get(name)
                if not isinstance(known, Newest) or amount.order > known.order:
                    result[name] = amount
    return result


def without_zeros(total: Mapping[str, Amount]) -> dict[str, Amount]:
    """The same amounts in their one spelling."""
    return {name: amount for name, amount in total.items() if amount}


def merged(tally: Tally, delta: Delta) -> dict[str, Amount | Newest] | None:
    """A tally with a change; exact. None where all facts are needed to compute it.

    That is so when what was the latest is gone and what came is older: the next-latest is then
    somewhere among the facts. A correction that is not older than what it corrects needs no look.
    """
    result: dict[str, Amount | Newest] = dict(tally)
    for name, amount in delta.sums.items():
        before = result.get(name, 0)
        assert not isinstance(before, Newest)  # noqa: S101 - a name is of one kind
        result[name] = sum_of(before, amount)
    came = dict(delta.came)
    for name, record in delta.left:
        known = result.get(name)
        if not isinstance(known, Newest):
            return None
        if known.record == record:
            instead = came.get(name)
            if instead is None or instead.order < known.order:
                return None
            del result[name]
    for name, new in came.items():
        known = result.get(name)
        if not isinstance(known, Newest) or new.order > known.order:
            result[name] = new
    return {name: amount for name, amount in result.items() if amount}


def _negative(amount: Amount) -> Amount:
    return -amount if isinstance(amount, int) else amount.copy_negate()


def add_amount(total: dict[str, Amount], name: str, amount: Amount) -> None:
    """Add to one of some sums."""
    total[name] = sum_of(total.get(name, 0), amount)


def newer(came: dict[str, Newest], name: str, newest: Newest) -> None:
    """Keep it where there is none that is later."""
    if name not in came or newest.order > came[name].order:
        came[name] = newest
