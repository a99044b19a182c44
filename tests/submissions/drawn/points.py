"""Points of a drawn plan: by all facts as they were published, and by what the oracle found."""

import json
from collections.abc import Sequence
from random import Random
from typing import Any

from services.contracts.campaign.unit import Unit
from services.contracts.envelope import Event
from services.contracts.events import UnitFact
from services.contracts.rules import RuleSet
from services.contracts.rules.loader import read_rules
from services.scoring.engine.digest import digest_of
from services.scoring.engine.score import score
from tests.scoring import facts
from tests.scoring.in_memory import InMemory
from tests.submissions.drawn.oracle import Oracle, State
from tests.submissions.drawn.plans import UNITS

_TITLE = {"vi": "Mô phỏng", "en": "Simulated"}

CLUSTERS = {
    "all": [
        Unit(code=code, name=code, kind=kind, level="upper", parent="HN", cluster="all")
        for code, kind in UNITS.items()
    ]
}


def rules_of(obligations: Sequence[str]) -> RuleSet:
    """Points for each obligation in time, for essays in time and late, and for the figure."""
    ladder = {
        "kind": "late-ladder",
        "steps": [{"up_to": 0, "points": "10"}, {"up_to": 2, "points": "7"}],
        "otherwise": "2",
        "missed": "0",
        "open": "1",
        "waived": "not-assigned",
        "maximum": "10",
    }
    criteria = [
        _criterion("N", kind="count", measure="essays", each="1", cap="100", maximum="100"),
        _criterion("L", kind="count", measure="late", each="0.1", cap="100", maximum="100"),
        _criterion("Q", kind="leader", measure="fund", maximum="100"),
        *(_criterion(one, **ladder, measure=_measure(one)) for one in obligations),
    ]
    maximum = str(300 + 10 * len(obligations))
    group = {"id": "G", "title": _TITLE, "maximum": maximum, "criteria": criteria}
    essays = {"title": _TITLE, "of": "essay-submitted", "unless": "essay-withdrawn"}
    measures = {
        "essays": {**essays, "kind": "count", "where": [{"field": "late", "is": False}]},
        "late": {**essays, "kind": "sum", "field": "days_late"},
        "fund": {"title": _TITLE, "kind": "sum", "of": "figure-reported", "field": "value"},
    }
    for one in obligations:
        measures[_measure(one)] = {"title": _TITLE, "kind": "days-late", "obligation": one}
    keys = {
        "rule_set": "drawn",
        "sample": True,
        "title": {"vi": "Bảng minh họa", "en": "Sample"},
        "campaign": "drawn",
        "ties": "shared",
        "rounding": {"to": "0.01", "mode": "half-up"},
        "measures": measures,
        "tables": [
            {
                "id": "upper",
                "title": _TITLE,
                "applies_to": {"levels": ["upper"]},
                "maximum": maximum,
                "groups": [group],
                "levels": [{"level": "done", "title": _TITLE, "from": "0"}],
            }
        ],
    }
    lines = (f"{key}: {json.dumps(value)}\n" for key, value in keys.items())
    return read_rules("".join(lines).encode())


def _measure(obligation: str) -> str:
    return obligation.lower().replace("-", "_")


def _criterion(name: str, **keys: Any) -> dict[str, Any]:
    return {"id": name, "title": _TITLE, "legal_source": "Simulated", **keys}


def digest_as_published(events: list[Event], rules: RuleSet, seed: int) -> str:
    """Of the running points, each fact twice and in any order."""
    arriving = [event for event in events if isinstance(event.data, UnitFact)] * 2
    Random(seed).shuffle(arriving)  # noqa: S311 - an order, no secret
    running = InMemory(rules, CLUSTERS)
    for at in range(0, len(arriving), 4):
        running.take(arriving[at : at + 4])
    return digest_of(running.results())


def digest_as_found(oracle: Oracle, states: dict[tuple[str, str], State], rules: RuleSet) -> str:
    """Of the fewest facts that the oracle's states and acts amount to."""
    found: list[UnitFact] = []
    for (unit, obligation), state in states.items():
        match state.status:
            case "fulfilled":
                found.append(facts.fulfilled(unit, obligation, days_late=state.days_late or 0))
            case "missed":
                found.append(facts.missed(unit, obligation))
            case "waived":
                found.append(facts.waived(unit, obligation))
    figures = {}
    for number, one in enumerate(oracle.sent):
        if one.by == "essay-submitted" and one.there:
            late = oracle.essay_late(one)
            essay = facts.essay(one.unit, str(number), late=late > 0)
            found.append(essay.model_copy(update={"days_late": late}))
        if one.by == "figure-reported":
            name = ":".join(one.figure or ())
            figures[one.unit, name] = facts.figure(one.unit, name, str(one.value))
    return digest_of(score(facts.known(*found, *figures.values()), CLUSTERS, rules))
