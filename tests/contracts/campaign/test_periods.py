"""What is owed each month, quarter or half-year: an obligation for each period, as if each had been
written out, and what is wrong with it at the line that says it."""

import re
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from services.contracts.campaign.loader import load_campaign
from services.contracts.campaign.periodic import DueEachPeriod
from services.contracts.campaign.periods import days_of, periods_of, periods_within
from services.contracts.campaign.plan import Plan
from services.contracts.campaign.problems import CampaignProblems
from tests.contracts.campaign.periodic import periodic
from tests.contracts.campaign.planting import HANOI, ROOT, Fault, Planted

_MANUAL = (ROOT / "docs" / "campaigns.md").read_text("utf-8")
OWED = "    every: quarter\n"
DUE = "{days_after_end: 10, own_days: {2020-Q4: {date: 2020-12-20, included: true}}}"


@pytest.fixture
def coming_back(tmp_path: Path) -> Planted:
    """The campaign of 2020 with obligations of each quarter."""
    planted = Planted.copy(tmp_path)
    planted.write("plan.yaml", periodic((HANOI / "plan.yaml").read_text("utf-8")))
    return planted


def test_each_period_has_an_id_a_title_and_a_day_of_its_own(coming_back: Planted) -> None:
    assert coming_back.problems() == coming_back.warnings() == []
    plan = load_campaign(coming_back.directory).plan
    found = {one.id: one for one in plan.obligations if one.id.startswith("R")}
    assert {name: one.options[0].last_day.isoformat() for name, one in found.items()} == {
        "R1-2020-Q1": "2020-04-10",
        "R1-2020-Q2": "2020-07-10",
        "R1-2020-Q3": "2020-10-10",
        "R1-2020-Q4": "2020-12-20",
        "R2-2020-Q2": "2020-06-24",
        "R2-2020-Q3": "2020-09-24",
    }
    first, report = found["R1-2020-Q1"], found["R2-2020-Q3"]
    assert first.title.vi == "Số văn bản gửi qua trục quý I/2020"
    assert first.title.en == "Documents sent over the bus for quarter 1 of 2020"
    assert first.option("R1-2020-Q1").period == "2020-Q1"
    assert (report.options[0].report, report.options[0].period) == ("quarterly-summary", "2020-Q3")


