"""JSON Schema (2020-12) of the data of each event, from its model, and of its headers."""

import inspect
import json
from typing import Any

from pydantic.json_schema import GenerateJsonSchema

from services.contracts.events import Fact
from services.contracts.examples import example_data

JsonSchema = dict[str, Any]

DIALECT = "https://json-schema.org/draft/2020-12/schema"
PERSONAL_DATA = "x-personal-data"


class NoTitlesOfFields(GenerateJsonSchema):
    """No titles like "Essay Id" over `essay_id`: the descriptions explain the fields."""

    def field_title_should_be_set(self, schema: Any) -> bool:
        """Whether a field without a title gets one made from its name: no."""
        del schema
        return False


def data_schema(fact_type: type[Fact], ref_template: str = "#/$defs/{model}") -> JsonSchema:
    """The schema of `data` alone, as a reader must accept it: fields with a default may lack."""
    return fact_type.model_json_schema(
        ref_template=ref_template, schema_generator=NoTitlesOfFields, mode="validation"
    )


def published_schema(fact_type: type[Fact]) -> JsonSchema:
    """The schema as it is published, under the name that `ce_dataschema` gives it."""
    schema = data_schema(fact_type)
    return {
        "$schema": DIALECT,
        "$id": fact_type.dataschema(),
        "title": fact_type.versioned(),
        "description": sheet_text(fact_type),
        PERSONAL_DATA: fact_type.sheet.personal,
        "type": "object",
        "properties": schema["properties"],
        "required": schema["required"],
        **({"$defs": schema["$defs"]} if "$defs" in schema else {}),
        "examples": [example_data(fact_type)],
    }


def headers_schema(fact_type: type[Fact]) -> JsonSchema:
    """The schema of the Kafka headers: CloudEvents attributes in binary mode, values as text."""
    moment = {"type": "string", "format": "date-time"}
    text = {"type": "string", "minLength": 1}
    properties: JsonSchema = {
        "ce_specversion": {"const": "1.0", "description": "Version of CloudEvents."},
        "ce_type": {"const": fact_type.ce_type(), "description": "Event and its major version."},
        "ce_id": {
            "type": "string",
            "format": "uuid",
            "description": "Identifies the event: an id seen before is the same event.",
        },
        "ce_source": {**text, "description": "The service that published it."},
        "ce_subject": {
            **text,
            "description": f"What the fact is about: {subject_text(fact_type)}.",
        },
        "ce_time": {
            **moment,
            "description": f"When it happened: `{fact_type.moment_field}` of the data.",
        },
        "ce_recordedtime": {
            **moment,
            "description": "Wall-clock time at which it was recorded: the basis of latencies.",
        },
        "ce_partitionkey": {
            **text,
            "description": f"`{fact_type.key_field}` of the data; the Kafka key is the same.",
        },
        "ce_traceparent": {
            "type": "string",
            "pattern": "^[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$",
            "description": "W3C trace context of the cause, where there is one.",
        },
        "ce_dataschema": {
            "const": fact_type.dataschema(),
            "description": "`$id` of the JSON Schema of the data.",
        },
        "content-type": {"const": "application/json", "description": "Media type of the data."},
    }
    for name in ("ce_specversion", "ce_type", "ce_dataschema", "content-type"):
        properties[name] = {"type": "string", **properties[name]}
    return {
        "type": "object",
        "properties": properties,
        "required": [name for name in properties if name not in {"ce_traceparent", "content-type"}],
    }


def summary(fact_type: type[Fact]) -> str:
    """The first words about an event: the docstring of its model."""
    return inspect.cleandoc(fact_type.__doc__ or "")


def subject_text(fact_type: type[Fact]) -> str:
    """What `ce_subject` holds: a field of the data, or several joined."""
    name = fact_type.aggregate_field
    if name in fact_type.model_fields:
        return f"`{name}`"
    return inspect.cleandoc(getattr(fact_type, name).__doc__ or name).rstrip(".")


def sheet_lines(fact_type: type[Fact]) -> list[tuple[str, str]]:
    """The fact sheet as (word, text), in the order in which it is read."""
    sheet = fact_type.sheet
    return [
        ("Published by", sheet.publisher),
        ("When", sheet.when),
        ("Key", sheet.key),
        ("Contains", sheet.content),
        ("Never contains", sheet.never),
        (
            "Personal data",
            "yes: its topic has an access rule of its own" if sheet.personal else "no",
        ),
    ]


def sheet_text(fact_type: type[Fact]) -> str:
    """Summary and fact sheet as plain text."""
    lines = (f"{word}: {text}." for word, text in sheet_lines(fact_type))
    return "\n".join([summary(fact_type), "", *lines])


def to_text(document: JsonSchema) -> str:
    """The one spelling of a published JSON file, so that two runs write the same bytes."""
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"
