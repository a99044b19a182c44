"""The OpenAPI document as an HTML page: no script, nothing loaded from another host.

Lists throughout, no tables: they are read aloud in order, and fit a telephone's width.
"""

import json
import re
from collections.abc import Iterator, Mapping
from html import escape
from typing import Any

_STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; max-width: 50rem; margin: 0 auto; padding: 0 1rem;
  overflow-wrap: anywhere }
h2 { margin: 3rem 0 0; padding-top: .6rem; border-top: 2px solid #555 }
h3 { margin: 2.2rem 0 .3rem; font-size: 1.1rem }
h4 { margin: 1rem 0 .2rem; font-size: 1rem }
code, pre { font-family: ui-monospace, monospace; font-size: .9em }
pre { background: #f4f4f2; padding: .7rem; overflow-x: auto }
p { margin: .3rem 0 }
ul, dl { margin: .3rem 0 } ul { padding-left: 1.2rem }
dt { margin-top: .4rem } dd { margin: 0 0 0 1.5rem }
.method { color: #8a1c1c } .note { color: #555 }
"""

POLICY = "default-src 'none'; style-src 'unsafe-inline'"
"""Content-Security-Policy of the page."""

_DEEPEST = 6
"""Levels of an example: a schema may hold itself."""
_BOUNDS = {
    "format": "{}",
    "minimum": "{} or more",
    "exclusiveMinimum": "more than {}",
    "maximum": "at most {}",
    "minLength": "{} characters or more",
    "maxLength": "at most {} characters",
    "minItems": "{} items or more",
    "maxItems": "at most {} items",
    "pattern": "pattern {}",
}


def api_page(spec: Mapping[str, Any]) -> str:
    """HTML of an OpenAPI document, whose description is Vietnamese, then English, a line each."""
    title = escape(spec["info"]["title"])
    vi, _, en = spec["info"].get("description", "").partition("\n")
    operations = [
        (operation["tags"][0], method.upper(), path, operation)
        for path, methods in spec["paths"].items()
        for method, operation in methods.items()
    ]
    order = list(dict.fromkeys(tag for tag, *_ in operations if tag != "operations"))
    order.append("operations")  # what every service has, last
    tags = [(tag, [one for one in operations if one[0] == tag]) for tag in order]
    parts = [
        '<!doctype html><html lang="en"><head><meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f"<title>{title}</title><style>{_STYLE}</style></head><body>",
        f'<header><h1>{title}</h1><p lang="vi">{escape(vi)}</p><p>{escape(en)}</p>',
        '<p>For machines: <a href="openapi.json">openapi.json</a>. A refusal is a problem document'
        ' (RFC 9457), <a href="#Problem">Problem</a>: it names every fault; nothing was'
        " changed.</p><p>A call needs <code>Authorization: Bearer TOKEN</code>, a JWT with one of"
        " its roles; one that is <code>public</code> needs none. Where an"
        " <code>Idempotency-Key</code> is required, a request that is sent again with the same key"
        " counts once.</p></header>"
        '<nav aria-label="Contents"><h2>Contents</h2><ul>',
    ]
    for tag, of_tag in tags:
        parts.append(f'<li><a href="#tag-{tag}">{escape(tag)}</a><ul>')
        parts += [
            f'<li><a href="#{operation["operationId"]}">{method} {escape(path)}</a></li>'
            for _, method, path, operation in of_tag
        ]
        parts.append("</ul></li>")
    parts.append('<li><a href="#schemas">Bodies</a></li></ul></nav><main>')
    for tag, of_tag in tags:
        parts.append(f'<h2 id="tag-{tag}">{escape(tag)}</h2>')
        for _, method, path, operation in of_tag:
            parts += _operation(spec, method, path, operation)
    parts.append('<h2 id="schemas">Bodies</h2>')
    for name, schema in sorted(spec["components"]["schemas"].items()):
        parts += [f'<h3 id="{name}"><code>{name}</code></h3>', *_text(schema.get("description"))]
        parts += _fields(schema) if "properties" in schema else [f"<p>{_type(schema)}</p>"]
    return "".join([*parts, "</main></body></html>"])


def example_of(spec: Mapping[str, Any], body: Mapping[str, Any]) -> Any:
    """The example that the page shows of a request body."""
    return _example(spec, body["content"]["application/json"]["schema"])


def _operation(
    spec: Mapping[str, Any], method: str, path: str, operation: Mapping[str, Any]
) -> Iterator[str]:
    yield f'<h3 id="{operation["operationId"]}"><span class="method">{method}</span>'
    yield f" <code>{escape(path)}</code></h3>"
    yield f'<p class="note">Roles: {escape(", ".join(operation["x-roles"]))}</p>'
    yield from _text(operation.get("description") or operation.get("summary"))
    if parameters := operation.get("parameters"):
        yield "<h4>Parameters</h4><dl>"
        for one in parameters:
            yield from _field(
                one["name"],
                {**one["schema"], "description": one.get("description")},
                f"{one['in']}, required" if one.get("required") else one["in"],
            )
        yield "</dl>"
    if body := operation.get("requestBody"):
        yield f"<h4>Body: {_type(body['content']['application/json']['schema'])}</h4>"
        text = json.dumps(example_of(spec, body), ensure_ascii=False, indent=2)
        yield f'<pre tabindex="0" role="group" aria-label="Example">{escape(text)}</pre>'
    yield "<h4>Answers</h4><ul>"
    for status, answer in operation["responses"].items():
        content = answer.get("content", {})
        schema = content.get("application/json", {}).get("schema")
        shown = f"{_type(schema)}: " if schema else ""
        yield f"<li><code>{escape(status)}</code> {shown}{_marked(answer['description'])}</li>"
    yield "</ul>"


def _fields(schema: Mapping[str, Any]) -> Iterator[str]:
    yield "<dl>"
    required = schema.get("required", ())
    for name, member in schema["properties"].items():
        yield from _field(name, member, "required" if name in required else "optional")
    yield "</dl>"


def _field(name: str, schema: Mapping[str, Any], need: str) -> Iterator[str]:
    notes = [_type(schema), need]
    if schema.get("default") is not None:
        notes.append(f"default <code>{escape(json.dumps(schema['default']))}</code>")
    yield f'<dt><code>{escape(name)}</code> <span class="note">{", ".join(notes)}</span></dt>'
    if description := schema.get("description"):
        yield f"<dd>{_marked(description)}</dd>"


def _type(schema: Mapping[str, Any]) -> str:
    """What a value has to be, as HTML."""
    if "$ref" in schema:
        name = schema["$ref"].rsplit("/", 1)[-1]
        return f'<a href="#{name}">{name}</a>'
    for choice in ("anyOf", "oneOf", "allOf"):
        if choice in schema:
            return " or ".join(_type(one) for one in schema[choice])
    if values := schema.get("enum") or ([schema["const"]] if "const" in schema else None):
        return " or ".join(f"<code>{escape(json.dumps(one))}</code>" for one in values)
    if "items" in schema:
        kind = f"list of {_type(schema['items'])}"
    elif isinstance(more := schema.get("additionalProperties"), Mapping):
        kind = f"object, each value {_type(more)}"
    else:
        kind = escape(str(schema.get("type", "any value")))
    bounds = [
        words.format(f"<code>{escape(_bound(schema[key]))}</code>")
        for key, words in _BOUNDS.items()
        if key in schema
    ]
    return f"{kind} ({', '.join(bounds)})" if bounds else kind


def _bound(value: object) -> str:
    return f"{value:.0f}" if isinstance(value, float) and value.is_integer() else str(value)


def _text(text: str | None) -> Iterator[str]:
    for paragraph in (text or "").split("\n\n"):
        yield f"<p>{_marked(paragraph)}</p>" if paragraph else ""


def _marked(text: str) -> str:
    """HTML of a text in which `code` stands between backticks."""
    return re.sub("`+([^`]+)`+", r"<code>\1</code>", escape(text))


def _example(spec: Mapping[str, Any], schema: Mapping[str, Any], depth: int = 0) -> Any:
    """What the schema gives as an example, or one put together from its members'."""
    if "$ref" in schema:
        schema = spec["components"]["schemas"][schema["$ref"].rsplit("/", 1)[-1]]
    for given in (schema.get("examples"), schema.get("enum")):
        if given:
            return given[0]
    for given in ("example", "const", "default"):
        if given in schema:
            return schema[given]
    for choice in ("anyOf", "oneOf", "allOf"):
        if choice in schema:
            return _example(spec, schema[choice][0], depth + 1)
    kind = schema.get("type")
    if kind == "object" and depth < _DEEPEST:
        members = schema.get("properties", {})
        return {name: _example(spec, member, depth + 1) for name, member in members.items()}
    if kind == "array" and depth < _DEEPEST:
        return [_example(spec, schema.get("items", {}), depth + 1)]
    return {"integer": 0, "number": 0, "boolean": False, "string": "…"}.get(str(kind))
