"""The list of dead letters in the service's database: which there are, and what was decided.

A row is written in the transaction that sets its message aside. The message itself is in the event
log under the same id, as it went to the dead-letter topic.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Literal, TypeAlias
from uuid import UUID

from sqlalchemy import Text, cast
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, func, or_, select, tuple_, update

from services.chassis.dead_letters.letter import (
    Failure,
    OriginalMessage,
    Record,
    event_id_of,
    original,
)
from services.chassis.storage.database import Transaction
from services.chassis.storage.outbox import Outgoing, decode_headers
from services.chassis.storage.tables import DeadLetterRow, LoggedEvent

State = Literal["open", "redriven", "discarded"]

Letter: TypeAlias = DeadLetterRow
"""One dead letter, as the list had it when it was read: what is written later is not in it."""

SHORT = 8
"""So many letters of an id are shown; a person may type any beginning that is one letter's."""

_IS_OPEN = col(Letter.state) == "open"


async def keep(tx: Transaction, letters: Iterable[tuple[Outgoing, Record, Failure]]) -> None:
    """Note letters, each once: a decision about one that is there stays."""
    rows = [
        {
            "id": letter.event_id,
            "cause": failure.cause,
            "detail": failure.detail,
            "topic": record.topic,
            "partition": record.partition,
            "offset": record.offset,
            "event_id": event_id_of(record.headers),
            "set_aside_at": letter.recorded_at,
            "tried_at": letter.recorded_at,
        }
        for letter, record, failure in letters
    ]
    if rows:
        await tx.session.exec(insert(Letter).on_conflict_do_nothing(), params=rows)


async def those_kept(tx: Transaction, ids: Sequence[UUID]) -> set[UUID]:
    """Those of these letters that are in the list already, whatever was decided about them."""
    return set(await tx.session.exec(select(Letter.id).where(col(Letter.id).in_(ids))))


async def those_at(
    tx: Transaction, places: Sequence[tuple[str, int, int]]
) -> set[tuple[str, int, int]]:
    """Those of these places (topic, partition, offset) of which something was set aside."""
    place = tuple_(Letter.topic, Letter.partition, Letter.offset)
    wanted = select(Letter.topic, Letter.partition, Letter.offset).where(place.in_(places))
    return {
        (topic, partition, offset) for topic, partition, offset in await tx.session.exec(wanted)
    }


async def listed(
    tx: Transaction,
    *,
    state: State | None = "open",
    cause: str | None = None,
    topic: str | None = None,
    after: UUID | None = None,
    most: int,
) -> Sequence[Letter]:
    """Letters, oldest first; `after` is the last one of the page before."""
    place = col(Letter.set_aside_at), col(Letter.id)  # not as one row, which no index sorts
    wanted = select(Letter).order_by(*place).limit(most)
    if state is not None:
        wanted = wanted.where(Letter.state == state)
    if cause is not None:
        wanted = wanted.where(Letter.cause == cause)
    if topic is not None:
        wanted = wanted.where(Letter.topic == topic)
    if after is not None:
        last = select(Letter.set_aside_at, Letter.id).where(Letter.id == after)
        wanted = wanted.where(tuple_(*place) > last.scalar_subquery())
    return (await tx.session.exec(wanted)).all()


async def open_on(tx: Transaction, topics: Iterable[str]) -> Sequence[Letter]:
    """Open letters of some topics, in the order of their places."""
    wanted = select(Letter).where(_IS_OPEN, col(Letter.topic).in_(topics))
    place = col(Letter.topic), col(Letter.partition), col(Letter.offset)
    return (await tx.session.exec(wanted.order_by(*place))).all()


async def named(tx: Transaction, text: str) -> list[UUID]:
    """Ids of the letters that a person may mean: by the beginning of the id, or the event's id.

    More than one where the beginning is too short, none where there is no such letter.
    """
    wanted = text.lower()
    of_event = cast(Letter.event_id, Text) == wanted
    matching = select(Letter.id).where(
        or_(func.starts_with(cast(Letter.id, Text), wanted), of_event)
    )
    best = of_event.desc(), _IS_OPEN.desc(), col(Letter.set_aside_at)
    found = list(await tx.session.exec(matching.order_by(*best).limit(2)))
    # One event set aside by two groups, or at two places: the first that is open is meant.
    return found[:1] if wanted.count("-") == str(UUID(int=0)).count("-") else found