FAULTS = {
    "a day after the campaign": Fault(
        DUE, "{days_after_end: 10}",
        (0, "2020-Q4 is due by 10 January 2021, after the campaign closes on 31 December 2020"),
    ),
    "a day before the campaign": Fault(
        DUE, "{day: 5, included: true, own_days: {2020-Q1: {date: 2019-12-01, included: true}}}",
        (0, "2020-Q1 is due by 1 December 2019, before the campaign opens"),
    ),
    "a month that has no such day": Fault(
        DUE, "{day: 31, included: true}",
        (0, "the month of 2020-Q2 has no day 31"), (0, "the month of 2020-Q3 has no day 31"),
    ),
    "a period without a day": Fault(
        DUE, "{own_days: {2020-Q2: {date: 2020-07-05, included: true}}}",
        (0, "2020-Q1 has no day"), (0, "2020-Q3 has no day"), (0, "2020-Q4 has no day"),
    ),
    "a day of a period that is not owed": Fault(
        "2020-Q4: {", "2020-Q5: {", (-10, "“2020-Q5” is no period; write it like")
    ),
    "a day of another period": Fault(
        "2020-Q4: {", "2020-H2: {", (0, "2020-H2 is no period of every"), (0, "2020-Q4 is due by")
    ),
    "a day of a period that ends after the campaign": Fault(
        "closes: 2020-12-31", "closes: 2020-12-30",
        (146, "2020-Q4 ends on 31 December 2020, after the campaign closes on 30 December 2020"),
    ),
    "a day of a period that is mostly over": Fault(
        "2020-Q4: {", "2019-Q4: {",
        (0, "2019-Q4 begins on 1 October 2019, and the campaign of 17 December 2019 has less"),
        (0, "2020-Q4 is due by"),
    ),
    "one day for all periods": Fault(
        DUE, "{date: 2020-07-05, included: true}", (0, "with every say days_after_end, day")
    ),
    "two rules for the day": Fault(
        DUE, "{days_after_end: 10, day: 5, included: true}", (0, "say days_after_end or day, not")
    ),
    "no word on the day itself": Fault(DUE, "{day: 5}", (0, "included is missing")),
    "no day": Fault(DUE, "{}", (0, "says no day")),
    "a kind of period that there is not": Fault(
        "every: quarter", "every: quater", (0, "did you mean “quarter”?")
    ),
    "no period at all": Fault(
        "every: [2020-Q2, 2020-Q3]", "every: []", (0, "needs at least 1 of them")
    ),
    "two that make one id": Fault(
        "  - id: R2", "  - id: R1-2020-Q3",
        (0, "has more than 8 characters"),
    ),
    "an id that is there already": Fault(
        "  - id: D7", "  - id: R1-2020-Q3", (16, "id R1-2020-Q3 is used already"),
    ),
    "an act that is of no period": Fault(
        "by: figure-reported\n        figure: documents-over-the-bus", "by: contest-reported",
        (0, "contest-reported is of no period"),
    ),
    "a period beside every": Fault(
        "report: quarterly-summary\n", "report: quarterly-summary\n        period: 2020-Q2\n",
        (1, "the period is that of every"),
    ),
    "a condition": Fault(
        "every: [2020-Q2, 2020-Q3]",
        "every: [2020-Q2, 2020-Q3]\n    only_if: {no_essays_by: 2020-06-05}",
        (1, "a condition has one day and every many periods"),
    ),
    "every in an option": Fault(
        "figure: documents-over-the-bus", "every: quarter", (0, "every")
    ),
    "a misspelt key of the day": Fault(
        "days_after_end: 10", "day_after_end: 10", (0, "did you mean “days_after_end”?")
    ),
    "a misspelt key of one that is owed once": Fault(
        "due: {date: 2020-07-10, included: false}", "due: {date: 2020-07-10, inclded: false}",
        (0, "the key “included” is missing"),
        (0, "did you mean “included”? (known: included, date, late_until, from)"),
    ),
    "a figure that is not reported for it": Fault(
        "figure: documents-over-the-bus", "figure: emulation-fund",
        *[(-2, f"emulation-fund is not reported for “2020-Q{n}”") for n in range(1, 5)],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_found_at_its_line(coming_back: Planted, name: str) -> None:
    coming_back.assert_found("plan.yaml", FAULTS[name])


def test_rules_name_an_obligation_of_a_period(coming_back: Planted) -> None:
    coming_back.plant("rules.yaml", "obligation: D6", "obligation: R1-2020-Q2")
    assert coming_back.problems() == []
    coming_back.plant("rules.yaml", "obligation: R1-2020-Q2", "obligation: R1")
    (problem,) = coming_back.problems()
    assert "no obligation “R1”; choose one of: R1-2020-Q1, R1-2020-Q2, R1-2020-Q3," in problem.en
    coming_back.plant("plan.yaml", OWED, "    every: quater\n")
    assert [one.file for one in coming_back.problems()] == ["plan.yaml"]


def test_more_than_a_plan_may_have_are_refused(coming_back: Planted) -> None:
    coming_back.plant("plan.yaml", OWED, "    every: month\n")
    coming_back.plant("plan.yaml", "closes: 2020-12-31", "closes: 2100-12-31")
    found = coming_back.problems()
    assert any("more than 500 obligations: name fewer" in one.en for one in found)


def test_the_example_of_the_manual_is_what_units_owe(coming_back: Planted) -> None:
    section = _MANUAL.partition("### What comes back")[2].partition("\n##")[0]
    example = section.partition("```yaml\n")[2].partition("```")[0]
    plan = (coming_back.directory / "plan.yaml").read_text("utf-8")
    before = plan.partition("\n  - id: R1\n")[0]
    indented = "".join(f"  {line}\n" for line in example.splitlines())
    coming_back.write("plan.yaml", f"{before}\n{indented}")
    assert coming_back.problems() == coming_back.warnings() == []
    found = [
        f"| `{one.id}` | {one.title.vi} · {one.title.en} | {one.last_option.last_day} |"
        for one in load_campaign(coming_back.directory).plan.obligations
        if one.id.startswith("R1")
    ]
    assert found == re.findall(r"^\| `R1-.*$", section, re.MULTILINE)
    for due in re.findall(r"\| `(\{.*?\})`", section):
        DueEachPeriod.model_validate(yaml.safe_load(due))


# Drawn campaigns

DAYS = st.dates(date(2018, 1, 1), date(2030, 12, 31))


@st.composite
def drawn(draw: st.DrawFn) -> tuple[date, date, str, dict[str, Any]]:
    """First and last day of a campaign, kind of period, rule of the day."""
    opens = draw(DAYS)
    closes = opens + timedelta(days=draw(st.integers(100, 800)))
    kind = draw(st.sampled_from(["month", "quarter", "half-year", "year"]))
    due: dict[str, Any] = draw(
        st.one_of(
            st.fixed_dictionaries({"days_after_end": st.integers(0, 40)}),
            st.fixed_dictionaries(
                {
                    "day": st.integers(1, 28),
                    "included": st.booleans(),
                    "month": st.sampled_from(["last", "next"]),
                }
            ),
        )
    )
    return opens, closes, kind, due


@given(drawn())
@settings(max_examples=60, deadline=None)
def test_a_drawn_plan_is_the_one_in_which_each_period_is_written_out(
    drawn: tuple[date, date, str, dict[str, Any]],
) -> None:
    opens, closes, kind, due = drawn
    periods = list(periods_of(kind, opens, closes))  # type: ignore[arg-type]
    whole = yaml.safe_load((HANOI / "plan.yaml").read_text("utf-8"))
    whole |= {"opens": str(opens), "closes": str(closes), "obligations": [_one("R1", due=due)]}
    whole["document"]["date"] = str(whole["document"]["date"])
    whole["contests"][0]["ends"]["date"] = str(opens)
    if not periods:
        return
    whole["obligations"][0]["every"] = kind
    found = Plan.model_validate(whole).obligations
    assert [one.id for one in found] == [f"R1-{period}" for period in periods]
    days = [one.options[0].last_day for one in found]
    assert days == sorted(set(days))
    assert {*periods} <= {*periods_within(kind, opens, closes)}  # type: ignore[arg-type]
    assert all(opens <= days_of(period)[1] <= closes for period in periods)
    by_hand = [
        _one(
            one.id,
            period=period,
            due={"date": str(one.options[0].due.date), "included": one.options[0].due.included},
            title={"vi": one.title.vi, "en": one.title.en},
        )
        for one, period in zip(found, periods, strict=True)
    ]
    for period, one in zip(periods, found, strict=True):
        assert one.options[0].last_day == _last_day(period, due)
    assert Plan.model_validate(whole | {"obligations": by_hand}).obligations == found


def _one(name: str, *, due: dict[str, Any], **more: Any) -> dict[str, Any]:
    """An obligation as a file has it."""
    period = {"period": more.pop("period")} if "period" in more else {}
    option = {"id": name, "by": "figure-reported", "figure": "documents-over-the-bus"}
    return {
        "id": name,
        "title": {"vi": "Số văn bản", "en": "Documents"},
        "source": "Văn bản mô phỏng",
        "levels": ["upper"],
        "options": [{**option, **period, "counted_by": "received", "due": due}],
        **more,
    }


def _last_day(period: str, due: dict[str, Any]) -> date:
    """Counted in another way."""
    _, end = days_of(period)
    if "days_after_end" in due:
        return end + timedelta(days=due["days_after_end"])
    month = end.replace(day=1)
    if due["month"] == "next":
        month = (month + timedelta(days=32)).replace(day=1)
    return month + timedelta(days=due["day"] - (1 if due["included"] else 2))


@pytest.mark.parametrize(
    ("opens", "closes", "kind", "first", "last"),
    [
        ("2026-01-12", "2027-01-31", "quarter", "2026-Q1", "2026-Q4"),
        ("2019-12-17", "2020-12-31", "quarter", "2020-Q1", "2020-Q4"),
        ("2019-12-16", "2020-12-31", "month", "2019-12", "2020-12"),
        ("2024-07-15", "2025-04-30", "quarter", "2024-Q3", "2025-Q1"),
        ("2024-07-15", "2025-04-30", "half-year", "2024-H2", "2024-H2"),
        ("2020-01-01", "2020-12-31", "year", "2020", "2020"),
    ],
)
def test_the_periods_of_a_campaign_end_in_it_and_are_mostly_in_it(
    opens: str, closes: str, kind: Any, first: str, last: str
) -> None:
    found = list(periods_of(kind, date.fromisoformat(opens), date.fromisoformat(closes)))
    assert (found[0], found[-1]) == (first, last)


def test_a_plan_that_opens_on_no_day_is_refused_for_that_alone(coming_back: Planted) -> None:
    coming_back.plant("plan.yaml", "opens: 2019-12-17", "opens: someday")
    (problem,) = coming_back.problems()
    assert problem.path == "opens"
    with pytest.raises(CampaignProblems):
        load_campaign(coming_back.directory)
