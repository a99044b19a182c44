"""Whole numbers as whole numbers: a ladder of 0, 1, 2, 3, "4 or more" has no gap where the measure
is whole by what it counts, or says so."""

from typing import Any

import pytest
from pydantic import TypeAdapter

from services.contracts.campaign.measuring.proving.proofs import Proofs
from services.contracts.rules import Comparison, Measure
from tests.contracts.campaign.planting import Fault, Planted

COUNT = (
    "kind: count, of: figure-reported,"
    " where: [{field: name, one_of: [meeting-missed, session-missed]}]"
)
SUM = 'kind: sum, of: figure-reported, field: value, where: [{field: value, at_least: "0"}]'
FEW = '{at_least: "1", at_most: "2", points: "8"}'
BY_ONE = [f'{{is: "{n}", points: "{points}"}}' for n, points in ((1, 8), (2, 6), (3, 4))]


@pytest.mark.parametrize(
    "measure",
    [
        COUNT,
        f"{SUM}, whole: true",
        SUM.replace("sum", "best") + ", whole: true",
        SUM.replace("sum", "latest") + ", whole: true",
    ],
    ids=["a count", "a sum", "the best", "the latest"],
)
def test_0_1_2_3_and_more_cover_what_is_whole(every_kind: Planted, measure: str) -> None:
    every_kind.plant("rules.yaml", COUNT, measure)
    every_kind.plant("rules.yaml", '{at_most: "0", points: "10"}', '{is: "0", points: "10"}')
    every_kind.plant("rules.yaml", FEW, "\n              - ".join(BY_ONE))
    every_kind.plant("rules.yaml", '{at_least: "3", points: "0"}', '{at_least: "4", points: "0"}')
    assert every_kind.problems() == []


def test_what_may_have_a_fraction_has_gaps_and_is_told_how_to_say_that_it_has_none(
    every_kind: Planted,
) -> None:
    every_kind.plant("rules.yaml", COUNT, SUM)
    found = [problem.en for problem in every_kind.problems()]
    assert ["0 < x < 1" in found[0], "2 < x < 3" in found[1], len(found)] == [True, True, 2]
    assert all("say whole: true at the measure" in each for each in found)


def test_a_mean_of_whole_numbers_is_none(every_kind: Planted) -> None:
    every_kind.plant("rules.yaml", COUNT, SUM.replace("sum", "mean") + ", whole: true")
    assert len(every_kind.problems()) == 2


FAULTS = {
    "a number between that no rung has": Fault(
        FEW, '{is: "1", points: "8"}', (1, "x = 2 (meetings_missed) gives no points")
    ),
    "a number on two rungs": Fault(
        FEW,
        '{is: "0", points: "8"}\n              - ' + FEW,
        (0, "x = 0 (meetings_missed) is on both"),
    ),
    "a number and an end": Fault(
        FEW, FEW.replace("{", '{is: "1", '), (0, "give is or the ends, not both")
    ),
    "a fraction of what is whole": Fault(
        FEW,
        '{is: "1.5", points: "8"}\n              - ' + FEW,
        (0, "the rung x = 1.5 is never used"),
    ),
}


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
def test_a_fault_is_found_at_its_line(every_kind: Planted, fault: Fault) -> None:
    every_kind.assert_found("rules.yaml", fault)


@pytest.mark.parametrize("whole", [True, False])
def test_a_rung_behind_whole_numbers_is_proved_to_be_covered(whole: bool) -> None:
    measure: dict[str, Any] = {
        "kind": "sum",
        "of": "figure-reported",
        "field": "value",
        "whole": whole,
    }
    adapter: TypeAdapter[dict[str, Measure]] = TypeAdapter(dict[str, Measure])
    total = {"kind": "total", "base": "1", "plus": ["m"]}
    proofs = Proofs(adapter.validate_python({"m": measure, "t": total}))
    for name in ("m", "t"):
        below_3, up_to_2 = (
            Comparison.model_validate({"measure": name, key: number})
            for key, number in (("less_than", "3"), ("at_most", "2"))
        )
        assert proofs.covered(below_3, [up_to_2]) is whole
        assert False in proofs.truth(Comparison.model_validate({"measure": name, "is": "2.5"}))
        assert (
            True in proofs.truth(Comparison.model_validate({"measure": name, "is": "2.5"}))
        ) is not whole