async def read(tx: Transaction, ids: Sequence[UUID], *, lock: bool = False) -> dict[UUID, Letter]:
    """These letters; with `lock` held until the commit against everyone who would decide too."""
    wanted = select(Letter).where(col(Letter.id).in_(ids)).order_by(col(Letter.id))
    if lock:
        wanted = wanted.with_for_update()
    letters = await tx.session.exec(wanted, execution_options={"populate_existing": True})
    return {letter.id: letter for letter in letters}


async def next_to_try(
    tx: Transaction, *, cause: str | None, most: int, before: datetime | None = None
) -> Sequence[Letter]:
    """The open letters that were tried longest ago, locked; those that somebody else is deciding
    about are passed over.

    So the next caller gets others before those that failed just now. `before`: only such as were
    not tried since that moment.
    """
    wanted = select(Letter).where(_IS_OPEN).order_by(col(Letter.tried_at), col(Letter.id))
    if cause is not None:
        wanted = wanted.where(Letter.cause == cause)
    if before is not None:
        wanted = wanted.where(Letter.tried_at < before)
    return (await tx.session.exec(wanted.limit(most).with_for_update(skip_locked=True))).all()


async def in_order_of_keys(tx: Transaction, letters: Sequence[Letter]) -> list[Letter]:
    """The letters as their messages' keys are sorted, byte by byte: as consumers lock units."""
    sorted_ids = (
        select(LoggedEvent.event_id)
        .where(col(LoggedEvent.event_id).in_([letter.id for letter in letters]))
        .order_by(col(LoggedEvent.key), col(LoggedEvent.seq))
    )
    places = {id_: place for place, id_ in enumerate(await tx.session.exec(sorted_ids))}
    return sorted(letters, key=lambda letter: places.get(letter.id, -1))


async def message_of(tx: Transaction, letter: Letter) -> OriginalMessage | None:
    """The message that was set aside, None where this database's log does not have it."""
    asked = select(LoggedEvent).where(LoggedEvent.event_id == letter.id)
    row = (await tx.session.exec(asked)).one_or_none()
    if row is None:
        return None
    headers = decode_headers(row.headers)
    outgoing = Outgoing(letter.id, row.topic, row.key, headers, row.value, row.recorded_at)
    try:
        return original(outgoing)
    except ValueError:
        return None


async def record_failed_retry(
    tx: Transaction, letter: Letter, failure: Failure, *, by: str
) -> None:
    """It was tried and failed: one more try, and the cause of this one."""
    await _tried(tx, letter, "failed", by, cause=failure.cause, detail=failure.detail)


async def close_redriven(tx: Transaction, letter: Letter, outcome: str, *, by: str) -> None:
    """It was tried and ended well: nobody has to look at it any more."""
    await _tried(tx, letter, outcome, by, state="redriven", decided_by=by, decided_at=func.now())


async def close_discarded(tx: Transaction, letter: Letter, reason: str, *, by: str) -> None:
    """It is closed without a try. The reason is one of `decide.reason_of`."""
    await _write(tx, letter, state="discarded", decided_by=by, decided_at=func.now(), reason=reason)


async def _tried(tx: Transaction, letter: Letter, outcome: str, by: str, **more: object) -> None:
    tries = col(Letter.tries) + 1
    await _write(tx, letter, tries=tries, tried_at=func.now(), tried_by=by, outcome=outcome, **more)


async def _write(tx: Transaction, letter: Letter, **values: object) -> None:
    changed = update(Letter).where(col(Letter.id) == letter.id).values(**values)
    await tx.session.exec(changed, execution_options={"synchronize_session": False})


async def count_unpublished(tx: Transaction) -> int:
    """How many open letters are in the database only."""
    wanted = select(func.count()).where(_IS_OPEN, col(Letter.unpublished).is_not(None))
    return (await tx.session.exec(wanted)).one()


async def count_open(tx: Transaction) -> tuple[int, float]:
    """How many letters are open, and the age of the oldest in seconds (0 without any)."""
    asked = select(func.count(), func.min(Letter.set_aside_at), func.now()).where(_IS_OPEN)
    count, oldest, now = (await tx.session.exec(asked)).one()
    return count, max(0.0, (now - oldest).total_seconds()) if oldest else 0.0
