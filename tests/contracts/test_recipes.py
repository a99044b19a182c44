"""The recipes of CONTRIBUTING.md: what each registry needs to be whole, whoever adds to it."""

import re
from importlib import import_module
from pathlib import Path
from textwrap import dedent
from typing import get_args

import pytest

from services.chassis.running.service import Service
from services.cli.parts import SERVICES, settings_of
from services.contracts.events import FACTS, Fact
from services.contracts.rules.criteria import Criterion, CriterionBase
from services.contracts.topics import topic_of
from services.scoring.engine.criteria import KINDS
from tests.scoring.drawn.criteria import KINDS as DRAWN

KEY = "c2VhbGluZy1rZXktb2YtdGhlLXRlc3RzLTMyLWJ5dGU="
ROOT = Path(__file__).parents[2]
CRITERIA: tuple[type[CriterionBase], ...] = get_args(get_args(Criterion)[0])
EVENTS = {service: import_module(f"services.{service}.events") for service in SERVICES}
"""The map of each service: what takes an event, which command publishes which."""


@pytest.fixture(scope="module")
def composed() -> dict[str, Service]:
    """Every service as its composition root declares it; nothing is connected."""
    common = {
        "_env_file": None,
        "environment": "local",
        "database_url": "postgresql://nobody@127.0.0.1:1/none",
        "jwks_url": "http://127.0.0.1:1/keys",
        "token_issuer": "http://127.0.0.1:1",
    }
    return {
        service: import_module(f"services.{service}.app").compose(
            settings_of(service)(
                **common, **({"secret_key": KEY} if service == "notifications" else {})
            )
        )
        for service in SERVICES
    }


@pytest.mark.parametrize("service", SERVICES)
def test_every_file_that_a_recipe_names_is_there(service: str) -> None:
    """SERVICE stands for each: they have the same files. What else is in capitals is new."""
    recipes = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8").replace("SERVICE", service)
    named = set(re.findall(r"`((?:services|tests|infra|docs)/[\w/.-]+)`", recipes))
    assert len(named) > 30
    made = re.compile("FILE|FEATURE|KIND|NAME")
    assert [
        one for one in sorted(named) if not made.search(one) and not (ROOT / one).exists()
    ] == []


def test_every_file_on_the_way_of_a_point_is_there() -> None:
    services = ROOT / "services"
    way = set(re.findall(r"[\w/]+/\w+\.py", EVENTS["scoring"].__doc__ or ""))
    assert len(way) > 8
    for file in way:
        assert (ROOT / file).exists() or (services / "scoring" / file).exists(), file
    for table in "facts", "unit_measures", "clusters", "points", "points_history":
        assert f"`{table}`" in (EVENTS["scoring"].__doc__ or "")


# ---- an event type


@pytest.mark.parametrize("fact", FACTS, ids=lambda fact: fact.event)
def test_an_event_type_is_published_by_the_service_of_its_sheet_alone(fact: type[Fact]) -> None:
    publishers = [service for service in SERVICES if fact in EVENTS[service].PUBLISHED]
    assert publishers == [fact.sheet.publisher]


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_declares_the_topics_of_its_map(
    service: str, composed: dict[str, Service]
) -> None:
    facts = {*EVENTS[service].PUBLISHED, *getattr(EVENTS[service], "FOLLOWED", ())}
    assert set(composed[service].topics) == {topic_of("thidua", fact) for fact in facts}


# ---- a criterion kind


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
    assert kind in DRAWN
    for file, text in {
        "docs/rule-sets.md": f"\n### `{kind}` · ",
        "docs/campaigns.md": f"\n| `{kind}` | ",
        "tests/contracts/campaign/rule_sets/every-kind.yaml": f"kind: {kind}\n",
    }.items():
        assert text in (ROOT / file).read_text(encoding="utf-8"), f"{kind} in {file}"


# ---- an endpoint

ROUTERS = [
    file
    for service in SERVICES
    for file in sorted((ROOT / "services" / service).glob("*/router.py"))
]


@pytest.mark.parametrize("file", ROUTERS, ids=lambda file: "/".join(file.parts[-3:-1]))
def test_a_router_is_served_and_its_folder_has_the_files_of_every_feature(
    file: Path, composed: dict[str, Service]
) -> None:
    """A router that nobody put into `routers=[…]` answers 404, and no other test would notice."""
    service, feature = file.parts[-3:-1]
    module = import_module(f"services.{service}.{feature}.router")
    assert module.router in composed[service].routers
    assert (file.parent / "schemas.py").exists()
    others = {"sql.py", "store.py", "repository.py", "models.py", "bodies.py", "views.py"}
    assert not others & {one.name for one in file.parent.iterdir()}, "one name for one thing"
    assert module.router.routes


def test_the_endpoint_of_the_recipe_is_a_real_one() -> None:
    recipe = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8").partition("## An endpoint")[2]
    shown = dedent(re.findall(r"( *)```python\n(.+?) *```", recipe, re.DOTALL)[0][1])
    real = (ROOT / "services" / "submissions" / "essays" / "router.py").read_text(encoding="utf-8")
    for part in shown.strip().split("\n\n\n"):
        assert part in real
    assert "require_sender(caller, " in shown


# ---- a handler of an event


@pytest.mark.parametrize(
    "service", [name for name in SERVICES if hasattr(EVENTS[name], "HANDLERS")]
)
def test_a_service_reads_the_topics_of_the_events_that_its_map_has_a_handler_for(
    service: str, composed: dict[str, Service]
) -> None:
    handlers = EVENTS[service].HANDLERS
    (consumer,) = composed[service].consumers
    assert set(consumer.topics) == {topic_of("thidua", fact) for fact in handlers}


def test_a_service_without_handlers_has_no_consumer(composed: dict[str, Service]) -> None:
    assert [name for name in SERVICES if not composed[name].consumers] == ["submissions"]
