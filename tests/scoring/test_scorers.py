"""Promise: a department marks its own field, a panel a criterion, and nobody else does.

II.1 the districts' field, marked by STP alone, 0 to 10
II.2 a panel of three departments, at least two, who mark each other; the Board may decide instead
"""

import json
from collections.abc import AsyncIterator
from datetime import date
from typing import Any

import pytest
import pytest_asyncio

from infra.local.issuer import Issuer
from services.chassis.http import Principal
from services.chassis.problems import Faults
from services.chassis.storage.database import Database
from services.contracts.campaign import Campaign, UnitTree
from services.contracts.events import ScoreEntered
from services.contracts.rules.loader import read_rules
from services.scoring.campaign_snapshot import CampaignSnapshot, CampaignTimeline
from services.scoring.engine.digest import digest_of
from services.scoring.engine.score import score
from services.scoring.score_entries.rights import enterer, scored_by, seats
from services.scoring.score_entries.rules import check_scorer
from tests.scoring.campaign import sample_campaign, sample_timeline
from tests.scoring.facts import API, known_events
from tests.scoring.running import adopts, snapshot_now
from tests.scoring.sample_rules import criterion, group
from tests.scoring.score_entries import RULES, EntryReplica, an_entry
from tests.scoring.served_scoring import lines_of, settings_of, standing

FIELD, PANEL = "II.1", "II.2"
_OF_A_FIELD = criterion(
    "entered", FIELD, assigned_to={"kinds": ["quan"]}, scored_by={"unit": "STP"}
)
_OF_A_PANEL = criterion(
    "entered",
    PANEL,
    "5",
    stages=["final", "scorers"],
    scored_by={"units": ["SNV", "STP", "VPUB"], "at_least": 2, "scored_too": "by-others"},
)
_UPPER, _COMMUNE = RULES["tables"]
_GROUPS = [_UPPER["groups"][0], group(_OF_A_FIELD, _OF_A_PANEL, id_="II", maximum="15")]
WRITTEN = json.dumps(
    {**RULES, "tables": [{**_UPPER, "groups": _GROUPS}, _COMMUNE]}, ensure_ascii=False
)


# ---- who may


@pytest.fixture(scope="module")
def snapshot() -> CampaignSnapshot:
    timeline = sample_timeline().under(read_rules(WRITTEN.encode()))
    return timeline.on(sample_campaign().plan.closes)


RIGHTS: list[tuple[str, str | None, str, str, tuple[str, ...]]] = [
    # role, unit of the token, scored unit, criterion, as whom
    ("unit", "STP", "Q001", FIELD, ("STP",)),
    ("district", "STP", "Q001", FIELD, ("STP",)),
    ("unit", "SNV", "Q001", FIELD, ()),
    ("unit", "Q001", "Q001", FIELD, ()),
    ("unit", None, "Q001", FIELD, ()),
    ("board", None, "Q001", FIELD, ()),
    ("board", "STP", "Q001", FIELD, ()),
    ("ops", "STP", "Q001", FIELD, ()),
    ("unit", "STP", "X00004", FIELD, ()),  # the table of communes has other scorers: none
    ("unit", "STP", "NOWHERE", FIELD, ()),
    ("unit", "STP", "Q001", "IX.9", ()),
    ("unit", "STP", "Q001", "I.1", ()),
    ("unit", "SNV", "STP", PANEL, ("SNV",)),
    ("unit", "VPUB", "STP", PANEL, ("VPUB",)),
    ("unit", "STP", "STP", PANEL, ()),
    ("unit", "STP", "Q001", PANEL, ("STP",)),
    ("unit", "Q001", "STP", PANEL, ()),
    ("board", None, "STP", PANEL, ()),
]


def _seats(
    snapshot: CampaignSnapshot, role: str, by: str | None, code: str, criterion: str
) -> tuple[str, ...]:
    caller = Principal("somebody", frozenset({role}), by)
    assert enterer(snapshot, caller, "scorers", code) is None, "by criterion only"
    return seats(snapshot, caller, code, scored_by(snapshot, code, criterion))


@pytest.mark.parametrize("right", RIGHTS, ids=lambda right: "-".join(map(str, right)))
def test_a_mark_is_given_by_whom_the_criterion_names(
    snapshot: CampaignSnapshot, right: tuple[str, str | None, str, str, tuple[str, ...]]
) -> None:
    role, by, code, criterion, expected = right
    assert _seats(snapshot, role, by, code, criterion) == expected


