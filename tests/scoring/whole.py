"""Submissions and scoring on one broker, each on a database of its own: the whole way of a fact."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import httpx

from infra.local.issuer import Issuer
from services.chassis.base import Chassis
from services.chassis.running.service import create_app
from services.chassis.storage.migrations import migrate
from services.contracts.campaign.loader import PLAN, UNITS
from services.contracts.events import CampaignAnnounced
from services.scoring.publications.verification import Verification
from services.scoring.publications.verify import verify_published
from services.submissions.app import compose
from services.submissions.settings import SubmissionsSettings
from tests.scoring.facts import API
from tests.scoring.service import World, until, world
from tests.submissions.replica import essay
from tests.support.serving import served


@dataclass
class Intake:
    """One replica of submissions."""

    client: httpx.AsyncClient
    chassis: Chassis


@dataclass
class Whole:
    """Both services, and what people do with them."""

    world: World
    submissions_settings: SubmissionsSettings
    intakes: list[Intake] = field(default_factory=list)

    async def essays(self, count: int, unit: str = "SNV", intake: int = 0) -> None:
        """A unit sends essays, one by one; each is accepted."""
        headers = {"Authorization": f"Bearer {self.world.issuer.mint('unit', unit)}"}
        for _ in range(count):
            answer = await self.intakes[intake].client.post(
                f"{API}/essays",
                json=essay(unit, exemplar={**essay()["exemplar"], "name": f"Tổ {uuid4()}"}),
                headers={**headers, "Idempotency-Key": str(uuid4())},
            )
            assert answer.status_code == httpx.codes.CREATED, answer.text

    async def amended(self, version: CampaignAnnounced) -> None:
        """The Board amends the campaign by these documents, and is answered."""
        headers = {
            "Authorization": f"Bearer {self.world.issuer.mint('board')}",
            "Idempotency-Key": str(uuid4()),
        }
        body = {
            "files": {PLAN: version.plan, UNITS: version.units},
            "version": 1,
            "document": "Văn bản mẫu",
            "reason": "Lý do mẫu",
        }
        client = self.intakes[0].client
        answer = await client.post(f"{API}/versions", json=body, headers=headers)
        assert answer.status_code == httpx.codes.CREATED, answer.text

    async def publish(self, **body: Any) -> httpx.Response:
        """The Board publishes."""
        headers = {
            "Authorization": f"Bearer {self.world.issuer.mint('board')}",
            "Idempotency-Key": str(uuid4()),
        }
        client = self.world.replicas[0].client
        return await client.post(f"{API}/publications", json=body, headers=headers, timeout=60)

    async def verified(self, version: int | None = None) -> Verification:
        """What whoever reads the topics finds, once the publication is on them."""

        async def relayed() -> bool:
            async with self.world.replicas[0].chassis.database.transaction() as tx:
                return bool(await tx.fetchval("SELECT count(*) = 0 FROM outbox"))

        await until(relayed)
        return await verify_published(
            self.world.settings, "hanoi-2020", version=version, write_line=lambda _: None
        )


@asynccontextmanager
async def whole(
    scoring_url: str,
    submissions_url: str,
    bootstrap: str,
    issuer: Issuer,
    *,
    intakes: int = 1,
    **scoring: Any,
) -> AsyncIterator[Whole]:
    """Both services, ready."""
    await asyncio.to_thread(migrate, "submissions", submissions_url)
    async with (
        world(scoring_url, bootstrap, issuer, **scoring) as one,
        AsyncExitStack() as stack,
    ):
        settings = SubmissionsSettings(
            database_url=submissions_url,
            environment="local",
            clock="simulated",
            simulated_start="2020-05-01T08:00:00+07:00",
            jwks_url=issuer.jwks_url,
            token_issuer=issuer.url,
            kafka_bootstrap=bootstrap,
            topic_prefix=one.settings.topic_prefix,
            topic_partitions=one.settings.topic_partitions,
        )
        made = Whole(one, settings)
        for _ in range(intakes):
            made.intakes.append(await stack.enter_async_context(intake(settings)))
        yield made


@asynccontextmanager
async def intake(settings: SubmissionsSettings) -> AsyncIterator[Intake]:
    """One replica of submissions with all its parts, ready."""
    service = compose(settings)
    app = create_app(service)
    async with served(app) as url, httpx.AsyncClient(base_url=url, timeout=30) as client:

        async def ready() -> bool:
            answer = await client.get("/health/ready")
            return "hanoi-2020" in answer.json()["about"]["campaigns"]

        await until(ready)
        yield Intake(client, service.chassis)
    assert app.state.lifespan.died is None
