"""Scores that people enter: taken once, corrected by versions, said, counted, readable."""

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any

import pytest_asyncio

from infra.local.issuer import Issuer
from services.chassis.storage.database import Database
from services.contracts.events import ScoreEntered
from services.measuring.fact import row_of
from services.scoring.engine.digest import digest_of
from services.scoring.engine.score import score
from tests.scoring.facts import API, HANOI, essay, event, known_events
from tests.scoring.running import adopts, snapshot_now, take
from tests.scoring.score_entries import (
    HEAD,
    WRITTEN,
    EntryReplica,
    an_entry,
)
from tests.scoring.served_scoring import lines_of, settings_of, standing


@pytest_asyncio.fixture
async def replica(
    database: Database, scoring_url: str, issuer: Issuer
) -> AsyncIterator[EntryReplica]:
    await adopts(database, WRITTEN)
    async with standing(settings_of(scoring_url, issuer), issuer) as one:
        yield EntryReplica(one)


def faults(problem: dict[str, Any]) -> set[tuple[str, str | None]]:
    """Pointer and rule of each fault; every one has both languages."""
    assert all(fault["vi"] and fault["en"] for fault in problem["faults"])
    return {(fault["pointer"], fault.get("rule")) for fault in problem["faults"]}


# ---- taken, said, counted


async def test_a_score_entry_is_kept_published_and_counted_at_once(replica: EntryReplica) -> None:
    taken = await replica.enters("STP", an_entry(points="4.50"))
    assert (taken["version"], taken["points"], taken["stage"]) == (1, "4.5", "final")
    (sent,) = await replica.published()
    assert isinstance(sent.data, ScoreEntered)
    assert (str(sent.id), sent.subject) == (taken["event_id"], taken["entry_id"])
    assert (sent.data.version, sent.data.entered_by, sent.source) == (
        1,
        None,
        "scoring",
    )
    assert "board" not in sent.data.model_dump_json(), "no account: the stage says it is the Board"
    (entry,) = await replica.entries("STP")
    assert [one["event_id"] for one in entry["versions"]] == [taken["event_id"]]
    await replica.scored()
    points = await replica.stand.read(f"{API}/units/STP/points")
    assert lines_of(points)["II.1"]["points"] == "4.5"


async def test_a_line_that_people_decide_shows_each_score_and_which_one_counts(
    replica: EntryReplica,
) -> None:
    own = an_entry(stage="self", points="9")
    await replica.enters("STP", own, role="unit", by="STP")
    await replica.enters("STP", an_entry(stage="cluster", points="7"), role="unit", by=HEAD)
    await replica.scored()
    line = lines_of(await replica.stand.read(f"{API}/units/STP/points"))["II.1"]
    assert (line["points"], line["inputs"]["counts"]) == ("7", "cluster")
    assert line["formula"]["vi"] == "điểm cụm chấm 7: 7 điểm"
    assert {fact["type"] for fact in line["facts"]} == {ScoreEntered.ce_type()}
    assert len(line["facts"]) == 2
    other = lines_of(await replica.stand.read(f"{API}/units/STP/points"))["II.2"]
    assert (other["assigned"], other["formula"]["en"]) == (False, "not assigned to this unit")
    final = await replica.enters("STP", an_entry(points="6.25"))
    await replica.scored()
    line = lines_of(await replica.stand.read(f"{API}/units/STP/points"))["II.1"]
    assert (line["points"], line["inputs"]["counts"]) == ("6.25", "final")
    assert final["event_id"] in {fact["id"] for fact in line["facts"]}


async def test_a_correction_is_a_new_version_of_the_same_entry(replica: EntryReplica) -> None:
    first = await replica.enters("STP", an_entry())
    second = await replica.enters("STP", an_entry(points="3", reason="Nhầm cột", replaces=1))
    assert (second["entry_id"], second["version"]) == (first["entry_id"], 2)
    (entry,) = await replica.entries("STP")
    assert [(one["version"], one["points"]) for one in entry["versions"]] == [(2, "3"), (1, "4.5")]
    assert entry["versions"][0]["reason"] == "Nhầm cột"
    await replica.scored()
    line = lines_of(await replica.stand.read(f"{API}/units/STP/points"))["II.1"]
    assert (line["points"], [fact["version"] for fact in line["facts"]]) == ("3", [2])


