"""HTTP: the calendar in pages, and links by which calendar programs read it."""

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Query, Response
from pydantic import BaseModel

from services.chassis.aside import aside
from services.chassis.http import (
    Caller,
    CurrentChassis,
    Once,
    Router,
    access,
    context_of,
    large_answer,
)
from services.chassis.http.fields import Day
from services.chassis.http.idempotency import REPLAYED
from services.chassis.problems import FAULTY, NOT_FOUND, Fault, Refusal
from services.chassis.storage.database import Transaction
from services.contracts.reading import read_day
from services.contracts.wording import Bilingual
from services.submissions.calendar import links
from services.submissions.calendar.ics import written
from services.submissions.calendar.queries import BEGINNING, UNKNOWN_DAY, CalendarPlace
from services.submissions.calendar.read import CalendarReader
from services.submissions.calendar.read_limit import ReadLimit
from services.submissions.calendar.schemas import (
    CalendarLinkIn,
    CalendarLinkMade,
    CalendarLinkOut,
    CalendarLinks,
    CalendarPage,
    Language,
)
from services.submissions.calendar.scope import CalendarScope, Reader
from services.submissions.context import Registry
from services.submissions.models import CalendarLink
from services.submissions.paging import AfterId, PageSize, PartAsked
from services.submissions.problems import TOO_MANY_LINKS, TOO_MANY_READS

router = Router(prefix="/v1", tags=["calendar"])

_ICS = "text/calendar; charset=utf-8"


async def _calendars(chassis: CurrentChassis, campaigns: Registry) -> CalendarReader:
    await chassis.clock.refresh()  # a link is read without a token, and so nobody did it before
    return CalendarReader(chassis.database, campaigns, chassis.clock.now())


Calendars = Annotated[CalendarReader, Depends(_calendars)]


@router.get(
    "/calendar",
    response_model=CalendarPage,
    openapi_extra=access("unit", "district", "board", refuses=[NOT_FOUND]),
)
async def calendar(
    *,
    caller: Caller,
    calendars: Calendars,
    part: PartAsked,
    unit: Annotated[str | None, Query(max_length=32, examples=["Q009"])] = None,
    cluster: Annotated[str | None, Query(max_length=80, examples=["departments-1"])] = None,
    first: Annotated[
        Day | None, Query(alias="from", description="Last days from this local day on.")
    ] = None,
    last: Annotated[
        Day | None,
        Query(alias="to", description="To this one; absent: also what has no day yet, at the end."),
    ] = None,
) -> Response:
    """Everything that is owed over all campaigns, by whom, until when and how it stands, by last
    day: of a unit and those that it took over, of a cluster, or of all that you may read."""
    _check(unit, cluster, first, last)
    reader = Reader(caller.roles, caller.unit)
    readable = await calendars.readable(reader, CalendarScope(unit, cluster))
    entries, more = await calendars.page(
        readable,
        first=first or date.min,
        last=last or UNKNOWN_DAY,
        after=_place(part.after),
        limit=part.limit,
    )
    return await large_answer(CalendarPage, entries=entries, next=more and _written_place(more))


@router.post(
    "/calendar-links",
    status_code=201,
    response_model=CalendarLinkMade,
    openapi_extra=access("unit", "district", "board", refuses=[NOT_FOUND, TOO_MANY_LINKS]),
)
async def make_link(
    body: CalendarLinkIn, caller: Caller, once: Once, calendars: Calendars
) -> Response:
    """Make a link by which a calendar program reads without a token, by the rights of its owner.

    The path is in this answer and nowhere else.
    """
    links.owner_of(caller)
    await calendars.readable(
        Reader(caller.roles, caller.unit), CalendarScope(body.unit, body.cluster)
    )
    secret = links.new_secret()

    async def effect(tx: Transaction) -> tuple[int, BaseModel]:
        link = await links.make(
            tx, body, caller, secret=secret, link_id=once.command_id, now=calendars.now
        )
        # What is returned here is kept for repetitions; so the secret is not in it.
        return 201, CalendarLinkMade.model_validate(link)

    response = await once(effect)
    if REPLAYED in response.headers:
        return response
    made = CalendarLinkMade.model_validate_json(bytes(response.body))
    made.path = links.path_of(secret)
    return Response(
        made.model_dump_json(),
        response.status_code,
        headers={"Cache-Control": "no-store"},
        media_type="application/json",
    )


