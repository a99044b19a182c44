"""Promise: the document says who may call what, how, and how it is refused; and it is readable."""

import re

import httpx
import pytest

from infra.local.issuer import Issuer
from services.chassis.base import Chassis
from services.chassis.http import Router, access
from services.chassis.http.api import create_api
from services.chassis.problems import CONFLICT, Refusal
from tests.chassis.toy import toy_settings
from tests.support.serving import served


async def test_the_document_names_roles_keys_and_refusals(toy: httpx.AsyncClient) -> None:
    document = (await toy.get("/openapi.json")).json()
    write = document["paths"]["/v1/notes"]["post"]
    assert write["x-roles"] == ["district", "unit"]
    assert write["security"] == [{"bearer": []}]
    assert {"400", "401", "403", "413", "415", "422"} <= set(write["responses"])
    (key,) = [one for one in write["parameters"] if one["name"] == "Idempotency-Key"]
    assert key["required"]
    refused = write["responses"]["422"]["content"]["application/problem+json"]["schema"]
    assert refused == {"$ref": "#/components/schemas/Problem"}
    assert document["paths"]["/v1/notes"]["get"]["security"] == []


async def test_a_refusal_that_only_this_route_gives_is_declared_with_its_title(
    toy: httpx.AsyncClient,
) -> None:
    document = (await toy.get("/openapi.json")).json()
    write = document["paths"]["/v1/notes"]["post"]
    assert write["x-problems"] == ["conflict", "toy-faults"]
    assert write["responses"]["409"]["description"] == "In conflict with the present state."
    assert write["responses"]["409"]["content"] == write["responses"]["403"]["content"]
    assert "409" not in document["paths"]["/v1/notes"]["get"]["responses"]


async def test_no_test_passes_that_got_an_answer_which_the_document_does_not_declare(
    toy_database: str, issuer: Issuer
) -> None:
    router = Router(prefix="/v1")

    @router.get("/notes/{note_id}", openapi_extra=access.public)
    async def read(note_id: int) -> None:
        raise Refusal(CONFLICT, detail=(f"{note_id}", f"{note_id}"))

    chassis = Chassis("toy", toy_settings(toy_database, issuer))
    app = create_api(chassis, [router], title="Toy", description="")
    with pytest.raises(AssertionError, match=r"GET /v1/notes/{note_id}: 409 Conflict is not in"):
        async with served(app) as url, httpx.AsyncClient(base_url=url) as client:
            assert (await client.get("/v1/notes/7")).status_code == 409


async def test_every_reference_of_the_document_leads_somewhere(toy: httpx.AsyncClient) -> None:
    answer = await toy.get("/openapi.json")
    schemas = answer.json()["components"]["schemas"]
    for name in re.findall(r'"#/components/schemas/([^"]+)"', answer.text):
        assert name in schemas


async def test_the_page_shows_every_operation_and_loads_nothing(toy: httpx.AsyncClient) -> None:
    document = (await toy.get("/openapi.json")).json()
    page = await toy.get("/docs")
    assert page.headers["content-type"].startswith("text/html")
    for path in document["paths"]:
        assert f"<code>{path}</code>" in page.text
    assert "<script" not in page.text
    assert not re.findall(r'(?:src|href)="https?:', page.text)
    assert "<code>Authorization: Bearer TOKEN</code>" in page.text
    assert "&quot;full_name&quot;" in page.text  # the body's example
    assert "default-src 'none'" in page.headers["content-security-policy"]
