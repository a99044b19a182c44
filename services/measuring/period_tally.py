"""A tallier that keeps what was done in each period apart."""

from collections.abc import Iterable, Mapping
from datetime import date
from zoneinfo import ZoneInfo

from services.contracts.campaign.measuring import Measure
from services.measuring.periods import Periods, numbers, of_periods
from services.measuring.records import Record
from services.measuring.slots import Tally
from services.measuring.tally import Delta, Tallier, add_amount, newer


class PeriodTallier(Tallier):
    """What the records of a unit contribute to some measures, each under its period."""

    periods: Periods

    def __init__(self, measures: Mapping[str, Measure], zone: ZoneInfo, periods: Periods) -> None:
        super().__init__(measures, zone)
        self.periods = periods

    def add(
        self, record: Record, delta: Delta, *, because_of: Iterable[str], times: int = 1
    ) -> None:
        """As in `Tallier`, under names of the period in which the work was done."""
        own = Delta()
        super().add(record, own, because_of=because_of, times=times)
        period = self.periods.of(record)
        for name, amount in own.sums.items():
            add_amount(delta.sums, self.periods.name(period, name), amount)
        for name, came in own.came.items():
            newer(delta.came, self.periods.name(period, name), came)
        delta.left |= {(self.periods.name(period, name), of) for name, of in own.left}

    def moved(self, before: Record, now: Record) -> bool:
        """Whether the record is of another period now, and all of what it adds."""
        return self.periods.of(before) != self.periods.of(now)

    def with_taken_over(self, own: Tally, left: Iterable[tuple[date, Tally]]) -> Tally:
        """As in `Tallier`: what was done in a period joins the same one."""
        left = list(left)
        return self.periods.together(
            {
                period: super(PeriodTallier, self).with_taken_over(
                    of_periods(own, [period]),
                    [(ended, of_periods(whole, [period])) for ended, whole in left],
                )
                for period in numbers([own, *(whole for _, whole in left)])
            }
        )
