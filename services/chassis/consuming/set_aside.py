"""What can never succeed goes into the dead letters, in the transaction of its batch."""

from services.chassis.consuming.classify import Classified
from services.chassis.dead_letters import dead_letter
from services.chassis.dead_letters.queries import keep, those_kept
from services.chassis.storage.database import Transaction


async def set_aside(tx: Transaction, batch: Classified, *, topic: str, attempt: int) -> set[int]:
    """Make dead letters of the faulty records of a batch, for `topic` and for the list.

    Returns the places in the batch of those that were in the list before: they came twice, and
    nothing new is written of them.
    """
    if not batch.failures:
        return set()
    letters = {
        index: dead_letter(batch.records[index], failure, topic=topic, attempt=attempt)
        for index, failure in sorted(batch.failures.items())
    }
    kept = await those_kept(tx, [letter.event_id for letter in letters.values()])
    known = {index for index, letter in letters.items() if letter.event_id in kept}
    new = [index for index in letters if index not in known]
    for index in new:
        tx.send(letters[index])
    await keep(tx, [(letters[i], batch.records[i], batch.failures[i]) for i in new])
    return known
