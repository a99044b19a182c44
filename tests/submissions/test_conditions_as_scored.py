"""Promise: what intake decides on a condition is what scoring says of the same condition over the
same facts."""

import random
from datetime import datetime
from typing import Any

import pytest
from pydantic import TypeAdapter

from infra.local.issuer import Issuer
from services.contracts.campaign.campaign import Campaign
from services.contracts.campaign.document import Document
from services.contracts.campaign.measuring import Condition, Measure
from services.contracts.campaign.measuring.checks.conditions import Asked, check_condition
from services.contracts.campaign.measuring.proving.proofs import Proofs
from services.contracts.campaign.parts import FilePart
from services.contracts.events import UnitFact
from services.contracts.rules import RuleSet
from services.measuring.fact import known, row_of
from services.scoring.campaign_snapshot import CampaignTimeline
from tests.submissions.replica import Replica, essay, moment, running_replica, settings_of
from tests.support.announcing import announcement

DAY = "2020-06-05"
END = moment("2020-06-06 00:00:00")
UNITS = ("SNV", "STP", "STC", "SCT", "SXD", "SYT", "SDL", "BDT")
_TITLE = {"vi": "Mẫu", "en": "Sample"}
MEASURES: dict[str, dict[str, Any]] = {
    "essays": {"kind": "count", "of": "essay-submitted", "unless": "essay-withdrawn"},
    "press": {
        "kind": "count",
        "of": "essay-submitted",
        "where": [{"field": "form", "is": "written"}],
        "from_day": "2020-05-20",
    },
    "proposals": {"kind": "count", "of": "commendation-proposed"},
    "fund": {
        "kind": "latest",
        "of": "figure-reported",
        "field": "value",
        "where": [{"field": "name", "is": "emulation-fund"}],
    },
    "documents": {
        "kind": "sum",
        "of": "figure-reported",
        "field": "value",
        "where": [{"field": "name", "is": "documents-over-the-bus"}],
    },
    "share": {"kind": "share", "part": "proposals", "whole": "essays"},
    "all": {"kind": "total", "plus": ["essays", "proposals"]},
    "first": {"kind": "days-late", "obligation": "E0"},
}
_NUMBERS = [name for name in MEASURES if name != "first"]


def drawn(rng: random.Random, depth: int = 2) -> dict[str, Any]:
    """A condition of the rule language."""
    kind = rng.choice(("all", "any", "not", "is", "is", "is")) if depth else "is"
    if kind in ("all", "any"):
        return {kind: [drawn(rng, depth - 1) for _ in range(2)]}
    if kind == "not":
        return {"not": drawn(rng, depth - 1)}
    if rng.random() < 0.2:
        return {"measure": "first", "is": rng.choice(("fulfilled", "missed", "open"))}
    bound = rng.choice(("at_least", "more_than", "at_most", "less_than"))
    limit: object = str(rng.choice((0, 1, 2, 3, 50)))
    if rng.random() < 0.2:
        limit = {"measure": rng.choice(_NUMBERS), "times": "2"}
    return {"measure": rng.choice(_NUMBERS), bound: limit}


def usable(rng: random.Random, count: int) -> list[dict[str, Any]]:
    """Conditions that the check lets pass: each part can hold, and the whole can fail."""
    measures = TypeAdapter(dict[str, Measure]).validate_python(MEASURES)
    proofs = Proofs(measures)
    found: list[dict[str, Any]] = []
    while len(found) < count:
        condition = drawn(rng)
        part: FilePart[Any] = FilePart((), Document("plan.yaml", condition, {(): 1}))
        asked = Asked((), TypeAdapter(Condition).validate_python(condition), decides=True)
        if not list(check_condition(part, asked, proofs)):
            found.append(condition)
    return found


def asking(conditions: list[dict[str, Any]]) -> str:
    """What the plan asks more, as YAML: flow style, so JSON is nearly it."""

    def obligation(name: str, day: str, only_if: str) -> str:
        return (
            f"  - id: {name}\n    title: {{vi: Mẫu, en: Sample}}\n    source: Mẫu\n"
            f"    kinds: [department]\n{only_if}    options:\n      - id: {name}\n"
            f"        by: contest-reported\n        counted_by: received\n"
            f"        due: {{date: {day}, included: true}}\n"
        )

    return obligation("E0", "2020-06-05", "") + "".join(
        obligation(f"C{at}", "2020-07-20", _only_if(when)) for at, when in enumerate(conditions)
    )


