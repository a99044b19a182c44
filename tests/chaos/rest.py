"""Whether a stack has come to rest: nothing left to say, to take, to score, to fire, to deliver."""

import asyncpg
import httpx

from infra.local.stack import Stack
from tests.chaos.topics import GROUPS, SERVICES, group_behind

_MOVING = {
    "outbox": "SELECT count(*) FROM outbox",
    "notifications deliveries": "SELECT count(*) FROM deliveries WHERE state <> 'accepted'",
    "submissions timers": "SELECT count(*) FROM timers"
    " WHERE due_at < (SELECT now FROM simulated_clock) - interval '2 minutes'",
}


def databases_of(stack: Stack) -> dict[str, str]:
    """DSN by service."""
    environment = stack.service_environment()
    return {name: environment[f"{name.upper()}_DATABASE_URL"] for name in SERVICES}


async def moving(stack: Stack) -> dict[str, int]:
    """What has not come to rest yet, by name; empty when everything has."""
    found: dict[str, int] = {}
    for service, url in databases_of(stack).items():
        connection = await asyncpg.connect(url)
        try:
            for what, query in _MOVING.items():
                if what.split()[0] in ("outbox", service) and (
                    count := await connection.fetchval(query)
                ):
                    found[f"{what} of {service}"] = count
        finally:
            await connection.close()
    for group in GROUPS:
        if behind := await group_behind(stack.broker.bootstrap, group):
            found[f"behind {group}"] = behind
    board = {"authorization": f"Bearer {stack.token('board')}"}
    async with httpx.AsyncClient(timeout=10, trust_env=False, headers=board) as client:
        for service in SERVICES:
            for number, replica in enumerate(stack.services[service]):
                if not await _is_ready(client, replica.url):
                    found[f"{service}-{number} is not ready"] = 1
        if not found:
            answer = await client.get(stack.url("scoring") + "/v1/campaigns/hanoi-2020/digest")
            if not answer.is_success or not answer.json()["up_to_date"]:
                found["clusters to score"] = 1
    return found


async def _is_ready(client: httpx.AsyncClient, url: str) -> bool:
    try:
        return bool((await client.get(f"{url}/health/ready")).json()["status"] == "ok")
    except (httpx.TransportError, ValueError):
        return False