def test_a_scorer_marks_itself_only_where_the_rule_set_says_so(snapshot: CampaignSnapshot) -> None:
    content = snapshot.rules.content()
    panel = content["tables"][0]["groups"][1]["criteria"][1]["scored_by"]
    panel["scored_too"] = "by-all"
    rules = read_rules(json.dumps(content).encode())
    own = sample_timeline().under(rules).on(snapshot.day)
    assert _seats(own, "unit", "STP", "STP", PANEL) == ("STP",)


def test_who_took_over_from_a_scorer_has_its_mark_beside_its_own() -> None:
    campaign, rules = sample_campaign(), read_rules(WRITTEN.encode())
    ends = {"valid_to": date(2020, 7, 1), "successor": "VPUB"}
    units = UnitTree(
        unit.model_copy(update=ends) if unit.code == "STP" else unit for unit in campaign.units.rows
    )
    after = CampaignTimeline(Campaign(campaign.plan, units), rules).on(date(2020, 7, 1))
    for account in ("STP", "VPUB"):
        assert _seats(after, "unit", account, "Q001", FIELD) == ("STP",)
        assert _seats(after, "unit", account, "Q001", PANEL) == ("STP", "VPUB")
        assert _seats(after, "unit", account, "VPUB", PANEL) == ()
    assert _seats(after, "unit", "SNV", "VPUB", PANEL) == ("SNV",)
    faults = Faults()
    assert check_scorer(faults, "scorers", "VPUB", ("STP", "VPUB")) == "VPUB"
    assert check_scorer(faults, "scorers", None, ("STP",)) == "STP"
    assert check_scorer(faults, "final", None, ()) is None
    assert faults.found == []
    for stage, asked in (("scorers", None), ("scorers", "SNV"), ("final", "STP")):
        faults = Faults()
        check_scorer(faults, stage, asked, ("STP", "VPUB") if stage == "scorers" else ())  # type: ignore[arg-type]
        (fault,) = faults.found
        assert (fault.pointer, fault.rule) == ("/scorer", "score-entries.scorer")


# ---- over HTTP


@pytest_asyncio.fixture
async def replica(
    database: Database, scoring_url: str, issuer: Issuer
) -> AsyncIterator[EntryReplica]:
    await adopts(database, WRITTEN)
    async with standing(settings_of(scoring_url, issuer), issuer) as one:
        yield EntryReplica(one)


def _mark(criterion: str, points: str, **more: Any) -> dict[str, Any]:
    return an_entry(criterion, "scorers", points=points, **more)


def _by(code: str) -> dict[str, str]:
    return {"role": "unit", "by": code}


async def test_marks_are_kept_published_counted_and_explained(replica: EntryReplica) -> None:
    taken = await replica.enters("Q001", _mark(FIELD, "7.5"), **_by("STP"))
    assert (taken["stage"], taken["scorer"], taken["version"]) == ("scorers", "STP", 1)
    (sent,) = await replica.published()
    assert isinstance(sent.data, ScoreEntered)
    assert (sent.data.stage, sent.data.scorer, sent.data.entered_by) == ("cluster", "STP", "STP")
    await replica.enters("STP", _mark(PANEL, "4", reason="Đủ hồ sơ"), **_by("SNV"))
    await replica.scored()
    line = lines_of(await replica.stand.read(f"{API}/units/STP/points"))[PANEL]
    assert (line["points"], line["formula"]["vi"]) == ("0", "mới có 1/2 điểm chấm: 0 điểm")
    await replica.enters("STP", _mark(PANEL, "3"), **_by("VPUB"))
    await replica.enters("STP", _mark(PANEL, "2", replaces=1), **_by("VPUB"))
    await replica.scored()
    line = lines_of(await replica.stand.read(f"{API}/units/STP/points"))[PANEL]
    assert line["points"] == "3"
    assert line["formula"]["vi"].startswith("bình quân điểm của ")
    shown = {mark["scorer"]: mark for mark in line["marks"]}
    assert {scorer: mark["points"] for scorer, mark in shown.items()} == {"SNV": "4", "VPUB": "2"}
    assert shown["SNV"]["reason"] == "Đủ hồ sơ"
    assert shown["SNV"]["evidence"]
    assert shown["SNV"]["stage"] == "scorers"
    assert "Sở" in shown["SNV"]["scorer_name"]
    await replica.enters("STP", an_entry(PANEL, points="5", reason="Thẩm định lại"))
    running = await replica.scored()
    line = lines_of(await replica.stand.read(f"{API}/units/STP/points"))[PANEL]
    assert (line["points"], line["inputs"]["counts"], line["inputs"]["scorers"]) == (
        "5",
        "final",
        "3",
    )
    assert len(line["marks"]) == 3
    snapshot = await snapshot_now(replica.stand.chassis.database)
    truth = score(known_events(await replica.published()), snapshot.clusters, snapshot.rules)
    assert running == digest_of(truth)
    entries = await replica.entries("STP")
    assert {(one["stage"], one["scorer"]) for one in entries} == {
        ("scorers", "SNV"),
        ("scorers", "VPUB"),
        ("final", None),
    }