async def test_score_entries_are_listed_newest_first_with_the_unit_that_answers(
    replica: EntryReplica,
) -> None:
    district = {"role": "district", "by": "Q001"}
    await replica.enters("X00004", an_entry(stage="self"), role="unit", by="X00004")
    await replica.enters("X00004", an_entry(stage="cluster"), **district)
    await replica.enters("X00004", an_entry("II.2"))
    await replica.enters("X00004", an_entry(stage="cluster", points="5", replaces=1), **district)
    entries = await replica.entries("X00004")
    assert [(entry["criterion"], entry["stage"]) for entry in entries] == [
        ("II.1", "cluster"),
        ("II.2", "final"),
        ("II.1", "self"),
    ]
    by = [[one["entered_by"] for one in entry["versions"]] for entry in entries]
    assert by == [["Q001", "Q001"], [None], ["X00004"]]
    assert len({entry["entry_id"] for entry in entries}) == 3


async def test_what_is_stored_is_to_the_letter_what_the_topic_will_give_back(
    replica: EntryReplica,
) -> None:
    await replica.enters("STP", an_entry(points="4.50"))
    await replica.enters("STP", an_entry(stage="self", points="-0"), role="unit", by="STP")
    async with replica.stand.chassis.database.transaction() as tx:
        rows = await tx.fetch("SELECT event_id, unit, record, event, data FROM facts")
    stored = {str(row["event_id"]): (str(row["record"]), row["data"]) for row in rows}
    given = {
        id_: (record, data) for _, record, id_, _, data in map(row_of, await replica.published())
    }
    assert stored == given


async def test_texts_are_kept_in_nfc_and_without_blanks_around(replica: EntryReplica) -> None:
    decomposed = "  Hội nghị đúng hạn "
    await replica.enters("STP", an_entry(reason=decomposed))
    (entry,) = await replica.entries("STP")
    assert entry["versions"][0]["reason"] == "Hội nghị đúng hạn"


async def test_a_repeated_request_is_one_entry_and_the_same_answer(
    replica: EntryReplica,
) -> None:
    first = await replica.enters("STP", an_entry(), key="one")
    repeated = await replica.sends("STP", an_entry(), key="one")
    assert (repeated.status_code, repeated.json()) == (201, first)
    assert repeated.headers["Idempotency-Replayed"] == "true"
    assert len(await replica.published()) == 1
    assert len((await replica.entries("STP"))[0]["versions"]) == 1


async def test_of_two_first_entries_at_once_one_stands_and_the_other_learns_of_it(
    replica: EntryReplica,
) -> None:
    for unit in ("STP", "X00004", "Q001", "Q009"):
        answers = await asyncio.gather(
            *(replica.sends(unit, an_entry(points=points)) for points in ("1", "2", "3"))
        )
        assert sorted(one.status_code for one in answers) == [201, 409, 409]
        for one in answers:
            if one.status_code == 409:
                assert one.json()["type"].endswith("/score-already-entered")
                assert faults(one.json()) == {("/replaces", None)}
        (entry,) = await replica.entries(unit)
        (taken,) = [one.json() for one in answers if one.status_code == 201]
        assert [one["event_id"] for one in entry["versions"]] == [taken["event_id"]]
    assert len(await replica.published()) == 4


async def test_of_two_corrections_at_once_one_stands_and_the_other_learns_of_it(
    replica: EntryReplica,
) -> None:
    await replica.enters("STP", an_entry())
    for version in (1, 2, 3):
        answers = await asyncio.gather(
            *(replica.sends("STP", an_entry(points=p, replaces=version)) for p in ("1", "2"))
        )
        assert sorted(one.status_code for one in answers) == [201, 409]
        (lost,) = [one.json() for one in answers if one.status_code == 409]
        assert lost["type"].endswith("/score-entry-changed")
        assert str(version + 1) in lost["faults"][0]["en"]
    assert [
        e.data.version for e in await replica.published() if isinstance(e.data, ScoreEntered)
    ] == [
        1,
        2,
        3,
        4,
    ]


