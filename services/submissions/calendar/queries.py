"""What the calendar asks the database.

SQL by hand: a page over the days of all options, which are in one JSON column of each obligation.
"""

from collections.abc import Mapping
from datetime import date
from typing import NamedTuple

from services.chassis.storage.database import Transaction
from services.submissions.calendar.scope import Readable

UNKNOWN_DAY = date.max
"""Of an option whose last day is not known yet; PostgreSQL's `infinity`, behind all days."""


class CalendarPlace(NamedTuple):
    """Where an entry is in the order of a calendar, and which it is."""

    last_day: date
    campaign: str
    unit: str
    obligation: str
    option: str


BEGINNING = CalendarPlace(date.min, "", "", "", "")

_PLACES = """
SELECT days.last_day, owed.campaign, owed.unit, owed.obligation, days.option
  FROM obligations AS owed
 CROSS JOIN LATERAL (
       SELECT key AS option, coalesce(value::date, 'infinity') AS last_day
         FROM jsonb_each_text(owed.last_days)) AS days
 WHERE {readable}
   AND (owed.status <> 'open' OR (owed.campaign, owed.unit)
        NOT IN (SELECT * FROM unnest($3::text[], $4::text[])))
   AND days.last_day BETWEEN $5 AND $6
   AND (days.last_day, owed.campaign, owed.unit, owed.obligation, days.option)
     > ($7::date, $8::text, $9::text, $10::text, $11::text)
 ORDER BY 1 {direction}, 2, 3, 4, 5 LIMIT $12
"""
_WHOLE = "owed.campaign = ANY($1::text[]) AND cardinality($2::text[]) = 0"
_SOME = "(owed.campaign, owed.unit) IN (SELECT * FROM unnest($1::text[], $2::text[]))"


async def places_of(
    tx: Transaction,
    readable: Mapping[str, Readable],
    *,
    first: date,
    last: date,
    limit: int,
    after: CalendarPlace = BEGINNING,
    newest_first: bool = False,
) -> list[CalendarPlace]:
    """At most `limit` entries whose last day is among these, behind `after`, by last day.

    `readable` is by campaign: of each of them every unit's, or of each of them some units'.
    """
    whole = any(one.units is None for one in readable.values())
    own = [(campaign, unit) for campaign, one in readable.items() for unit in one.units or ()]
    ended = [(campaign, unit) for campaign, one in readable.items() for unit in one.ended]
    rows = await tx.fetch(
        _PLACES.format(
            readable=_WHOLE if whole else _SOME, direction="DESC" if newest_first else "ASC"
        ),
        list(readable) if whole else [campaign for campaign, _ in own],
        [] if whole else [unit for _, unit in own],
        [campaign for campaign, _ in ended],
        [unit for _, unit in ended],
        first,
        last,
        *after,
        limit,
    )
    return [CalendarPlace(*row.values()) for row in rows]
