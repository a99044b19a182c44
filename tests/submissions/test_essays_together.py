"""Promise: essays that come at once are each kept, answered and published as if they came alone."""

import asyncio
from collections import Counter
from typing import Any
from uuid import UUID

import httpx

from services.chassis.observability import trace
from services.contracts.events import EssaySubmitted, ObligationFulfilled
from tests.submissions.replica import Replica, essay

UNITS = ("SNV", "STC", "Q009", "Q001")


async def transactions(replica: Replica) -> Counter[int]:
    """How many essays each transaction kept."""
    async with replica.chassis.database.transaction() as tx:
        rows = await tx.fetch("SELECT xmin::text::bigint AS id FROM essays")
    return Counter(row["id"] for row in rows)


async def test_each_is_kept_with_what_it_published_and_answered_with_its_own_number(
    replica: Replica,
) -> None:
    bodies = [essay(UNITS[n % 4], title=f"Bài mô phỏng {n}", words=1000 + n) for n in range(40)]
    answers = await asyncio.gather(*(replica.send("/essays", body) for body in bodies))
    assert {answer.status_code for answer in answers} == {201}
    assert len(await transactions(replica)) < 40, "nothing was shared"
    published = {fact.essay_id: fact for fact in await replica.facts(EssaySubmitted)}
    for body, answer in zip(bodies, answers, strict=True):
        fact = published.pop(UUID(answer.json()["essay_id"]))
        assert (fact.unit, fact.title, fact.words) == (body["unit"], body["title"], body["words"])
        stored = (await replica.read(f"/essays/{fact.essay_id}")).json()
        assert (stored["unit"], stored["title"]) == (body["unit"], body["title"])
        assert stored["author"]["full_name"] == body["author"]["full_name"]
    assert not published


async def test_the_first_of_a_unit_fulfils_and_only_it(replica: Replica) -> None:
    await replica.at("2020-06-10")
    sending = [replica.send("/essays", essay(unit)) for unit in UNITS[:2] for _ in range(10)]
    assert {answer.status_code for answer in await asyncio.gather(*sending)} == {201}
    fulfilled = [f for f in await replica.facts(ObligationFulfilled) if f.obligation == "D5"]
    assert sorted(fact.unit for fact in fulfilled) == ["SNV", "STC"]


async def test_one_that_breaks_a_rule_is_refused_alone(replica: Replica) -> None:
    bodies = [essay(words=1000 + n) for n in range(10)]
    bodies[3] = essay(words=999_999)
    bodies[7] = essay(unit="STC", photocopy=True)
    answers = await asyncio.gather(*(replica.send("/essays", body) for body in bodies))
    refused = {n: answer for n, answer in enumerate(answers) if answer.status_code != 201}
    rules = {n: answer.json()["faults"][0]["rule"] for n, answer in refused.items()}
    assert rules == {3: "essays.max-words", 7: "essays.photocopy"}
    assert len(await replica.facts(EssaySubmitted)) == 8


async def test_repetitions_among_others_get_the_first_answer(replica: Replica) -> None:
    first = await replica.send("/essays", essay(), key="again")
    sending = [replica.send("/essays", essay("STC", words=1000 + n)) for n in range(8)]
    repeated = [replica.send("/essays", essay(), key="again") for _ in range(3)]
    twins = [replica.send("/essays", essay("Q009"), key="twins") for _ in range(3)]
    answers = await asyncio.gather(*repeated, *sending, *twins)
    assert {answer.status_code for answer in answers} == {201}
    assert {answer.content for answer in answers[:3]} == {first.content}
    assert len({answer.content for answer in answers[-3:]}) == 1
    assert replayed(answers) == {"": 9, "true": 5}
    assert len(await replica.facts(EssaySubmitted)) == 1 + 8 + 1


def replayed(answers: list[httpx.Response]) -> dict[str, int]:
    return Counter(answer.headers.get("idempotency-replayed", "") for answer in answers)


async def test_a_fact_carries_the_trace_of_its_own_request(replica: Replica) -> None:
    caused: dict[str, str] = {}

    async def send(number: int) -> None:
        step = trace.new_trace()
        headers: dict[str, Any] = {
            **replica.headers("unit", "SNV"),
            "Idempotency-Key": f"trace-{number}",
            "traceparent": step.traceparent,
        }
        answer = await replica.client.post(
            replica.at_campaign("/essays"), json=essay(), headers=headers
        )
        caused[answer.json()["essay_id"]] = step.trace_id

    await asyncio.gather(*(send(number) for number in range(12)))
    carried = {}
    for event in await replica.events():
        step = trace.parse(event.traceparent)
        if isinstance(event.data, EssaySubmitted) and step is not None:
            carried[str(event.data.essay_id)] = step.trace_id
    assert carried == caused


async def test_a_unit_whose_obligation_is_locked_does_not_hold_up_the_others(
    replica: Replica,
) -> None:
    """Say by a deadline that is being moved, or by somebody's open session."""
    await replica.at("2020-06-10")
    async with replica.chassis.database.transaction() as tx:
        await tx.execute("SELECT FROM obligations WHERE unit = 'SNV' FOR UPDATE")
        held = [asyncio.create_task(replica.send("/essays", essay("SNV"))) for _ in range(3)]
        async with asyncio.timeout(9):
            for number in range(2):
                sending = [replica.send("/essays", essay(UNITS[1 + n % 3])) for n in range(9)]
                held.append(asyncio.create_task(replica.send("/essays", essay("SNV"))))
                answers = await asyncio.gather(*sending)
                assert {answer.status_code for answer in answers} == {201}, number
        assert not any(task.done() for task in held)
    answers = await asyncio.gather(*held)
    assert {answer.status_code for answer in answers} == {201}, "and it waits for its own"
    assert len(await replica.facts(EssaySubmitted)) == 18 + 5
    fulfilled = [f for f in await replica.facts(ObligationFulfilled) if f.obligation == "D5"]
    assert sorted(fact.unit for fact in fulfilled) == sorted(UNITS)
