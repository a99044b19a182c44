"""A submissions service to talk to: real HTTP, real PostgreSQL, a clock that the test moves."""

import csv
import io
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar
from uuid import uuid4

import httpx

from infra.local.issuer import Issuer
from services.campaigns.follower import CampaignFollower
from services.campaigns.registry import CampaignRegistry
from services.chassis.base import Chassis
from services.chassis.http.api import create_api
from services.chassis.storage.outbox import decode_headers
from services.contracts.campaign.campaign import Campaign
from services.contracts.envelope import Event, decode
from services.contracts.events import CampaignAnnounced, CampaignFact, Fact
from services.submissions.app import compose
from services.submissions.campaigns.follow import follow
from services.submissions.context import CampaignContext
from services.submissions.obligations.deadline_clock import DeadlineClock
from services.submissions.settings import SubmissionsSettings
from tests.support.announcing import announcement, caught_up_without_kafka
from tests.support.serving import served

F = TypeVar("F", bound=Fact)

START = "2020-05-01T08:00:00+07:00"


def moment(text: str) -> datetime:
    """ "2020-06-05 23:59:59", or a day alone (noon), in Hanoi."""
    day, _, clock = text.partition(" ")
    return datetime.fromisoformat(f"{day}T{clock or '12:00:00'}+07:00")


def essay(unit: str = "SNV", **fields: Any) -> dict[str, Any]:
    """The body of an entry that breaks no rule."""
    return {
        "unit": unit,
        "title": "Người giữ lửa ở tổ dân phố",
        "form": "written",
        "exemplar": {
            "kind": "collective",
            "name": "Tổ dân phố mô phỏng 5",
            "address": "Địa chỉ mô phỏng",
        },
        "author": {
            "full_name": "Người viết mô phỏng 1",
            "address": "Địa chỉ mô phỏng của người viết",
            "phone": "024 0000 0000",
        },
        "words": 1480,
        **fields,
    }


@dataclass
class Replica:
    """One replica, served."""

    client: httpx.AsyncClient
    issuer: Issuer
    chassis: Chassis
    campaigns: CampaignRegistry[CampaignContext]
    deadlines: DeadlineClock
    follower: CampaignFollower
    url: str
    campaign: str = "hanoi-2020"
    """Whose paths are meant by those that do not begin with /v1/."""
    _tokens: dict[tuple[str, str | None], str] = field(default_factory=dict)

    async def context(self) -> CampaignContext:
        """The campaign as this replica knows it."""
        return await self.campaigns.of(self.campaign)

    def at_campaign(self, path: str) -> str:
        """The whole path."""
        return path if path.startswith("/v1/") else f"/v1/campaigns/{self.campaign}{path}"

    def headers(self, role: str, unit: str | None) -> dict[str, str]:
        """Of a caller."""
        who = (role, unit)
        if who not in self._tokens:
            self._tokens[who] = self.issuer.mint(role, unit)
        return {"Authorization": f"Bearer {self._tokens[who]}"}

    async def send(
        self,
        path: str,
        body: dict[str, Any],
        *,
        role: str = "unit",
        unit: str | None = None,
        key: str | None = None,
    ) -> httpx.Response:
        """POST; a unit acts for the unit in the body, by default."""
        acting = None if role in ("board", "ops") else unit or body.get("unit")
        headers = {**self.headers(role, acting), "Idempotency-Key": key or str(uuid4())}
        return await self.client.post(self.at_campaign(path), json=body, headers=headers)

    async def taken(self, path: str, body: dict[str, Any], **who: Any) -> dict[str, Any]:
        """POST that must be accepted; the answer."""
        answer = await self.send(path, body, **who)
        assert answer.is_success, answer.text
        result: dict[str, Any] = answer.json()
        return result

    async def refused(
        self, status: int, path: str, body: dict[str, Any], **who: Any
    ) -> dict[str, Any]:
        """POST that must be refused and must change nothing; the problem document."""
        before = await self.rows()
        answer = await self.send(path, body, **who)
        assert answer.status_code == status, answer.text
        assert answer.headers["content-type"] == "application/problem+json"
        assert await self.rows() == before, "a refusal changed something"
        problem: dict[str, Any] = answer.json()
        for fault in problem.get("faults", []):
            assert fault["vi"], fault
            assert fault["en"], fault
        return problem

    async def read(
        self, path: str, query: dict[str, Any] | None = None, *, role: str = "board", unit: str = ""
    ) -> httpx.Response:
        """GET, by the Board by default."""
        headers = self.headers(role, unit or None)
        return await self.client.get(self.at_campaign(path), params=query, headers=headers)

    async def owed(self, unit: str, obligation: str) -> dict[str, Any]:
        """One obligation, as the Board reads it."""
        answer = await self.read("/obligations", {"unit": unit})
        listed = answer.raise_for_status().json()["obligations"]
        (found,) = [each for each in listed if each["obligation"] == obligation]
        state: dict[str, Any] = found
        return state

    async def follow(self) -> None:
        """Read the topics of campaigns to their end, as a start does."""
        await self.follower._tick()
        await self.follower._close()

    async def at(self, text: str) -> None:
        """Move the clock; deadlines fire when the test lets them."""
        body = {"now": moment(text).isoformat()}
        await self.taken("/v1/clock", body, role="ops")

    async def fire(self) -> list[Fact]:
        """Let the deadline clock decide, pass on and publish everything that is due."""
        await self.chassis.clock.refresh()
        assert await self.deadlines.decide(self.chassis.clock.now())
        await self.deadlines.pass_on(self.chassis.clock.now())
        facts: list[Fact] = []
        while (fired := await self.deadlines.fire(self.chassis.clock.now())).timers:
            facts += fired.facts
        return facts

    async def events(self) -> list[Event]:
        """Everything that was published, in the order of the log."""
        async with self.chassis.database.transaction() as tx:
            rows = await tx.fetch("SELECT key, headers, value FROM event_log ORDER BY seq")
        found = [decode(row["key"], decode_headers(row["headers"]), row["value"]) for row in rows]
        for event in found:
            assert isinstance(event, Event), event
        return [event for event in found if isinstance(event, Event)]

    async def facts(self, kind: type[F]) -> list[F]:
        """The facts of one kind that were published."""
        return [event.data for event in await self.events() if isinstance(event.data, kind)]

    async def rows(self) -> dict[str, int]:
        """How many rows each table has."""
        async with self.chassis.database.transaction() as tx:
            tables = await tx.fetch(
                "SELECT relname FROM pg_stat_user_tables WHERE schemaname = 'public'"
            )
            return {
                table["relname"]: await tx.fetchval(f'SELECT count(*) FROM "{table["relname"]}"')  # noqa: S608
                for table in tables
            }


