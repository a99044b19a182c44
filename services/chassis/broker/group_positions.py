"""The position of a consumer group, and setting another one while nobody reads for it.

Going back is safe for a group that takes each event once: reading twice has no second effect.
Going forward passes over what was never read, so it has to be asked for.
"""

import asyncio
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import CommitFailedError, IllegalGenerationError, UnknownMemberIdError

from services.chassis.broker.connection import connection_options
from services.chassis.broker.group_answers import described, positions_of
from services.chassis.broker.topic_admin import admin_client, places_of
from services.chassis.language import speak
from services.chassis.settings import SharedSettings

Target = Literal["beginning", "end"] | datetime | Mapping[TopicPartition, int]
"""Ends of the topics, the first record from a moment on, or an offset for each partition named."""

MEANT = "thidua replay: passes over what was not read"
"""Kafka keeps it beside a position that was ordered so, until the group commits the next one: a
database that lacks what is before it is as it should be."""

_TIMEOUT_S = 30.0
_STOPPED = ("Empty", "Dead")


class GroupPositionError(ValueError):
    """The position can't be moved so; the message names why and what to do."""


@dataclass(frozen=True, slots=True)
class Move:
    """One partition's position, as it is and as it is to be."""

    place: TopicPartition
    before: int | None
    """None: the group has committed nothing there, and would begin with the first record."""
    after: int
    first: int
    """Offset of the oldest record that the broker has."""
    end: int
    """Offset after the newest one."""

    @property
    def resumes_at(self) -> int:
        """Where the group would go on without the move."""
        return self.first if self.before is None else max(self.before, self.first)

    @property
    def repeated(self) -> int:
        """Records that will be read a second time."""
        return max(0, self.resumes_at - self.after)

    @property
    def skipped(self) -> int:
        """Records that will not be read."""
        return max(0, self.after - self.resumes_at)


async def members_of(settings: SharedSettings, group: str) -> list[str]:
    """Who reads for the group now, `client@host`; empty when it may be moved."""
    async with admin_client(settings) as admin:
        state, members = await described(admin, group)
    if state in _STOPPED:
        return []
    return [f"{member[1]}@{member[2].lstrip('/')}" for member in members] or [state]


async def require_stopped(settings: SharedSettings, group: str) -> None:
    """Raises GroupPositionError while the group has members."""
    if members := await members_of(settings, group):
        raise GroupPositionError(
            speak(
                f"Nhóm {group} đang chạy: {', '.join(members)}. Dừng mọi tiến trình của nhóm rồi"
                " chạy lại lệnh này; tiến trình bị buộc dừng, hoặc có group_instance_id, hết hiệu"
                " lực sau 10 giây",
                f"the group {group} is at work: {', '.join(members)}. Stop all its replicas, then"
                " repeat this; one that was killed, or has a group_instance_id, is forgotten after"
                " 10 s",
            )
        )


async def plan(
    settings: SharedSettings,
    group: str,
    target: Target,
    topics: Collection[str] = (),
    *,
    new_group: bool = False,
) -> list[Move]:
    """What the move would be, in the order of the places; partitions that stay are among it.

    `topics`: only these; by default all that the group has ever committed. A group without
    positions is more likely misspelt than meant: the caller declares a `new_group`.
    Raises GroupPositionError with all that is wrong, and what Kafka raises.
    """
    positions = await committed(settings, group)
    if not positions and not new_group:
        known = ", ".join(await groups(settings)) or "–"
        raise GroupPositionError(
            speak(
                f"Nhóm {group} chưa có vị trí đọc: nhóm chưa từng đọc, hoặc Kafka không còn lưu."
                f" Kiểm tra lại tên (các nhóm hiện có: {known}), hoặc thêm --new-group",
                f"the group {group} has no positions, it never read or Kafka has forgotten it:"
                f" correct its name (there are: {known}), or declare that it begins anew"
                " (--new-group)",
            )
        )
    if positions and new_group:
        raise GroupPositionError(
            speak(
                f"Nhóm {group} đã có vị trí đọc: bỏ --new-group",
                f"the group {group} has positions: leave --new-group out",
            )
        )
    async with admin_client(settings) as admin:
        present = await places_of(admin)
    places = _places(present, group, topics, positions, target)
    consumer = AIOKafkaConsumer(**connection_options(settings), enable_auto_commit=False)
    await consumer.start()
    try:
        firsts = await consumer.beginning_offsets(places)
        ends = await consumer.end_offsets(places)
        wanted = await _wanted(consumer, places, target, firsts, ends)
    finally:
        await consumer.stop()
    wrong = [
        f"{place.topic}:{place.partition}:{wanted[place]} "
        + speak(
            f"không nằm trong khoảng từ {firsts[place]} đến {ends[place]}",
            f"is not between {firsts[place]} and {ends[place]}",
        )
        for place in places
        if not firsts[place] <= wanted[place] <= ends[place]
    ]
    if wrong:
        raise GroupPositionError("; ".join(wrong))
    return [
        Move(place, positions.get(place), wanted[place], firsts[place], ends[place])
        for place in places
    ]


