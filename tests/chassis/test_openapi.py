"""Promise: the document says who may call what, how, and how it is refused; and it is readable."""

import re

import httpx


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
    assert "&quot;full_name&quot;" in page.text  # the body's example
    assert "default-src 'none'" in page.headers["content-security-policy"]
