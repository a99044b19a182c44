"""Rebuilds the list of dead letters from their topic after the database that had it is lost.

All come back as open: what people decided was only in the list. Redriving them all is safe, since
what had its effect is known by its event.
"""

from collections.abc import AsyncIterator, Sequence
from datetime import UTC
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from sqlalchemy.dialects.postgresql import insert

from services.chassis.broker.header_names import readable
from services.chassis.dead_letters.letter import Failure, Record, original, parted
from services.chassis.dead_letters.printable import printable
from services.chassis.dead_letters.queries import keep
from services.chassis.storage.database import Transaction
from services.chassis.storage.outbox import Outgoing, encode_headers
from services.chassis.storage.tables import LoggedEvent
from services.contracts.reading import read_moment

_PARTITIONS, _OFFSETS = 2**31, 2**63
"""Kafka's numbers, and what the columns hold: the topic may be written by others."""


async def restore(tx: Transaction, batches: AsyncIterator[Sequence[Any]]) -> int:
    """Put records of a dead-letter topic into the list and the event log, each once; how many."""
    count = 0
    async for records in batches:
        letters = [letter for record in records if (letter := _letter(record))]
        await keep(tx, letters)
        rows = [
            {
                "event_id": letter.event_id,
                "topic": letter.topic,
                "key": letter.key,
                "headers": encode_headers(letter.headers),
                "value": letter.value,
                "recorded_at": letter.recorded_at,
            }
            for letter, _, _ in letters
        ]
        if rows:
            await tx.session.exec(insert(LoggedEvent).on_conflict_do_nothing(), params=rows)
        count += len(letters)
    return count


def _letter(record: Any) -> tuple[Outgoing, Record, Failure] | None:
    """A record of the topic as it was set aside; None for one that nobody of ours wrote."""
    headers = list(record.headers)
    if any(name != readable(name) for name, _ in headers):
        return None
    _, own = parted(headers)
    try:
        about = {name: (own[name] or b"").decode() for name in ("dl_cause", "dl_detail", "dl_time")}
        at = read_moment(about["dl_time"]).astimezone(UTC)
        if "dl_id" in own:
            id_ = UUID((own["dl_id"] or b"").decode())
        else:  # letters of the first releases do not have it
            place = f"{record.topic}/{record.partition}/{record.offset}"
            id_ = uuid5(NAMESPACE_URL, place)
        letter = Outgoing(id_, record.topic, record.key, headers, record.value, at)
        message = original(letter)
        if not (0 <= message.partition < _PARTITIONS and 0 <= message.offset < _OFFSETS):
            return None
        message.topic = printable(message.topic)
        return letter, message, Failure(about["dl_cause"], about["dl_detail"])
    except (KeyError, ValueError, OverflowError):
        return None
