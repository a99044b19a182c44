"""Promise: an endpoint is a function at the top of its module, and gets what it needs by type."""

from typing import Annotated

import httpx
import pytest
from fastapi import Depends

from infra.local.issuer import Issuer
from services.chassis.base import Chassis
from services.chassis.http import CurrentChassis, Router, access, context_of
from services.chassis.http.api import create_api
from services.chassis.http.context import MissingContextError
from tests.chassis.toy import toy_settings
from tests.support.serving import served


class Greeting:
    """What the applications of this test differ in."""

    def __init__(self, text: str) -> None:
        self.text = text


Greeter = Annotated[Greeting, Depends(context_of(Greeting))]

router = Router(prefix="/v1")


async def greeting_at(chassis: CurrentChassis, greeting: Greeter) -> str:
    """A dependency of its own, with contexts beneath."""
    return f"{greeting.text} {chassis.name}"


@router.get("/greeting", openapi_extra=access.public)
async def greet(text: Annotated[str, Depends(greeting_at)]) -> str:
    """Greet."""
    return text


async def test_one_router_serves_several_applications_each_with_its_own_context(
    toy_database: str, issuer: Issuer
) -> None:
    one, two = (Chassis(name, toy_settings(toy_database, issuer)) for name in ("one", "two"))
    first = create_api(one, [router], title="One", description="", contexts=[Greeting("Hi")])
    second = create_api(two, [router], title="Two", description="", contexts=[Greeting("Chào")])
    async with served(first) as a, served(second) as b, httpx.AsyncClient() as client:
        assert (await client.get(f"{a}/v1/greeting")).json() == "Hi one"
        assert (await client.get(f"{b}/v1/greeting")).json() == "Chào two"


def test_an_application_without_what_a_route_asks_for_does_not_start(
    toy_database: str, issuer: Issuer
) -> None:
    chassis = Chassis("toy", toy_settings(toy_database, issuer))
    with pytest.raises(MissingContextError, match="/v1/greeting asks for a Greeting"):
        create_api(chassis, [router], title="Toy", description="")
    two = [Greeting("a"), Greeting("b")]
    with pytest.raises(TypeError, match="two contexts are a Greeting"):
        create_api(chassis, [router], title="Toy", description="", contexts=two)
