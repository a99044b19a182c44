"""Promises about last days that come after another obligation, as a file says them."""

from datetime import date
from pathlib import Path

import pytest

from services.contracts.campaign.deadlines import UNKNOWN_DAY, Deadline, DueAfter
from services.contracts.campaign.loader import load_campaign
from services.contracts.campaign.problems import CampaignProblems

HANOI = Path("infra/campaigns/hanoi-2020")
D6 = "due: {date: 2020-07-10, included: false}"


def files(plan: str) -> dict[str, bytes]:
    return {"plan.yaml": plan.encode(), "units.csv": (HANOI / "units.csv").read_bytes()}


def plan(due: str, *replaced: tuple[str, str]) -> str:
    text = (HANOI / "plan.yaml").read_text(encoding="utf-8").replace(D6, due)
    for old, new in replaced:
        assert old in text, old
        text = text.replace(old, new, 1)
    return text


def problem(text: str) -> tuple[str, str]:
    """Place and English sentence of the only one."""
    with pytest.raises(CampaignProblems) as caught:
        load_campaign(files(text))
    (one,) = caught.value.problems
    return one.path, one.en


def test_a_day_is_unknown_until_the_other_obligation_is_fulfilled() -> None:
    loaded = load_campaign(files(plan("due: {days: 15, after: D2}"))).plan
    planned = loaded.obligation("D6")
    option = planned.option("D6")
    assert option.due == DueAfter(days=15, after="D2")
    assert (option.last_day, option.until, planned.missed_at(loaded.zone)) == (
        None,
        UNKNOWN_DAY,
        None,
    )
    assert option.days_late(date(2020, 12, 31)) == 0
    assert loaded.awaiting == {"D2": {"D6"}}
    assert loaded.obligation("D2").awaits == frozenset()


def test_the_day_is_so_many_days_later_and_not_behind_the_campaigns_end() -> None:
    due, closes = DueAfter(days=15, after="D2"), date(2020, 12, 31)
    assert due.deadline(date(2020, 8, 1), closes) == Deadline(date=date(2020, 8, 16), included=True)
    assert due.deadline(date(2020, 12, 20), closes).last_day == closes


def test_an_option_without_a_day_is_the_last_one() -> None:
    later = "due: {date: 2020-12-30, included: true}"
    options = f"{later}\n      - {{id: D6B, by: essay-submitted, counted_by: received,"
    planned = load_campaign(files(plan(f"{options} due: {{days: 15, after: D2}}}}"))).plan
    assert planned.obligation("D6").last_option.id == "D6B"


@pytest.mark.parametrize(
    ("due", "says"),
    [
        ("{days: 15, after: D22}", "there is no obligation “D22”; did you mean “D2”"),
        ("{days: 15, after: D6}", "wait in a circle (D6 → D6)"),
        ("{days: 15, after: D1}", "is not asked of every unit that owes D6"),
        ("{days: 15}", "is missing"),
        ("{days: 15, after: D2, included: true}", "there is no key “included”"),
        ("{days: -1, after: D2}", "or more"),
    ],
)
def test_what_can_never_have_a_day_is_refused_with_its_place(due: str, says: str) -> None:
    place, sentence = problem(plan(f"due: {due}"))
    assert place.startswith("obligations[D6].options[D6].due")
    assert says in sentence, sentence


def test_a_circle_over_several_is_shown_whole() -> None:
    text = plan("due: {days: 15, after: D7}")
    begin = text.index("  - id: D7\n")
    at = text.index("due: {", begin)
    end = text.index("}", at) + 1
    text = text[:at] + "due: {days: 5, after: D6}" + text[end:]
    with pytest.raises(CampaignProblems) as caught:
        load_campaign(files(text))
    (one,) = caught.value.problems
    assert one.path == "obligations[D6].options[D6].due.after"
    assert "D6 → D7 → D6" in one.en


def test_a_long_circle_is_one_fault_in_a_sentence_that_can_be_read() -> None:
    each = """  - id: C{at}
    title: {{vi: "Việc {at}", en: "Thing {at}"}}
    source: Văn bản mô phỏng
    levels: [upper]
    options:
      - {{id: C{at}, by: contest-reported, counted_by: received,
         due: {{days: 3, after: C{after}}}}}
"""
    many = 40
    more = "".join(each.format(at=at, after=(at + 1) % many) for at in range(many))
    path, says = problem(f"{plan(D6).rstrip()}\n{more}")
    assert path == "obligations[C0].options[C0].due.after"
    assert "(C0 → C1 → C2 → C3 → C4 → C5 → C6 → … → C0)" in says
