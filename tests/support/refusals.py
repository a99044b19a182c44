"""Every refusal on every route of a service, by walking its OpenAPI document.

    async def test_every_route_refuses_whom_and_what_it_must(...) -> None:
        async with served(app) as url:
            await check_refusals(url, issuer, foreign=Foreign(…))

A new route can't be forgotten: it is in the document, or it is not served (tests/chassis).
"""

import re
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import httpx

from infra.local.issuer import Issuer
from services.chassis.http.auth import ROLES
from tests.support.edges import check_edges
from tests.support.foreign import Foreign, strangers_let_in
from tests.support.tokens import bad_tokens

PROBLEM_JSON = "application/problem+json"


@dataclass
class _Walk:
    client: httpx.AsyncClient
    issuer: Issuer
    max_body_bytes: int
    failures: list[str] = field(default_factory=list)
    asked: int = 0

    async def operation(self, method: str, path: str, operation: dict[str, Any]) -> None:
        declared = operation.get("x-roles")
        if not declared:
            self.failures.append(f"{method} {path}: declares no x-roles")
            return
        if declared == ["public"]:
            return
        call = _Call(self, method, re.sub(r"\{[^}]+\}", str(uuid4()), path))
        for what, token in bad_tokens(self.issuer, list(declared)).items():
            await call.refused(401, what, token=token)
        for role in set(ROLES) - set(declared):
            await call.refused(403, f"role {role}", token=self.issuer.mint(role, "SNV"))
        await call.refused(403, "no role", token=self.issuer.mint([], "SNV"))
        good = self.issuer.mint(declared[0], "SNV")
        if method == "POST" and operation.get("x-stores", True):
            await call.refused(400, "no Idempotency-Key", token=good, key=None)
            await call.refused(400, "a malformed Idempotency-Key", token=good, key="a b")
        if "requestBody" in operation:
            most = operation.get("x-max-body-bytes", self.max_body_bytes)
            large = b'{"x": "' + b"x" * most + b'"}'
            await call.refused(413, "a body too large", token=good, body=large)
            await call.refused(415, "a form", token=good, kind="application/x-www-form-urlencoded")
            await call.refused(415, "no content type", token=good, kind=None)
            await call.refused(400, "broken JSON", token=good, body=b'{"a": ')
            await call.refused(400, "not UTF-8", token=good, body=b'{"a": "\xff"}')


@dataclass
class _Call:
    walk: _Walk
    method: str
    path: str

    async def refused(
        self,
        status: int,
        what: str,
        *,
        token: str,
        key: str | None = "a-key",
        body: bytes = b"{}",
        kind: str | None = "application/json",
    ) -> None:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        if key is not None and self.method == "POST":
            headers["Idempotency-Key"] = key
        if kind is not None:
            headers["Content-Type"] = kind
        answer = await self.walk.client.request(
            self.method, self.path, headers=headers, content=body if self.method != "GET" else None
        )
        self.walk.asked += 1
        where = f"{self.method} {self.path} with {what}"
        if answer.status_code != status:
            self.walk.failures.append(f"{where}: {answer.status_code} instead of {status}")
        elif fault := _not_a_problem(answer, status):
            self.walk.failures.append(f"{where}: {fault}")


def _not_a_problem(answer: httpx.Response, status: int) -> str | None:
    if answer.headers["content-type"] != PROBLEM_JSON:
        return f"is {answer.headers['content-type']}, no problem document"
    document = answer.json()
    for member in ("type", "title", "title_en", "detail", "detail_en"):
        if not document.get(member):
            return f"the problem document has no {member}"
    if document["status"] != status:
        return "the problem document names another status"
    if (
        status == httpx.codes.UNAUTHORIZED
        and "bearer" not in answer.headers.get("www-authenticate", "").lower()
    ):
        return "401 without WWW-Authenticate: Bearer"
    return None


async def check_refusals(
    url: str, issuer: Issuer, *, max_body_bytes: int = 65536, foreign: Foreign | None = None
) -> int:
    """Fail with the list of all calls that were not refused as they must be; returns their number.

    `url` is the base of a running service that trusts `issuer`; `foreign` what one unit has there
    and another must not get.
    """
    async with httpx.AsyncClient(base_url=url, timeout=20) as client:
        document = (await client.get("/openapi.json")).raise_for_status().json()
        walk = _Walk(client, issuer, max_body_bytes)
        for path, methods in document["paths"].items():
            for method, operation in methods.items():
                await walk.operation(method.upper(), path, operation)
        walk.failures += await strangers_let_in(client, issuer, document, foreign or Foreign())
        await check_edges(client, issuer, document)
    assert not walk.failures, "\n".join(walk.failures)
    assert walk.asked, "the document lists no guarded route"
    return walk.asked
