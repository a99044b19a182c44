"""The inbox: the ids of events that had their effect, so that a second delivery is free."""

from collections.abc import Sequence

from services.chassis.storage.database import Transaction
from services.contracts.envelope import Event

# In the order of the ids: two consumers that hold the same events for a moment (a partition has
# moved) then wait for each other instead of deadlocking.
_ADMIT = """
INSERT INTO inbox (event_id) SELECT unnest($1::uuid[]) AS id ORDER BY id
ON CONFLICT DO NOTHING RETURNING event_id
"""


async def admit(tx: Transaction, events: Sequence[Event]) -> list[Event]:
    """Note the events of a batch; those that are new here, each once, in the order given.

    In the transaction of their effect: either both are there or neither.
    """
    rows = await tx.fetch(_ADMIT, [event.id for event in events])
    new = {row[0] for row in rows}
    if len(new) == len(events):
        return list(events)
    # asyncpg's UUID is a subclass that hashes and compares as uuid.UUID does.
    first = {event.id: event for event in reversed(events)}
    return [event for event in events if event.id in new and first[event.id] is event]
