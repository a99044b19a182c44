"""Promise: a score is entered by whom docs/scoring.md names for its stage, and by nobody else."""

from datetime import date

import pytest

from services.chassis.http import Principal
from services.contracts.campaign import Campaign, UnitTree
from services.contracts.rules import RuleSet, Stage
from services.contracts.rules.loader import read_rules
from services.scoring.campaign_snapshot import CampaignSnapshot, CampaignTimeline
from services.scoring.score_entries.rights import enterer
from tests.scoring.campaign import sample_campaign
from tests.scoring.score_entries import HEAD, WRITTEN, snapshot_with_entries


@pytest.fixture(scope="module")
def snapshot() -> CampaignSnapshot:
    return snapshot_with_entries()


NOT, BOARD = "nobody", "the Board"
RIGHTS: list[tuple[str, str | None, Stage, str, str]] = [
    # role, unit of the token, stage, scored unit, who answers for the score
    ("unit", "STP", "self", "STP", "STP"),
    ("district", "Q001", "self", "Q001", "Q001"),
    ("unit", "STP", "self", HEAD, NOT),
    ("unit", None, "self", "STP", NOT),
    ("district", "Q001", "self", "X00004", NOT),
    ("board", None, "self", "STP", NOT),
    ("board", "STP", "self", "STP", NOT),
    ("ops", "STP", "self", "STP", NOT),
    ("unit", HEAD, "self", "STP", NOT),
    ("unit", HEAD, "self", HEAD, HEAD),
    ("unit", HEAD, "cluster", "STP", HEAD),
    ("district", HEAD, "cluster", "STP", HEAD),
    ("unit", HEAD, "cluster", HEAD, NOT),
    ("unit", HEAD, "cluster", "Q001", NOT),
    ("unit", HEAD, "cluster", "NOWHERE", NOT),
    ("unit", "STP", "cluster", "STP", NOT),
    ("unit", "STP", "cluster", HEAD, NOT),
    ("unit", None, "cluster", "Q001", NOT),
    ("ops", HEAD, "cluster", "STP", NOT),
    ("district", "Q001", "cluster", "X00004", "Q001"),
    ("unit", "Q001", "cluster", "X00004", NOT),
    ("district", "Q002", "cluster", "X00004", NOT),
    ("district", "Q001", "cluster", "Q001", NOT),
    ("district", "Q001", "cluster", "Q002", NOT),
    ("district", None, "cluster", "X00004", NOT),
    ("unit", "X00004", "cluster", "X00004", NOT),
    ("board", None, "cluster", "X00004", BOARD),
    ("board", None, "cluster", HEAD, BOARD),
    ("unit", HEAD, "final", "STP", NOT),
    ("unit", "STP", "final", "STP", NOT),
    ("district", "Q001", "final", "X00004", NOT),
    ("ops", None, "final", "STP", NOT),
    ("board", None, "final", "STP", BOARD),
    ("board", "SNV", "final", "STP", BOARD),
]


@pytest.mark.parametrize("right", RIGHTS, ids=lambda right: "-".join(map(str, right)))
def test_each_stage_has_its_people(
    snapshot: CampaignSnapshot, right: tuple[str, str | None, Stage, str, str]
) -> None:
    role, by, stage, code, answers = right
    found = enterer(snapshot, Principal("somebody", frozenset({role}), by), stage, code)
    assert (NOT if found is None else found.unit or BOARD) == answers


def test_a_district_above_a_part_of_a_cluster_only_scores_nobody_in_it(
    snapshot: CampaignSnapshot,
) -> None:
    """As if communes of two districts were ranked against each other."""
    mixed = {**snapshot.clusters}
    cluster = snapshot.cluster_of["X00004"]
    mixed[cluster] = (*mixed[cluster], snapshot.units["Q002"])
    shared = CampaignSnapshot(**{**vars(snapshot), "clusters": mixed})
    district = Principal("somebody", frozenset({"district"}), "Q001")
    assert enterer(snapshot, district, "cluster", "X00004") is not None
    assert enterer(shared, district, "cluster", "X00004") is None


def _unit(code: str) -> Principal:
    return Principal("somebody", frozenset({"unit"}), code)


def test_the_head_of_a_cluster_changes_on_its_day() -> None:
    campaign, rules = sample_campaign(), read_rules(WRITTEN.encode())
    in_turn = [{"unit": HEAD}, {"unit": "STP", "from": "2020-07-01"}]
    content = {**rules.content(), "cluster_heads": {"departments": in_turn}}
    timeline = CampaignTimeline(campaign, RuleSet.model_validate(content))
    before, after = timeline.on(date(2020, 6, 30)), timeline.on(date(2020, 7, 1))
    assert enterer(before, _unit(HEAD), "cluster", "VPUB") == (HEAD,)
    assert enterer(before, _unit("STP"), "cluster", "VPUB") is None
    assert enterer(after, _unit(HEAD), "cluster", "VPUB") is None
    assert enterer(after, _unit("STP"), "cluster", "VPUB") == ("STP",)


def test_the_account_of_a_head_that_ended_acts_for_who_took_over() -> None:
    campaign, rules = sample_campaign(), read_rules(WRITTEN.encode())
    ends = {"valid_to": date(2020, 7, 1), "successor": "STP"}
    units = UnitTree(
        unit.model_copy(update=ends) if unit.code == HEAD else unit for unit in campaign.units.rows
    )
    after = CampaignTimeline(Campaign(campaign.plan, units), rules).on(date(2020, 7, 1))
    assert enterer(after, _unit(HEAD), "cluster", "VPUB") == ("STP",)
    assert enterer(after, _unit("STP"), "cluster", "VPUB") == ("STP",)
    assert enterer(after, _unit("VPUB"), "cluster", "STP") is None
