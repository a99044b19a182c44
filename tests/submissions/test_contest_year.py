"""The contest year from July to April as files, played over HTTP: what the services say of each
obligation of each unit stands in the ledger that was written by hand beside the files."""

from datetime import date
from random import Random

import pytest

from infra.local.issuer import Issuer
from infra.local.postgres import PostgresCluster
from services.contracts.events import EssaySubmitted, UnitFact
from services.contracts.rules.loader import load_with_rules
from services.contracts.wording import plain
from services.scoring.campaign_snapshot import CampaignTimeline
from services.scoring.engine.digest import digest_of
from tests.scoring.facts import known_events
from tests.scoring.in_memory import InMemory
from tests.submissions.contest_year.acts import played
from tests.submissions.contest_year.ledger import Entry, by_hand, points_by_hand
from tests.submissions.contest_year.record import (
    FIRST_MOMENT,
    YEAR,
    Record,
    calendar_of_all,
    owed_by_all,
)
from tests.submissions.database import empty
from tests.submissions.replica import running_replica, settings_of
from tests.support.announcing import announcement


@pytest.fixture(scope="module")
async def record(migrated: str, postgres: PostgresCluster, issuer: Issuer) -> Record:
    """The year, played once by a replica."""
    postgres.start()
    await empty(migrated)
    settings = settings_of(migrated, issuer, simulated_start=FIRST_MOMENT)
    async with running_replica(settings, issuer, announcement(YEAR)) as one:
        one.campaign = "july-to-april"
        first = await owed_by_all(one)
        await played(one)
        calendar = await calendar_of_all(one)
        return Record(first, await owed_by_all(one), calendar, await one.events())


def newest(ledger: list[Entry]) -> dict[tuple[str, str], Entry]:
    """How each obligation of each unit stands in the end."""
    return {(entry.obligation, entry.unit): entry for entry in ledger}


def test_the_facts_about_each_obligation_are_the_lines_of_the_ledger(record: Record) -> None:
    system, ledger = record.ledger(), by_hand()
    differing = [f"ledger: {one}" for one in ledger if one not in system]
    differing += [f"system: {one}" for one in system if one not in ledger]
    assert not differing, "\n" + "\n".join(sorted(differing, key=lambda line: line[8:]))
    assert system == ledger, "a line twice"


def test_each_obligation_is_answered_as_the_last_line_of_the_ledger(record: Record) -> None:
    lines = newest(by_hand())
    assert len(record.last) == len(lines)
    for found in record.last:
        line = lines[found["obligation"], found["unit"]]
        counted = found["counted_day"] and date.fromisoformat(found["counted_day"])
        state = found["status"], found["version"], found["deadline_version"]
        assert state == (line.status, line.version, line.deadline_version), line
        assert (counted, found["days_late"]) == (line.counted_day, line.days_late), line


def test_the_calendar_shows_each_option_as_the_ledger_has_it(record: Record) -> None:
    ledger = by_hand()
    lines = newest(ledger)
    moves = {(one.obligation, one.unit): one for one in ledger if one.cause == "moved"}
    assert {(one["obligation"], one["unit"]) for one in record.calendar} == lines.keys()
    for entry in record.calendar:
        key = entry["obligation"], entry["unit"]
        line = lines[key]
        if entry["state"] == "fulfilled-otherwise":
            assert line.status == "fulfilled"
            continue
        assert (entry["state"], entry["version"]) == (line.status, line.version), line
        if line.status == "fulfilled":
            counted = entry["last_day"], entry["counted_day"], entry["days_late"]
            assert counted == (str(line.last_day), str(line.counted_day), line.days_late), line
        waived = entry["waived"] and entry["waived"]["document"]
        assert waived == (line.document if line.status == "waived" else None), line
        if key in moves:
            # Who was given the days of all again has them by the document for all.
            given = "31/TB" if moves[key].document == "36/TB" else moves[key].document
            assert (entry["last_day"], entry["moved"]["document"]) == (
                str(moves[key].last_day),
                given,
            )
        else:
            assert entry["moved"] is None
        if key[0] == "A1":
            after = {one.cause: one for one in ledger if (one.obligation, one.unit) == key}
            known = after.get("moved") or after.get("after C1")
            assert entry["last_day"] == (known and str(known.last_day)), line


def test_an_essay_is_late_by_what_its_unit_owes_and_its_contest_after_all_moves(
    record: Record,
) -> None:
    late = {
        (fact.unit, fact.contest, fact.submitted_at.date(), fact.days_late)
        for fact in record.essays().values()
        if fact.late
    }
    assert late == {("STP", "essays", date(2025, 3, 20), 5)}
    moved = [
        (fact.unit, str(fact.acted_on or fact.submitted_at.date()), fact.version, fact.days_late)
        for fact in record.facts(EssaySubmitted)
        if fact.unit in ("Q002", "TD") and (fact.version > 1 or fact.late)
    ]
    assert moved == [
        ("Q002", "2025-03-02", 1, 2),
        ("Q002", "2025-03-02", 2, 0),
        ("TD", "2025-04-02", 1, 2),
        ("TD", "2025-04-02", 2, 0),
    ]


def test_the_points_of_each_unit_are_those_that_were_counted_by_hand(record: Record) -> None:
    campaign, rules = load_with_rules(YEAR)
    snapshot = CampaignTimeline(campaign, rules).on(campaign.plan.closes)
    events = [event for event in record.events if isinstance(event.data, UnitFact)]
    results = snapshot.standings(known_events(events))
    found = {
        unit.unit: {
            **{line.criterion: plain(line.points) for line in unit.lines if line.assigned},
            "total": plain(unit.total),
            "rank": str(unit.rank),
        }
        for cluster in results.clusters.values()
        for unit in cluster.units
    }
    assert found == points_by_hand()
    running = InMemory(rules, snapshot.clusters)
    arriving = events * 2
    Random(7).shuffle(arriving)  # noqa: S311 - an order, no secret
    for at in range(0, len(arriving), 5):
        running.take(arriving[at : at + 5])
    assert digest_of(running.results()) == digest_of(results)
