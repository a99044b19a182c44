"""Scoring, served over real HTTP on real PostgreSQL, without Kafka: facts are handed to it."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import httpx

from infra.local.issuer import Issuer
from services.chassis.base import Chassis
from services.chassis.http.api import create_api
from services.contracts.events import PublicationWatermark, UnitFact
from services.scoring.app import compose
from services.scoring.context import ScoringContext
from services.scoring.settings import ScoringSettings
from tests.scoring.facts import event
from tests.scoring.running import REGISTRIES, recompute_due, snapshot_now, take
from tests.support.announcing import caught_up_without_kafka
from tests.support.serving import served


@dataclass
class Stand:
    """One replica, served."""

    client: httpx.AsyncClient
    issuer: Issuer
    chassis: Chassis
    url: str

    async def hears(self, *facts: UnitFact) -> None:
        """Facts arrive and are scored."""
        await take(self.chassis.database, [event(fact) for fact in facts])
        await recompute_due(self.chassis.database, await snapshot_now(self.chassis.database))

    async def asked(
        self, path: str, *, role: str = "board", unit: str | None = None, **query: Any
    ) -> httpx.Response:
        """GET by somebody."""
        token = self.issuer.mint(role, unit)
        headers = {"Authorization": f"Bearer {token}"}
        return await self.client.get(path, params=query or None, headers=headers)

    async def read(self, path: str, **who: Any) -> Any:
        """GET that must succeed; its document."""
        answer = await self.asked(path, **who)
        assert answer.status_code == httpx.codes.OK, answer.text
        return answer.json()


def settings_of(dsn: str, issuer: Issuer, **other: Any) -> ScoringSettings:
    """Settings of a replica in a test."""
    return ScoringSettings(
        **{
            "database_url": dsn,
            "environment": "local",
            "jwks_url": issuer.jwks_url,
            "token_issuer": issuer.url,
            **other,
        }
    )


async def heard_all(moment: datetime, _zone: object = None) -> PublicationWatermark:
    """What is handed over has come the whole way: there is no topic on which more could wait."""
    return PublicationWatermark(through=moment, ends={})


@asynccontextmanager
async def standing(
    settings: ScoringSettings, issuer: Issuer, *, caught_up: bool = True
) -> AsyncIterator[Stand]:
    """One replica without its loops, consumer and relay; `caught_up`: its database has what the
    topics have of campaigns."""
    service = compose(settings, heard_all)
    for hook in service.on_start:
        await hook()
    chassis = service.chassis
    if caught_up:
        caught_up_without_kafka(service.contexts)
    # It has no listener that would wake it: what a test does is done by its own registry.
    (context,) = (one for one in service.contexts if isinstance(one, ScoringContext))
    REGISTRIES[chassis.database] = context.campaigns
    app = create_api(
        chassis,
        service.routers,
        title=service.title,
        description=service.description,
        contexts=service.contexts,
    )
    async with served(app) as url, httpx.AsyncClient(base_url=url, timeout=30) as client:
        yield Stand(client, issuer, chassis, url)
    await chassis.database.close()


def lines_of(explanation: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The lines of an explanation by criterion."""
    return {line["criterion"]: line for group in explanation["groups"] for line in group["lines"]}


def ranks_of(standings: dict[str, Any]) -> dict[str, int]:
    """Ranks of the first cluster of standings, by unit."""
    units: Sequence[dict[str, Any]] = standings["clusters"][0]["units"]
    return {unit["unit"]: unit["rank"] for unit in units}