def _only_if(when: dict[str, Any]) -> str:
    return f"    only_if: {_yaml({'on': DAY, 'when': when})}\n"


def _yaml(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {_yaml(one)}" for key, one in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_yaml, value)) + "]"
    return value if value == DAY else f'"{value}"'


def edited(conditions: list[dict[str, Any]]) -> Any:
    titled = {name: {**measure, "title": _TITLE} for name, measure in MEASURES.items()}

    def edit(plan: str) -> str:
        plan = plan.replace("\ntimezone:", f"\nmeasures: {_yaml(titled)}\ntimezone:")
        return f"{plan.rstrip()}\n{asking(conditions)}"

    return edit


async def act(one: Replica, rng: random.Random, sent: list[tuple[str, str]]) -> None:
    """Something that a unit does."""
    unit = rng.choice(UNITS)
    match rng.randrange(5):
        case 0 | 1:
            done = await one.taken("/essays", essay(unit))
            sent.append((unit, done["essay_id"]))
        case 2:
            name = rng.choice(("emulation-fund", "documents-over-the-bus"))
            period, value = rng.choice(("2020", "2020-H1")), str(rng.randrange(100))
            body = {"unit": unit, "name": name, "period": period, "value": value, "evidence": "x"}
            await one.taken("/figures", body, role="board")
        case 3:
            if sent:
                whose, essay_id = sent.pop(rng.randrange(len(sent)))
                body = {"reason": "Trùng bài"}
                await one.taken(f"/essays/{essay_id}/withdrawal", body, unit=whose)
        case _:
            await one.send("/contest-reports", {"unit": unit, "entries": 1, "prizes": 0})


def by_scoring(
    campaign: Campaign, conditions: list[dict[str, Any]], facts: list[Any]
) -> dict[tuple[str, str], bool]:
    """Whether each condition holds for each unit, as criteria that give a point where they do."""
    criteria = [
        {
            "id": f"C{at}",
            "title": _TITLE,
            "legal_source": "Mẫu",
            "kind": "yes-no",
            "when": when,
            "maximum": "1",
        }
        for at, when in enumerate(conditions)
    ]
    most = str(len(criteria))
    group = {"id": "I", "title": _TITLE, "maximum": most, "criteria": criteria}
    rules = RuleSet.model_validate(
        {
            "rule_set": "conditions",
            "sample": True,
            "title": _TITLE,
            "campaign": campaign.plan.campaign,
            "measures": MEASURES,
            "tables": [
                {
                    "id": "all",
                    "title": _TITLE,
                    "applies_to": {"kinds": ["department"]},
                    "maximum": most,
                    "groups": [group],
                }
            ],
        }
    )
    results = CampaignTimeline(campaign, rules).at(END).standings(facts)
    return {
        (unit, line.criterion): line.points > 0
        for unit in UNITS
        for line in results.unit(unit).lines  # type: ignore[union-attr]  # each is scored
    }


@pytest.mark.parametrize("seed", range(3))
async def test_a_condition_is_decided_as_scoring_evaluates_it(
    dsn: str, issuer: Issuer, seed: int
) -> None:
    rng = random.Random(seed)  # noqa: S311 - drawn acts, no secret
    conditions = usable(rng, 8)
    announced = announcement(edit=edited(conditions))
    async with running_replica(settings_of(dsn, issuer), issuer, announced) as one:
        sent: list[tuple[str, str]] = []
        for day in ("2020-05-10", "2020-05-25", "2020-06-05 23:59:59", "2020-06-06 00:00:00"):
            await one.at(day)
            for _ in range(12):
                await act(one, rng, sent)
        await one.fire()
        facts = [
            known(row_of(event))
            for event in await one.events()
            if isinstance(event.data, UnitFact) and _is_known(event.time, event.data)
        ]
        campaign = (await one.context()).campaign
        async with one.chassis.database.transaction() as tx:
            rows = await tx.fetch(
                "SELECT unit, obligation, held FROM obligations"
                " WHERE obligation LIKE 'C%' AND unit = ANY($1)",
                list(UNITS),
            )
    found = {(row["unit"], row["obligation"]): row["held"] for row in rows}
    assert len(found) == len(UNITS) * len(conditions)
    assert {True, False} <= set(found.values())
    assert found == by_scoring(campaign, conditions, facts)


def _is_known(time: datetime, fact: UnitFact) -> bool:
    return time < END or (fact.event == "deadline-missed" and time == END)
