"""Essays as they are read: one with what the reader may see, or a unit's in pages."""

from uuid import UUID

from services.chassis.http.auth import Principal
from services.chassis.storage.database import Transaction
from services.submissions.desk.answers import AuthorOut, EssayOut, EssayPage, essay_out
from services.submissions.desk.desk import Desk
from services.submissions.desk.rights import may_read_private, readable_unit
from services.submissions.essays.entries import unit_of_essay

_COLUMNS = (
    "essay_id, unit, version, title, form, exemplar_kind, exemplar_name, words, minutes,"
    " published_in, published_on, submitted_at, late, days_late, withdrawn_at, mark, prize,"
    " judged_at, simulated"
)


async def read_essay(tx: Transaction, desk: Desk, essay_id: UUID, caller: Principal) -> EssayOut:
    """One entry. Private data are fetched only for who may read them.

    Raises Refusal: 404 for an unknown essay, 403 for another's.
    """
    unit = await unit_of_essay(tx, desk, essay_id)
    readable_unit(caller, unit, desk.campaign.units)
    row = await tx.fetchrow(
        f"SELECT {_COLUMNS} FROM essays WHERE essay_id = $1",  # noqa: S608 - our own constant
        essay_id,
    )
    author: AuthorOut | None = None
    if may_read_private(caller, unit):
        private = await tx.fetchrow(
            """
            SELECT full_name, address, workplace, phone, exemplar_address FROM essay_authors
             WHERE essay_id = $1
            """,
            essay_id,
        )
        author = AuthorOut(**dict(private)) if private else None
    return essay_out(row, author)


async def page_of(
    tx: Transaction, desk: Desk, unit: str, *, limit: int, after: UUID | None
) -> EssayPage:
    """At most `limit` entries of a unit, those after the entry `after`; no private data.

    An `after` that is no entry of this unit begins at the beginning.
    """
    rows = await tx.fetch(
        f"""
        SELECT {_COLUMNS} FROM essays
         WHERE campaign = $1 AND unit = $2
           AND (submitted_at, essay_id) > (
               SELECT coalesce(max(submitted_at), '-infinity'),
                      coalesce($3, '00000000-0000-0000-0000-000000000000'::uuid)
                 FROM essays WHERE campaign = $1 AND unit = $2 AND essay_id = $3)
         ORDER BY submitted_at, essay_id LIMIT $4
        """,  # noqa: S608 - our own constant
        desk.plan.campaign,
        unit,
        after,
        limit + 1,
    )
    essays = [essay_out(row) for row in rows[:limit]]
    more = len(rows) > limit
    return EssayPage(unit=unit, essays=essays, next=essays[-1].essay_id if more else None)
