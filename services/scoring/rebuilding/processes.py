"""Several processes at one rebuild: this one, and others that it starts and ends.

Reading is work of Python, so one process keeps one processor busy at most. They share nothing but
the database. Whichever dies, the rebuild ends, and goes on where it was when it is run again; when
this one dies, the others notice with their next batch.
"""

import asyncio
import contextlib
import multiprocessing
import os
import signal
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnProcess

from services.chassis.broker.topic_reader import BATCH
from services.chassis.running.memory import tune_gc
from services.scoring.campaign_snapshot import CampaignSnapshot, CampaignTimeline
from services.scoring.rebuilding.errors import RebuildError
from services.scoring.rebuilding.job import Job, Order, carry_out
from services.scoring.rebuilding.storing import Stored, Told

_ENDS_WITHIN_S = 5.0


def processors() -> int:
    """How many this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


class Processes:
    """This process and others, all at one job."""

    def __init__(
        self,
        job: Job,
        snapshot: CampaignSnapshot,
        others: Sequence["_Other"],
        threads: ThreadPoolExecutor,
    ) -> None:
        """`threads`: one for each of the others."""
        self._job, self._contest, self._others, self._threads = job, snapshot, others, threads
        self.number = 1 + len(others)

    async def carry_out(self, orders: Sequence[Order], told: Told) -> list[Stored]:
        """One order for each process; what they stored.

        Raises RebuildError when another one failed or died, and what Kafka and PostgreSQL raise
        here.
        """
        loop = asyncio.get_running_loop()

        def told_there(number: int) -> None:
            loop.call_soon_threadsafe(told, number)

        mine, *theirs = orders
        return await asyncio.gather(
            carry_out(mine, self._job, self._contest, told),
            *(
                loop.run_in_executor(self._threads, other.carry_out, order, told_there)
                for other, order in zip(self._others, theirs, strict=True)
            ),
        )


@contextlib.contextmanager
def processes(number: int, job: Job, snapshot: CampaignSnapshot) -> Iterator[Processes]:
    """This process and `number` - 1 others, which are gone at the end."""
    others: list[_Other] = []
    threads = ThreadPoolExecutor(number)
    try:
        for _ in range(number - 1):
            others.append(_Other.start(job))
        yield Processes(job, snapshot, others, threads)
    finally:
        for other in others:
            other.end()
        threads.shutdown()  # each waited for one of them


@dataclass(frozen=True)
class _Other:
    """Another process, as this one sees it."""

    process: SpawnProcess
    connection: Connection

    @classmethod
    def start(cls, job: Job) -> "_Other":
        context = multiprocessing.get_context("spawn")
        ours, theirs = context.Pipe()
        process = context.Process(target=_serve, args=(theirs, job), daemon=True)
        process.start()
        theirs.close()  # so that its end is noticed
        return cls(process, ours)

    def carry_out(self, order: Order, told: Told) -> Stored:
        try:
            self.connection.send(order)
            while True:
                answer = self.connection.recv()
                if isinstance(answer, Stored):
                    return answer
                if isinstance(answer, str):
                    raise RebuildError(f"a process of the rebuild failed: {answer}")
                told(answer)
        except (EOFError, OSError):
            self.process.join(_ENDS_WITHIN_S)
            raise RebuildError(
                f"a process of the rebuild died (exit code {self.process.exitcode}; -9 is a kill,"
                " perhaps for want of memory: --workers 1 takes less). Run the same again with"
                " --into: it goes on where it was"
            ) from None

    def end(self) -> None:
        self.process.terminate()
        self.process.join()
        self.connection.close()


def _serve(connection: Connection, job: Job) -> None:
    """The life of another process: an order, the answer, until nobody gives orders any more."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches all: the first one ends us
    tune_gc(2 * BATCH)
    snapshot = CampaignTimeline(job.campaign).on(job.day)
    with contextlib.suppress(EOFError, BrokenPipeError):
        while True:
            order: Order = connection.recv()
            connection.send(asyncio.run(_answer(order, job, snapshot, connection.send)))


async def _answer(order: Order, job: Job, snapshot: CampaignSnapshot, told: Told) -> Stored | str:
    try:
        return await carry_out(order, job, snapshot, told)
    except Exception as error:  # also that nobody listens any more, which the answer then shows
        return f"{type(error).__name__}: {error}"
