"""The recipes "An event type" and "A criterion kind" of CONTRIBUTING.md: what none forgets."""

from pathlib import Path
from typing import get_args

import pytest

from services.contracts.events import FACTS, Fact
from services.contracts.rules.criteria import Criterion, CriterionBase
from services.notifications.events import GIVES
from services.scoring.app import PUBLISHERS
from services.scoring.engine.criteria import KINDS
from services.submissions.events import PUBLISHED

ROOT = Path(__file__).parents[2]
PUBLISHED_BY = {"submissions": PUBLISHED, "scoring": tuple(PUBLISHERS), "notifications": GIVES}
CRITERIA: tuple[type[CriterionBase], ...] = get_args(get_args(Criterion)[0])


@pytest.mark.parametrize("fact", FACTS, ids=lambda fact: fact.event)
def test_an_event_type_is_published_by_the_service_of_its_sheet_alone(fact: type[Fact]) -> None:
    publishers = [service for service, facts in PUBLISHED_BY.items() if fact in facts]
    assert publishers == [fact.sheet.publisher]


@pytest.mark.parametrize("model", CRITERIA, ids=lambda model: model.__name__)
def test_a_criterion_kind_has_its_formula_its_tests_and_its_page(
    model: type[CriterionBase],
) -> None:
    (kind,) = get_args(model.model_fields["kind"].annotation)
    name = kind.replace("-", "_")
    formulas = KINDS[model]
    assert formulas.__name__ == f"services.scoring.engine.criteria.{name}"
    assert model.__module__ == f"services.contracts.rules.criteria.{name}"
    assert all(callable(getattr(formulas, each)) for each in ("award", "formula", "law"))
    assert (ROOT / "tests" / "scoring" / "kinds" / f"test_{name}.py").exists()
    manual = (ROOT / "docs" / "rule-sets.md").read_text(encoding="utf-8")
    assert f"\n### `{kind}` · " in manual, f"a page of {kind} in docs/rule-sets.md"
