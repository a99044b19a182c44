"""The event catalogue for people: docs/events.md, from the same models."""

from collections.abc import Iterable

from services.contracts.events import FACTS, Fact
from services.contracts.examples import example_data, example_message
from services.contracts.schema import (
    PERSONAL_DATA,
    JsonSchema,
    data_schema,
    headers_schema,
    sheet_lines,
    subject_text,
    summary,
    to_text,
)
from services.contracts.topics import topic_of

_HEAD = """\
# Events

Written by `make schemas` from `services/contracts/events`: change the models, not this file.

Each event is a fact: published once it is durable, never changed, kept for ever on a topic of its
own. Messages are CloudEvents 1.0 in Kafka's binary mode: attributes are headers, the data is JSON.
A message may come twice (the same `ce_id` is the same event), and topics have no order between
them: of two facts about one thing the higher `version` wins. Ignore fields and headers that you
don't know; new ones may come. Decimals are strings. The prefix of the topics is a setting
(`thidua` here).

Machine-readable: [AsyncAPI](../services/contracts/asyncapi.json),
[JSON Schemas](../services/contracts/schemas).
"""


def catalogue() -> str:
    """The whole page, Markdown."""
    parts = [_HEAD, _index(), _envelope(), *(_section(fact) for fact in FACTS)]
    return "\n".join(parts)


def _heading(fact: type[Fact]) -> str:
    return f"{fact.event} v{fact.major}"


def _index() -> str:
    rows = [
        (
            f"[{_heading(fact)}](#{_heading(fact).replace(' ', '-')})",
            fact.sheet.publisher,
            f"`{fact.sheet.key}`",
            "yes" if fact.sheet.personal else "",
            summary(fact),
        )
        for fact in FACTS
    ]
    return _table(("event", "published by", "key", "personal data", "meaning"), rows)


def _envelope() -> str:
    fact = FACTS[0]
    schema = headers_schema(fact)
    rows = [
        (f"`{name}`", _must(name, schema), _type(field, {}), field["description"])
        for name, field in schema["properties"].items()
    ]
    return f"## The headers\n\nValues are UTF-8 text; here those of {_heading(fact)}.\n\n" + _table(
        ("header", "mandatory", "type", "meaning"), rows
    )


def _section(fact: type[Fact]) -> str:
    schema = data_schema(fact)
    defs = schema.get("$defs", {})
    sheet = "\n".join(f"- **{word}:** {text}" for word, text in sheet_lines(fact))
    fields = _table(("field", "mandatory", "type", "meaning"), _fields(schema, defs, ""))
    message = example_message(fact)
    headers = "\n".join(f"{name}: {value.decode()}" for name, value in message.headers)
    return f"""\
## {_heading(fact)}

{summary(fact)}

{sheet}
- **Type:** `{fact.ce_type()}`
- **Topic:** `{topic_of("thidua", fact)}`
- **About** (`ce_subject`): {subject_text(fact)}
- **Time** (`ce_time`): `{fact.moment_field}`

{fields}
```text
key: {message.key.decode()}
{headers}
```

```json
{to_text(example_data(fact))}```
"""


def _fields(schema: JsonSchema, defs: JsonSchema, prefix: str) -> list[tuple[str, ...]]:
    """A row a field; the fields of a nested object follow it, with its name before theirs."""
    rows: list[tuple[str, ...]] = []
    for name, field in schema["properties"].items():
        meaning = field.get("description", "")
        if field.get(PERSONAL_DATA):
            meaning += " **Personal data.**"
        rows.append((f"`{prefix}{name}`", _must(name, schema), _type(field, defs), meaning))
        for nested in _objects(field, defs):
            rows += _fields(nested, defs, f"{prefix}{name}.")
    return rows


def _objects(field: JsonSchema, defs: JsonSchema) -> list[JsonSchema]:
    alternatives = [field, *field.get("anyOf", [])]
    return [defs[one["$ref"].rpartition("/")[2]] for one in alternatives if "$ref" in one]


def _must(name: str, schema: JsonSchema) -> str:
    return "yes" if name in schema["required"] else ""


def _type(field: JsonSchema, defs: JsonSchema) -> str:
    if "anyOf" in field:
        return " or ".join(_type(one, defs) for one in field["anyOf"])
    if "const" in field:
        return f"`{field['const']}`"
    if "enum" in field:
        return ", ".join(f"`{value}`" for value in field["enum"])
    if "$ref" in field:
        return "object"
    if field.get("pattern", "").startswith("^-?[0-9]"):
        return "decimal string"
    kind = str(field.get("format", field["type"]))
    if "minimum" in field:
        kind += f" ≥ {field['minimum']}"
    return kind


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [head, tuple("---" for _ in head), *rows]
    return "".join("| " + " | ".join(cells) + " |\n" for cells in lines)
