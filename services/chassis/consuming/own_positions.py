"""Whether a consumer group is this database's: what the group has read, the database must have.

Kafka keeps how far a group has read, the database what it made of it, and each can be replaced
without the other: a backup of last night, an empty database, another deployment's group. Facts
between the two would be passed over without a word. A batch has its effect in one transaction
before its positions are committed, so the last record before each position tells: where the
database has it, it has all before it.
"""

import asyncio
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient

from services.chassis.broker.connection import connection_options
from services.chassis.broker.fetched_records import read_every_batch
from services.chassis.broker.group_answers import positions_of
from services.chassis.broker.group_positions import MEANT
from services.chassis.broker.group_view import Member, members_in
from services.chassis.broker.topic_admin import admin_client, places_of
from services.chassis.consuming.deduplicate import Missing
from services.chassis.dead_letters.queries import those_at
from services.chassis.refused import RefusedAtStartError
from services.chassis.retry import still_wanted
from services.chassis.settings import SharedSettings
from services.chassis.storage.database import Database
from services.contracts.envelope import Event, decode

_TIMEOUT_S = 20.0
_POLL_MS = 1000
_SHOWN = 3


class WrongGroupError(RefusedAtStartError):
    """The group is another deployment's, or has read what this database never had."""


async def require_own_positions(
    settings: SharedSettings,
    database: Database,
    *,
    service: str,
    group: str,
    topics: Collection[str],
    missing: Missing,
) -> None:
    """Raises WrongGroupError for a group that is at work for another topic prefix, or has read
    records that had no effect here, and are no dead letters here; and what Kafka and the database
    raise. Positions that `thidua replay --skip-unread` set are not looked at.
    """
    async with asyncio.timeout(_TIMEOUT_S):
        async with admin_client(settings, within_s=_TIMEOUT_S) as admin:
            if others := _of_other_prefix(
                await members_in(admin, group), settings.topic_prefix, topics
            ):
                raise _at_work_elsewhere(service, group, *others)
            positions = await _positions(admin, group, topics)
        if not positions:
            return
        last = await _last_read(settings, positions)
    lacking = await _lacking(database, last, missing)
    if lacking:
        raise _read_further(service, group, lacking)


def _of_other_prefix(
    members: Sequence[Member], prefix: str, topics: Collection[str]
) -> tuple[Member, str] | None:
    """A member that reads topics like ours under another prefix, and that prefix."""
    names = [topic.removeprefix(prefix) for topic in topics]
    for member in members:
        for topic in sorted({place.topic for place in member.places} - set(topics)):
            for name in names:
                if topic.endswith(name):
                    return member, topic.removesuffix(name)
    return None


async def _positions(
    admin: AIOKafkaAdminClient, group: str, topics: Collection[str]
) -> dict[TopicPartition, int]:
    """Where the group goes on, by partition: where it has read anything, and nobody moved it past
    what it never read."""
    present = await places_of(admin, topics)
    found = await positions_of(admin, group, {p for of in present.values() for p in of})
    return {
        place: at.offset for place, at in found.items() if at.offset > 0 and at.metadata != MEANT
    }


async def _last_read(
    settings: SharedSettings, positions: Mapping[TopicPartition, int]
) -> list[Any]:
    """The record before each position; none where the log does not have it any more."""
    read_every_batch()
    consumer = AIOKafkaConsumer(
        **connection_options(settings), enable_auto_commit=False, auto_offset_reset="latest"
    )
    await consumer.start()
    try:
        places = list(positions)
        begins, ends = await consumer.beginning_offsets(places), await consumer.end_offsets(places)
        left = {p for p in places if begins[p] < positions[p] <= ends[p]}
        consumer.assign(list(left))
        for place in left:
            consumer.seek(place, positions[place] - 1)
        found = []
        while left:
            still_wanted()
            for place, records in (await consumer.getmany(*left, timeout_ms=_POLL_MS)).items():
                found += [record for record in records if record.offset == positions[place] - 1]
                left.discard(place)
        return found
    finally:
        await consumer.stop()


async def _lacking(
    database: Database, records: Sequence[Any], missing: Missing
) -> list[TopicPartition]:
    """Where the database has neither the effect of a record nor a dead letter of it."""
    events: list[Event] = []
    place_of: dict[int, TopicPartition] = {}
    at: dict[TopicPartition, int] = {}
    for record in records:
        event = decode(record.key, record.headers, record.value)
        if isinstance(event, Event):  # of what is none a letter may be all there ever was
            place = TopicPartition(record.topic, record.partition)
            place_of[id(event)], at[place] = place, record.offset
            events.append(event)
    async with database.transaction() as tx:
        places = {place_of[id(event)] for event in await missing(tx, events)}
        letters = await those_at(tx, [(*place, at[place]) for place in places])
    return sorted(place for place in places if (*place, at[place]) not in letters)


def _at_work_elsewhere(service: str, group: str, member: Member, theirs: str) -> WrongGroupError:
    name = f"{service.upper()}_GROUP_ID"
    return WrongGroupError(
        f"Nhóm {group} đang đọc topic của hệ thống khác ({theirs}., tiến trình {member}). Đặt"
        f" {name} là tên riêng của hệ thống này, hoặc sửa THIDUA_TOPIC_PREFIX. Không có gì bị thay"
        " đổi.",
        f"The group {group} is at work for another deployment ({theirs}., process {member}). Set"
        f" {name} to a name of this one's own, or correct THIDUA_TOPIC_PREFIX. Nothing was"
        " changed.",
    )


def _read_further(service: str, group: str, lacking: Sequence[TopicPartition]) -> WrongGroupError:
    some = ", ".join(f"{place.topic}:{place.partition}" for place in lacking[:_SHOWN])
    if len(lacking) > _SHOWN:
        some += ", …"
    again = f"`thidua replay {group} --to-beginning`"
    url = f"{service.upper()}_DATABASE_URL"
    return WrongGroupError(
        f"Nhóm {group} đã đọc những dữ liệu mà cơ sở dữ liệu này chưa có ({some}): cơ sở dữ liệu"
        " trống, được khôi phục từ bản sao lưu cũ, hoặc là của hệ thống khác. Nếu đúng cơ sở dữ"
        f" liệu, chạy {again} rồi khởi động lại: dữ liệu được đọc lại, mỗi dữ liệu chỉ tính một"
        f" lần. Nếu không, sửa {url}. Không có gì bị thay đổi (docs/operating.md).",
        f"The group {group} has read what this database never had ({some}): the database is empty,"
        " was restored from an earlier backup, or is another one's. Where it is the right one, run"
        f" {again}, then start again: everything is read once more and counted once. Otherwise"
        f" correct {url}. Nothing was changed (docs/operating.md).",
    )
