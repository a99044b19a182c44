"""Ranks, ties and flag candidates of a cluster, as the rule set declares them."""

from typing import Any

import pytest

from services.contracts.events import UnitFact
from services.contracts.rules import FlagCandidates, RuleSet
from services.scoring.engine.results import UnitPoints
from services.scoring.engine.score import score
from tests.scoring.facts import essay, known, withdrawn
from tests.scoring.sample_rules import criterion, group, rules, unit

ESSAYS = criterion("count", "I.1", "10", measure="essays", each="1", cap="10")
TAKEN = criterion("bonus-penalty", "I.2", "0", minus=[{"measure": "withdrawn", "each": "1"}])
TAKEN |= {"floor": "-5", "ceiling": "0"}
STRUCK = {
    "id": "K1",
    "title": {"vi": "Rút bài", "en": "Took an essay back"},
    "legal_source": "Mẫu",
    "when": {"measure": "withdrawn", "at_least": "1"},
    "level": "c",
}
UNITS = [unit(code) for code in "ABCDE"]


def facts(**units: tuple[int, int]) -> list[UnitFact]:
    """By unit how many essays it has, and how many it took back."""
    return [
        fact
        for code, (kept, gone) in units.items()
        for fact in (
            *(essay(code, f"{code}{i}") for i in range(kept)),
            *(withdrawn(code, f"{code}-{i}") for i in range(gone)),
        )
    ]


def standings(
    report: list[UnitFact], *, table: dict[str, Any] | None = None, **settings: Any
) -> dict[str, UnitPoints]:
    """All units by code, best first."""
    data = rules(group(ESSAYS, TAKEN, maximum="10")).model_dump(mode="json", by_alias=True)
    data["tables"][0].update(table or {})
    rule_set = RuleSet.model_validate({**data, **settings})
    ranked = score(known(*report), {"c": UNITS}, rule_set).clusters["c"].units
    return {one.unit: one for one in ranked}


def ranks(found: dict[str, UnitPoints]) -> dict[str, int]:
    return {code: one.rank for code, one in found.items()}


TIED = facts(A=(3, 0), B=(4, 1), C=(5, 0), D=(3, 0))


def test_equal_totals_share_a_rank_and_leave_the_next_out_or_not() -> None:
    assert ranks(standings(TIED)) == {"C": 1, "A": 2, "B": 2, "D": 2, "E": 5}
    assert ranks(standings(TIED, ties="dense")) == {"C": 1, "A": 2, "B": 2, "D": 2, "E": 3}


def test_criteria_break_ties_in_their_order_and_what_is_still_equal_stays_so() -> None:
    assert ranks(standings(TIED, tie_break=["I.1"])) == {"C": 1, "B": 2, "A": 3, "D": 3, "E": 5}
    assert ranks(standings(TIED, tie_break=["I.2", "I.1"])) == {
        "C": 1,
        "A": 2,
        "D": 2,
        "B": 4,
        "E": 5,
    }
    assert ranks(standings(TIED, tie_break=["I"]))["B"] == 2, "groups count by their points"


def test_who_is_knocked_out_keeps_its_rank_or_is_last_and_is_no_candidate() -> None:
    report = facts(A=(9, 1), B=(9, 0), C=(1, 0))
    kept = standings(report, table={"knock_outs": [STRUCK]}, flag_candidates={"each_cluster": 2})
    assert (kept["A"].rank, kept["A"].level, kept["A"].flag_candidate) == (2, "c", False)
    assert kept["B"].flag_candidate
    last = standings(report, table={"knock_outs": [STRUCK], "knocked_out": "rank-last"})
    assert ranks(last) == {"B": 1, "C": 2, "D": 3, "E": 3, "A": 5}


def test_a_knock_out_never_lifts_a_level() -> None:
    lower = {**STRUCK, "level": "b"}
    found = standings(facts(A=(10, 1), B=(1, 1)), table={"knock_outs": [lower]})
    assert (found["A"].level, found["B"].level) == ("b", "c")


def test_all_who_share_a_rank_are_candidates_and_only_of_levels_that_are_named() -> None:
    nobody = standings(TIED)
    assert [one.unit for one in nobody.values() if one.flag_candidate] == []
    two = standings(TIED, flag_candidates={"each_cluster": 2})
    assert [one.unit for one in two.values() if one.flag_candidate] == ["C", "A", "B", "D"]
    good = standings(TIED, flag_candidates={"each_cluster": 2, "levels": ["a", "b"]})
    assert [one.unit for one in good.values() if one.flag_candidate] == ["C"]


def flagged(report: list[UnitFact], **settings: Any) -> dict[str, tuple[int, bool]]:
    """Ranks and flag candidates where nothing is assigned to A."""
    both = {"assigned_to": {"except_units": ["A"]}}
    data = rules(group(ESSAYS | both, TAKEN | both, maximum="10"))
    rule_set = data.model_copy(update=settings)
    ranked = score(known(*report), {"c": UNITS}, rule_set).clusters["c"].units
    return {one.unit: (one.rank, one.flag_candidate) for one in ranked}


@pytest.mark.parametrize("ties", ["shared", "dense"])
def test_a_unit_to_which_nothing_is_assigned_takes_no_place_from_those_who_earned_it(
    ties: str,
) -> None:
    report = facts(B=(4, 0), C=(3, 0), D=(3, 0), E=(2, 0))
    one = flagged(report, flag_candidates=FlagCandidates(each_cluster=1), ties=ties)
    assert list(one.items())[:3] == [("A", (1, False)), ("B", (2, True)), ("C", (3, False))]
    two = flagged(report, flag_candidates=FlagCandidates(each_cluster=2), ties=ties)
    assert [code for code, (_, candidate) in two.items() if candidate] == ["B", "C", "D"]


def test_who_is_as_good_as_a_unit_to_which_nothing_is_assigned_is_a_candidate() -> None:
    report = facts(B=(10, 0), C=(9, 0))
    found = flagged(report, flag_candidates=FlagCandidates(each_cluster=1))
    assert list(found.items())[:3] == [("A", (1, False)), ("B", (1, True)), ("C", (3, False))]


def test_who_is_knocked_out_keeps_its_place_among_the_candidates_too() -> None:
    report = facts(A=(9, 1), B=(7, 0))
    found = standings(report, table={"knock_outs": [STRUCK]}, flag_candidates={"each_cluster": 1})
    assert [(found[unit].rank, found[unit].flag_candidate) for unit in "AB"] == [
        (1, False),
        (2, False),
    ]