def announced(campaign: Campaign, version: int = 1, **fields: Any) -> CampaignAnnounced:
    """The fact about a campaign that a test made of another one; `fields`: any of the fact's."""
    keys = campaign.plan.model_dump(mode="json", exclude_none=True)
    lines = (f"{key}: {json.dumps(value)}\n" for key, value in keys.items() if key != "campaign")
    plan = f"campaign: {campaign.plan.campaign}\n{''.join(lines)}"
    rows = [unit.model_dump(mode="json", by_alias=True) for unit in campaign.units]
    units = io.StringIO()
    table = csv.DictWriter(units, list(rows[0]))
    table.writeheader()
    table.writerows(rows)
    return announcement(
        version=version,
        rules=False,
        edit=lambda _: plan,
        edit_units=lambda _: units.getvalue(),
        **fields,
    )


def settings_of(dsn: str, issuer: Issuer, **other: Any) -> SubmissionsSettings:
    """Settings of a replica on the local stack with a simulated clock."""
    return SubmissionsSettings(
        **{
            "database_url": dsn,
            "environment": "local",
            "clock": "simulated",
            "simulated_start": START,
            "jwks_url": issuer.jwks_url,
            "token_issuer": issuer.url,
            "grace_seconds": 0,
            **other,
        }
    )


@asynccontextmanager
async def running_replica(
    settings: SubmissionsSettings, issuer: Issuer, *announced: CampaignFact, caught_up: bool = True
) -> AsyncIterator[Replica]:
    """One replica without its loops and relay: the test fires deadlines, and reads the log.

    `announced`: what the database is to have of campaigns, as if it came from their topics;
    `caught_up`: whether that is all that they have.
    """
    service = compose(settings)
    chassis = service.chassis
    (campaigns,) = (one for one in service.contexts if isinstance(one, CampaignRegistry))
    (deadlines,) = (one for one in service.contexts if isinstance(one, DeadlineClock))
    (follower,) = (one for one in service.contexts if isinstance(one, CampaignFollower))
    if caught_up:
        caught_up_without_kafka(service.contexts)
    try:
        for fact in announced:
            async with chassis.database.transaction() as tx:
                await follow(tx, fact)
        for hook in service.on_start:
            await hook()
        app = create_api(
            chassis,
            service.routers,
            title=service.title,
            description=service.description,
            contexts=service.contexts,
        )
        async with served(app) as url, httpx.AsyncClient(base_url=url, timeout=30) as client:
            yield Replica(client, issuer, chassis, campaigns, deadlines, follower, url)
    finally:
        await chassis.database.close()
