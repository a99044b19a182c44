"""Reads docker-compose.yml as Compose does, as far as this file goes: merges, anchors, ${VAR:?}."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

ROOT = Path(__file__).parents[2]
FILE = ROOT / "docker-compose.yml"
_VARIABLE = re.compile(r"\$\{(?P<name>\w+)(?::(?P<kind>[-?])(?P<word>[^}]*))?\}")


class UnsetVariableError(LookupError):
    """A variable of the file has neither value nor default; Compose would stop with the same."""


def load(variables: Mapping[str, str]) -> dict[str, Any]:
    """The file with anchors merged and variables put in. Raises UnsetVariableError."""
    content: dict[str, Any] = YAML(typ="safe", pure=True).load(FILE.read_text())
    filled: dict[str, Any] = _fill(content, variables)
    return filled


def needed_variables() -> set[str]:
    """Variables that must be set."""
    return {found["name"] for found in _VARIABLE.finditer(FILE.read_text()) if found["kind"] != "-"}


def _fill(value: Any, variables: Mapping[str, str]) -> Any:
    if isinstance(value, dict):
        # A name without a value has that of .env, or is not there.
        filled = {
            key: variables.get(key) if item is None else _fill(item, variables)
            for key, item in value.items()
        }
        return {key: item for key, item in filled.items() if item is not None}
    if isinstance(value, list):
        return [_fill(item, variables) for item in value]
    if isinstance(value, str):
        return _VARIABLE.sub(lambda found: _value(found, variables), value)
    return value


def _value(found: re.Match[str], variables: Mapping[str, str]) -> str:
    given = variables.get(found["name"])
    if given:
        return given
    if found["kind"] == "-":
        return found["word"]
    raise UnsetVariableError(f"{found['name']}: {found['word']}")
