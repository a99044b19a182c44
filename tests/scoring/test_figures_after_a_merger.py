"""Promises about figures of units that took over: no period counts twice, and none is lost."""

from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path

import pytest

from services.chassis.storage.database import Database
from services.contracts.campaign.figures import replaced
from services.contracts.campaign.loader import load_campaign
from services.contracts.envelope import Event
from services.contracts.rules.loader import load_with_rules
from services.contracts.wording import plain
from services.scoring.campaign_snapshot import CampaignSnapshot, CampaignTimeline
from tests.scoring.facts import figure, known_events
from tests.scoring.running import announce, guarded, recompute_due
from tests.scoring.test_successions import (
    ANNOUNCED,
    REFORM,
    here,
    recorded,
    snapshot_at,
    stored_points,
    taken,
)
from tests.support.announcing import announcement

APRIL = datetime.fromisoformat("2025-04-10T12:00:00+07:00")
JULY = datetime.fromisoformat("2025-07-10T12:00:00+07:00")


def exemplars(unit: str, period: str, value: str, day: str, version: int = 1) -> Event:
    """A report of exemplars honoured."""
    fact = figure(unit, f"exemplars:{period}", value, version=version)
    return recorded(here(fact, day))


OF_THOSE_BEFORE = [
    exemplars("X1", "2025-H1", "2", "2025-06-10"),
    exemplars("X2", "2025-H1", "3", "2025-06-12"),
    exemplars("X5", "2025-Q1", "1", "2025-04-02"),
    exemplars("X6", "2025-Q1", "4", "2025-04-03"),
]
OF_X3 = [
    exemplars("X3", "2025-H1", "4", "2025-07-05"),
    exemplars("X3", "2025-Q3", "1", "2025-07-06"),
]


def by_figures(text: str, kind: str = "sum, field: value") -> str:
    """The table in which each exemplar is a point."""
    essays = "kind: count, of: essay-submitted, unless: essay-withdrawn}"
    figures = f"kind: {kind}, of: figure-reported, where: [{{field: name, is: exemplars}}]}}"
    assert essays in text
    text = text.replace(essays, figures, 1)
    return text.replace(
        'kind: count, measure: essays, each: "2"', 'kind: count, measure: essays, each: "1"'
    )


@pytest.fixture
async def figures(database: Database) -> Database:
    """The campaign, with what was reported before the mergers."""
    fact = announcement(REFORM, at=ANNOUNCED, edit_rules=by_figures)
    await announce(database, fact, now=APRIL)
    await taken(database, OF_THOSE_BEFORE, APRIL)
    return database


async def scored(database: Database, snapshot: CampaignSnapshot) -> dict[str, str]:
    """Running points, once they are those of all facts."""
    await recompute_due(database, snapshot)
    assert await guarded(database, snapshot) == []
    return {unit: total for unit, (_, total) in (await stored_points(database)).items()}


def truth(snapshot: CampaignSnapshot, events: list[Event]) -> Mapping[str, str]:
    """The same from facts alone, the last one first."""
    clusters = snapshot.standings(known_events(events[::-1])).clusters
    return {one.unit: plain(one.total) for found in clusters.values() for one in found.units}


async def test_what_a_unit_reported_of_itself_alone_is_added(figures: Database) -> None:
    before = await snapshot_at(figures, APRIL)
    points = await scored(figures, before)
    assert (points["X5"], points["X6"]) == ("1", "4")
    after = await snapshot_at(figures, JULY)
    points = await scored(figures, after)
    assert (points["X5"], points["X3"]) == ("5", "5")
    assert {unit: points[unit] for unit in ("X3", "X5")} == {
        unit: truth(after, OF_THOSE_BEFORE)[unit] for unit in ("X3", "X5")
    }


async def test_what_it_reports_when_it_has_taken_over_takes_their_place(figures: Database) -> None:
    snapshot = await snapshot_at(figures, JULY)
    await scored(figures, snapshot)
    await taken(figures, OF_X3, JULY)
    points = await scored(figures, snapshot)
    assert points["X3"] == "5", "4 of the first half-year for 2 and 3, and 1 of the third quarter"
    all_facts = [*OF_THOSE_BEFORE, *OF_X3]
    assert truth(snapshot, all_facts)["X3"] == "5"
    counted = {
        (fact.unit, str(fact.fields["figure"]))
        for unit, fact in snapshot.counting(known_events(all_facts))
        if unit == "X3"
    }
    assert counted == {("X3", "exemplars:2025-H1"), ("X3", "exemplars:2025-Q3")}
    # A correction by the unit that goes on is about all that it now is.
    corrected = exemplars("X5", "2025-Q1", "6", "2025-07-07", version=2)
    await taken(figures, [corrected], JULY)
    assert (await scored(figures, snapshot))["X5"] == "6"
    assert truth(snapshot, [*all_facts, corrected])["X5"] == "6"


