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

    async def subscribe(self, role: str = "unit", unit: str = "SNV", **request: Any) -> Any:
        """A new subscription, by e-mail unless the request says otherwise; its document."""
        body = {
            "event_types": ["deadline-missed"],
            "unit": unit,
            "channel": "webhook" if "url" in request else "email",
            **({} if "url" in request else {"address": "reader@snv.example.org"}),
            **request,
        }
        answer = await self("POST", "/v1/subscriptions", role=role, unit=unit, json=body)
        assert answer.status_code == 201, answer.text
        return answer.json()
