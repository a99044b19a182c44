"""The day of the work: by which table a thing counts where each table counts the work of its days.

One day for all that happened to one thing, whatever comes to it later: so it is counted once
(docs/decisions/0095-points-by-the-day-of-the-work.md).
"""

from datetime import date
from zoneinfo import ZoneInfo

from services.contracts.campaign.deadlines import UNKNOWN_DAY
from services.contracts.campaign.periods import days_of, is_period
from services.contracts.events import EssaySubmitted, FigureReported
from services.contracts.reading import read_day
from services.measuring.records import KnownFact, Record

_DECIDING = ("counted_day", "held_on")
"""Fields with the day that counts, where it is not that of the report; the first that is given."""


def day_of_work(record: Record, zone: ZoneInfo) -> date:
    """The local day on which the work was done that a record is about.

    Of an obligation its last day, of a figure the last day of its period, of a report the day that
    counts. Of all else the day on which it came: of an essay its submission, not its mark.
    """
    if (last_day := _last_day(record)) is not None:
        return last_day
    if (figure := record.get(FigureReported.event)) is not None:
        period = figure.fields["period"]
        return days_of(period)[1] if is_period(period) else _happened(figure, zone)
    dated = [fact for fact in record.values() if any(fact.fields.get(one) for one in _DECIDING)]
    if dated:
        fields = max(dated, key=lambda fact: fact.order).fields
        return read_day(next(fields[one] for one in _DECIDING if fields.get(one)))
    first = record.get(EssaySubmitted.event) or min(
        record.values(), key=lambda fact: (fact.time, fact.id)
    )
    return _happened(first, zone)


def _last_day(record: Record) -> date | None:
    """The last day that the newest of its facts names; waivers name none. Of what was done before
    its last day became known the day on which it was done."""
    named = [fact for fact in record.values() if fact.fields.get("last_day") is not None]
    if not named:
        return None
    fields = max(named, key=lambda fact: fact.order).fields
    if fields["last_day"] != UNKNOWN_DAY.isoformat():
        return read_day(fields["last_day"])
    done = fields.get("counted_day")
    return UNKNOWN_DAY if done is None else read_day(done)


def _happened(fact: KnownFact, zone: ZoneInfo) -> date:
    return fact.time.astimezone(zone).date()
