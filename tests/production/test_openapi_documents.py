"""Promise: other programs can read the OpenAPI documents of the services; foreign judges say so."""

import json
import shutil
import subprocess
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from openapi_pydantic.v3.v3_1 import OpenAPI, Schema
from openapi_spec_validator import OpenAPIV31SpecValidator

from services.chassis.running.service import create_app
from services.notifications.settings import NotificationsSettings
from services.scoring.settings import ScoringSettings
from services.submissions.settings import SubmissionsSettings
from tests.notifications.support import KEY
from tests.support.absent import not_tried

SETTINGS: dict[str, tuple[type[Any], dict[str, Any]]] = {
    "submissions": (SubmissionsSettings, {}),
    "scoring": (ScoringSettings, {}),
    "notifications": (NotificationsSettings, {"secret_key": KEY}),
}


@pytest.fixture(scope="module", params=SETTINGS)
def document(request: pytest.FixtureRequest) -> dict[str, Any]:
    """What `/openapi.json` of a service has, with all that can be mounted."""
    kind, more = SETTINGS[request.param]
    settings = kind(
        database_url="postgresql://nowhere",
        environment="local",
        clock="simulated",
        simulated_start="2020-01-01T00:00:00+07:00",
        **more,
    )
    app = create_app(import_module(f"services.{request.param}.app").compose(settings))
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
