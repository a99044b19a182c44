"""Bare FastAPI and asyncpg: one route, one transaction, the rows that submissions writes.

    python -m tests.bench.bare_http DATABASE_URL PORT

It asks nobody who they are, checks types and nothing of the snapshot, knows no repetition though it
stores the key, owes no obligation, and nothing relays its outbox.
"""

import json
import sys
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Annotated, Any

import asyncpg
import uvicorn
from fastapi import FastAPI, Header
from pydantic import BaseModel

DATABASE_URL, PORT = (sys.argv[1], int(sys.argv[2])) if __name__ == "__main__" else ("", 0)

_ESSAY = """
WITH entry AS (
    INSERT INTO essays (essay_id, campaign, unit, version, title, form, exemplar_kind,
                        exemplar_name, words, submitted_at, late, days_late, simulated)
    VALUES ($1, 'bench', $2, 1, $3, $4, $5, $6, $7, $8, false, 0, false)
)
INSERT INTO essay_authors (essay_id, full_name, address, phone, exemplar_address)
VALUES ($1, $9, $10, $11, $12)
"""
_OUTBOX = """
WITH said AS (
    INSERT INTO event_log (event_id, topic, key, headers, value, recorded_at)
    VALUES ($1, 'essay-submitted', $2, $3, $4, $5) RETURNING seq
)
INSERT INTO outbox (seq) SELECT seq FROM said
"""
_KEY = """
INSERT INTO idempotency_keys (principal, route, key, request_hash, status, body)
VALUES ('bench', 'POST /v1/campaigns/hanoi-2020/essays', $1, $2, 201, $3)
"""
_HEADERS = bytes(400)
"""As long as an envelope's."""


class Exemplar(BaseModel):
    """Who is held up."""

    kind: str
    name: str
    address: str


class Author(BaseModel):
    """Who wrote it."""

    full_name: str
    address: str
    phone: str


class Essay(BaseModel):
    """An entry."""

    unit: str
    title: str
    form: str
    exemplar: Exemplar
    author: Author
    words: int


class Taken(BaseModel):
    """The answer."""

    essay_id: uuid.UUID
    unit: str
    submitted_at: datetime


state: dict[str, Any] = {}


@asynccontextmanager
async def lifespan(_: FastAPI) -> AsyncIterator[None]:
    """A pool as large as that of a service."""
    async with asyncpg.create_pool(DATABASE_URL, min_size=10, max_size=10) as pool:
        state["pool"] = pool
        yield


app = FastAPI(lifespan=lifespan)


@app.get("/health/ready")
async def ready() -> dict[str, bool]:
    """As soon as it serves."""
    return {"ready": True}


@app.post("/v1/campaigns/hanoi-2020/essays", status_code=201)
async def submit(essay: Essay, idempotency_key: Annotated[str, Header()]) -> Taken:
    """One essay, one transaction."""
    essay_id, now = uuid.uuid4(), datetime.now(UTC)
    taken = Taken(essay_id=essay_id, unit=essay.unit, submitted_at=now)
    fact = {"essay_id": str(essay_id), **essay.model_dump(exclude={"author"})}
    async with state["pool"].acquire() as connection, connection.transaction():
        await connection.execute(
            _ESSAY,
            *(essay_id, essay.unit, essay.title, essay.form),
            *(essay.exemplar.kind, essay.exemplar.name, essay.words, now),
            *(essay.author.full_name, essay.author.address, essay.author.phone),
            essay.exemplar.address,
        )
        await connection.execute(
            _OUTBOX,
            *(uuid.uuid4(), essay.unit.encode(), _HEADERS, json.dumps(fact).encode(), now),
        )
        await connection.execute(_KEY, idempotency_key, bytes(32), taken.model_dump_json().encode())
    return taken


if __name__ == "__main__":
    uvicorn.run(
        app, host="127.0.0.1", port=PORT, loop="uvloop", http="httptools", log_level="warning"
    )
