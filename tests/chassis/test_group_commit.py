"""Promise: commands that share a transaction are kept for good, each with an answer of its own."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field

import asyncpg
import pytest
from pydantic import BaseModel

from services.chassis.http import group_commit
from services.chassis.http.group_commit import GroupCommit, OutageError
from services.chassis.http.idempotency_store import (
    KeyedRequest,
    NotTheFirstError,
    store_answers,
    stored_answer,
)
from services.chassis.problems import CONFLICT, Refusal
from services.chassis.retry import is_transient
from services.chassis.storage.database import Database, Transaction


class Number(BaseModel):
    """What is answered."""

    number: int


@dataclass
class Notes:
    """Keeps words as notes, and remembers which it was asked to keep together."""

    database: Database
    groups: list[list[str]] = field(default_factory=list)
    group: GroupCommit[str] = field(init=False)

    def __post_init__(self) -> None:
        self.group = GroupCommit(self.database, self._check, self._keep)

    def _check(self, text: str) -> None:
        if text == "unheard of":
            raise Refusal(CONFLICT)

    async def _keep(self, tx: Transaction, texts: Sequence[str]) -> list[tuple[int, Number]]:
        self.groups.append(list(texts))
        rows = await tx.fetch(
            """
            INSERT INTO notes (text, unit) SELECT text, 'SNV' FROM unnest($1::text[]) AS text
            RETURNING number
            """,
            list(texts),
        )
        if "away" in texts:
            raise asyncpg.ConnectionDoesNotExistError("the server went away")
        if "crossed" in texts and sum("crossed" in group for group in self.groups) <= 2:
            raise asyncpg.DeadlockDetectedError("twice")
        if "refused" in texts:
            raise Refusal(CONFLICT)
        return [(201, Number(number=row["number"])) for row in rows]

    async def send(self, text: str, key: str | None = None, client: str = "someone") -> int:
        """One command; the number that it was answered."""
        status, body = await self.group.submit(keyed(key or text, client), text)
        assert status == 201
        return Number.model_validate_json(body).number

    async def kept(self) -> dict[int, str]:
        """What is in the database."""
        async with self.database.transaction() as tx:
            rows = await tx.fetch("SELECT number, text FROM notes")
        return {row["number"]: row["text"] for row in rows}


def keyed(key: str, client: str = "someone") -> KeyedRequest:
    return KeyedRequest(client, "POST /v1/notes", key, b"")


@pytest.fixture
async def notes(toy_database: str) -> AsyncIterator[Notes]:
    database = Database(toy_database, source="test")
    yield Notes(database)
    await database.close()


async def test_those_that_wait_share_a_transaction_and_get_their_own_answers(notes: Notes) -> None:
    texts = [f"note {number}" for number in range(100)]
    numbers = await asyncio.gather(*(notes.send(text) for text in texts))
    assert await notes.kept() == dict(zip(numbers, texts, strict=True))
    assert sum(len(group) for group in notes.groups) == 100
    assert len(notes.groups) <= 4


async def test_one_alone_waits_for_nobody(notes: Notes) -> None:
    async with asyncio.timeout(5):
        await notes.send("alone")
    assert notes.groups == [["alone"]]


async def test_nobody_is_refused_for_what_another_sent(notes: Notes) -> None:
    texts = ["a", "refused", "b", "c"]
    found = await asyncio.gather(*(notes.send(text) for text in texts), return_exceptions=True)
    assert isinstance(found[1], Refusal)
    kept = await notes.kept()
    assert sorted(kept.values()) == ["a", "b", "c"]
    assert [kept[number] for number in found if isinstance(number, int)] == ["a", "b", "c"]
    async with notes.database.transaction() as tx:
        assert await stored_answer(tx, keyed("refused")) is None
        assert await stored_answer(tx, keyed("a")) is not None


async def test_what_is_refused_without_the_database_joins_no_group(notes: Notes) -> None:
    found = await asyncio.gather(
        *(notes.send(text) for text in ("a", "unheard of", "b")), return_exceptions=True
    )
    assert isinstance(found[1], Refusal)
    assert notes.groups == [["a", "b"]]


async def test_twins_in_one_group_have_one_effect(notes: Notes) -> None:
    sending = [notes.send("a"), notes.send("twin", "k"), notes.send("twin", "k"), notes.send("b")]
    found = await asyncio.gather(*sending, return_exceptions=True)
    assert sum(isinstance(one, NotTheFirstError) for one in found) == 1
    assert sorted((await notes.kept()).values()) == ["a", "b", "twin"]


async def test_an_outage_is_reported_to_all_and_nothing_is_kept(notes: Notes) -> None:
    found = await asyncio.gather(
        *(notes.send(text) for text in ("a", "away", "b")), return_exceptions=True
    )
    errors = [one for one in found if isinstance(one, OutageError)]
    assert len({id(one) for one in errors}) == 3, "each is raised by its own caller"
    assert all(is_transient(one) for one in errors)
    assert {type(one.__cause__) for one in errors} == {asyncpg.ConnectionDoesNotExistError}
    assert await notes.kept() == {}
    assert await notes.send("afterwards") in await notes.kept()


async def test_repetitions_are_taken_out_of_a_group_and_the_others_stay_together(
    notes: Notes,
) -> None:
    for text in ("a", "b"):
        await notes.send(text)
    notes.groups.clear()
    texts = ["a", "c", "b", "d", "e"]
    found = await asyncio.gather(*(notes.send(text) for text in texts), return_exceptions=True)
    assert [isinstance(one, NotTheFirstError) for one in found] == [True, False, True, False, False]
    assert notes.groups == [texts, ["c", "d", "e"]]
    assert sorted((await notes.kept()).values()) == ["a", "b", "c", "d", "e"]


async def test_those_that_wait_for_a_lock_do_not_hold_up_the_others(notes: Notes) -> None:
    """Their keys are being stored by another transaction, which takes its time."""
    keys = [f"slow {number}" for number in range(6)]
    async with notes.database.transaction() as tx:
        await store_answers(tx, [(keyed(key), (201, b"{}")) for key in keys])
        slow = [asyncio.create_task(notes.send("slow", key)) for key in keys]
        async with asyncio.timeout(10):
            await asyncio.gather(*(notes.send(f"quick {number}") for number in range(20)))
        assert not any(task.done() for task in slow)
    found = await asyncio.gather(*slow, return_exceptions=True)
    assert all(isinstance(one, NotTheFirstError) for one in found)
    assert "slow" not in (await notes.kept()).values()


async def test_a_deadlock_is_nobodys_outage(notes: Notes) -> None:
    """The group breaks up; who is in one alone too is done once more, aside."""
    texts = ["a", "crossed", "b"]
    numbers = await asyncio.gather(*(notes.send(text) for text in texts))
    assert await notes.kept() == dict(zip(numbers, texts, strict=True))


@pytest.fixture
async def stuck(notes: Notes, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[None]:
    """Nothing can be kept while this lasts, and nobody notices soon."""
    monkeypatch.setattr(group_commit, "_GROUP_LOCKS_MS", 60_000)
    async with notes.database.transaction() as tx:
        await tx.execute("LOCK TABLE notes")
        yield


async def begin(notes: Notes, *texts: str) -> list[asyncio.Task[int]]:
    """Send them one after the other, each in a group of its own as long as there may be more."""
    tasks = []
    for text in texts:
        tasks.append(asyncio.create_task(notes.send(text)))
        await asyncio.sleep(0.1)
    return tasks


@pytest.mark.usefixtures("stuck")
async def test_what_waits_too_long_gets_an_outage_and_is_never_done(
    notes: Notes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(group_commit, "_LONGEST_WAIT_S", 0.5)
    begun = await begin(notes, "a", "b")
    with pytest.raises(OutageError) as raised:
        await notes.send("late")
    assert is_transient(raised.value)
    assert notes.groups == [["a"], ["b"]]
    assert not any(task.done() for task in begun), "what was begun goes on"
    for task in begun:
        task.cancel()


@pytest.mark.usefixtures("stuck")
async def test_only_so_many_wait(notes: Notes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(group_commit, "_MOST_WAITING", 2)
    notes.__post_init__()
    tasks = await begin(notes, "a", "b", "c", "d")
    with pytest.raises(OutageError):
        await notes.send("one too many")
    for task in tasks:
        task.cancel()


@pytest.mark.usefixtures("stuck")
async def test_nobody_waits_for_ever_when_the_work_is_cancelled(notes: Notes) -> None:
    before = asyncio.all_tasks()
    callers = await begin(notes, "a", "b", "c")
    workers = asyncio.all_tasks() - before - set(callers)
    assert len(workers) == 2
    for worker in workers:
        worker.cancel()
    async with asyncio.timeout(5):
        found = await asyncio.gather(*callers, return_exceptions=True)
    assert all(isinstance(one, OutageError) for one in found)


async def test_a_caller_that_goes_away_takes_nothing_from_the_others(notes: Notes) -> None:
    tasks = [asyncio.create_task(notes.send(text)) for text in ("a", "gone", "b")]
    await asyncio.sleep(0)
    tasks[1].cancel()
    numbers = await asyncio.gather(tasks[0], tasks[2])
    assert sorted((await notes.kept()).values()) == ["a", "b"], "done for nobody"
    assert set(numbers) <= (await notes.kept()).keys()


async def test_what_was_begun_is_done_though_its_caller_has_gone(notes: Notes) -> None:
    before = asyncio.all_tasks()
    async with notes.database.transaction() as tx:
        await tx.execute("LOCK TABLE notes")
        (gone,) = await begin(notes, "gone")
        gone.cancel()
        work = asyncio.all_tasks() - before - {gone}
    await asyncio.wait(work)
    assert list((await notes.kept()).values()) == ["gone"]


async def test_a_burst_of_one_client_gives_no_other_an_outage_and_hardly_a_pause(
    notes: Notes,
) -> None:
    done: list[str] = []

    async def send(text: str, client: str) -> int:
        number = await notes.send(text, client=client)
        done.append(client)
        return number

    burst = [asyncio.create_task(send(f"flood {n}", "flood")) for n in range(1500)]
    await asyncio.sleep(0)  # all of them wait now, or were refused
    others = await asyncio.gather(
        *(send(f"other {n}", f"client {n % 4}") for n in range(20)), return_exceptions=True
    )
    assert [one for one in others if isinstance(one, BaseException)] == []
    flood = await asyncio.gather(*burst, return_exceptions=True)
    refused = [one for one in flood if isinstance(one, BaseException)]
    assert {type(one) for one in refused} == {OutageError}
    assert len(refused) > 450
    assert "flood" in done[:300]
    assert set(done[300:]) == {"flood"}  # the others had their turns among the first
