"""The campaign of 2026: two tiers, 126 communes that report to the city, and no district."""

import re
from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from services.contracts.campaign.campaign import Campaign
from services.contracts.campaign.units import Unit
from services.contracts.rules import RuleSet
from services.contracts.rules.loader import load_with_rules
from tests.contracts.campaign.planting import ROOT

DIRECTORY = ROOT / "infra" / "campaigns" / "hanoi-2026"
REFORM = date(2025, 7, 1)
"""Since this day the city has no districts (Resolution 1656/NQ-UBTVQH15)."""


@pytest.fixture(scope="module")
def loaded() -> tuple[Campaign, RuleSet]:
    """Its campaign and rules."""
    return load_with_rules(DIRECTORY)


@pytest.fixture(scope="module")
def campaign(loaded: tuple[Campaign, RuleSet]) -> Campaign:
    """Its plan and units."""
    return loaded[0]


@pytest.fixture(scope="module")
def communes(campaign: Campaign) -> list[Unit]:
    """Its communes on the opening day."""
    return [unit for unit in campaign.units.on(campaign.plan.opens) if unit.level == "commune"]


def test_there_are_126_communes_51_phuong_and_75_xa(communes: list[Unit]) -> None:
    assert Counter(unit.kind for unit in communes) == {"phuong": 51, "xa": 75}
    nouns = {"phuong": "Phường ", "xa": "Xã "}
    assert all(unit.name.startswith(nouns[unit.kind]) for unit in communes)


def test_everybody_reports_to_the_city_and_nothing_lies_between(campaign: Campaign) -> None:
    assert {unit.parent for unit in campaign.units} == {None, "HN"}
    assert {unit.level for unit in campaign.units} == {"city", "agency", "commune"}
    assert not {unit.kind for unit in campaign.units} & {"quan", "huyen", "thi-xa", "thi-tran"}


def test_no_text_speaks_of_districts(campaign: Campaign) -> None:
    for name in ("plan.yaml", "rules.yaml", "units.csv"):
        text = (DIRECTORY / name).read_text(encoding="utf-8")
        assert not re.findall(r"\b(quận|huyện|thị xã|thị trấn)\b", text, re.IGNORECASE), name
    assert "district" not in campaign.plan.model_dump_json().lower()


def test_each_name_and_each_code_of_the_statistics_office_is_there_once(
    communes: list[Unit],
) -> None:
    assert len({unit.name for unit in communes}) == 126
    assert len({unit.gso_code for unit in communes}) == 126
    assert all(unit.gso_code is not None and len(unit.gso_code) == 5 for unit in communes)
    known = {unit.name: unit.gso_code for unit in communes}
    assert known["Phường Ba Đình"] == "00004"
    assert known["Phường Hoàn Kiếm"] == "00070"
    assert known["Xã Hương Sơn"] == "10489"


def test_no_code_is_one_that_another_unit_had_in_an_earlier_campaign(campaign: Campaign) -> None:
    now = {unit.code: unit.name for unit in campaign.units}
    for earlier in ("hanoi-2020", "hanoi-2024-2025"):
        units = load_with_rules(Path(DIRECTORY.parent, earlier))[0].units
        both = {unit.code: unit.name for unit in units if unit.code in now}
        assert both == {code: now[code] for code in both}


def test_departments_that_were_merged_in_march_2025_are_gone(campaign: Campaign) -> None:
    names = {unit.name for unit in campaign.units if unit.kind == "department"}
    assert {"Sở Nông nghiệp và Môi trường", "Sở Dân tộc và Tôn giáo"} <= names
    assert not names & {
        "Sở Kế hoạch và Đầu tư",
        "Sở Nông nghiệp và Phát triển nông thôn",
        "Sở Tài nguyên và Môi trường",
        "Sở Giao thông vận tải",
        "Sở Thông tin và Truyền thông",
        "Sở Lao động - Thương binh và Xã hội",
        "Sở Ngoại vụ",
        "Ban Dân tộc",
    }


def test_a_commune_sends_its_own_essays_and_owes_all_but_the_agencies_first(
    campaign: Campaign,
) -> None:
    assert set(campaign.plan.contests[0].levels) == {"agency", "commune"}
    owed = {
        unit: [o.id for o in campaign.plan.obligations_of(campaign.units[unit])]
        for unit in ("P01", "X01", "SNV", "MTTQ", "HN")
    }
    both = ["N3", "N4", "N6", "N7"]
    assert owed == {
        "P01": ["N1", *both],
        "X01": ["N1", *both],
        "SNV": ["N2", *both],
        "MTTQ": ["N2", *both],
        "HN": [],
    }


def test_phuong_are_ranked_against_phuong_and_xa_against_xa(campaign: Campaign) -> None:
    clusters = campaign.units.clusters(campaign.plan.opens)
    assert all(len({unit.kind for unit in listed}) == 1 for listed in clusters.values())
    sizes = [len(listed) for listed in clusters.values() if listed[0].level == "commune"]
    assert (sum(sizes), min(sizes), max(sizes)) == (126, 9, 16)


def test_it_opens_after_the_reform_and_ends_with_the_year(campaign: Campaign) -> None:
    plan = campaign.plan
    assert plan.opens > REFORM
    assert (plan.contests[0].ends.last_day, plan.closes) == (date(2026, 5, 31), date(2026, 12, 31))
    catch_up = plan.obligation("N3")
    assert catch_up.only_if is not None
    assert catch_up.only_if.no_essays_by == date(2026, 4, 30)  # "đến hết ngày 30/4/2026"
    assert catch_up.last_essay_day(None) == date(2026, 6, 15)


def test_a_number_of_last_year_that_is_not_known_is_not_invented(campaign: Campaign) -> None:
    assert campaign.plan.last_year.total is None
    assert campaign.plan.last_year.on_same_day_as(date(2026, 5, 30)) is None


def test_its_table_weighs_quantity_quality_and_timeliness_by_kinds_that_2020_has_not(
    loaded: tuple[Campaign, RuleSet],
) -> None:
    _, rules = loaded
    for table in rules.tables:
        assert [group.title.vi for group in table.groups][:3] == [
            "Số lượng",
            "Chất lượng",
            "Tiến độ",
        ]
    kinds = {criterion.kind for table in rules.tables for criterion in table.criteria}
    assert kinds >= {"steps", "target-leader", "leader", "ladder", "entered", "first-rung"}
    assert any(group.bonus for table in rules.tables for group in table.groups)
    assert any(table.knock_outs for table in rules.tables)
