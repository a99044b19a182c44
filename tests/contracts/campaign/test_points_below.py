"""Knock-outs by points name what the table has, and a bound that some have and some have not."""

import pytest

from tests.contracts.campaign.planting import Fault, Planted

KNOCK = "        when: {measure: report, is: missed}\n"


def faulty(below: str, says: str) -> Fault:
    """A knock-out by points in place of one by a condition, and what is said of it there."""
    return Fault(KNOCK, f"        points_below: {{{below}}}\n", (0, says))


HALF = 'percent: "50"'
FAULTS = {
    "no such group": faulty(f"of: [I, IX], {HALF}", "no group or criterion IX"),
    "named twice": faulty(f"of: [I, I], {HALF}", "I is there already"),
    "more than all": faulty('of: [I.1], points: "500"', "must be above 0 and at most"),
    "no less than nothing": faulty('of: [I], points: "0"', "0 must be above 0"),
    "more than a hundred per cent": faulty('of: [I], percent: "101"', "at most 100 (I has"),
    "both bounds": faulty(f'of: [I], {HALF}, points: "1"', "give one of"),
    "no bound": faulty("of: [I]", "give one of"),
    "nothing asked": Fault(KNOCK, "", (-3, "give one of when")),
    "a condition beside it": Fault(
        KNOCK, f"{KNOCK}        points_below: {{of: [I], {HALF}}}\n", (-3, "give one of when")
    ),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_named_at_its_line(every_kind: Planted, name: str) -> None:
    every_kind.assert_found("rules.yaml", FAULTS[name])


def test_groups_at_any_depth_and_criteria_are_taken(every_kind: Planted) -> None:
    every_kind.plant("rules.yaml", KNOCK, f"        points_below: {{of: [I, I.1], {HALF}}}\n")
    assert every_kind.problems() == []
