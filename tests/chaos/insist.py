"""A POST of an operator or the Board that must get through, whatever is down just now."""

import asyncio
from collections.abc import Mapping

import httpx

from infra.local.stack import Stack


class NobodyTakesItError(Exception):
    """No replica took a command in a minute. The message says what the last one answered."""


async def insist(
    stack: Stack, service: str, path: str, body: Mapping[str, object], *, token: str, key: str
) -> None:
    """POST to the replicas in turn until one takes it. Raises NobodyTakesItError."""
    headers = {"authorization": f"Bearer {token}", "idempotency-key": key}
    last = "no answer"
    async with httpx.AsyncClient(timeout=5, trust_env=False, headers=headers) as client:
        for number in range(120):
            try:
                answer = await client.post(stack.url(service, number % 2) + path, json=body)
                if answer.is_success:
                    return
                last = f"{answer.status_code} {answer.text}"
            except httpx.TransportError as error:
                last = repr(error)
            await asyncio.sleep(0.5)
    raise NobodyTakesItError(f"{path}: {last}")
