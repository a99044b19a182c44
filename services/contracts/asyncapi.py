"""The AsyncAPI 3.0 document: every topic, who sends on it, what a message there looks like."""

import json
from typing import Any

from services.contracts.events import FACTS, Fact
from services.contracts.examples import example_data, example_message
from services.contracts.schema import (
    PERSONAL_DATA,
    JsonSchema,
    data_schema,
    headers_schema,
    sheet_text,
    summary,
)
from services.contracts.topics import topic_of

_SCHEMA_REF = "#/components/schemas/{model}"
_BINDING_VERSION = "0.5.0"  # of the Kafka bindings

_ABOUT = """\
Facts about emulation campaigns, each published once it is durable and never changed.

Messages are CloudEvents 1.0 in binary mode: attributes in the Kafka headers, data as JSON in the
value. Deliveries may be repeated (the same `ce_id` is the same event) and no order holds between
topics: of two facts about one thing the higher `version` wins. Readers ignore fields that they
don't know. Decimals are strings, so that no reader makes binary floats of them.
"""


def asyncapi_document() -> dict[str, Any]:
    """The document, for all of `FACTS`."""
    schemas: JsonSchema = {}
    messages = {fact.versioned(): _message(fact, schemas) for fact in FACTS}
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Thi Đua",
            "version": "1.0.0",
            "description": _ABOUT,
            "tags": [{"name": service} for service in _publishers()],
        },
        "defaultContentType": "application/json",
        "channels": {fact.versioned(): _channel(fact) for fact in FACTS},
        "operations": {f"publish-{fact.versioned()}": _operation(fact) for fact in FACTS},
        "components": {
            "messages": messages,
            "schemas": dict(sorted(schemas.items())),
            "parameters": {
                "prefix": {
                    "default": "thidua",
                    "description": "Setting topic_prefix: tells the systems on one broker apart.",
                }
            },
        },
    }


def _publishers() -> list[str]:
    return sorted({fact.sheet.publisher for fact in FACTS})


def _channel(fact: type[Fact]) -> dict[str, Any]:
    return {
        "address": topic_of("{prefix}", fact),
        "title": fact.versioned(),
        "description": sheet_text(fact),
        "messages": {fact.versioned(): {"$ref": f"#/components/messages/{fact.versioned()}"}},
        "parameters": {"prefix": {"$ref": "#/components/parameters/prefix"}},
        "tags": [{"name": fact.sheet.publisher}],
        "bindings": {
            "kafka": {
                "topicConfiguration": {"cleanup.policy": ["delete"], "retention.ms": -1},
                "bindingVersion": _BINDING_VERSION,
            }
        },
        PERSONAL_DATA: fact.sheet.personal,
    }


def _operation(fact: type[Fact]) -> dict[str, Any]:
    return {
        "action": "send",
        "channel": {"$ref": f"#/channels/{fact.versioned()}"},
        "title": f"{fact.sheet.publisher} publishes {fact.versioned()}",
        "summary": f"Published when {fact.sheet.when}.",
        "messages": [{"$ref": f"#/channels/{fact.versioned()}/messages/{fact.versioned()}"}],
        "tags": [{"name": fact.sheet.publisher}],
    }


def _message(fact: type[Fact], schemas: JsonSchema) -> dict[str, Any]:
    """The message; the schemas it refers to are added to `schemas`."""
    payload = data_schema(fact, _SCHEMA_REF)
    for name, definition in payload.pop("$defs", {}).items():
        # A name means one model in all events: two models of one name would overwrite each other.
        if schemas.setdefault(name, definition) != definition:
            raise ValueError(f"two models of the contracts are called {name}")
    payload[PERSONAL_DATA] = fact.sheet.personal
    schemas[payload["title"]] = payload
    return {
        "name": fact.ce_type(),
        "title": fact.versioned(),
        "summary": summary(fact),
        "description": sheet_text(fact),
        "contentType": "application/json",
        "headers": headers_schema(fact),
        "payload": {"$ref": _SCHEMA_REF.format(model=payload["title"])},
        "tags": [{"name": fact.sheet.publisher}],
        "bindings": {"kafka": {"key": _key(payload, fact), "bindingVersion": _BINDING_VERSION}},
        "examples": [
            {
                "name": fact.versioned(),
                "headers": {name: value.decode() for name, value in example_message(fact).headers},
                "payload": example_data(fact),
            }
        ],
        PERSONAL_DATA: fact.sheet.personal,
    }


def _key(payload: JsonSchema, fact: type[Fact]) -> JsonSchema:
    field = payload["properties"][fact.key_field]
    key: JsonSchema = json.loads(json.dumps(field))
    key["description"] = f"The `{fact.key_field}` of the data, as UTF-8 text."
    return key
