"""Which subscriptions an event concerns: its campaign, its type, its unit or any unit above it.

Asked of the table itself, in the transaction that takes the events in. So a subscription that was
committed before is seen by every replica, whichever made it, and there is no cache to invalidate
(docs/decisions/0070-subscriptions-are-matched-in-the-database.md).

A subscription without a campaign is for all, those to come included. Nobody can say now what their
trees will be: so the tree of the event's campaign decides, at each event, whether the unit is in it
and whether who keeps the subscription may see it.

SQL by hand: a batch of events is matched in one statement, on the way of every event.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from services.chassis.storage.database import Transaction
from services.contracts.campaign.rights import may_see_unit
from services.contracts.campaign.units import UnitTree
from services.contracts.envelope import Event, uuid7
from services.contracts.events import UnitFact
from services.notifications.campaign import NotificationsCampaign

SLACK = timedelta(minutes=5)
"""Facts recorded earlier than this before a subscription was made are history to it: its
subscriber reads the past from the topics. As large as clocks may differ."""


class Match(NamedTuple):
    """One event for one subscription."""

    event_id: UUID
    subscription_id: UUID
    channel: str
    unit: str
    """Of the subscription."""
    owner_unit: str | None
    """Who keeps it; None: the Board."""


def is_kept_rightly(match: Match, campaign: NotificationsCampaign, moment: datetime) -> bool:
    """Whether its owner may have this unit's events in that campaign, by the tree of the day."""
    if match.unit not in campaign.units:
        return False
    owner = match.owner_unit
    return owner is None or may_see_unit(
        ("district",), owner, match.unit, campaign.units, campaign.day(moment)
    )


def concerned_units(event: Event, tree: UnitTree, zone: ZoneInfo) -> list[str | None]:
    """Codes of the units under which an event is subscribed to: its own, and all above it.

    By the tree of the fact's day: the unit that took over from one that ended, those above it, and
    the units from which any of these took over: their subscriptions go on. A fact about no one unit
    (standings) concerns everyone: [None]. Raises UnknownUnitError.
    """
    fact = event.data
    if not isinstance(fact, UnitFact):
        return [None]
    day = event.time.astimezone(zone).date()
    holder = tree.holder(fact.unit, day)
    if holder is None:  # nobody took over, or it is yet to begin
        return [fact.unit, *(unit.code for unit in tree.ancestors(fact.unit))]
    now = [holder, *tree.on(day).ancestors(holder.code)]
    ended = [one for unit in now for one in tree.predecessors(unit.code, day)]
    return list(dict.fromkeys([fact.unit, *(unit.code for unit in (*now, *ended))]))


# Each event twice, for subscriptions of its campaign and for those of all: so both are found by
# equality, which one index answers however many campaigns there are.
_MATCH = """
WITH batch AS (
    SELECT t.*, kept_for
      FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::timestamptz[])
        AS t (event_id, campaign, event_type, unit, recordedtime)
     CROSS JOIN LATERAL (VALUES (''), (t.campaign)) AS k (kept_for)
)
SELECT t.event_id, s.id AS subscription_id, s.channel, s.unit, s.owner_unit
  FROM batch t JOIN subscriptions s ON coalesce(s.campaign, '') = t.kept_for AND s.unit = t.unit
 WHERE s.state = 'active' AND t.event_type = ANY (s.event_types)
   AND s.created_at <= t.recordedtime + $6
UNION ALL
SELECT t.event_id, s.id, s.channel, s.unit, s.owner_unit
  FROM batch t JOIN subscriptions s ON coalesce(s.campaign, '') = t.kept_for
 WHERE t.unit IS NULL AND s.state = 'active' AND t.event_type = ANY (s.event_types)
   AND s.created_at <= t.recordedtime + $6
"""

_STORE_EVENTS = """
INSERT INTO events (event_id, type, source, subject, time, recordedtime, partitionkey, traceparent,
                    dataschema, simulated, data)
SELECT * FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::timestamptz[],
                     $6::timestamptz[], $7::text[], $8::text[], $9::text[],
                     $10::bool[], $11::text[])
ON CONFLICT DO NOTHING
"""

_STORE_DELIVERIES = """
INSERT INTO deliveries (id, event_id, subscription_id, channel, state, attempts, attempts_before)
SELECT id, event_id, subscription_id, channel, 'pending', 0, 0
  FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::text[])
    AS d (id, event_id, subscription_id, channel)
ON CONFLICT DO NOTHING
"""


async def schedule_deliveries(
    tx: Transaction, events: Sequence[Event], campaigns: Mapping[str, NotificationsCampaign]
) -> int:
    """Make a due delivery of each event for each subscription that it concerns; how many.

    `campaigns` has the campaign of each event, and each event's unit is in its tree. Three
    statements at most, whatever the size of the batch; one where nobody subscribed.
    """
    matches = await _matches(tx, events, campaigns)
    if not matches:
        return 0
    wanted = {match.event_id for match in matches}
    matched = [event for event in events if event.id in wanted]
    await tx.execute(
        _STORE_EVENTS,
        [e.id for e in matched],
        [e.type for e in matched],
        [e.source for e in matched],
        [e.subject for e in matched],
        [e.time for e in matched],
        [e.recordedtime for e in matched],
        [e.partitionkey for e in matched],
        [e.traceparent for e in matched],
        [e.dataschema for e in matched],
        [e.data.simulated for e in matched],
        [e.data.model_dump_json() for e in matched],
    )
    recorded = {event.id: event.recordedtime for event in matched}
    tag = await tx.execute(
        _STORE_DELIVERIES,
        [uuid7(recorded[m.event_id]) for m in matches],
        [m.event_id for m in matches],
        [m.subscription_id for m in matches],
        [m.channel for m in matches],
    )
    return int(tag.rpartition(" ")[2])  # INSERT 0 n


async def _matches(
    tx: Transaction, events: Sequence[Event], campaigns: Mapping[str, NotificationsCampaign]
) -> list[Match]:
    campaign_of = {event.id: campaigns[event.data.campaign] for event in events}
    rows = [
        (event, unit)
        for event in events
        for unit in concerned_units(event, campaign_of[event.id].units, campaign_of[event.id].zone)
    ]
    found = await tx.fetch(
        _MATCH,
        [event.id for event, _ in rows],
        [event.data.campaign for event, _ in rows],
        [event.data.event for event, _ in rows],
        [unit for _, unit in rows],
        [event.recordedtime for event, _ in rows],
        SLACK,
    )
    # asyncpg's UUID is a subclass that hashes and compares as uuid.UUID does.
    moments = {event.id: event.time for event in events}
    return [
        match
        for match in (Match(*row) for row in found)
        if is_kept_rightly(match, campaign_of[match.event_id], moments[match.event_id])
    ]
