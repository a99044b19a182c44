"""What an option may ask for: how many, how much, of whom more; and what is wrong with it."""

from pathlib import Path

import pytest

from services.contracts.campaign.loader import load_campaign
from tests.contracts.campaign.planting import HANOI, Fault, Planted
from tests.submissions.counted import counting


@pytest.fixture
def asking(tmp_path: Path) -> Planted:
    """The campaign of 2020 with obligations that count."""
    planted = Planted.copy(tmp_path)
    planted.write("plan.yaml", counting((HANOI / "plan.yaml").read_text()))
    return planted


def test_a_plan_says_how_much_and_whether_one_act_is_enough(asking: Planted) -> None:
    assert asking.problems() == asking.warnings() == []
    plan = load_campaign(asking.directory).plan
    (essays,) = plan.obligation("M1").options
    assert essays.how_many("STP", "department") == 1
    assert essays.how_many("SNV", "department") == 2
    assert essays.how_many("Q009", "quan") == 3
    counting_ids = {one.id for one in plan.obligations if one.counts_acts}
    assert counting_ids == {"M1", "M2", "M3", "M4", "M5"}
    both = plan.obligation("M4")
    assert both.option_for("essay-submitted", "press") is both.options[0]
    assert both.option_for("essay-submitted", "written") is None
    assert both.option_for("figure-reported", figure="emulation-fund", period="2020-H1")
    assert both.last_essay_day(None) == both.last_option.last_day


FAULTS = {
    "a number below one": Fault(
        "at_least: 3", "at_least: 0", (0, "must be 1 or more")
    ),
    "several of what a unit does once": Fault(
        "by: contest-reported", "by: contest-reported\n        at_least: 2",
        (1, "a unit has one such “contest-reported” only"),
    ),
    "a target of a kind that there is not": Fault(
        "kinds: [department]", "kinds: [departmant]", (0, "did you mean “department”?")
    ),
    "a target of a unit that there is not": Fault(
        "units: [STP]", "units: [STPP]", (0, "did you mean “STP”?")
    ),
    "two targets of one kind": Fault(
        "{units: [STP], at_least: 1}", "{kinds: [department], at_least: 1}",
        (0, "has a target above already"),
    ),
    "a target for nobody": Fault(
        "{units: [STP], at_least: 1}", "{at_least: 1}", (0, "say kinds or units")
    ),
    "a target in the wrong measure": Fault(
        "{units: [STP], at_least: 1}", '{units: [STP], reaches: "1"}',
        (0, "with by: essay-submitted say at_least instead"),
    ),
    "a target that is no number": Fault(
        "{units: [STP], at_least: 1}", "{units: [STP]}", (0, "say at_least or reaches, exactly one")
    ),
    "a mark outside the scale": Fault('mark: "80"', 'mark: "101"', (0, "outside the scale")),
    "a mark of what has none": Fault(
        "by: commendation-proposed,", 'by: commendation-proposed, mark: "8",',
        (0, "goes with by: essay-submitted only"),
    ),
    "a figure that there is not": Fault(
        "figure: emulation-fund", "figure: emulation-found", (0, "did you mean “emulation-fund”?")
    ),
    "no figure": Fault("figure: emulation-fund, ", "", (0, "the key figure is missing")),
    "a period that the figure has not": Fault(
        "period: 2020-H1", "period: 2020-Q1", (0, "emulation-fund is not reported for “2020-Q1”")
    ),
    "a figure with another event": Fault(
        "by: commendation-proposed,", "by: commendation-proposed, figure: emulation-fund,",
        (0, "goes with by: figure-reported only"),
    ),
    "a form that essays have not": Fault(
        "forms: [press]", "forms: [held]", (0, "essay-submitted has no form “held”")
    ),
    "an event that there is not, in a further part": Fault(
        "also: [{by: essay-submitted,", "also: [{by: essay-submited,",
        (0, "did you mean “essay-submitted”?"),
    ),
    "essays asked of units that send none": Fault(
        "    levels: [upper]\n    options:\n      - {id: M4",
        "    levels: [commune]\n    options:\n      - {id: M4",
        (1, "may send no essays"),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_found_at_its_line(asking: Planted, name: str) -> None:
    asking.assert_found("plan.yaml", FAULTS[name])


def test_two_obligations_may_ask_for_one_report(asking: Planted) -> None:
    plan = (asking.directory / "plan.yaml").read_text()
    press = "also: [{by: essay-submitted, forms: [press]}]"
    assert press in plan
    asking.write("plan.yaml", plan.replace(press, "also: [{by: contest-reported}]"))
    assert asking.problems() == []


def test_an_option_that_an_earlier_act_always_fulfils_is_never_used(asking: Planted) -> None:
    plan = (asking.directory / "plan.yaml").read_text()
    one = "      - {id: M1A, by: essay-submitted, counted_by: received,"
    due = " due: {date: 2020-07-09, included: true}}\n"
    asking.write(
        "plan.yaml", plan.replace("      - {id: M1, by", f"{one}{due}      - {{id: M1, by")
    )
    (problem,) = asking.problems()
    assert "is never used: such reports fulfil option M1A" in problem.en
