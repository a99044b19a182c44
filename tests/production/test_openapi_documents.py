"""Promise: other programs can read the OpenAPI documents of the services; foreign judges say so."""

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from html import escape
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from jsonschema import Draft202012Validator
from openapi_pydantic.v3.v3_1 import OpenAPI, Schema
from openapi_spec_validator import OpenAPIV31SpecValidator

from infra.local.stack import HANOI_2020
from services.chassis.http.body import body_reader
from services.chassis.http.page import api_page, example_of
from services.chassis.running.service import create_app
from services.contracts.rules.loader import load_with_rules
from services.notifications.settings import NotificationsSettings
from services.scoring.settings import ScoringSettings
from services.scoring.what_if.schemas import WhatIfIn
from services.submissions.settings import SubmissionsSettings
from tests.notifications.support import KEY
from tests.support.absent import not_tried

SETTINGS: dict[str, tuple[type[Any], dict[str, Any]]] = {
    "submissions": (SubmissionsSettings, {}),
    "scoring": (ScoringSettings, {}),
    "notifications": (NotificationsSettings, {"secret_key": KEY}),
}


@pytest.fixture(scope="module", params=SETTINGS)
def app(request: pytest.FixtureRequest) -> FastAPI:
    """A service with all that can be mounted."""
    kind, more = SETTINGS[request.param]
    settings = kind(
        database_url="postgresql://nowhere",
        environment="local",
        clock="simulated",
        simulated_start="2020-01-01T00:00:00+07:00",
        **more,
    )
    return create_app(import_module(f"services.{request.param}.app").compose(settings))


@pytest.fixture(scope="module")
def document(app: FastAPI) -> dict[str, Any]:
    """What `/openapi.json` of the service has."""
    return json.loads(json.dumps(app.openapi()))


def test_openapi_spec_validator_finds_no_fault(document: dict[str, Any]) -> None:
    assert [error.message for error in OpenAPIV31SpecValidator(document).iter_errors()] == []


def test_openapi_pydantic_finds_no_fault_and_no_unknown_member(document: dict[str, Any]) -> None:
    read = OpenAPI.model_validate(document)
    known = {field.alias or name for name, field in Schema.model_fields.items()} | {"$ref"}
    unknown = {
        f"{place}: {word}"
        for place, schema in _schemas(document)
        for word in set(schema) - known
        if not word.startswith("x-")
    }
    assert unknown == set()
    assert read.paths


def test_every_example_is_one_that_its_schema_takes(document: dict[str, Any]) -> None:
    faults = []
    for place, schema in _schemas(document):
        here = {**schema, "components": document["components"]}
        for example in schema.get("examples", ()):
            if error := next(Draft202012Validator(here).iter_errors(example), None):
                faults.append(f"{place}: {error.message}")
    assert faults == []


def test_every_body_that_the_page_or_the_document_shows_is_taken_by_its_model(
    app: FastAPI, document: dict[str, Any]
) -> None:
    tried = 0
    for route in app.state.routes:
        if route.body_field is None:
            continue
        read = body_reader(route.body_field.field_info)
        body = document["paths"][route.path][min(route.methods).lower()]["requestBody"]
        name = body["content"]["application/json"]["schema"]["$ref"].rpartition("/")[2]
        given = document["components"]["schemas"][name].get("examples", [])
        for example in (example_of(document, body), *given):
            read(json.dumps(example).encode())  # raises what the sender would be answered
            tried += 1
    assert tried


def test_the_draft_that_what_if_shows_is_a_rule_set_of_the_sample_campaign() -> None:
    (example,) = WhatIfIn.model_json_schema()["examples"]
    _, rules = load_with_rules(HANOI_2020, draft=example["rules"].encode())
    assert rules.sample


def test_the_page_shows_each_field_and_status_and_its_links_lead_somewhere(
    document: dict[str, Any],
) -> None:
    page = api_page(document)
    assert '<meta name="viewport"' in page
    assert "Successful Response" not in page
    assert not re.search(r"<code>[0-9]+\.0</code>", page), "a bound of a whole number is one"
    assert "`" not in re.sub(r"<pre.*?</pre>", "", page, flags=re.DOTALL)
    anchors = re.findall(r' id="([^"]+)"', page)
    assert len(anchors) == len(set(anchors))
    assert set(re.findall(r'href="#([^"]+)"', page)) <= set(anchors)
    for name, schema in document["components"]["schemas"].items():
        shown = page.partition(f'<h3 id="{name}">')[2].partition("<h3")[0]
        for field, member in schema.get("properties", {}).items():
            assert f"<dt><code>{field}</code>" in shown, f"{name}.{field}"
            for value in member.get("enum", ()):
                assert f"<code>{escape(json.dumps(value))}</code>" in shown, f"{name}.{field}"


def test_redocly_finds_no_fault(document: dict[str, Any], tmp_path: Path) -> None:
    if shutil.which("redocly") is None:
        not_tried("redocly", "npm install --global @redocly/cli; it judges the OpenAPI documents")
    path = tmp_path / "openapi.json"
    path.write_text(json.dumps(document))
    found = subprocess.run(
        ["redocly", "lint", "--extends=spec", str(path)],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert found.returncode == 0, found.stdout + found.stderr


def _schemas(node: Any, place: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Every Schema Object of a document, with its place."""
    if isinstance(node, list):
        for number, one in enumerate(node):
            yield from _schemas(one, f"{place}/{number}")
    elif isinstance(node, dict):
        if place.endswith(("/schema", "/items")) or ("/schemas/" in place and _is_schema(place)):
            yield place, node
        for name, one in node.items():
            if name not in {"examples", "example", "default", "enum", "const"}:
                yield from _schemas(one, f"{place}/{name}")


def _is_schema(place: str) -> bool:
    """Below `schemas`, what is no map of properties and no list."""
    last = place.rsplit("/", 2)[-2:]
    return last[-1] not in {"properties", "discriminator", "mapping"} and (
        last[0] in {"schemas", "properties", "anyOf", "oneOf", "allOf"}
        or last[-1] in {"items", "additionalProperties"}
    )


def test_no_text_names_a_level_that_a_campaign_may_not_have(document: dict[str, Any]) -> None:
    """The document is that of all campaigns; names in code, and former ones, stand in backticks."""
    named = re.compile(r"quận|huyện|district|commune", re.IGNORECASE)
    found = {text for text in _texts(document) if named.search(re.sub(r"`[^`]*`", "", text))}
    assert found == set()


def _texts(part: Any) -> Iterator[str]:
    """Titles of operations and descriptions, wherever they stand; titles of schemas are names."""
    if isinstance(part, dict):
        for key, value in part.items():
            if key in {"description", "summary"} and isinstance(value, str):
                yield value
            else:
                yield from _texts(value)
    elif isinstance(part, list):
        for one in part:
            yield from _texts(one)
