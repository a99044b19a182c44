"""The OpenAPI document as an HTML page: no script, nothing loaded from another host."""

import json
from collections.abc import Iterator, Mapping
from html import escape
from typing import Any

_STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem }
h2 { margin: 2.5rem 0 .3rem; font-size: 1.1rem; border-top: 1px solid #bbb; padding-top: .8rem }
code, pre { font-family: ui-monospace, monospace; font-size: .9em }
pre { background: #f4f4f2; padding: .7rem; overflow-x: auto }
.method { color: #8a1c1c }
.who { color: #555 }
table { border-collapse: collapse } td { padding: .1rem 1rem .1rem 0; vertical-align: top }
"""

POLICY = "default-src 'none'; style-src 'unsafe-inline'"
"""Content-Security-Policy of the page."""


def api_page(spec: Mapping[str, Any]) -> str:
    """HTML of an OpenAPI document."""
    title = escape(spec["info"]["title"])
    parts = [
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title}</title>',
        f"<style>{_STYLE}</style></head><body><h1>{title}</h1>",
        f"<p>{escape(spec['info'].get('description', ''))}</p>",
        '<p>For machines: <a href="openapi.json">openapi.json</a>. '
        "Refusals are problem documents (RFC 9457): "
        "<code>title, detail, faults[pointer, vi, en]</code>.</p>",
    ]
    for path, methods in spec["paths"].items():
        for method, operation in methods.items():
            parts += _operation(spec, path, method, operation)
    return "".join([*parts, "</body></html>"])


def _operation(
    spec: Mapping[str, Any], path: str, method: str, operation: Mapping[str, Any]
) -> Iterator[str]:
    yield f'<h2><span class="method">{method.upper()}</span> <code>{escape(path)}</code></h2>'
    who = ", ".join(operation["x-roles"])
    yield f'<div class="who">Roles: {escape(who)}</div>'
    yield f"<p>{escape(operation.get('description') or operation.get('summary', ''))}</p>"
    if parameters := operation.get("parameters"):
        yield "<table>"
        for one in parameters:
            must = "required" if one.get("required") else ""
            yield (
                f"<tr><td><code>{escape(one['name'])}</code></td><td>{escape(one['in'])}</td>"
                f"<td>{must}</td><td>{escape(one.get('description', ''))}</td></tr>"
            )
        yield "</table>"
    if body := operation.get("requestBody"):
        schema = body["content"].get("application/json", {}).get("schema", {})
        example = json.dumps(_example(spec, schema), ensure_ascii=False, indent=2)
        yield f"<pre>{escape(example)}</pre>"
    for status, answer in operation["responses"].items():
        yield f"<div><code>{escape(status)}</code> {escape(answer['description'])}</div>"


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
    if kind == "object" and depth < 6:  # noqa: PLR2004 - a schema may hold itself
        members = schema.get("properties", {})
        return {name: _example(spec, member, depth + 1) for name, member in members.items()}
    if kind == "array" and depth < 6:  # noqa: PLR2004
        return [_example(spec, schema.get("items", {}), depth + 1)]
    return {"integer": 0, "number": 0, "boolean": False, "string": "…"}.get(str(kind))