async def test_score_entries_of_different_stages_and_units_do_not_hinder_each_other(
    replica: EntryReplica,
) -> None:
    answers = await asyncio.gather(
        replica.sends("STP", an_entry(stage="self"), role="unit", by="STP"),
        replica.sends("STP", an_entry(stage="cluster"), role="unit", by=HEAD),
        replica.sends("STP", an_entry()),
        replica.sends(HEAD, an_entry()),
        replica.sends(HEAD, an_entry("II.2", points="-2.5")),
    )
    assert [one.status_code for one in answers] == [201] * 5


# ---- a function of facts


async def test_points_with_score_entries_are_those_of_the_facts_however_they_come_again(
    replica: EntryReplica,
) -> None:
    database = replica.stand.chassis.database
    snapshot = await snapshot_now(database)
    essays = [event(essay("STP", "a")), event(essay(HEAD, "b"))]
    await take(database, essays)
    await replica.enters("STP", an_entry(points="8"))
    await replica.enters("STP", an_entry(points="2.25", replaces=1))
    await replica.enters(HEAD, an_entry("II.2", points="-2.5"))
    running = await replica.scored()
    sent = await replica.published()
    truth = score(known_events([*sent, *essays]), snapshot.clusters, snapshot.rules)
    assert running == digest_of(truth)
    assert await take(database, [*sent, *reversed(sent)]) == 0
    assert await replica.scored() == running


# ---- refused


async def test_every_fault_of_a_score_entry_is_reported_at_once(replica: EntryReplica) -> None:
    wrong = an_entry("II.2", "cluster", points="5.3")
    problem = await replica.refused(422, "STP", wrong)
    assert faults(problem) == {
        ("/criterion", "score-entries.assigned"),
        ("/stage", "score-entries.stage"),
        ("/points", "score-entries.scale"),
        ("/points", "score-entries.step"),
    }
    assert await replica.published() == []
    assert await replica.entries("STP") == []


WRONG: list[tuple[dict[str, Any], tuple[str, str | None]]] = [
    (an_entry("IX.9"), ("/criterion", "score-entries.criterion")),
    (an_entry("II"), ("/criterion", "score-entries.criterion")),
    (an_entry("I.1"), ("/criterion", "score-entries.kind")),
    (an_entry(points="10.01"), ("/points", "score-entries.scale")),
    (an_entry(points="-0.01"), ("/points", "score-entries.scale")),
    (an_entry(points="4.5051"), ("/points", "score-entries.step")),
    (an_entry("II.2", points="-5.5"), ("/points", "score-entries.scale")),
    (an_entry("II.2", points="0.25"), ("/points", "score-entries.step")),
    (an_entry(reason="   "), ("/reason", None)),
    (an_entry(evidence=""), ("/evidence", None)),
    (an_entry(points=4.5), ("/points", None)),
    (an_entry(replaces=0), ("/replaces", None)),
    (an_entry(stage="jury"), ("/stage", None)),
    (an_entry(remark="x"), ("/remark", None)),
]


async def test_what_is_no_score_entry_is_refused_at_its_place(replica: EntryReplica) -> None:
    for body, fault in WRONG:
        assert faults(await replica.refused(422, HEAD, body)) == {fault}, body
    for missing in ("criterion", "stage", "points", "reason", "evidence"):
        body = {name: value for name, value in an_entry().items() if name != missing}
        assert faults(await replica.refused(422, HEAD, body)) == {(f"/{missing}", None)}
    assert await replica.published() == []


async def test_the_ends_of_the_scale_are_scores(replica: EntryReplica) -> None:
    for version, points in enumerate(("0", "10", "0.01", "9.99")):
        await replica.enters(HEAD, an_entry(points=points, replaces=version or None))
    for version, points in enumerate(("-5", "5", "0.5")):
        await replica.enters(HEAD, an_entry("II.2", points=points, replaces=version or None))