@router.get("/calendar-links", openapi_extra=access("unit", "district", "board"))
async def list_links(
    caller: Caller,
    chassis: CurrentChassis,
    *,
    after: AfterId = None,
    limit: PageSize = 100,
) -> CalendarLinks:
    """The links of your unit; the Board's list has everyone's. None has its secret."""
    async with chassis.database.transaction() as tx:
        rows = await links.page_of(tx, caller, after=after, limit=limit + 1)
    items = [CalendarLinkOut.model_validate(row) for row in rows[:limit]]
    return CalendarLinks(items=items, next=items[-1].link_id if len(rows) > limit else None)


@router.delete(
    "/calendar-links/{link_id}",
    status_code=204,
    openapi_extra=access("unit", "district", "board", refuses=[NOT_FOUND]),
)
async def revoke_link(link_id: UUID, caller: Caller, chassis: CurrentChassis) -> None:
    """Revoke a link of your unit; the Board revokes everyone's. It is forgotten at once."""
    async with chassis.database.transaction() as tx:
        await links.revoke(tx, caller, link_id)


@router.get(
    "/calendar-links/{secret}.ics",
    response_class=Response,
    responses={200: {"content": {"text/calendar": {}}, "description": "iCalendar (RFC 5545)."}},
    openapi_extra=access.secret_path(refuses=[NOT_FOUND, TOO_MANY_READS]),
)
async def read_link(
    secret: str,
    chassis: CurrentChassis,
    calendars: Calendars,
    reads: Annotated[ReadLimit, Depends(context_of(ReadLimit))],
) -> Response:
    """The calendar of a link, as its owner may read it now: for calendar programs, no token."""
    async with chassis.database.transaction() as tx:
        link = await links.find(tx, secret)
    reads.count(link.link_id)
    try:
        readable = await calendars.readable(
            links.reader_of(link), CalendarScope(link.unit, link.cluster)
        )
    except Refusal:  # its owner has the right no more: as if there were no link
        raise links.no_calendar() from None
    feed = await calendars.feed(readable)
    content = await aside(
        written, feed, name=_name_of(link), language=_language(link), now=calendars.now
    )
    return Response(
        content,
        media_type=_ICS,
        headers={"Cache-Control": "private, no-store", "Referrer-Policy": "no-referrer"},
    )


def _language(link: CalendarLink) -> Language:
    return "en" if link.language == "en" else "vi"


def _name_of(link: CalendarLink) -> Bilingual:
    whose = link.unit or link.cluster or link.owner_unit
    if whose is None:
        return Bilingual("Lịch thi đua", "Emulation calendar")
    return Bilingual(f"Lịch thi đua – {whose}", f"Emulation calendar – {whose}")


def _check(unit: str | None, cluster: str | None, first: date | None, last: date | None) -> None:
    """Raises Refusal (422) with what contradicts itself."""
    faults = []
    if unit is not None and cluster is not None:
        faults.append(
            Fault(
                "",
                "Chỉ nêu đơn vị hoặc cụm, không nêu cả hai.",
                "Name a unit or a cluster, not both.",
                parameter="query:cluster",
            )
        )
    if first is not None and last is not None and last < first:
        faults.append(
            Fault(
                "",
                "Ngày này trước ngày của “from”. Đổi một trong hai ngày.",
                "This day is before that of `from`: change one of them.",
                parameter="query:to",
            )
        )
    if faults:
        raise Refusal(FAULTY, faults)


def _place(after: str | None) -> CalendarPlace:
    """Of a `next`; raises Refusal (422) for what is none."""
    if after is None:
        return BEGINNING
    day, *rest = after.split("/")
    try:
        campaign, unit, obligation, option = rest
        last_day = UNKNOWN_DAY if day == "" else read_day(day)
    except ValueError:
        fault = Fault(
            "",
            "Không phải là “next” của trang trước.",
            "This is no `next` of a page before.",
            parameter="query:after",
        )
        raise Refusal(FAULTY, [fault]) from None
    return CalendarPlace(last_day, campaign, unit, obligation, option)


def _written_place(place: CalendarPlace) -> str:
    """For `after`. Codes have no slash."""
    day = "" if place.last_day == UNKNOWN_DAY else place.last_day.isoformat()
    return "/".join((day, *place[1:]))
