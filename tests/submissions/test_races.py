"""Promises at the very second: a report and a miss, a report and a move, held open on purpose.

A lock on the event log stops a transaction just before its commit, with its row locks taken; so
each order of two transactions is tried, and not left to chance.
"""

import asyncio
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from typing import Any, TypeVar

from services.campaigns.take import lock_head
from services.contracts.events import DeadlineMissed, ObligationFact, ObligationFulfilled
from services.submissions.obligations.timers import MISS
from tests.submissions.amending import D6, amendment
from tests.submissions.replica import Replica, essay, moment

T = TypeVar("T")
CONTEST = {"unit": "SNV", "entries": 1, "prizes": 0}


@asynccontextmanager
async def nothing_commits(replica: Replica) -> AsyncIterator[None]:
    """While this runs, whoever says a fact waits with everything done but the commit."""
    async with replica.chassis.database.transaction() as tx:
        await tx.execute("LOCK TABLE event_log IN SHARE MODE")
        yield


async def begun(replica: Replica, what: Coroutine[Any, Any, T], waiting: int) -> asyncio.Task[T]:
    """Start it, and return when that many sessions of this database wait for a lock."""
    task = asyncio.create_task(what)
    async with asyncio.timeout(20):
        while True:
            async with replica.chassis.database.transaction() as tx:
                stuck = await tx.fetchval(
                    """
                    SELECT count(*) FROM pg_stat_activity
                     WHERE datname = current_database() AND wait_event_type = 'Lock'
                    """
                )
            if stuck == waiting:
                return task
            await asyncio.sleep(0.01)


async def published_about(replica: Replica, unit: str, obligation: str) -> list[ObligationFact]:
    facts = await replica.facts(ObligationFact)
    return [fact for fact in facts if (fact.unit, fact.obligation) == (unit, obligation)]


async def only_timer(replica: Replica, unit: str, obligation: str) -> None:
    """Leave one miss to be looked for, so that the clock touches nothing else."""
    async with replica.chassis.database.transaction() as tx:
        await tx.execute(
            "DELETE FROM timers WHERE (unit, obligation, distance) <> ($1, $2, $3)",
            unit,
            obligation,
            MISS,
        )


async def test_a_report_that_came_first_leaves_nothing_to_miss(replica: Replica) -> None:
    await only_timer(replica, "SNV", "D6")
    await replica.at("2020-07-09 23:59:59")
    async with nothing_commits(replica):
        report = await begun(replica, replica.send("/contest-reports", CONTEST), 1)
        midnight = replica.deadlines.fire(moment("2020-07-10 00:00:00"))
        fired = await begun(replica, midnight, 2)
    assert (await report).status_code == 201
    assert (await fired).facts == ()
    (fact,) = await published_about(replica, "SNV", "D6")
    assert isinstance(fact, ObligationFulfilled)
    assert fact.days_late == 0


async def test_a_report_in_time_that_commits_after_the_miss_wins_over_it(replica: Replica) -> None:
    await only_timer(replica, "SNV", "D6")
    await replica.at("2020-07-09 23:59:59")
    async with nothing_commits(replica):
        midnight = replica.deadlines.fire(moment("2020-07-10 00:00:00"))
        fired = await begun(replica, midnight, 1)
        report = await begun(replica, replica.send("/contest-reports", CONTEST), 2)
    assert len((await fired).facts) == 1
    assert (await report).json()["obligation"]["days_late"] == 0
    missed, fulfilled = await published_about(replica, "SNV", "D6")
    assert isinstance(missed, DeadlineMissed)
    assert isinstance(fulfilled, ObligationFulfilled)
    assert (missed.version, fulfilled.version, fulfilled.days_late) == (2, 3, 0)


async def test_two_first_essays_at_once_fulfil_once(replica: Replica) -> None:
    await replica.at("2020-06-10")
    async with nothing_commits(replica):
        first = await begun(replica, replica.send("/essays", essay()), 1)
        second = await begun(replica, replica.send("/essays", essay()), 2)
    assert {(await first).status_code, (await second).status_code} == {201}
    (fulfilled,) = await published_about(replica, "SNV", "D5")
    assert isinstance(fulfilled, ObligationFulfilled)
    assert str(fulfilled.by_id) == (await first).json()["essay_id"]


async def test_an_essay_under_way_is_judged_again_by_the_move_that_waited_for_it(
    replica: Replica,
) -> None:
    await replica.at("2020-06-10")
    await replica.taken("/essays", essay())  # fulfils D5, so that later ones share the lock
    await replica.at("2020-06-21")
    move = {
        "option": "D5",
        "date": "2020-06-23",
        "included": False,
        "document": "Thông báo mẫu",
        "reason": "Gia hạn",
    }
    async with nothing_commits(replica):
        late = await begun(replica, replica.send("/essays", essay()), 1)
        moving = replica.send("/deadline-moves", move, role="board")
        moved = await begun(replica, moving, 2)
    assert (await late).json()["days_late"] == 2
    assert (await moved).json()["essays_reassessed"] == 1
    stored = (await replica.read(f"/essays/{(await late).json()['essay_id']}")).json()
    assert (stored["late"], stored["version"]) == (False, 2)


async def test_a_deadline_that_moves_at_midnight_is_not_missed_as_it_was(replica: Replica) -> None:
    await only_timer(replica, "SNV", "D6")
    await replica.at("2020-07-09 23:59:59")
    move = {
        "option": "D6",
        "date": "2020-07-15",
        "included": False,
        "document": "Thông báo mẫu",
        "reason": "Gia hạn",
    }
    async with nothing_commits(replica):
        moved = await begun(replica, replica.send("/deadline-moves", move, role="board"), 1)
        midnight = replica.deadlines.fire(moment("2020-07-10 00:00:00"))
        fired = await begun(replica, midnight, 2)
    assert (await moved).status_code == 201
    assert not [one for one in (await fired).facts if isinstance(one, DeadlineMissed)]
    assert (await replica.owed("SNV", "D6"))["status"] == "open"


async def test_a_version_holds_from_when_it_is_taken_and_not_from_when_it_was_sent(
    replica: Replica,
) -> None:
    """What is published meanwhile is by the version before, and says so by its moment alone."""
    await replica.at("2020-06-01 08:00:00")
    async with replica.chassis.database.transaction() as tx:
        await lock_head(tx, "hanoi-2020")
        body = amendment((D6, D6.replace("-10", "-25")))
        sent = replica.send("/versions", body, role="board")
        amending = await begun(replica, sent, 1)
        await replica.at("2020-06-01 08:00:05")
    announced_at = (await amending).json()["announced_at"]
    assert announced_at == moment("2020-06-01 08:00:05").isoformat()
