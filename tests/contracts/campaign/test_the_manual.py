"""docs/campaigns.md and docs/rule-sets.md explain every key that a person can write."""

import re
from collections.abc import Iterator
from typing import Any

import pytest

from services.contracts.campaign.measuring.checks.measures import COUNTABLE
from services.contracts.campaign.plan import Plan
from services.contracts.campaign.unit_columns import OPTIONAL, REQUIRED
from services.contracts.rules import RuleSet
from services.scoring.facts.fact import TAKES
from tests.contracts.campaign.planting import ROOT

CAMPAIGNS = (ROOT / "docs" / "campaigns.md").read_text(encoding="utf-8")
RULE_SETS = ROOT / "docs" / "rule-sets.md"
"""The manual of the kinds; `campaigns.md` has the keys that are not of one kind."""
MANUAL = CAMPAIGNS + (RULE_SETS.read_text(encoding="utf-8") if RULE_SETS.exists() else "")


def _keys(schema: dict[str, Any]) -> Iterator[str]:
    for part in (schema, *schema.get("$defs", {}).values()):
        yield from part.get("properties", {})


@pytest.mark.parametrize("model", [Plan, RuleSet])
def test_every_key_of_the_files_is_explained(model: type[Plan] | type[RuleSet]) -> None:
    explained = set(re.findall(r"`([a-z_]+)", MANUAL)) | set(re.findall(r"[{ ]([a-z_]+):", MANUAL))
    missing = sorted(set(_keys(model.model_json_schema(by_alias=True))) - explained)
    assert not missing, f"explain in docs/campaigns.md or docs/rule-sets.md: {missing}"


def test_every_column_is_explained() -> None:
    assert [c for c in REQUIRED + OPTIONAL if f"| `{c}` |" not in MANUAL] == []


def test_every_kind_is_explained() -> None:
    schema = RuleSet.model_json_schema(by_alias=True)
    kinds = {
        part["properties"]["kind"]["const"]
        for part in schema["$defs"].values()
        if "const" in part.get("properties", {}).get("kind", {})
    }
    assert {kind for kind in kinds if f"| `{kind}` |" not in MANUAL} == set()


def test_every_event_that_a_rule_set_may_count_is_one_that_scoring_reads() -> None:
    assert set(COUNTABLE) <= {fact.event for fact in TAKES}