async def move(
    settings: SharedSettings, group: str, moves: Sequence[Move], *, skip_unread: bool = False
) -> None:
    """Set the positions, all in one commit.

    `skip_unread`: somebody declared that what was not read before them stays so.
    Raises GroupPositionError when somebody joined the group meanwhile: nothing was moved.
    """
    if not moves:
        return
    consumer = AIOKafkaConsumer(
        **connection_options(settings), group_id=group, enable_auto_commit=False
    )
    await consumer.start()
    try:
        consumer.assign([one.place for one in moves])
        async with asyncio.timeout(_TIMEOUT_S):
            note = MEANT if skip_unread else ""
            await consumer.commit({one.place: (one.after, note) for one in moves})
    except (CommitFailedError, UnknownMemberIdError, IllegalGenerationError) as error:
        raise GroupPositionError(
            speak(
                f"Nhóm {group} vừa có thành viên: chưa chuyển vị trí nào; dừng nhóm rồi thử lại",
                f"somebody joined the group {group} meanwhile: nothing was moved; stop it and"
                " retry",
            )
        ) from error
    finally:
        await consumer.stop()


async def committed(settings: SharedSettings, group: str) -> dict[TopicPartition, int]:
    """Where the group goes on, by partition: of those in which it has committed anything.
    Raises KafkaError."""
    async with admin_client(settings) as admin:
        present = await places_of(admin)
        found = await positions_of(admin, group, {p for of in present.values() for p in of})
    return {place: at.offset for place, at in found.items()}


async def groups(settings: SharedSettings) -> list[str]:
    """All consumer groups of which the broker knows, by name."""
    async with admin_client(settings) as admin:
        found = await admin.list_consumer_groups()
    return sorted({name for name, *_ in found})


def _places(
    present: Mapping[str, Sequence[TopicPartition]],
    group: str,
    topics: Collection[str],
    committed: Mapping[TopicPartition, int],
    target: Target,
) -> list[TopicPartition]:
    if isinstance(target, Mapping):
        named = {place.topic for place in target}
    else:
        named = set(topics) or {place.topic for place in committed} & present.keys()
    if not named:
        raise GroupPositionError(
            speak(
                f"Nhóm {group} chưa đọc topic nào hiện có: nêu topic bằng --topic",
                f"the group {group} has read no topic that there is: name its topics with --topic",
            )
        )
    if missing := sorted(named - present.keys()):
        names = ", ".join(missing)
        raise GroupPositionError(speak(f"Không có topic {names}", f"no such topic: {names}"))
    every = [place for topic in sorted(named) for place in present[topic]]
    if not isinstance(target, Mapping):
        return every
    if strange := sorted(set(target) - set(every)):
        names = ", ".join(f"{place.topic}:{place.partition}" for place in strange)
        raise GroupPositionError(
            speak(f"Không có phân vùng {names}", f"no such partition: {names}")
        )
    return [place for place in every if place in target]


async def _wanted(
    consumer: AIOKafkaConsumer,
    places: Sequence[TopicPartition],
    target: Target,
    firsts: Mapping[TopicPartition, int],
    ends: Mapping[TopicPartition, int],
) -> Mapping[TopicPartition, int]:
    if target == "beginning":
        return firsts
    if target == "end":
        return ends
    if isinstance(target, datetime):
        milliseconds = int(target.timestamp() * 1000)
        found = await consumer.offsets_for_times(dict.fromkeys(places, milliseconds))
        # Without a record from then on, it is the end.
        return {p: ends[p] if found.get(p) is None else found[p].offset for p in places}
    assert isinstance(target, Mapping)  # noqa: S101 - the last of the kinds
    return target
