"""Calls of the API by people of each role."""

from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import httpx

from infra.local.issuer import Issuer


@dataclass
class Call:
    """A client that takes role and unit with every call."""

    client: httpx.AsyncClient
    issuer: Issuer

    async def __call__(
        self,
        method: str,
        path: str,
        *,
        role: str = "unit",
        unit: str | None = "SNV",
        key: str | None = None,
        **more: Any,
    ) -> httpx.Response:
        """One request; `key` is the Idempotency-Key, by default a new one."""
        acts_for = unit if role in ("unit", "district") else None
        headers = {"Authorization": f"Bearer {self.issuer.mint(role, acts_for)}"}
        if method == "POST":
            headers["Idempotency-Key"] = key or str(uuid4())
        return await self.client.request(method, path, headers=headers, **more)

    async def subscribe(self, role: str = "unit", unit: str = "SNV", **wish: Any) -> Any:
        """A new subscription, by e-mail unless the wish says otherwise; its document."""
        asked = {
            "event_types": ["deadline-missed"],
            "unit": unit,
            "channel": "webhook" if "url" in wish else "email",
            **({} if "url" in wish else {"address": "reader@snv.example.org"}),
            **wish,
        }
        answer = await self("POST", "/v1/subscriptions", role=role, unit=unit, json=asked)
        assert answer.status_code == 201, answer.text
        return answer.json()
