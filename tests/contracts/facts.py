"""Facts drawn from the published schemas: whatever the schema permits, the model must read."""

import json
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

from hypothesis import strategies as st

from services.contracts.events import FACTS, Fact
from services.contracts.schema import JsonSchema, published_schema

OFFSETS = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
MOMENTS = st.datetimes(datetime(1990, 1, 1), datetime(2100, 1, 1), timezones=OFFSETS)  # noqa: DTZ001
WALL_CLOCK = st.datetimes(
    datetime(2020, 1, 1),  # noqa: DTZ001
    datetime(2100, 1, 1),  # noqa: DTZ001
    timezones=st.just(UTC),
)
TRACEPARENTS = st.none() | st.from_regex(
    r"00-[1-9a-f][0-9a-f]{31}-[1-9a-f][0-9a-f]{15}-0[01]", fullmatch=True
)


def values(  # noqa: PLR0911 (a table, keyword by keyword)
    schema: JsonSchema, root: JsonSchema
) -> st.SearchStrategy[Any]:
    """JSON values that a schema of ours permits; it knows the keywords that ours use."""
    if "$ref" in schema:
        return values(root["$defs"][schema["$ref"].removeprefix("#/$defs/")], root)
    if "anyOf" in schema:
        return st.one_of(*(values(one, root) for one in schema["anyOf"]))
    if "enum" in schema:
        return st.sampled_from(schema["enum"])
    match schema["type"]:
        case "null":
            return st.none()
        case "boolean":
            return st.booleans()
        case "integer":
            return st.integers(schema["minimum"], schema.get("maximum", 10**12))
        case "array":
            return st.lists(values(schema["items"], root), max_size=3)
        case "object" if "additionalProperties" in schema:
            return st.dictionaries(st.text(), values(schema["additionalProperties"], root))
        case "object":
            return objects(schema, root)
        case "string":
            return _texts(schema)
        case other:
            raise AssertionError(f"the published schemas had no {other} when this was written")


def objects(schema: JsonSchema, root: JsonSchema) -> st.SearchStrategy[dict[str, Any]]:
    fields = {name: values(field, root) for name, field in schema["properties"].items()}
    mandatory = set(schema["required"])
    return st.fixed_dictionaries(
        {name: field for name, field in fields.items() if name in mandatory},
        optional={name: field for name, field in fields.items() if name not in mandatory},
    )


def _texts(schema: JsonSchema) -> st.SearchStrategy[str]:
    match schema.get("format"):
        case "uuid":
            return st.uuids().map(str)
        case "date":
            return st.dates().map(str)
        case "date-time":
            return MOMENTS.map(datetime.isoformat)
    limit, pattern = schema.get("maxLength", 500), str(schema["pattern"])
    return st.from_regex(pattern, fullmatch=True).filter(lambda text: len(text) <= limit)


def data(fact_type: type[Fact]) -> st.SearchStrategy[dict[str, Any]]:
    """Data of one event type, as JSON."""
    schema = published_schema(fact_type)
    return objects(schema, schema)


def facts(*fact_types: type[Fact]) -> st.SearchStrategy[Fact]:
    """Facts of the given types, or of all."""
    return st.sampled_from(fact_types or FACTS).flatmap(
        lambda fact_type: data(fact_type).map(
            lambda drawn: fact_type.model_validate_json(json.dumps(drawn), strict=True)
        )
    )
