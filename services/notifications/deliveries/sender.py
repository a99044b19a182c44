"""Takes due deliveries and brings them to their receivers, several at once, one loop a channel.

Any number of replicas run side by side: what one has taken no other sends (`take.py`). The loop
sleeps until something is due, or it is woken: by a commit here, by NOTIFY from elsewhere, by a
place that becomes free.
"""

import asyncio
import random
import time
from datetime import UTC, datetime, timedelta

import structlog

from services.chassis.base import Chassis
from services.chassis.crash import AFTER_ACCEPTED, crash_point
from services.chassis.loops.loop import AT_ONCE, Loop
from services.chassis.observability import trace
from services.chassis.retry import retried
from services.notifications import metrics as measured
from services.notifications.channels.channel import Channel, ChannelKind
from services.notifications.channels.outcomes import (
    Consequence,
    Kind,
    Outcome,
    Schedule,
    consequence_of,
)
from services.notifications.deliveries.conclude import conclude
from services.notifications.deliveries.places import Place, Places
from services.notifications.deliveries.take import FIRST, Taken, seconds_to_next, take
from services.notifications.settings import NotificationsSettings

log = structlog.get_logger(__name__)

_CLEANING_UP_S = 2.0
"""What a channel may take beyond `attempt_timeout_s` before it is cut off. Seconds."""


def schedule_of(settings: NotificationsSettings) -> Schedule:
    """When deliveries are tried again, by the settings."""
    return Schedule(
        attempts=settings.delivery_attempts,
        base=timedelta(seconds=settings.delivery_retry_base_s),
        factor=settings.delivery_retry_factor,
        longest=timedelta(seconds=settings.delivery_retry_max_s),
    )


