"""JSON Schemas of plan.yaml and rules.yaml, by which an editor completes and checks as one types.

They say the form of the files; what only the files together show is the loader's to say
(`make check-campaign`). Made of the models, so that they cannot differ from them.
"""

from collections.abc import Mapping
from typing import Any

from services.contracts.campaign.base import CampaignModel
from services.contracts.campaign.plan import Plan
from services.contracts.editor.words import words_of
from services.contracts.events.base import SCHEMA_BASE
from services.contracts.rules import RuleSet
from services.contracts.schema import DIALECT, JsonSchema, NoTitlesOfFields

FILES: Mapping[str, type[CampaignModel]] = {"plan": Plan, "rules": RuleSet}
"""The YAML files of a campaign, by name without ending."""

_TESTS = ("is", "one_of", "at_least", "more_than", "at_most", "less_than", "given")
_COMPARED = ("is", "at_least", "more_than", "at_most", "less_than", "given")
_ONE_OF: Mapping[str, tuple[str, ...]] = {
    "FieldTest": _TESTS,
    "OnlyIf": ("no_essays_by", "when"),
    "Steps": ("step", "step_percent"),
}
"""Of these keys exactly one is written; in the models the loader's checks hold it."""
_NAMED = ("levels", "kinds", "clusters", "units")
_ANY_OF: Mapping[str, tuple[str, ...]] = {
    "Audience": _NAMED,
    "NamedUnits": _NAMED,
    "ObligationPlan": _NAMED,
    "PeriodicObligation": _NAMED,
    "ReportKind": _NAMED,
    "Comparison": _COMPARED,
    "Group": ("criteria", "groups"),
}


def editor_schema(file: str) -> JsonSchema:
    """The schema of plan.yaml ("plan") or rules.yaml ("rules"), as the file writes its keys."""
    made = FILES[file].model_json_schema(by_alias=True, schema_generator=NoTitlesOfFields)
    definitions = made.pop("$defs")
    for name, definition in definitions.items():
        for joiner, keys in (("oneOf", _ONE_OF), ("anyOf", _ANY_OF)):
            if name in keys:
                definition[joiner] = [{"required": [key]} for key in keys[name]]
        kind = definition["properties"].get("kind", {}).get("const")
        definition["title"] = kind or name
    return {
        "$schema": DIALECT,
        "$id": f"{SCHEMA_BASE}campaign/{file}.schema.json",
        **_plain(made, file, made["title"]),
        "title": f"{file}.yaml",
        "$defs": {name: _plain(definition, file, name) for name, definition in definitions.items()},
    }


def _plain(node: Any, file: str, part: str) -> Any:
    """Without what only our models know: null for an absent key, tags of unions."""
    if isinstance(node, list):
        return [_plain(one, file, part) for one in node]
    if not isinstance(node, dict):
        return node
    node = {key: value for key, value in node.items() if key != "discriminator"}
    options = [one for one in node.get("anyOf", ()) if one != {"type": "null"}]
    if len(options) < len(node.get("anyOf", ())):  # an optional key is left out, not set to null
        del node["anyOf"]
        node.pop("default", None)
        node = {**options[0], **node} if len(options) == 1 else {**node, "anyOf": options}
        return _plain(node, file, part)
    plain = {key: _plain(value, file, part) for key, value in node.items() if key != "properties"}
    if "patternProperties" in plain:  # names that people choose have a form, too
        plain["additionalProperties"] = False
    if "properties" in node:
        plain["properties"] = {
            key: _described(words_of(file, part, key), _plain(value, file, part))
            for key, value in node["properties"].items()
        }
    return plain


def _described(words: tuple[str, str], schema: JsonSchema) -> JsonSchema:
    """With the key's meaning in both languages, a line each, as editors show them."""
    vi, en = words
    return {**schema, "description": f"{vi}\n{schema.get('description') or en}"}
