"""FastStream as its documentation shows it: one message, its model, one transaction, its ack.

It promises each fact's effect once, by the same unique key and transaction as scoring. It does not
promise to get past a bad message (its nack reads it again at once, for ever), keeps no dead
letters, adds points up without rules, and loses what is said about them: there is no outbox.
"""

import asyncio
from typing import Annotated, Any
from uuid import UUID

import asyncpg
import uvloop
from faststream import AckPolicy, Context, FastStream
from faststream.kafka import KafkaBroker
from progress import Progress, job
from pydantic import BaseModel

_TABLES = """
CREATE TABLE facts (event_id uuid PRIMARY KEY, unit text NOT NULL, data text NOT NULL);
CREATE TABLE points (unit text PRIMARY KEY, total numeric NOT NULL)
"""
_KEEP = "INSERT INTO facts VALUES ($1, $2, $3) ON CONFLICT DO NOTHING RETURNING true"
_COUNT = """
INSERT INTO points VALUES ($1, $2)
ON CONFLICT (unit) DO UPDATE SET total = points.total + excluded.total
"""


class Fact(BaseModel):
    """What it reads of a fact; a mark counts as many points, all else one."""

    unit: str
    campaign: str
    version: int = 1
    mark: float | None = None


def main(asked: dict[str, Any]) -> FastStream:
    """The application."""
    progress = Progress(asked["count"])
    broker = KafkaBroker(asked["bootstrap"], logger=None)
    app = FastStream(broker, logger=None)
    database: dict[str, Any] = {}

    @app.on_startup
    async def connect() -> None:
        database["pool"] = await asyncpg.create_pool(asked["database_url"], min_size=1, max_size=2)
        await database["pool"].execute(_TABLES)

    @broker.subscriber(
        *asked["topics"],
        group_id=asked["group"],
        auto_offset_reset="earliest",
        ack_policy=AckPolicy.NACK_ON_ERROR,
    )
    async def take(fact: Fact, event_id: Annotated[str, Context("message.headers.ce_id")]) -> None:
        async with database["pool"].acquire() as connection, connection.transaction():
            if await connection.fetchval(_KEEP, UUID(event_id), fact.unit, fact.model_dump_json()):
                await connection.execute(_COUNT, fact.unit, 1 if fact.mark is None else fact.mark)
        progress.add(1)

    return app


if __name__ == "__main__":
    asyncio.set_event_loop_policy(uvloop.EventLoopPolicy())
    asyncio.run(main(job()).run())
