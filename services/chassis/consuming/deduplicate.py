"""Each event has its effect once, however often it is delivered: the inbox has the ids of all.

SQL by hand: one statement a batch, on the way of every event.
"""

from collections.abc import Awaitable, Callable, Sequence

from services.chassis.storage.database import Transaction
from services.contracts.envelope import Event

Handle = Callable[[Transaction, Sequence[Event]], Awaitable[Sequence[Event]]]
"""What a service does with events, one or a thousand, in any order: their effect, in the
transaction given. Returns those that were new here, each once. Runs a second time after a
rollback, and in several transactions side by side: a batch, and dead letters that people redrive.
It is called without events where a whole batch is to be set aside; a passing failure then keeps it
from that."""

Missing = Callable[[Transaction, Sequence[Event]], Awaitable[Sequence[Event]]]
"""Those of some events that never had their effect here; it changes nothing."""

Effect = Callable[[Transaction, Sequence[Event]], Awaitable[None]]
"""The effect of events that are all new, each given once."""

# In the order of the ids: two consumers that hold the same events for a moment (a partition has
# moved) then wait for each other instead of deadlocking.
_INSERT = """
INSERT INTO inbox (event_id) SELECT unnest($1::uuid[]) AS id ORDER BY id
ON CONFLICT DO NOTHING RETURNING event_id
"""


def deduplicated(effect: Effect) -> Handle:
    """A handler that gives `effect` only the events whose ids are not in the inbox yet.

    The ids are written in the transaction of the effect: either both are there or neither.
    """

    async def handle(tx: Transaction, events: Sequence[Event]) -> Sequence[Event]:
        new = await new_in_inbox(tx, events) if events else []
        if new:
            await effect(tx, new)
        return new

    return handle


async def new_in_inbox(tx: Transaction, events: Sequence[Event]) -> list[Event]:
    """Put the ids of events into the inbox; the events that are new, each once, in their order."""
    rows = await tx.fetch(_INSERT, [event.id for event in events])
    new = {row[0] for row in rows}
    if len(new) == len(events):
        return list(events)
    # asyncpg's UUID is a subclass that hashes and compares as uuid.UUID does.
    found = []
    for event in events:
        if event.id in new:
            new.remove(event.id)
            found.append(event)
    return found


async def missing_in_inbox(tx: Transaction, events: Sequence[Event]) -> list[Event]:
    """Those of some events whose ids are not in the inbox; it stays as it is."""
    ids = [event.id for event in events]
    rows = await tx.fetch("SELECT event_id FROM inbox WHERE event_id = ANY ($1::uuid[])", ids)
    known = {row[0] for row in rows}
    return [event for event in events if event.id not in known]
