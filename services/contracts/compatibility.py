"""What a released schema promises, and whether today's still keeps it.

A reader of the released schema must read what is written today, and today's reader what was written
then. So inside one major version a field stays as it was, for ever: it is not removed, not renamed,
neither becomes mandatory nor ceases to be, and no constraint on it is loosened (last year's reader
would refuse) or tightened (today's would refuse last year's facts). New optional fields may come,
and words that only explain may change. Anything else is a new major version: a new event type on a
new topic (docs/decisions/0011-a-released-field-never-changes.md).
"""

from collections.abc import Iterator
from typing import Any

from services.contracts.schema import JsonSchema

_EXPLAINS_ONLY = {"$schema", "$id", "$defs", "title", "description", "examples", "deprecated"}


def broken_promises(released: JsonSchema, today: JsonSchema) -> list[str]:
    """Each change that breaks a reader of either side, by its place; empty when there is none."""
    return list(_compare("", _resolved(released, released), _resolved(today, today)))


def _resolved(node: Any, root: JsonSchema) -> Any:
    """The node with its `$ref`s replaced by what they mean, and without what only explains."""
    if isinstance(node, list):
        return [_resolved(item, root) for item in node]
    if not isinstance(node, dict):
        return node
    if "$ref" in node:
        name = node["$ref"].removeprefix("#/$defs/")
        node = {**root["$defs"][name], **{key: node[key] for key in node if key != "$ref"}}
    resolved = {
        key: _resolved(value, root)
        for key, value in node.items()
        if key not in _EXPLAINS_ONLY and not key.startswith("x-") and key != "properties"
    }
    if "properties" in node:  # names of fields here, not keywords: one is called `title`
        resolved["properties"] = {
            name: _resolved(field, root) for name, field in node["properties"].items()
        }
    return resolved


def _compare(place: str, old: Any, new: Any) -> Iterator[str]:
    if not (isinstance(old, dict) and isinstance(new, dict)):
        if old != new:
            yield f"{place or '/'} was {old!r} and is {new!r}"
        return
    yield from _compare_required(place, old, new)
    for name, field in old.get("properties", {}).items():
        if name in new.get("properties", {}):
            yield from _compare(f"{place}/{name}", field, new["properties"][name])
        else:
            yield f"{place}/{name} was removed or renamed"
    for keyword in sorted((old.keys() | new.keys()) - {"properties", "required"}):
        before, after = old.get(keyword), new.get(keyword)
        if keyword == "anyOf" and len(before or []) == len(after or []):
            for one, other in zip(before or [], after or [], strict=True):
                yield from _compare(place, one, other)
        elif keyword == "enum" and sorted(map(str, before or [])) == sorted(map(str, after or [])):
            continue  # an order means nothing
        elif before != after:
            yield f"{place or '/'} changed its {keyword} from {before!r} to {after!r}"


def _compare_required(place: str, old: JsonSchema, new: JsonSchema) -> Iterator[str]:
    before, after = set(old.get("required", [])), set(new.get("required", []))
    for name in sorted(after - before):
        yield f"{place}/{name} became mandatory: older messages don't have it"
    for name in sorted(before - after):
        yield f"{place}/{name} is no longer mandatory: older readers count on it"
