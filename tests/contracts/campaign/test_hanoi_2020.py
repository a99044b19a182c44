"""The campaign of 2020 says what Notice 251/BTĐ-NV2 says (docs/notice-251-2020.txt)."""

import re
from collections import Counter
from datetime import date, datetime

import pytest

from services.contracts.campaign.campaign import Campaign
from services.contracts.rules import RuleSet
from services.contracts.rules.loader import check
from tests.contracts.campaign.planting import HANOI, ROOT


def test_the_campaign_of_2020_has_no_problem() -> None:
    assert check(HANOI) == []


@pytest.mark.parametrize(
    ("option", "last_day"),
    [
        ("D1", date(2020, 6, 29)),  # "trước 30/6/2020"
        ("D2", date(2020, 8, 19)),  # "hoàn thành trước 20/8/2020"
        ("D3", date(2020, 8, 31)),  # "chậm nhất trước ngày 01/9/2020"
        ("D5", date(2020, 6, 19)),  # "trước 20/6/2020"
        ("D6", date(2020, 7, 9)),  # "trước ngày 10/7/2020"
        ("D7", date(2020, 8, 19)),  # "hoàn thành trước ngày 20/8/2020"
    ],
)
def test_before_a_day_means_that_the_day_before_is_the_last_good_one(
    hanoi: Campaign, option: str, last_day: date
) -> None:
    assert hanoi.plan.obligation_of_option(option).option(option).last_day == last_day


def test_the_contest_ends_on_11_june_and_that_day_is_still_good(hanoi: Campaign) -> None:
    ends = hanoi.plan.contests[0].ends
    assert ends.last_day == date(2020, 6, 11)
    assert ends.closes_at(hanoi.plan.zone) == datetime.fromisoformat("2020-06-12T00:00:00+07:00")


def test_communes_owe_d1_only_and_the_upper_level_all_the_rest(hanoi: Campaign) -> None:
    owed = {
        unit: [o.id for o in hanoi.plan.obligations_of(hanoi.units[unit])]
        for unit in ("X00001", "Q009", "SNV", "HND", "URENCO", "HN")
    }
    upper = ["D2", "D5", "D6", "D7"]
    assert owed == {
        "X00001": ["D1"],
        "Q009": upper,
        "SNV": upper,
        "HND": upper,
        "URENCO": upper,
        "HN": [],
    }


def test_a_conference_that_cannot_be_held_takes_the_written_option(hanoi: Campaign) -> None:
    obligation = hanoi.plan.obligation("D2")
    held = obligation.option_for("conference-reported", "held")
    written = obligation.option_for("conference-reported", "written")
    assert held is not None
    assert written is not None
    assert (held.id, held.counted_by, held.city_document_required) == ("D2", "held-on", False)
    assert (written.id, written.counted_by, written.city_document_required) == (
        "D3",
        "received",
        True,
    )


def test_a_commune_may_report_a_conference_it_held_or_assess_in_writing(hanoi: Campaign) -> None:
    obligation = hanoi.plan.obligation("D1")
    for form in ("held", "written"):
        option = obligation.option_for("conference-reported", form)
        assert option is not None
        assert (option.id, option.counted_by) == ("D1", "received")
    assert obligation.option_for("contest-reported") is None


def test_who_can_still_report_in_writing_has_missed_nothing_on_20_august(hanoi: Campaign) -> None:
    owed = hanoi.plan.obligation("D2")
    assert owed.last_option.id == "D3"
    assert owed.missed_at(hanoi.plan.zone) == datetime.fromisoformat("2020-09-01T00:00:00+07:00")


def test_a_ceremony_held_in_time_has_three_days_to_be_reported(hanoi: Campaign) -> None:
    owed = hanoi.plan.obligation("D7")
    assert owed.missed_at(hanoi.plan.zone) == datetime.fromisoformat("2020-08-23T00:00:00+07:00")
    assert owed.last_option.days_late(date(2020, 8, 19)) == 0
    assert owed.last_option.days_late(date(2020, 8, 20)) == 1


def test_d5_is_owed_only_by_units_without_an_essay_on_the_day_of_the_notice(
    hanoi: Campaign,
) -> None:
    obligation = hanoi.plan.obligation("D5")
    assert obligation.only_if is not None
    assert obligation.only_if.no_essays_by == hanoi.plan.document.date == date(2020, 6, 5)


def test_an_essay_of_a_unit_that_owed_d5_is_in_time_up_to_19_june(hanoi: Campaign) -> None:
    assert hanoi.plan.contests[0].ends.last_day == date(2020, 6, 11)
    assert hanoi.plan.obligation("D5").last_essay_day(None) == date(2020, 6, 19)


def test_977_essays_are_80_percent_of_last_years_same_day(hanoi: Campaign) -> None:
    known = hanoi.plan.last_year.on_same_day_as(date(2020, 5, 30))
    assert known is not None
    assert known.approximate
    assert round(100 * 977 / known.count) == 80
    assert hanoi.plan.last_year.on_same_day_as(date(2020, 5, 31)) is None
    assert hanoi.plan.last_year.total == 1620


def test_hanoi_had_30_districts_and_579_communes(hanoi: Campaign) -> None:
    kinds = Counter(unit.kind for unit in hanoi.units)
    assert (kinds["quan"], kinds["huyen"], kinds["thi-xa"]) == (12, 17, 1)
    assert kinds["xa"] + kinds["phuong"] + kinds["thi-tran"] == 579


def test_every_deadline_quotes_words_that_the_notice_has(hanoi: Campaign) -> None:
    def squeezed(text: str) -> str:
        return re.sub(r"\s+", " ", text)

    notice = squeezed((ROOT / "docs" / "notice-251-2020.txt").read_text(encoding="utf-8"))
    for obligation in hanoi.plan.obligations:
        quotes = [
            obligation.source,
            *(option.source for option in obligation.options if option.source),
        ]
        for quote in quotes:
            for piece in re.split(r" ?… ?", quote):
                assert squeezed(piece.rstrip(".")) in notice, f"{obligation.id}: {piece}"


# --- the sample rule set -----------------------------------------------------------------------


def test_the_rule_set_says_in_its_own_title_that_it_is_a_sample(rules: RuleSet) -> None:
    assert rules.sample
    assert "MINH HỌA" in rules.title.vi
    assert "SAMPLE" in rules.title.en


def test_every_criterion_cites_the_notice_and_says_that_its_numbers_are_a_sample(
    rules: RuleSet,
) -> None:
    for table in rules.tables:
        for criterion in table.criteria:
            assert "251/BTĐ-NV2" in criterion.legal_source, criterion.id
            assert "minh họa" in criterion.legal_source, criterion.id
            assert "sample" not in criterion.legal_source, "the source is Vietnamese alone"


def test_the_sample_uses_five_kinds_of_criteria_a_cap_and_a_negative_floor(rules: RuleSet) -> None:
    criteria = [c for table in rules.tables for c in table.criteria]
    kinds = {"late-ladder", "linear", "leader", "count", "bonus-penalty"}
    assert {c.kind for c in criteria} >= kinds
    upper = rules.tables[0]
    assert any(group.cap is not None for group in upper.groups)
    last = upper.levels[-1].from_points
    assert last is not None
    assert last < 0


def test_upper_units_and_communes_have_their_tables_and_the_city_has_none(
    hanoi: Campaign, rules: RuleSet
) -> None:
    tables = {unit.code: rules.table_for(unit, hanoi.plan.closes) for unit in hanoi.units}
    assert tables.pop("HN") is None
    assert all(
        table is not None and table.id == hanoi.units[code].level for code, table in tables.items()
    )
