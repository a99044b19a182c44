"""Promises about the service's own papers: events, answers to bad input."""

import re
from pathlib import Path

import pytest
from fastapi.routing import APIRoute

from services.chassis.problems import Problem
from services.contracts.events import FACTS
from services.submissions import problems as own_problems
from services.submissions.campaigns import router as campaigns
from services.submissions.command import _command
from services.submissions.declared_reports import router as declared_reports
from services.submissions.essays import router as essays
from services.submissions.events import PUBLISHED, PUBLISHES
from services.submissions.figures import router as figures
from services.submissions.obligations import router as obligations
from services.submissions.proposals import router as proposals
from services.submissions.reports import router as reports
from services.submissions.statistics import router as statistics
from tests.submissions.amending import D6, SECOND_OPTION, amendment, without
from tests.submissions.declared import report, with_reports
from tests.submissions.replica import Replica, essay
from tests.submissions.test_campaigns import announcement_of
from tests.support.announcing import announcement, renamed
from tests.support.publishers import note_publishers

DECIDED = Path("docs/submissions.md")
SOURCES = Path("services/submissions")


def test_it_publishes_every_fact_whose_sheet_names_it_as_publisher() -> None:
    assert {fact for fact in FACTS if fact.sheet.publisher == "submissions"} == set(PUBLISHED)


def test_every_command_to_a_campaign_holds_off_its_amendments() -> None:
    """By `Command`, which locks the campaign before all else; only announcing one has none yet."""
    modules = (campaigns, essays, proposals, figures, reports, declared_reports, obligations)
    commands = {
        f"{route.path}": any(one.call is _command for one in route.dependant.dependencies)
        for module in (*modules, statistics)
        for route in module.router.routes
        if isinstance(route, APIRoute) and "POST" in route.methods
    }
    assert len(commands) > 10
    assert [path for path, held in commands.items() if not held] == ["/v1/campaigns"]


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


def _of_a_later_year(plan: str) -> str:
    return renamed("hanoi-2030")(plan).replace("opens: 2019-12-17", "opens: 2020-05-20")


async def test_every_command_publishes_what_the_map_has_and_nothing_else(
    replica: Replica, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The map of events.py, held against one run through every command."""
    seen = note_publishers(monkeypatch, PUBLISHES)
    document = {"document": "Thông báo mẫu", "reason": "Gia hạn"}
    later = announcement(edit=_of_a_later_year, rules=False)
    await replica.taken("/v1/campaigns", announcement_of(later), role="board")
    await replica.taken("/v1/campaigns/hanoi-2030/withdrawal", document, role="board")
    await replica.taken("/essays", essay("Q001"))
    await replica.at("2020-06-14")
    await replica.taken("/essays", essay("Q001"))  # late by the contest's end, which is amended
    await replica.fire()  # reminders
    exemplar = {"kind": "person", "name": "Gương mô phỏng"}
    first = (await replica.taken("/essays", essay()))["essay_id"]
    other = (await replica.taken("/essays", essay()))["essay_id"]
    await replica.at("2020-06-21")
    only = (await replica.taken("/essays", essay("STC")))["essay_id"]  # late, and missed
    await replica.taken(f"/essays/{first}/withdrawal", {"reason": "Trùng"}, unit="SNV")
    await replica.taken(f"/essays/{other}/judgement", {"mark": "80"}, role="board")
    proposal = {"unit": "SNV", "exemplar": exemplar, "level": "city"}
    await replica.taken("/commendation-proposals", proposal)
    figure = {"unit": "SNV", "name": "emulation-fund", "period": "2020", "value": "1"}
    await replica.taken("/figures", {**figure, "evidence": "Báo cáo"})
    move = {"option": "D5", "date": "2020-06-24", "included": True, **document}
    await replica.taken("/deadline-moves", move, role="board")
    await replica.taken(f"/essays/{only}/withdrawal", {"reason": "Trùng"}, unit="STC")
    await replica.at("2020-09-10")
    late = {"held_on": "2020-09-09"}
    contest = {"unit": "SNV", "entries": 1, "prizes": 0}
    await replica.taken("/contest-reports", contest)
    await replica.taken("/ceremony-reports", {"unit": "SNV", **late})
    await replica.taken("/conference-reports", {"unit": "SNV", "form": "held", **late})
    waiver = {"unit": "STP", "obligation": "D6", **document}
    released = await replica.taken("/waivers", waiver, role="board")
    await replica.taken("/contest-reports", {**contest, "unit": "STP"})  # late, and missed
    back = {"takes_back": released["order_id"], **document}
    await replica.taken("/waivers", back, role="board")
    await replica.taken("/essays", essay("VPUB"))  # it fulfils the new option, which was missed
    option = SECOND_OPTION.replace("ceremony-reported", "essay-submitted").replace(
        "2020-08-01", "2020-06-20"
    )
    changes = (
        (D6, option.replace("held-on", "received")),
        ("due: {date: 2020-09-01", "due: {date: 2020-09-20"),
        ("    ends: {date: 2020-06-11", "    ends: {date: 2020-06-13"),
        without("D7"),
    )
    body = amendment(*changes)
    plan = with_reports(body["files"]["plan.yaml"]).replace("2020-07-15", "2020-09-15")
    body["files"]["plan.yaml"] = plan
    await replica.taken("/versions", body, role="board")
    await replica.at("2020-09-20")
    path = "/reports/quarterly-summary"
    sent = await replica.taken(path, report())  # late, and missed
    await replica.taken(f"{path}/{sent['report_id']}/return", document, role="board")
    await replica.fire()  # misses
    assert seen == {command: set(facts) for command, facts in PUBLISHES.items()}
