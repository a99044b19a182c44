"""Promise: a POST that is repeated has one effect and one answer."""

import asyncio
import json
from typing import Any

import httpx

from infra.local.issuer import Issuer
from services.chassis.http.idempotency_store import forget_old_keys
from services.chassis.storage.database import Database

GOOD: dict[str, Any] = {"author": {"full_name": "Người viết mô phỏng"}, "text": "gương tốt"}


def signed(issuer: Issuer, key: str, unit: str = "SNV") -> dict[str, str]:
    return {"Authorization": f"Bearer {issuer.mint('unit', unit)}", "Idempotency-Key": key}


async def kept(toy: httpx.AsyncClient) -> int:
    count: int = (await toy.get("/v1/notes")).json()["notes"]
    return count


async def test_a_repetition_gets_the_first_answer_and_has_no_effect(
    toy: httpx.AsyncClient, issuer: Issuer
) -> None:
    first = await toy.post("/v1/notes", headers=signed(issuer, "a"), json=GOOD)
    repeated = await toy.post("/v1/notes", headers=signed(issuer, "a"), json=GOOD)
    assert (first.status_code, repeated.status_code) == (201, 201)
    assert repeated.content == first.content
    assert "idempotency-replayed" not in first.headers
    assert repeated.headers["idempotency-replayed"] == "true"
    assert await kept(toy) == 1


async def test_white_space_and_key_order_make_no_other_command(
    toy: httpx.AsyncClient, issuer: Issuer
) -> None:
    await toy.post("/v1/notes", headers=signed(issuer, "a"), json=GOOD)
    turned = {"text": GOOD["text"], "author": GOOD["author"]}
    other = json.dumps(turned, indent=3, ensure_ascii=True).encode()
    headers = {**signed(issuer, "a"), "Content-Type": "application/json"}
    repeated = await toy.post("/v1/notes", headers=headers, content=other)
    assert repeated.headers["idempotency-replayed"] == "true"


async def test_twenty_twins_at_once_have_one_effect_and_one_answer(
    toy: httpx.AsyncClient, issuer: Issuer
) -> None:
    headers = signed(issuer, "twins")
    slow = {**GOOD, "text": "slow"}
    answers = await asyncio.gather(
        *(toy.post("/v1/notes", headers=headers, json=slow) for _ in range(20))
    )
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.content for answer in answers}) == 1
    assert sum("idempotency-replayed" not in answer.headers for answer in answers) == 1
    assert await kept(toy) == 1


async def test_the_same_key_for_another_body_is_refused_and_changes_nothing(
    toy: httpx.AsyncClient, issuer: Issuer
) -> None:
    await toy.post("/v1/notes", headers=signed(issuer, "a"), json=GOOD)
    other = await toy.post("/v1/notes", headers=signed(issuer, "a"), json={**GOOD, "text": "khác"})
    assert other.status_code == 422
    assert other.json()["type"].endswith("/idempotency-key-reused")
    assert await kept(toy) == 1


async def test_keys_of_different_callers_are_different_keys(
    toy: httpx.AsyncClient, issuer: Issuer
) -> None:
    for unit in ("SNV", "STC"):
        answer = await toy.post("/v1/notes", headers=signed(issuer, "a", unit), json=GOOD)
        assert answer.status_code == 201
    assert await kept(toy) == 2


async def test_a_refusal_is_not_stored_so_the_mended_body_may_use_the_key(
    toy: httpx.AsyncClient, issuer: Issuer
) -> None:
    headers = signed(issuer, "a")
    refused = await toy.post("/v1/notes", headers=headers, json={**GOOD, "text": "stop"})
    assert refused.status_code == 409
    assert await kept(toy) == 0  # also what it had written before it refused
    mended = await toy.post("/v1/notes", headers=headers, json=GOOD)
    assert mended.status_code == 201


async def test_a_key_is_forgotten_after_its_days(
    toy: httpx.AsyncClient, issuer: Issuer, toy_database: str
) -> None:
    await toy.post("/v1/notes", headers=signed(issuer, "old"), json=GOOD)
    await toy.post("/v1/notes", headers=signed(issuer, "young"), json=GOOD)
    database = Database(toy_database, source="test")
    async with database.transaction() as tx:
        await tx.execute(
            "UPDATE idempotency_keys SET created_at = now() - interval '15 days' WHERE key = 'old'"
        )
    await forget_old_keys(database, 14)
    async with database.transaction() as tx:
        rows = await tx.fetch("SELECT key FROM idempotency_keys")
    await database.close()
    assert [row["key"] for row in rows] == ["young"]
