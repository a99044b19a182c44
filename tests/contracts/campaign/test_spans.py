"""Spans: what is done before a day does not count, and what a plan may say of it."""

import re
from datetime import date
from pathlib import Path

import pytest
import yaml

from services.contracts.campaign.deadlines import Deadline, Span, days_late, moved_to
from services.contracts.campaign.loader import load_campaign
from tests.contracts.campaign.planting import HANOI, ROOT, Fault, Planted
from tests.contracts.campaign.spans import with_spans


@pytest.fixture
def spanning(tmp_path: Path) -> Planted:
    """The campaign of 2020 with spans."""
    planted = Planted.copy(tmp_path)
    planted.write("plan.yaml", with_spans((HANOI / "plan.yaml").read_text("utf-8")))
    return planted


def test_a_span_has_its_days_and_what_is_late_by_a_day_that_was_moved() -> None:
    span = Span(
        from_=date(2020, 6, 10), date=date(2020, 6, 20), included=False, late_until="2020-06-25"
    )
    days = [date(2020, 6, day) for day in (9, 10, 19, 25, 26)]
    assert [span.has(day) for day in days] == [False, True, True, True, False]
    later = moved_to(span, Deadline(date=date(2020, 6, 28), included=True))
    assert isinstance(later, Span)
    assert (later.from_, later.last_day) == (date(2020, 6, 10), date(2020, 6, 28))
    assert [later.has(date(2020, 6, day)) for day in (28, 29)] == [True, False]
    assert Span(date=date(2020, 6, 20), included=True).has(date(2020, 1, 1))


def test_the_example_of_the_manual_counts_as_its_table_says() -> None:
    manual = (ROOT / "docs" / "campaigns.md").read_text("utf-8")
    section = manual.partition("**A deadline**")[2].partition("**`essays`**")[0]
    example = yaml.safe_load(section.partition("```yaml\n")[2].partition("```")[0])
    span = Span.model_validate(example["due"])
    rows = re.findall(r"^\| (\d{4}-\d\d-\d\d) \|[^|]*\| (.*) \|$", section, re.MULTILINE)
    assert len(rows) == 5
    for day, counts in rows:
        on = date.fromisoformat(day)
        late = days_late(on, span.last_day)
        assert counts == ("no" if not span.has(on) else f"{late} days late" if late else "in time")


def test_essays_and_proposals_count_for_the_quarter_in_which_they_are_sent(
    spanning: Planted,
) -> None:
    assert spanning.problems() == spanning.warnings() == []
    plan = load_campaign(spanning.directory).plan
    dues = {one.id: one.options[0].due for one in plan.obligations if one.id.startswith("P1")}
    assert dues == {
        f"P1-2020-Q{number}": Span(from_=first, date=last, included=True, late_until=last)
        for number, (first, last) in enumerate(
            [
                ("2020-01-01", "2020-03-31"),
                ("2020-04-01", "2020-06-30"),
                ("2020-07-01", "2020-09-30"),
                ("2020-10-01", "2020-12-31"),
            ],
            1,
        )
    }
    assert plan.obligation("S1").counts_acts
    assert not plan.obligation("D5").counts_acts


S2 = "due: {from: 2020-06-10, date: 2020-06-20, included: true, late_until: 2020-06-25}"
FAULTS = {
    "a first day after the last one": Fault(
        S2, S2.replace("from: 2020-06-10", "from: 2020-06-21"),
        (0, "21 June 2020 is after the last day, 20 June 2020"),
    ),
    "a first day before the campaign": Fault(
        S2, S2.replace("from: 2020-06-10", "from: 2019-06-10"),
        (0, "10 June 2019 is before the campaign opens"),
    ),
    "no longer late before the last day": Fault(
        S2, S2.replace("2020-06-25", "2020-06-19"), (0, "19 June 2020 is before the last day")
    ),
    "late after the campaign": Fault(
        S2, S2.replace("2020-06-25", "2021-06-19"), (0, "19 June 2021 is after the campaign closes")
    ),
    "a day of a quarter after its end": Fault(
        "{days_after_end: 0}", "{day: 10, month: next, included: true}",
        *[(0, f"2020-Q{number} is due by") for number in range(1, 5)],
    ),
    "a first day of the contest": Fault(
        "    ends: {", "    ends: {from: 2020-01-01, ", (0, "there is no key “from”")
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_found_at_its_line(spanning: Planted, name: str) -> None:
    spanning.assert_found("plan.yaml", FAULTS[name])


def test_of_two_spans_for_the_same_acts_the_later_one_is_used_only_where_it_begins_earlier(
    spanning: Planted,
) -> None:
    option = "      - {id: S1, by: essay-submitted, counted_by: received,"
    due = "due: {from: 2020-07-01, date: 2020-07-09, included: true}}"
    later = f"{option.replace('S1', 'S9')} {due}\n"
    plan = (spanning.directory / "plan.yaml").read_text("utf-8")
    before, found, after = plan.partition(option)
    line, rest = after.split("\n", 1)
    spanning.write("plan.yaml", f"{before}{found}{line}\n{later}{rest}")
    (problem,) = spanning.problems()
    assert "is never used: such reports fulfil option S1" in problem.en
    spanning.write("plan.yaml", f"{before}{later}{found}{line}\n{rest}")
    assert spanning.problems() == []
