"""A calendar read from the database: which entries of which campaigns, and how each stands.

Campaigns are asked one after the other which units the reader may read there; the page is one
statement over all of them; then only the campaigns on the page are needed whole.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from services.campaigns.registry import CampaignRegistry, UnknownCampaignError
from services.chassis.aside import aside
from services.chassis.problems import FORBIDDEN, NOT_FOUND, Refusal
from services.chassis.storage.database import Database
from services.submissions.calendar.entries import entry_of
from services.submissions.calendar.queries import (
    UNKNOWN_DAY,
    CalendarPlace,
    places_of,
)
from services.submissions.calendar.schemas import CalendarEntry
from services.submissions.calendar.scope import CalendarScope, Readable, Reader, readable_in
from services.submissions.context import CampaignContext
from services.submissions.obligations import queries as obligation_queries
from services.submissions.obligations.obligation import Obligation
from services.submissions.obligations.passed_on import Waivers, waivers_of
from services.submissions.orders.order import Orders
from services.submissions.orders.queries import orders_of

MOST_ENTRIES = 2_000
"""Of a feed; some 2 MB, which take half a second to write. A campaign of 643 units has 900."""
_BACK = timedelta(days=366)
"""How far a feed reaches back."""


@dataclass(frozen=True, slots=True)
class Feed:
    """What a calendar program gets at once."""

    entries: Sequence[CalendarEntry]
    left_out: bool
    """Whether there are more, which are further away from today."""


@dataclass(frozen=True, slots=True)
class CalendarReader:
    """Reads calendars at one moment."""

    database: Database
    campaigns: CampaignRegistry[CampaignContext]
    now: datetime

    async def readable(self, reader: Reader, scope: CalendarScope) -> dict[str, Readable]:
        """What the reader gets, by campaign.

        Raises Refusal: 403 without the right in any campaign, then 404 where none has such a unit
        or cluster. Without either, nothing is a calendar too: an empty one.
        """
        await self.campaigns.refresh()
        found: dict[str, Readable] = {}
        forbidden = False
        async for context in self.campaigns.each():
            if context.announced.withdrawn_at is not None:
                continue
            day = context.day(self.now)
            tree, ended = context.campaign.units, context.ended_by(day)
            one = await aside(readable_in, reader, scope, tree, day, ended)
            if isinstance(one, Readable):
                found[context.id] = one
            elif one == "forbidden":
                forbidden = True
        if not found and forbidden:
            raise Refusal(
                FORBIDDEN,
                detail=(
                    "Tài khoản không có quyền xem lịch này.",
                    "The account may not read this calendar.",
                ),
            )
        if not found and scope != CalendarScope():
            raise Refusal(
                NOT_FOUND,
                detail=(
                    "Không có đợt thi đua nào có đơn vị hoặc cụm này.",
                    "No campaign has this unit or cluster.",
                ),
            )
        return found

    async def page(
        self,
        readable: dict[str, Readable],
        *,
        first: date,
        last: date,
        after: CalendarPlace,
        limit: int,
    ) -> tuple[list[CalendarEntry], CalendarPlace | None]:
        """At most `limit` entries by last day, and behind which place there are more, if any."""
        async with self.database.transaction() as tx:
            places = await places_of(
                tx, readable, first=first, last=last, after=after, limit=limit + 1
            )
        more = places[limit - 1] if len(places) > limit else None
        return await self._entries(places[:limit]), more

    async def feed(self, readable: dict[str, Readable]) -> Feed:
        """What is to come, the nearest first, and as far as there is room what was."""
        today = self.now.date()  # of UTC: nothing but where the feed begins depends on it
        async with self.database.transaction() as tx:
            most = MOST_ENTRIES + 1
            coming = await places_of(tx, readable, first=today, last=UNKNOWN_DAY, limit=most)
            was = await places_of(
                tx,
                readable,
                first=today - _BACK,
                last=today - timedelta(days=1),
                limit=most - len(coming),
                newest_first=True,
            )
        places = [*coming, *was]
        entries = await self._entries(places[:MOST_ENTRIES])
        return Feed(entries, left_out=len(places) > MOST_ENTRIES)

    async def _entries(self, places: Sequence[CalendarPlace]) -> list[CalendarEntry]:
        """Those that are still there: a campaign may be withdrawn meanwhile."""
        contexts: dict[str, CampaignContext] = {}
        for campaign in {place.campaign for place in places}:
            try:
                contexts[campaign] = await self.campaigns.of(campaign)
            except UnknownCampaignError:
                continue
        there = [place for place in places if place.campaign in contexts]
        keys = {(place.campaign, place.unit, place.obligation) for place in there}
        async with self.database.transaction() as tx:
            orders = {
                campaign: await orders_of(tx, campaign, context.campaign.units)
                for campaign, context in contexts.items()
            }
            waivers = {
                campaign: await waivers_of(
                    tx,
                    context,
                    {place.unit for place in there if place.campaign == campaign},
                    orders[campaign],
                )
                for campaign, context in contexts.items()
            }
            owed = await obligation_queries.of_keys(tx, contexts, keys)
        stored = _Stored(owed, orders, waivers)
        return await aside(_entries_of, there, contexts, stored, self.now)


@dataclass(frozen=True, slots=True)
class _Stored:
    """What is stored about the entries of a page."""

    owed: dict[obligation_queries.Key, Obligation]
    orders: dict[str, Orders]
    """By campaign."""
    waivers: dict[str, Waivers]
    """By campaign."""


def _entries_of(
    places: Sequence[CalendarPlace],
    contexts: dict[str, CampaignContext],
    stored: _Stored,
    now: datetime,
) -> list[CalendarEntry]:
    found: list[CalendarEntry] = []
    for place in places:
        obligation = stored.owed.get((place.campaign, place.unit, place.obligation))
        if obligation is None:
            continue
        option = next((one for one in obligation.planned.options if one.id == place.option), None)
        if option is None:
            continue
        context = contexts[place.campaign]
        waiver = stored.waivers[place.campaign].get((place.unit, place.obligation))
        found.append(
            entry_of(
                context,
                obligation,
                option,
                orders=stored.orders[place.campaign],
                release=waiver.order if waiver is not None else None,
                day=context.day(now),
            )
        )
    return found