class Sender:
    """Sends the due deliveries of one channel. `loop` is what the service runs."""

    def __init__(
        self, chassis: Chassis, settings: NotificationsSettings, kind: ChannelKind, channel: Channel
    ) -> None:
        self.loop = Loop(
            f"sender {kind.name}",
            self._take_and_send,
            every_s=settings.sender_safety_poll_s,
            finish=self._finish,
            close=self._close,
        )
        self._chassis = chassis
        self._settings = settings
        self._channel_name = kind.name
        self._channel = channel
        self._places = Places(
            concurrency=kind.concurrency(settings),
            per_subscription=settings.per_subscription_concurrency,
            per_host=settings.per_host_concurrency,
            patience_s=kind.patience_s,
        )
        self._schedule = schedule_of(settings)
        self._draw = random.SystemRandom()
        self._under_way: dict[asyncio.Task[None], Place] = {}
        self._turn = self._silent_turn = FIRST
        per_minute = kind.per_minute(settings)
        self._pause_s = 60 / per_minute if per_minute else 0.0
        self._not_before = 0.0

    async def _finish(self) -> None:
        """Wait for what is under way."""
        if self._under_way:
            await asyncio.wait(self._under_way)

    async def _close(self) -> None:
        """Cut off what is still under way.

        It stays leased, and is sent by whoever comes after the lease, under the same message id.
        """
        for task in self._under_way:
            task.cancel()
        await asyncio.gather(*self._under_way, return_exceptions=True)
        await self._channel.close()

    async def _take_and_send(self) -> float | None:
        """Take what there is room for; when to look again. Seconds."""
        wait = self._not_before - time.monotonic()
        if wait > 0:
            return wait
        room = self._places.room()
        if self._pause_s:
            room = min(room, 1)
        silent_room = min(self._places.silent_room(), 1)
        if not room and not silent_room:
            return self._places.seconds_to_room()  # and an attempt that ends wakes us
        taken, seconds = await self._take(room, silent_room)
        for one in taken:
            place = self._places.take(one.subscription, one.host)
            task = asyncio.create_task(self._bring(one, place))
            self._under_way[task] = place
            task.add_done_callback(self._ended)
        if taken:
            self._not_before = time.monotonic() + self._pause_s * len(taken)
            return AT_ONCE
        waits = [one for one in (seconds, self._places.seconds_to_room()) if one is not None]
        # A little late rather than a little early, which would be a tick for nothing.
        return max(min(waits), 0) + 0.005 if waits else None

    async def _take(self, room: int, silent_room: int) -> tuple[list[Taken], float | None]:
        """What may be sent now; the seconds until something is due where nothing may."""
        places, lease = self._places, timedelta(seconds=self._settings.lease_s)
        full = places.full_subscriptions()
        taken: list[Taken] = []
        async with self._chassis.database.transaction() as tx:
            if room:
                taken = await take(
                    tx,
                    self._channel_name,
                    room,
                    lease=lease,
                    after=self._turn,
                    full_subscriptions=full,
                    full_hosts=places.full_hosts(),
                )
                self._turn = taken[-1].subscription if taken else self._turn
            if silent_room and (hosts := places.idle_silent_hosts()):
                silent = await take(
                    tx,
                    self._channel_name,
                    silent_room,
                    lease=lease,
                    after=self._silent_turn,
                    full_subscriptions=full,
                    only_hosts=hosts,
                )
                self._silent_turn = silent[-1].subscription if silent else self._silent_turn
                taken += silent
            seconds = None if taken else await seconds_to_next(tx, self._channel_name)
        return taken, seconds

    def _ended(self, task: asyncio.Task[None]) -> None:
        place = self._under_way.pop(task)
        self.loop.wake()
        if not task.cancelled() and (error := task.exception()):
            # Nothing is lost: the delivery is due again when its lease is over.
            log.error("delivery could not be concluded", error=repr(error))
            self._places.release(place, unanswered=False)

    async def _bring(self, taken: Taken, place: Place) -> None:
        with (
            trace.continued(taken.traceparent),
            structlog.contextvars.bound_contextvars(
                event_id=str(taken.event_id), delivery=str(taken.delivery), campaign=taken.campaign
            ),
        ):
            started = time.monotonic()
            outcome = await self._attempt(taken)
            self._chassis.metrics.observe(
                measured.ATTEMPT_SECONDS, time.monotonic() - started, channel=self._channel_name
            )
            consequence = consequence_of(outcome, taken.round, self._schedule, draw=self._draw)
            if consequence.state == "accepted":
                crash_point(AFTER_ACCEPTED)
            took_effect = await self._conclude(taken, outcome, consequence, since=started)
            self._places.release(place, unanswered=outcome.unanswered)
            self._report(taken, outcome, consequence, took_effect)

    async def _attempt(self, taken: Taken) -> Outcome:
        if taken.message is None:
            detail = f"this version can't read the stored event of type {taken.event_type}"
            return Outcome(Kind.TRANSIENT, detail=detail, ours=True)
        if taken.round > self._schedule.attempts:
            # Only processes that died can have used the attempts up: it may be what kills them.
            return Outcome(Kind.LOST, detail="the sending process died in every attempt", ours=True)
        # A channel keeps to attempt_timeout_s itself, and may need a moment to clean up after it.
        limit = self._settings.attempt_timeout_s + _CLEANING_UP_S
        try:
            async with asyncio.timeout(limit):
                return await self._channel.send(taken.message)
        except TimeoutError:
            return Outcome(Kind.TRANSIENT, detail=f"not done within {limit:g} s", unanswered=True)
        except Exception as error:  # an error of ours must not stop what others are sent
            log.exception("attempt failed within")
            return Outcome(Kind.TRANSIENT, detail=f"internal: {type(error).__name__}", ours=True)

    async def _conclude(
        self, taken: Taken, outcome: Outcome, consequence: Consequence, *, since: float
    ) -> bool:
        """Record the outcome. A success that is not recorded would be sent again, so this is tried
        for as long as the lease lasts."""

        async def record(_attempt: int) -> bool:
            async with self._chassis.database.transaction() as tx:
                return await conclude(
                    tx, taken, outcome, consequence, disable_after=self._settings.disable_after
                )

        def failed(error: Exception, _attempt: int, pause: float) -> None:
            log.warning("outcome not recorded yet", error=repr(error), retry_in_s=pause)

        return await retried(record, until=since + self._settings.lease_s, failed=failed)

    def _report(
        self, taken: Taken, outcome: Outcome, consequence: Consequence, took_effect: bool
    ) -> None:
        metrics, channel = self._chassis.metrics, self._channel_name
        metrics.count(measured.ATTEMPTS, channel=channel, outcome=outcome.kind.value)
        if not took_effect:
            metrics.count(measured.LATE_ANSWERS, channel=channel)
            return
        if consequence.state != "pending":
            metrics.count(
                measured.DELIVERIES,
                channel=channel,
                state=consequence.state,
                campaign=taken.campaign,
            )
        if consequence.state == "accepted":
            age = (datetime.now(UTC) - taken.recordedtime).total_seconds()
            metrics.observe(measured.ACCEPTED_SECONDS, max(age, 0), channel=channel)
        log.info(
            "attempt ended",
            channel=channel,
            attempt=taken.attempt,
            outcome=outcome.kind.value,
            code=outcome.code,
            detail=outcome.detail or None,
            delivery_state=consequence.state,
            retry_in_s=consequence.pause.total_seconds() if consequence.pause else None,
        )