FORBIDDEN = [
    ("unit", "SNV", "Q001", FIELD, "scorers"),
    ("unit", "STP", "STP", PANEL, "scorers"),
    ("unit", "Q001", "Q001", FIELD, "scorers"),
    ("board", None, "Q001", FIELD, "scorers"),
    ("ops", None, "Q001", FIELD, "scorers"),
    ("unit", "STP", "NOWHERE", FIELD, "scorers"),
    ("unit", "STP", "Q001", FIELD, "final"),
]


async def test_nobody_else_gives_a_mark(replica: EntryReplica) -> None:
    for role, by, unit, asked, stage in FORBIDDEN:
        body = an_entry(asked, stage)
        problem = await replica.refused(403, unit, body, role=role, by=by)
        assert problem["detail"]
        assert problem["detail_en"]
    # What the rule set does not let the Board decide it does not decide.
    problem = await replica.refused(422, "Q001", an_entry(FIELD, "final"))
    assert [fault["rule"] for fault in problem["faults"]] == ["score-entries.stage"]
    wrong = await replica.refused(422, "Q001", _mark(FIELD, "10.5", scorer="SNV"), **_by("STP"))
    assert {fault["rule"] for fault in wrong["faults"]} == {
        "score-entries.scorer",
        "score-entries.scale",
    }
    unassigned = await replica.refused(422, "SNV", _mark(FIELD, "5"), **_by("STP"))
    assert [fault["rule"] for fault in unassigned["faults"]] == ["score-entries.assigned"]
    assert await replica.published() == []


async def test_a_scorer_sees_what_it_has_to_score_and_its_own_marks_only(
    replica: EntryReplica,
) -> None:
    async def asked(role: str, unit: str | None, **query: Any) -> Any:
        return await replica.stand.read(f"{API}/scores-to-enter", role=role, unit=unit, **query)

    before = await asked("unit", "STP")
    assert before["missing"] == len(before["scores"]) > 0
    pairs = {(one["unit"], one["criterion"]) for one in before["scores"]}
    assert {("Q001", FIELD), ("Q001", PANEL), ("SNV", PANEL)} <= pairs
    assert pairs.isdisjoint({("STP", PANEL), ("SNV", FIELD)})
    assert {(one["scorer"], one["by"]) for one in before["scores"]} == {("STP", "STP")}
    await replica.enters("Q001", _mark(FIELD, "7"), **_by("STP"))
    await replica.enters("Q001", _mark(PANEL, "4"), **_by("SNV"))
    after = await asked("unit", "STP")
    assert after["missing"] == before["missing"] - 1
    assert ("Q001", FIELD) not in {(one["unit"], one["criterion"]) for one in after["scores"]}
    whole = await asked("unit", "STP", entered="true")
    assert len(whole["scores"]) == before["missing"]
    (entered,) = [one["entered"] for one in whole["scores"] if one["entered"]]
    assert (entered["points"], entered["version"], entered["unit"]) == ("7", 1, "Q001")
    assert (await asked("unit", "Q001"))["scores"] == []
    assert (await asked("unit", None))["scores"] == []
    everybody = await asked("board", None, entered="true")
    assert {one["scorer"] for one in everybody["scores"]} == {"SNV", "STP", "VPUB"}
    answer = await replica.stand.asked(f"{API}/scores-to-enter", role="ops")
    assert answer.status_code == 403
