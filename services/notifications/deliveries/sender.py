"""Takes due deliveries and brings them to their receivers, several at once, one loop a channel.

Any number of replicas run side by side: what one has taken no other sends (`deliveries.py`). The
loop sleeps until something is due, or it is woken: by a commit here, by NOTIFY from elsewhere, by a
place that becomes free.
"""

import asyncio
import random
import time
from collections import Counter
from datetime import UTC, datetime, timedelta
from itertools import count
from uuid import UUID

import structlog

from services.chassis.base import Chassis
from services.chassis.crash import AFTER_YES, crash_point
from services.chassis.loops.loop import AT_ONCE, Loop
from services.chassis.observability import trace
from services.chassis.retry import backoff, is_transient
from services.notifications import metrics as measured
from services.notifications.channels.message import Channel, OutgoingMessage
from services.notifications.channels.outcomes import Kind, Outcome, Schedule, Verdict, verdict
from services.notifications.deliveries.conclude import conclude
from services.notifications.deliveries.take import Taken, seconds_to_next, take
from services.notifications.settings import NotificationsSettings

log = structlog.get_logger(__name__)


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
        self,
        chassis: Chassis,
        settings: NotificationsSettings,
        name: str,
        channel: Channel,
        *,
        concurrency: int,
    ) -> None:
        """`name` is that of the channel, as in `deliveries.channel`."""
        self.loop = Loop(
            f"sender {name}",
            self._take_and_send,
            every_s=settings.sender_safety_poll_s,
            finish=self._finish,
            close=self._close,
        )
        self._chassis = chassis
        self._settings = settings
        self._channel_name = name
        self._channel = channel
        self._concurrency = concurrency
        self._schedule = schedule_of(settings)
        self._draw = random.SystemRandom()
        self._under_way: dict[asyncio.Task[None], UUID] = {}

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
        room = self._concurrency - len(self._under_way)
        if room <= 0:
            return None  # a task that ends wakes us
        most = self._settings.per_subscription_concurrency
        busy = Counter(self._under_way.values())
        limit = min(room, most)
        async with self._chassis.database.transaction() as tx:
            taken = await take(
                tx,
                self._channel_name,
                limit,
                lease=timedelta(seconds=self._settings.lease_s),
                leaving_out=[subscription for subscription, n in busy.items() if n >= most],
            )
            seconds = await seconds_to_next(tx, self._channel_name) if len(taken) < limit else None
        for one in taken:
            task = asyncio.create_task(self._bring(one))
            self._under_way[task] = one.message.subscription
            task.add_done_callback(self._ended)
        if seconds is not None:
            # A little late rather than a little early, which would be a tick for nothing.
            return max(seconds, 0) + 0.005
        if len(taken) == limit and len(self._under_way) < self._concurrency:
            return AT_ONCE
        return None

    def _ended(self, task: asyncio.Task[None]) -> None:
        del self._under_way[task]
        self.loop.wake()
        if not task.cancelled() and (error := task.exception()):
            # Nothing is lost: the delivery is due again when its lease is over.
            log.error("delivery could not be concluded", error=repr(error))

    async def _bring(self, taken: Taken) -> None:
        message = taken.message
        with (
            trace.continued(message.event.traceparent),
            structlog.contextvars.bound_contextvars(
                event_id=str(message.event.id), delivery=str(message.delivery)
            ),
        ):
            started = time.monotonic()
            outcome = await self._tried(taken)
            self._chassis.metrics.observe(
                measured.ATTEMPT_SECONDS, time.monotonic() - started, channel=self._channel_name
            )
            judged = verdict(outcome, taken.round, self._schedule, draw=self._draw)
            if judged.state == "accepted":
                crash_point(AFTER_YES)
            took_effect = await self._conclude(message, outcome, judged, since=started)
            self._count(message, outcome, judged, took_effect)

    async def _tried(self, taken: Taken) -> Outcome:
        if taken.round > self._schedule.attempts:
            # Only processes that died can have used the attempts up: it may be what kills them.
            return Outcome(Kind.LOST, detail="the sending process died in every attempt", ours=True)
        limit = self._settings.attempt_timeout_s
        try:
            async with asyncio.timeout(limit):
                return await self._channel.send(taken.message)
        except TimeoutError:
            return Outcome(Kind.TRANSIENT, detail=f"not done within {limit:g} s")
        except Exception as error:  # an error of ours must not stop the others' mail
            log.exception("attempt failed within")
            return Outcome(Kind.TRANSIENT, detail=f"internal: {type(error).__name__}", ours=True)

    async def _conclude(
        self, message: OutgoingMessage, outcome: Outcome, judged: Verdict, *, since: float
    ) -> bool:
        """Write it down. A yes must not be forgotten: as long as the lease lasts, try again."""
        for failures in count(1):
            try:
                async with self._chassis.database.transaction() as tx:
                    return await conclude(
                        tx, message, outcome, judged, disable_after=self._settings.disable_after
                    )
            except Exception as error:
                left = self._settings.lease_s - (time.monotonic() - since)
                if not is_transient(error) or left <= 0:
                    raise
                pause = backoff(failures)
                log.warning("outcome not written yet", error=repr(error), again_in_s=pause)
            await asyncio.sleep(pause)
        raise AssertionError("unreachable")

    def _count(
        self, message: OutgoingMessage, outcome: Outcome, judged: Verdict, took_effect: bool
    ) -> None:
        counted, channel = self._chassis.metrics, self._channel_name
        counted.count(measured.ATTEMPTS, channel=channel, outcome=outcome.kind.value)
        if not took_effect:
            counted.count(measured.LATE_ANSWERS, channel=channel)
            return
        if judged.state != "pending":
            counted.count(measured.DELIVERIES, channel=channel, state=judged.state)
        if judged.state == "accepted":
            age = (datetime.now(UTC) - message.event.recordedtime).total_seconds()
            counted.observe(measured.ACCEPTED_SECONDS, max(age, 0), channel=channel)
        log.info(
            "attempt ended",
            channel=channel,
            attempt=message.attempt,
            outcome=outcome.kind.value,
            code=outcome.code,
            detail=outcome.detail or None,
            delivery_state=judged.state,
            again_in_s=judged.pause.total_seconds() if judged.pause else None,
        )