async def test_what_contradicts_the_entries_that_are_there_is_a_conflict_that_names_the_version(
    replica: EntryReplica,
) -> None:
    early = await replica.refused(409, "STP", an_entry(replaces=1))
    assert early["type"].endswith("/score-entry-changed")
    await replica.enters("STP", an_entry())
    second = await replica.refused(409, "STP", an_entry(points="5"))
    assert second["type"].endswith("/score-already-entered")
    assert "1" in second["faults"][0]["en"]
    ahead = await replica.refused(409, "STP", an_entry(replaces=2))
    assert ahead["type"].endswith("/score-entry-changed")
    assert len(await replica.published()) == 1


async def test_units_that_are_not_scored_are_not_found_by_who_may(
    replica: EntryReplica,
) -> None:
    for unit in ("NOWHERE", "HN"):
        await replica.refused(404, unit, an_entry())
        await replica.refused(403, unit, an_entry(), role="unit", by="STP")
    await replica.refused(404, "HN", an_entry(stage="self"), role="unit", by="HN")
    answer = await replica.stand.asked(f"{API}/units/NOWHERE/score-entries")
    assert answer.status_code == 404


FORBIDDEN = [
    ("unit", "STP", "final", "STP"),
    ("unit", "STP", "cluster", "STP"),
    ("unit", "STP", "self", HEAD),
    ("unit", HEAD, "cluster", HEAD),
    ("unit", "Q001", "cluster", "X00004"),
    ("district", "Q002", "cluster", "X00004"),
    ("district", "Q001", "final", "X00004"),
    ("board", None, "self", "STP"),
    ("ops", None, "final", "STP"),
]


async def test_nobody_enters_a_score_without_the_right(replica: EntryReplica) -> None:
    for role, by, stage, unit in FORBIDDEN:
        problem = await replica.refused(403, unit, an_entry(stage=stage), role=role, by=by)
        assert problem["detail"]
        assert problem["detail_en"]
    assert await replica.published() == []


READS = [
    ("unit", "STP", 200),
    ("unit", HEAD, 200),  # head of its cluster: it scores STP
    ("unit", "VPUB", 403),
    ("district", "Q001", 403),
    ("board", None, 200),
    ("ops", None, 403),
]


async def test_score_entries_are_read_by_the_unit_those_above_it_and_those_who_score_it(
    replica: EntryReplica,
) -> None:
    for role, unit, status in READS:
        answer = await replica.stand.asked(f"{API}/units/STP/score-entries", role=role, unit=unit)
        assert answer.status_code == status, f"{role} {unit}"
    below = await replica.stand.asked(
        f"{API}/units/X00004/score-entries", role="district", unit="Q001"
    )
    assert below.status_code == 200


# ---- when, and what kind of data


async def test_score_entries_are_taken_from_the_first_day_on_and_after_the_last(
    database: Database, scoring_url: str, issuer: Issuer
) -> None:
    await adopts(database, WRITTEN, since=datetime(2019, 12, 17, tzinfo=HANOI))
    for start, status in (
        ("2019-12-16T23:59:59+07:00", 422),
        ("2019-12-17T00:00:00+07:00", 201),
        ("2021-01-20T08:00:00+07:00", 409),  # taken before, so it is open
    ):
        settings = settings_of(scoring_url, issuer, clock="simulated", simulated_start=start)
        async with standing(settings, issuer) as one:
            replica = EntryReplica(one)
            answer = await replica.sends("STP", an_entry())
            assert answer.status_code == status, answer.text
            if status == 422:
                assert faults(answer.json()) == {("", "campaign.open")}


async def test_simulated_entries_are_marked_and_production_takes_none(
    replica: EntryReplica, scoring_url: str, issuer: Issuer
) -> None:
    await replica.enters("STP", an_entry(simulated=True))
    assert [e.data.simulated for e in await replica.published()] == [True]
    await replica.scored()
    points = await replica.stand.read(f"{API}/units/STP/points")
    assert points["simulated"] is True
    production = settings_of(scoring_url, issuer, environment="production")
    async with standing(production, issuer) as one:
        other = EntryReplica(one)
        problem = await other.refused(422, HEAD, an_entry(simulated=True))
        assert faults(problem) == {("/simulated", "data.simulated")}
