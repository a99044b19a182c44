"""Promises about each campaign in infra/campaigns: it can be used, it is explained, and a sample is
no official document."""

import re
import unicodedata
from collections import Counter
from datetime import date, timedelta
from pathlib import Path

import pytest

from services.contracts.campaign.campaign import Campaign
from services.contracts.rules import RuleSet
from services.contracts.rules.loader import check, load_with_rules
from tests.contracts.campaign.planting import ROOT

CAMPAIGNS = sorted(path for path in (ROOT / "infra" / "campaigns").iterdir() if path.is_dir())
ANNOUNCED = {"hanoi-2020": "251/BTĐ-NV2"}
"""Campaigns whose document is known word for word: docs/notice-251-2020.txt. Others are samples."""

LAST_DAY = re.compile(
    r"(trước ngày|trước|đến hết ngày|vào ngày|chậm nhất ngày) (\d{1,2})/(\d{1,2})/(\d{4})"
)


@pytest.fixture(scope="module", params=CAMPAIGNS, ids=lambda path: path.name)
def directory(request: pytest.FixtureRequest) -> Path:
    """Each directory in turn."""
    path: Path = request.param
    return path


@pytest.fixture(scope="module")
def loaded(directory: Path) -> tuple[Campaign, RuleSet]:
    """Its campaign and its rules."""
    return load_with_rules(directory)


@pytest.fixture(scope="module")
def campaign(loaded: tuple[Campaign, RuleSet]) -> Campaign:
    """Its plan and units."""
    return loaded[0]


@pytest.fixture(scope="module")
def rule_set(loaded: tuple[Campaign, RuleSet]) -> RuleSet:
    """Its rules."""
    return loaded[1]


def test_a_calendar_year_a_season_and_a_city_of_two_tiers_ship() -> None:
    assert {path.name for path in CAMPAIGNS} >= {"hanoi-2020", "hanoi-2024-2025", "hanoi-2026"}


def last_day_in(words: str) -> date:
    """The last day in time that words of a document set; they must name exactly one."""
    [(when, day, month, year)] = LAST_DAY.findall(words)
    named = date(int(year), int(month), int(day))
    return named - timedelta(days=1) if when.startswith("trước") else named


# --- it can be used -------------------------------------------------------------------------------


def test_the_checker_finds_nothing_and_advises_nothing(directory: Path) -> None:
    assert check(directory) == []


def test_its_id_is_the_name_of_its_directory_in_all_files(
    directory: Path, campaign: Campaign, rule_set: RuleSet
) -> None:
    assert campaign.plan.campaign == rule_set.campaign == directory.name


def test_every_last_day_is_the_one_that_its_words_set(campaign: Campaign) -> None:
    for planned in campaign.plan.obligations:
        for option in planned.options:
            words = option.source or planned.source
            assert option.last_day == last_day_in(words), f"{option.id}: {words}"


def test_names_are_in_one_unicode_form_and_once_below_one_parent(
    directory: Path, campaign: Campaign
) -> None:
    for name in ("plan.yaml", "units.csv", "rules.yaml", "README.md"):
        text = (directory / name).read_text(encoding="utf-8")
        assert unicodedata.is_normalized("NFC", text), f"{directory.name}/{name}"
    named = Counter((unit.parent, unit.kind, unit.name) for unit in campaign.units)
    assert [name for name, times in named.items() if times > 1] == []


def test_every_unit_but_the_city_is_scored_and_ranked_in_a_cluster_with_others(
    campaign: Campaign, rule_set: RuleSet
) -> None:
    opens = campaign.plan.opens
    units = campaign.units.on(opens)
    root = next(unit for unit in units if unit.parent is None)
    for unit in units:
        scored = rule_set.table_for(unit, opens) is not None
        assert (scored, unit.cluster is not None) == (unit != root, unit != root), unit.code
    sizes = {cluster: len(listed) for cluster, listed in units.clusters(opens).items()}
    assert min(sizes.values()) > 1, sizes


# --- it is explained ------------------------------------------------------------------------------


def test_its_readme_speaks_of_each_file_and_of_what_is_a_sample(directory: Path) -> None:
    readme = (directory / "README.md").read_text(encoding="utf-8")
    assert readme.startswith(f"# {directory.name}\n")
    for name in ("plan.yaml", "units.csv", "rules.yaml", "sample"):
        assert name in readme
    assert "ASSUMPTION" in (directory / "plan.yaml").read_text(encoding="utf-8")


def test_its_readme_lists_every_option_with_its_last_day(
    directory: Path, campaign: Campaign
) -> None:
    readme = (directory / "README.md").read_text(encoding="utf-8")
    for planned in campaign.plan.obligations:
        for option in planned.options:
            day = f"{option.last_day.day} {option.last_day:%B}"
            rows = [line for line in readme.splitlines() if line.startswith(f"| {option.id} ")]
            assert len(rows) == 1, f"{option.id}: {rows}"
            assert f"| {day} |" in rows[0], f"{option.id}: {day}"


# --- no sample claims to be official --------------------------------------------------------------


def test_a_plan_that_is_no_known_document_says_so_wherever_it_is_named(campaign: Campaign) -> None:
    plan = campaign.plan
    if plan.campaign in ANNOUNCED:
        assert plan.document.number == ANNOUNCED[plan.campaign]
        return
    assert "MINH HỌA, KHÔNG PHẢI VĂN BẢN CHÍNH THỨC" in plan.title.vi
    assert "SAMPLE PLAN, NOT OFFICIAL" in plan.title.en
    assert "minh họa" in plan.short_title.vi
    assert "sample" in plan.short_title.en
    assert "minh họa" in plan.document.number
    for planned in plan.obligations:
        sources = [planned.source, *(option.source for option in planned.options)]
        assert all("Minh họa, không trích văn bản" in source for source in sources if source)


def test_a_sample_table_says_so_in_each_title_and_beside_each_point(rule_set: RuleSet) -> None:
    if not rule_set.sample:
        return
    assert "KHÔNG PHẢI BẢNG ĐIỂM CHÍNH THỨC" in rule_set.title.vi
    assert "NOT OFFICIAL" in rule_set.title.en
    assert "sample" in rule_set.rule_set
    for table in rule_set.tables:
        titles = [table.title, *(level.title for level in table.levels)]
        titles += [knock_out.title for knock_out in table.knock_outs]
        for title in titles:
            assert "minh họa" in title.vi
            assert "sample" in title.en
        sources = [criterion.legal_source for criterion in table.criteria]
        sources += [knock_out.legal_source for knock_out in table.knock_outs]
        assert all("minh họa" in source for source in sources), sources


def test_each_has_a_table_of_its_own(rule_set: RuleSet) -> None:
    others = [load_with_rules(path)[1] for path in CAMPAIGNS if path.name != rule_set.campaign]
    mine = {criterion.title.vi for table in rule_set.tables for criterion in table.criteria}
    for other in others:
        assert other.rule_set != rule_set.rule_set
        theirs = {c.title.vi for table in other.tables for c in table.criteria}
        assert mine - theirs, f"{other.rule_set} has all criteria of {rule_set.rule_set}"
