"""At the end of the year the Board publishes, and the publication is verified from the topics."""

import asyncio

import httpx

from infra.local.stack import Stack
from services.chassis.settings import SharedSettings
from services.scoring.publications.verification import Verification
from services.scoring.publications.verify import NothingPublishedError, verify_published

_TRIES = 100
_PAUSE_S = 0.2
"""Between looks for the publication on the topics: the relay needs a moment."""


async def publish(stack: Stack, campaign: str) -> int:
    """The Board freezes the standings; the version. Raises httpx.HTTPError."""
    headers = {
        "authorization": f"Bearer {stack.token('board')}",
        "idempotency-key": "publish-the-year",
    }
    async with httpx.AsyncClient(timeout=60, trust_env=False) as client:
        answer = await client.post(
            f"{stack.url('scoring')}/v1/campaigns/{campaign}/publications",
            json={},
            headers=headers,
        )
        answer.raise_for_status()
        version: int = answer.json()["version"]
        return version


async def prove(stack: Stack, campaign: str, version: int) -> Verification:
    """Compute it again from the topics. Raises NothingPublishedError when it is not there soon."""
    settings = SharedSettings(environment="local", kafka_bootstrap=stack.broker.bootstrap)
    for _ in range(_TRIES):
        try:
            verification = await verify_published(
                settings, campaign, version=version, write_line=lambda _: None
            )
        except NothingPublishedError:
            await asyncio.sleep(_PAUSE_S)
            continue
        if verification.holds:
            return verification
        await asyncio.sleep(_PAUSE_S)  # not all units may be on their topic yet
    return await verify_published(settings, campaign, version=version)
