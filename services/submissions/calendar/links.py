"""Secret links to a calendar in the database: made, listed, revoked, found by their secret.

Of a secret its SHA-256 is stored: it has 256 random bits, so nothing slower is needed against
guessing. A lock orders the links of one owner.
"""

import secrets
from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256
from uuid import UUID

from sqlalchemy import ColumnElement
from sqlmodel import col, func, select

from services.chassis.http import Principal
from services.chassis.problems import NOT_FOUND, Refusal
from services.chassis.storage.database import Transaction
from services.submissions.calendar.schemas import CalendarLinkIn
from services.submissions.calendar.scope import Reader
from services.submissions.models import CalendarLink
from services.submissions.problems import TOO_MANY_LINKS

MOST_LINKS = 20
"""In force at once, of one owner."""

_SECRET_BYTES = 32
_LONGEST_SECRET = 64
"""Characters; what is longer is none of ours and is not looked up."""


def new_secret() -> str:
    """Letters of a path."""
    return secrets.token_urlsafe(_SECRET_BYTES)


def path_of(secret: str) -> str:
    """Where its calendar is read."""
    return f"/v1/calendar-links/{secret}.ics"


def owner_of(caller: Principal) -> str | None:
    """The unit by whose rights a caller's link is read; None: by the Board's.

    Raises Refusal (403) for one without either.
    """
    return None if caller.has("board") else caller.acting_unit


def reader_of(link: CalendarLink) -> Reader:
    """Who reads by a link."""
    return Reader(frozenset(link.owner_roles), link.owner_unit)


async def make(
    tx: Transaction,
    body: CalendarLinkIn,
    caller: Principal,
    *,
    secret: str,
    link_id: UUID,
    now: datetime,
) -> CalendarLink:
    """Store a new link. Raises Refusal (409) where its owner has too many."""
    owner = owner_of(caller)
    await tx.execute(
        "SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", f"calendar links of {owner}"
    )
    counted = select(func.count()).where(_owned_by(owner))
    if (await tx.session.exec(counted)).one() >= MOST_LINKS:
        raise Refusal(TOO_MANY_LINKS)
    link = CalendarLink(
        link_id=link_id,
        secret_sha256=_hashed(secret),
        owner_unit=owner,
        owner_subject=caller.subject,
        owner_roles=sorted(caller.roles & {"unit", "district", "board"}),
        unit=body.unit,
        cluster=body.cluster,
        language=body.language,
        note=body.note,
        created_at=now,
    )
    tx.session.add(link)
    await tx.session.flush()
    return link


async def page_of(
    tx: Transaction, caller: Principal, *, after: UUID | None, limit: int
) -> Sequence[CalendarLink]:
    """At most `limit` links of the caller's unit, by id; the Board's list has everyone's."""
    asked = select(CalendarLink).order_by(col(CalendarLink.link_id)).limit(limit)
    if not caller.has("board"):
        asked = asked.where(_owned_by(owner_of(caller)))
    if after is not None:
        asked = asked.where(col(CalendarLink.link_id) > after)
    return (await tx.session.exec(asked)).all()


async def revoke(tx: Transaction, caller: Principal, link_id: UUID) -> None:
    """Forget a link: nobody reads by it any more. Raises Refusal (404), also for one of others."""
    link = await tx.session.get(CalendarLink, link_id)
    if link is None or not (caller.has("board") or link.owner_unit == owner_of(caller)):
        raise Refusal(NOT_FOUND)
    await tx.session.delete(link)
    await tx.session.flush()


async def find(tx: Transaction, secret: str) -> CalendarLink:
    """The link with a secret. Raises Refusal (404), alike for unknown and revoked ones."""
    found = None
    if len(secret) <= _LONGEST_SECRET:
        asked = select(CalendarLink).where(CalendarLink.secret_sha256 == _hashed(secret))
        found = (await tx.session.exec(asked)).one_or_none()
    if found is None:
        raise no_calendar()
    return found


def no_calendar() -> Refusal:
    """The refusal of a link by which nothing can be read. It repeats nothing of the path."""
    return Refusal(
        NOT_FOUND,
        detail=(
            "Đường dẫn không có lịch nào, hoặc đã bị thu hồi.",
            "There is no calendar at this link, or it was revoked.",
        ),
    )


def _owned_by(owner: str | None) -> ColumnElement[bool]:
    return col(CalendarLink.owner_unit).is_not_distinct_from(owner)


def _hashed(secret: str) -> bytes:
    return sha256(secret.encode("utf-8", "surrogatepass")).digest()
