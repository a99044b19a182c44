"""Promises about the service's own papers: events, answers to bad input."""

import re
from pathlib import Path

from services.chassis.problems import Problem
from services.contracts.events import FACTS
from services.submissions import problems as own_problems
from services.submissions.events import PUBLISHED
from tests.submissions.replica import Replica

DECIDED = Path("docs/submissions.md")
SOURCES = Path("services/submissions")


def test_it_publishes_every_fact_whose_sheet_names_it_as_publisher() -> None:
    assert {fact for fact in FACTS if fact.sheet.publisher == "submissions"} == set(PUBLISHED)


async def test_every_problem_of_its_own_is_declared_by_a_route(replica: Replica) -> None:
    document = (await replica.client.get("/openapi.json")).json()
    declared = {
        slug
        for methods in document["paths"].values()
        for operation in methods.values()
        for slug in operation.get("x-problems", ())
    }
    own = {value.slug for value in vars(own_problems).values() if isinstance(value, Problem)}
    assert own <= declared


def test_every_rule_and_every_problem_stands_in_the_table_of_decided_answers() -> None:
    table = DECIDED.read_text()
    used = {
        rule
        for file in SOURCES.rglob("*.py")
        for rule in re.findall(r'rule(?: = |=)"([a-z.-]+)"', file.read_text())
    }
    # Two that one function makes, and one of the numbers that all bodies share.
    others = {"essays.max-words", "essays.max-minutes", "numbers.ambiguous"}
    assert len(used) > 15
    missing = {rule for rule in used | others if f"`{rule}`" not in table}
    problems = {value.slug for value in vars(own_problems).values() if isinstance(value, Problem)}
    missing |= {slug for slug in problems if f"`{slug}`" not in table}
    assert not missing, f"docs/submissions.md does not say what is decided for {sorted(missing)}"
    documented = set(re.findall(r"^\| `([a-z-]+\.[a-z-]+)` \|", table, re.MULTILINE))
    assert documented == used | others, "the table names rules that nothing uses"
