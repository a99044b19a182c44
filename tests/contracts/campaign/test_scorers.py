"""Who scores a criterion: units that exist, enough of them, and none in its own cause unsaid."""

import pytest

from tests.contracts.campaign.planting import Fault, Planted

OLD = '            kind: entered\n            maximum: "10"\n'


def entered(scored_by: str, *more: str) -> str:
    """A criterion of kind `entered` with these scorers, from the line of `scored_by` on."""
    lines = [f"scored_by: {scored_by}", *more, "kind: entered", 'maximum: "10"']
    return "".join(f"            {line}\n" for line in lines)


OTHERS = "assigned_to: {except_units: [SNV, STP, VPUB]}"
SUM = "units: [SNV, STP], marks: sum"
SHARES = "units: [SNV, STP], marks: shares"

SOUND = [
    entered("{unit: HN}"),
    entered("{unit: SNV}", OTHERS),
    entered("{unit: SNV, scored_too: by-all}"),
    entered("{units: [SNV, STP, VPUB], at_least: 2, scored_too: by-others}"),
    entered("{units: [SNV, STP, VPUB], marks: trimmed-mean}", OTHERS, "stages: [final, scorers]"),
    entered(f"{{{SUM}, maxima: {{SNV: '6', STP: '4'}}}}", OTHERS),
    entered(f"{{{SHARES}, shares: {{SNV: '0.6', STP: '0.4'}}}}", OTHERS, "minimum: '-5'"),
]

FAULTS = {
    "an unknown unit": Fault(OLD, entered("{unit: SNVV}"), (0, "no unit SNVV; did you mean “SNV”")),
    "an unknown unit of a panel": Fault(
        OLD,
        entered("", "  units:", "    - HN", "    - SNVV"),
        (3, "no unit SNVV; did you mean “SNV”"),
    ),
    "nobody": Fault(OLD, entered("{units: []}"), (0, "nobody scores it; write unit: CODE")),
    "an empty mapping": Fault(OLD, entered("{at_least: 1}"), (0, "nobody scores it")),
    "one and several": Fault(OLD, entered("{unit: HN, units: [HN]}"), (0, "not both")),
    "a unit twice": Fault(OLD, entered("{units: [HN, HN], at_least: 1}"), (0, "comes twice")),
    "its own cause": Fault(
        OLD, entered("{units: [HN, SNV]}"), (0, "scorers that this criterion scores too: SNV")
    ),
    "its own cause in a circle": Fault(
        OLD, entered("{units: [SNV, STP], scored_too: by-others}"), (0, "only 1 marks and 2")
    ),
    "too many needed": Fault(OLD, entered("{units: [HN], at_least: 2}"), (0, "are never there")),
    "too few to trim": Fault(
        OLD,
        entered("{units: [SNV, STP], marks: trimmed-mean}", OTHERS),
        (0, "at least 3 marks are needed, here 2"),
    ),
    "a sum without all": Fault(
        OLD,
        entered(f"{{{SUM}, at_least: 1, maxima: {{SNV: '6', STP: '4'}}}}", OTHERS),
        (0, "all 2 marks are needed"),
    ),
    "a sum of nothing": Fault(OLD, entered(f"{{{SUM}}}", OTHERS), (0, "missing: SNV, STP")),
    "a sum that is not the maximum": Fault(
        OLD,
        entered(f"{{{SUM}, maxima: {{SNV: '6', STP: '3'}}}}", OTHERS),
        (0, "add up to 9 and must make 10"),
    ),
    "shares of too much": Fault(
        OLD,
        entered(f"{{{SHARES}, shares: {{SNV: '0.6', STP: '0.5'}}}}", OTHERS),
        (0, "add up to 1.1 and must make 1"),
    ),
    "a share of a stranger": Fault(
        OLD,
        entered("{units: [HN], marks: shares, shares: {HN: '0.6', STP: '0.4'}}"),
        (0, "STP is none of the scorers"),
    ),
    "shares of a mean": Fault(
        OLD, entered("{units: [HN], shares: {HN: '1'}}"), (0, "only for marks: shares")
    ),
    "a sum from below": Fault(
        OLD,
        entered("{units: [HN], marks: sum, maxima: {HN: '10'}}", "minimum: '-1'"),
        (0, "remove the minimum -1"),
    ),
    "marks that do not count": Fault(
        OLD, entered("{unit: HN}", "stages: [final]"), (1, "add scorers, or remove stages")
    ),
    "the cluster beside them": Fault(
        OLD, entered("{unit: HN}", "stages: [cluster, scorers]"), (1, "don't go together")
    ),
    "scorers that nobody names": Fault(
        OLD, f"            stages: [scorers]\n{OLD}", (0, "scored_by is missing")
    ),
    "a misspelt way": Fault(OLD, entered("{unit: HN, marks: average}"), (0, "mean")),
}


@pytest.mark.parametrize("text", SOUND)
def test_scorers_are_a_sound_file(every_kind: Planted, text: str) -> None:
    every_kind.plant("rules.yaml", OLD, text)
    assert every_kind.problems() == []


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
def test_scorers_that_cannot_be_are_found_at_their_line(every_kind: Planted, fault: Fault) -> None:
    every_kind.assert_found("rules.yaml", fault)


HEADER = "code,name,kind,level,parent,cluster,gso_code,name_in_text,valid_from,valid_to,successor"


def _ends(planted: Planted, code: str, successor: str) -> None:
    """That unit ends on 1 July 2020."""
    path = planted.directory / "units.csv"
    rows = []
    for line in path.read_text(encoding="utf-8").splitlines()[1:]:
        cells = line.split(",")
        cells += [""] * (len(HEADER.split(",")) - len(cells))
        if cells[0] == code:
            cells[9:11] = "2020-07-01", successor
        rows.append(",".join(cells))
    planted.write("units.csv", "\n".join([HEADER, *rows]) + "\n")


def _faults(planted: Planted) -> list[str]:
    return [problem.en for problem in planted.problems() if problem.file == "rules.yaml"]


def test_a_scorer_that_ends_needs_somebody_who_takes_over(every_kind: Planted) -> None:
    every_kind.plant("rules.yaml", OLD, entered("{unit: STP}", OTHERS))
    _ends(every_kind, "STP", "")
    (text,) = _faults(every_kind)
    assert "neither STP nor who took over" in text
    _ends(every_kind, "STP", "VPUB")
    assert _faults(every_kind) == []


def test_who_takes_over_from_a_scorer_is_not_scored_by_itself_unsaid(every_kind: Planted) -> None:
    every_kind.plant(
        "rules.yaml", OLD, entered("{unit: STP}", "assigned_to: {except_units: [STP]}")
    )
    assert _faults(every_kind) == []
    _ends(every_kind, "STP", "VPUB")
    (text,) = _faults(every_kind)
    assert "scorers that this criterion scores too: STP" in text
