"""Subscriptions of the simulated year: each unit that reports to the city by e-mail, the Board by
webhook."""

import asyncio
from typing import Any

import httpx

from infra.local.simulated_year.tiers import first_tier
from infra.local.stack import Stack
from services.chassis.language import language
from services.contracts.campaign.units import UnitTree

MAILED = [
    "deadline-approaching",
    "deadline-missed",
    "deadline-moved",
    "obligation-waived",
    "obligation-reopened",
]
"""What a unit wants to know about itself and the units below it."""
WATCHED = ["deadline-missed", "deadline-moved", "conference-reported", "contest-reported"]
"""What the Board's own system takes by webhook, for the whole city."""


async def subscribe(stack: Stack, units: UnitTree) -> int:
    """Subscribe them over HTTP; how many subscriptions there are."""
    url = stack.url("notifications")
    subscribers = first_tier(units)
    above = {unit.parent for unit in units}
    async with httpx.AsyncClient(base_url=url, timeout=30, trust_env=False) as client:
        await asyncio.gather(
            *(
                _post(
                    client,
                    stack.token("district" if unit.code in above else "unit", unit.code),
                    {
                        "event_types": MAILED,
                        "unit": unit.code,
                        "channel": "email",
                        "address": f"vanthu.{unit.code.lower()}@example.org",
                        "language": language(),
                    },
                )
                for unit in subscribers
            )
        )
        await _post(
            client,
            stack.token("board"),
            {
                "event_types": WATCHED,
                "unit": next(unit.code for unit in units if unit.parent is None),
                "channel": "webhook",
                "url": stack.webhook.url,
            },
        )
    return len(subscribers) + 1


async def _post(client: httpx.AsyncClient, token: str, body: dict[str, Any]) -> None:
    key = f"subscribe-{body['channel']}-{body['unit']}"
    response = await client.post(
        "/v1/subscriptions",
        json=body,
        headers={"authorization": f"Bearer {token}", "idempotency-key": key},
    )
    if response.is_error:
        raise RuntimeError(f"subscription refused: {response.status_code} {response.text}")