async def test_a_late_report_of_those_before_changes_nothing_then(figures: Database) -> None:
    snapshot = await snapshot_at(figures, JULY)
    await taken(figures, OF_X3, JULY)
    await taken(figures, [exemplars("X2", "2025-H1", "9", "2025-06-30", version=2)], JULY)
    assert (await scored(figures, snapshot))["X3"] == "5"


@pytest.mark.parametrize(
    ("kind", "of_those_before", "instead"),
    [
        ("sum, field: value", "5", "4"),
        ("count", "2", "1"),
        ("mean, field: value", "2.5", "4"),
        ("best, field: value, count: 1", "3", "4"),
        ("latest, field: value", "3", "4"),
    ],
)
def test_each_kind_of_measure_takes_a_period_once(
    kind: str, of_those_before: str, instead: str
) -> None:
    draft = by_figures((REFORM / "rules.yaml").read_text("utf-8"), kind)
    snapshot = CampaignTimeline(*load_with_rules(REFORM, draft=draft.encode())).at(JULY)
    assert truth(snapshot, OF_THOSE_BEFORE)["X3"] == of_those_before
    assert truth(snapshot, [*OF_THOSE_BEFORE, OF_X3[0]])["X3"] == instead


def test_a_report_that_a_latest_measure_does_not_count_takes_their_place_too() -> None:
    draft = by_figures((REFORM / "rules.yaml").read_text("utf-8"), "latest, field: value")
    where = "where: [{field: name, is: exemplars}"
    assert where in draft
    draft = draft.replace(where, f'{where}, {{field: value, at_least: "2"}}', 1)
    snapshot = CampaignTimeline(*load_with_rules(REFORM, draft=draft.encode())).at(JULY)
    corrected = exemplars("X5", "2025-Q1", "1", "2025-07-07", version=2)
    assert truth(snapshot, OF_THOSE_BEFORE)["X5"] == "4"
    assert truth(snapshot, [*OF_THOSE_BEFORE, corrected])["X5"] == "0", "not those of X6 again"
    of_another_period = exemplars("X6", "2025-Q2", "3", "2025-04-04")
    assert truth(snapshot, [*OF_THOSE_BEFORE, corrected, of_another_period])["X5"] == "3"


def test_the_rule_follows_a_chain_of_successors(tmp_path: Path) -> None:
    for name in ("plan.yaml", "units.csv"):
        (tmp_path / name).write_bytes((REFORM / name).read_bytes())
    units = (tmp_path / "units.csv").read_text("utf-8")
    (tmp_path / "units.csv").write_text(
        units.replace("of-H2,,,2025-04-15,X5", "of-H2,,,2025-04-15,X1")
    )
    tree = load_campaign(tmp_path).units
    day = date(2025, 7, 10)
    reports = {("X6", "a:2025"): date(2025, 4, 1), ("X6", "b:2025"): date(2025, 4, 1)}
    assert replaced(tree, day, reports) == set()
    by_the_next = {**reports, ("X1", "a:2025"): date(2025, 4, 14)}
    assert replaced(tree, day, by_the_next) == set(), "of itself alone"
    by_the_next["X1", "a:2025"] = date(2025, 4, 15)
    assert replaced(tree, day, by_the_next) == {("X6", "a:2025")}
    by_the_last = {**reports, ("X3", "b:2025"): date(2025, 7, 1)}
    assert replaced(tree, day, by_the_last) == {("X6", "b:2025")}
    assert replaced(tree, date(2025, 6, 1), by_the_last) == set(), "as of a day before"


@pytest.mark.parametrize("kind", ["sum, field: value", "mean, field: value"])
def test_figures_that_add_up_to_nothing_are_replaced_too(kind: str) -> None:
    draft = by_figures((REFORM / "rules.yaml").read_text("utf-8"), kind)
    snapshot = CampaignTimeline(*load_with_rules(REFORM, draft=draft.encode())).at(JULY)
    events = [
        exemplars("X1", "2025-H1", "7", "2025-06-10"),
        exemplars("X1", "2025-Q1", "-7", "2025-06-11"),
    ]
    assert truth(snapshot, events)["X3"] == "0"
    events.append(exemplars("X3", "2025-Q1", "1", "2025-07-06"))
    assert truth(snapshot, events)["X3"] == {"sum": "8", "mean": "4"}[kind.partition(",")[0]]
