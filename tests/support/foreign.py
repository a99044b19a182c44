"""Nobody reads or writes another unit's data: every route that a unit may call, called by another.

    posts = "POST /v1/campaigns/{campaign}/essays"
    Foreign("Q001", "Q002", ids={"campaign": …, "essay_id": …}, bodies={posts: essay("Q001")})

Looked at is each route of the roles unit and district whose path has a parameter, whose query names
a unit or which has a body. It must answer the stranger 403 or 404, and the owner otherwise: else
the id or the body was wrong and nothing was tried. What everybody may call is listed, with why.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import httpx

from infra.local.issuer import Issuer

_REFUSED = (httpx.codes.FORBIDDEN, httpx.codes.NOT_FOUND)
_OF_UNITS = ("unit", "district")


@dataclass(frozen=True, slots=True)
class Foreign:
    """Two units, and what is the first one's."""

    owner: str = "Q001"
    stranger: str = "Q002"
    """A unit of the same kind, neither above nor below the owner."""
    ids: Mapping[str, str] = field(default_factory=dict)
    """Each parameter of a path that is not a unit's code → the owner's: what is there."""
    bodies: Mapping[str, dict[str, Any]] = field(default_factory=dict)
    """Route ("POST /v1/campaigns/{campaign}/essays") → a body that the owner may send."""
    for_all: Mapping[str, str] = field(default_factory=dict)
    """Route → why every unit may call it, whatever it names."""


async def strangers_let_in(
    client: httpx.AsyncClient, issuer: Issuer, document: dict[str, Any], foreign: Foreign
) -> list[str]:
    """Each route that lets a stranger in, or was not tried; empty when all is well."""
    routes = dict(_of_a_unit(document))
    failures = [f"{route}: is listed as for all, but is not asked" for route in foreign.for_all
                if route not in routes]  # fmt: skip
    asked = {route: routes[route] for route in routes if route not in foreign.for_all}
    for route, operation in asked.items():
        for role in set(_OF_UNITS) & set(operation["x-roles"]):
            token = issuer.mint(role, foreign.stranger)
            status = await _status(client, route, operation, foreign, token)
            if status not in _REFUSED:
                failures.append(
                    f"{route} by {role} {foreign.stranger} for {foreign.owner}: {status}"
                    " instead of 403 or 404"
                )
    # The owner's turn is last, and what deletes is the last of all: it must find what it asks for.
    for route in sorted(asked, key=lambda one: one.startswith("DELETE")):
        token = issuer.mint("unit", foreign.owner)
        status = await _status(client, route, asked[route], foreign, token)
        if status in _REFUSED or status >= httpx.codes.INTERNAL_SERVER_ERROR:
            failures.append(f"{route} by its owner {foreign.owner}: {status}, so nothing was tried")
    return failures


def _of_a_unit(document: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            queries = {one["name"] for one in operation.get("parameters", ())} & {"unit", "code"}
            if set(_OF_UNITS) & set(operation.get("x-roles", ())) and (
                "{" in path or queries or "requestBody" in operation
            ):
                yield f"{method.upper()} {path}", operation


async def _status(
    client: httpx.AsyncClient,
    route: str,
    operation: dict[str, Any],
    foreign: Foreign,
    token: str,
) -> int:
    method, path = route.split(" ")
    ids = {"code": foreign.owner, **foreign.ids}
    address = re.sub(r"\{([^}]+)\}", lambda one: ids.get(one[1], str(uuid4())), path)
    named = [one["name"] for one in operation.get("parameters", ()) if one["in"] == "query"]
    headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": str(uuid4())}
    answer = await client.request(
        method,
        address,
        params={"unit": foreign.owner} if "unit" in named else None,
        headers=headers,
        json=foreign.bodies.get(route, {}) if "requestBody" in operation else None,
    )
    return answer.status_code
