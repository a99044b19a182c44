"""Subscriptions of the simulated year: each upper-level unit by e-mail, the Board by webhook."""

import asyncio
from typing import Any

import httpx

from infra.local.stack import Stack
from services.chassis.language import language
from services.contracts.campaign.units import UnitTree

MAILED = ["deadline-approaching", "deadline-missed", "deadline-moved", "obligation-waived"]
"""What a unit wants to know about itself and the units below it."""
WATCHED = ["deadline-missed", "deadline-moved", "conference-reported", "contest-reported"]
"""What the Board's own system takes by webhook, for the whole city."""


async def subscribe(stack: Stack, units: UnitTree) -> int:
    """Subscribe them over HTTP; how many subscriptions there are."""
    url = stack.url("notifications")
    upper = [unit for unit in units if unit.level == "upper"]
    async with httpx.AsyncClient(base_url=url, timeout=30, trust_env=False) as client:
        await asyncio.gather(
            *(
                _post(
                    client,
                    stack.token(
                        "unit" if not _has_communes(units, unit.code) else "district", unit.code
                    ),
                    {
                        "event_types": MAILED,
                        "unit": unit.code,
                        "channel": "email",
                        "address": f"vanthu.{unit.code.lower()}@example.org",
                        "language": language(),
                    },
                )
                for unit in upper
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
    return len(upper) + 1


def _has_communes(units: UnitTree, code: str) -> bool:
    return any(unit.parent == code for unit in units)


async def _post(client: httpx.AsyncClient, token: str, body: dict[str, Any]) -> None:
    key = f"subscribe-{body['channel']}-{body['unit']}"
    response = await client.post(
        "/v1/subscriptions",
        json=body,
        headers={"authorization": f"Bearer {token}", "idempotency-key": key},
    )
    if response.is_error:
        raise RuntimeError(f"subscription refused: {response.status_code} {response.text}")
