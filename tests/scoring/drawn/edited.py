"""A drawn rule set after an edit, as somebody would write it in the file."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from services.contracts.rules import RuleSet

Place = tuple[str, str]
"""Of a criterion: its table and its id."""


def places(rules: RuleSet) -> list[Place]:
    """Every criterion without which its table still has one."""
    return [
        (table.id, criterion.id)
        for table in rules.tables
        if len(table.criteria) > 1
        for criterion in table.criteria
    ]


def absent(rules: RuleSet, place: Place) -> RuleSet:
    """Without the criterion; its group and table keep what they declare."""
    content = _content(rules)
    for table, group, criterion in _criteria(content):
        if (table["id"], criterion["id"]) == place:
            group["criteria"].remove(criterion)
            _without_what_is_empty(table)
    return RuleSet.model_validate(content)


def not_assigned(rules: RuleSet, place: Place, units: Sequence[str]) -> RuleSet:
    """The criterion is assigned to none of these units."""
    content = _content(rules)
    for table, _, criterion in _criteria(content):
        if (table["id"], criterion["id"]) == place:
            to = criterion.get("assigned_to") or {}
            criterion["assigned_to"] = {**to, "except_units": [*to.get("except_units", ()), *units]}
    return RuleSet.model_validate(content)


def in_force(rules: RuleSet, day: date) -> RuleSet:
    """Only the tables of that local day, and for all days."""
    content = _content(rules)
    content["tables"] = [
        {key: value for key, value in written.items() if not key.startswith("valid_")}
        for written, table in zip(content["tables"], rules.tables, strict=True)
        if (table.valid_from is None or table.valid_from <= day)
        and (table.valid_to is None or day < table.valid_to)
    ]
    return RuleSet.model_validate(content)


def _content(rules: RuleSet) -> dict[str, Any]:
    return rules.model_dump(mode="json", by_alias=True, exclude_defaults=True)


def _criteria(
    content: dict[str, Any],
) -> Iterator[tuple[dict[str, Any], dict[str, Any], dict[str, Any]]]:
    """Each criterion with its table and group; they may be changed on the way."""
    for table in content["tables"]:
        for group in list(_groups(table)):
            for criterion in list(group.get("criteria", ())):
                yield table, group, criterion


def _groups(of: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """All groups in a table or group, at every depth."""
    for group in of.get("groups", ()):
        yield group
        yield from _groups(group)


def _without_what_is_empty(of: dict[str, Any]) -> None:
    """Takes out groups that have nothing left, from the innermost."""
    for group in of.get("groups", ()):
        _without_what_is_empty(group)
        for key in ("criteria", "groups"):
            if group.get(key) == []:
                del group[key]
    if "groups" in of:
        of["groups"] = [each for each in of["groups"] if "criteria" in each or "groups" in each]
