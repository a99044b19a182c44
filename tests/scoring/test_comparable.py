"""What ranks are read from: totals on the whole table's scale, with bonuses, penalties and caps."""

from datetime import date
from decimal import Decimal
from typing import Any

from services.contracts.events import UnitFact
from services.contracts.rules import RuleSet
from services.scoring.engine.results import UnitPoints
from services.scoring.engine.score import score
from tests.scoring.facts import at, essay, known, waived, withdrawn
from tests.scoring.sample_rules import LADDER, criterion, group, rules, unit

WAIVED = criterion("late-ladder", "I.1", "10", **LADDER)
ESSAYS = criterion("count", "I.2", "10", measure="essays", each="1", cap="10")
PENALTY: dict[str, Any] = {
    "minus": [{"measure": "withdrawn", "each": "2"}],
    "floor": "-10",
    "ceiling": "0",
}
EXTRA = criterion("count", "II.1", "4", measure="essays", each="1", cap="4")


def changed(rule_set: RuleSet, **table: Any) -> RuleSet:
    """The rule set with other settings of its only table."""
    data = rule_set.model_dump(mode="json", by_alias=True)
    data["tables"][0].update(table)
    return RuleSet.model_validate(data)


def points(rule_set: RuleSet, *facts: UnitFact) -> UnitPoints:
    found = score(known(*facts), {"c": [unit("A")]}, rule_set).unit("A")
    assert found is not None
    return found


def essays(count: int) -> list[UnitFact]:
    return [essay("A", f"a{i}") for i in range(count)]


def test_a_bonus_group_comes_on_top_and_is_not_scaled() -> None:
    rule_set = rules(
        group(WAIVED, ESSAYS, maximum="20"),
        group(EXTRA, id_="II", maximum="4", bonus=True),
        maximum="20",
    )
    whole = points(rule_set, *essays(5))
    assert (whole.total, whole.maximum, whole.comparable) == (Decimal("9.25"), 20, Decimal("9.25"))
    scaled = points(rule_set, waived("A", "D6"), *essays(5))
    assert (scaled.total, scaled.maximum) == (9, 10)
    assert scaled.comparable == 5 * 20 / Decimal(10) + 4


def test_a_bonus_criterions_penalty_is_not_scaled_either() -> None:
    penalty = criterion("bonus-penalty", "I.9", "0", bonus=True, **PENALTY)
    for cap in ({}, {"cap": "20"}):
        rule_set = rules(group(WAIVED, ESSAYS, penalty, maximum="20", **cap), maximum="20")
        taken = points(rule_set, waived("A", "D6"), *essays(5), withdrawn("A", "x"))
        assert (taken.total, taken.groups[0].bonus) == (3, -2)
        assert taken.comparable == 5 * 20 / Decimal(10) - 2


def test_a_penalty_costs_as_many_points_with_a_waiver_as_without() -> None:
    penalty = criterion("bonus-penalty", "I.9", "0", **PENALTY)
    rule_set = rules(group(WAIVED, ESSAYS, penalty, maximum="20"), maximum="20")
    taken = points(rule_set, waived("A", "D6"), withdrawn("A", "x"))
    assert (taken.total, taken.maximum, taken.comparable) == (-2, 10, -2)
    earned = points(rule_set, waived("A", "D6"), *essays(5), withdrawn("A", "x"))
    assert (earned.total, earned.comparable) == (3, 5 * 2 - 2)


def test_what_can_be_a_penalty_and_was_earned_counts_as_earned() -> None:
    both = criterion("bonus-penalty", "I.9", "10", plus=[{"measure": "essays", "each": "1"}])
    both |= {"minus": PENALTY["minus"], "floor": "-10", "ceiling": "10"}
    rule_set = rules(group(WAIVED, both, maximum="20"), maximum="20")
    assert points(rule_set, waived("A", "D6"), *essays(5)).comparable == 10
    assert points(rule_set, waived("A", "D6"), withdrawn("A", "x")).comparable == -2


def test_what_stands_above_a_maximum_is_a_bonus_and_is_not_scaled() -> None:
    base = criterion("base-plus-minus", "I.9", "10", base="10", minus=PENALTY["minus"])
    base |= {"plus": [{"measure": "essays", "each": "1"}]}
    rule_set = rules(group(WAIVED, base, maximum="20"), maximum="20")
    assert points(rule_set, waived("A", "D6"), *essays(3)).comparable == 20 + 3
    less = points(rule_set, waived("A", "D6"), withdrawn("A", "x"))
    assert (less.total, less.comparable) == (8, 16), "the base is what was earned of the maximum"


def test_a_penalty_is_taken_from_what_a_capped_group_gives() -> None:
    penalty = criterion("bonus-penalty", "I.9", "0", **PENALTY)
    twice = criterion("count", "I.3", "10", measure="essays", each="1", cap="10")
    rule_set = rules(
        group(ESSAYS, twice, penalty, maximum="10", cap="10"),
        group({**WAIVED, "id": "II.1"}, id_="II", maximum="10"),
        maximum="20",
    )
    held = points(rule_set, waived("A", "D6"), *essays(7), withdrawn("A", "x"))
    assert (held.total, held.comparable) == (10, 20), "the cap took more than the penalty"
    more = [withdrawn("A", f"x{at}") for at in range(4)]
    less = points(rule_set, waived("A", "D6"), *essays(7), *more)
    assert (less.total, less.comparable) == (6, 20 - 4)


def test_what_is_ranked_is_rounded_once() -> None:
    half = criterion("count", "I.2", "10", measure="essays", each="0.5", cap="10")
    rule_set = rules(group(WAIVED, half, maximum="20"), maximum="20", to="1")
    got = points(rule_set, waived("A", "D6"), *essays(11))
    assert (got.total, got.comparable) == (6, 11), "5.5 of 10 is 11 of 20"


def test_a_unit_that_only_penalties_are_assigned_to_stands_at_the_maximum_less_them() -> None:
    penalty = criterion("bonus-penalty", "I.9", "0", **PENALTY)
    rule_set = rules(group(WAIVED, penalty, maximum="10"))
    assert points(rule_set, waived("A", "D6")).comparable == 10
    taken = points(rule_set, waived("A", "D6"), withdrawn("A", "x"))
    assert (taken.total, taken.maximum, taken.comparable) == (-2, 0, 8)


def test_no_scaled_total_passes_the_tables_cap() -> None:
    extra = group(EXTRA, id_="II", maximum="4", bonus=True)
    rule_set = changed(rules(group(WAIVED, ESSAYS, maximum="20"), extra, maximum="20"), cap="22")
    scaled = points(rule_set, waived("A", "D6"), *essays(10))
    assert (scaled.total, scaled.comparable) == (14, 22)
    nothing = changed(rules(group(WAIVED, maximum="10"), extra, maximum="10"), cap="11")
    assert points(nothing, waived("A", "D6"), *essays(4)).comparable == 11


def test_where_the_total_counts_as_it_is_nothing_is_scaled() -> None:
    data = rules(group(WAIVED, ESSAYS, maximum="20"), maximum="20").model_dump(
        mode="json", by_alias=True
    )
    as_is = RuleSet.model_validate({**data, "not_assigned": "as-is"})
    assert points(as_is, waived("A", "D6"), *essays(5)).comparable == 5


def test_a_bonus_is_held_under_the_groups_cap() -> None:
    extra = criterion("count", "I.3", "4", measure="essays", each="1", cap="4", bonus=True)
    rule_set = rules(group(ESSAYS, extra, maximum="10", cap="10"))
    got = points(rule_set, *essays(8))
    assert (got.groups[0].points, got.groups[0].bonus, got.groups[0].capped) == (10, 2, True)


def test_without_a_moment_the_table_that_is_in_force_last_counts_even_if_it_has_an_end() -> None:
    data = rules(group(ESSAYS, maximum="10")).model_dump(mode="json", by_alias=True)
    until = {**data["tables"][0], "id": "first", "valid_to": "2020-07-01"}
    then = {
        **data["tables"][0],
        "id": "second",
        "valid_from": "2020-07-01",
        "valid_to": "2021-01-01",
    }
    for tables in ([until, then], [then, until]):
        rule_set = RuleSet.model_validate({**data, "tables": tables})
        assert points(rule_set).table == "second"
        for moment, table in (("6-30", "first"), ("7-1", "second")):
            found = score([], {"c": [unit("A")]}, rule_set, as_of=at(moment)).unit("A")
            assert found is not None
            assert found.table == table
        assert rule_set.table_for(unit("A"), date(2021, 1, 1)) is None


def test_a_measure_may_be_called_like_a_word_of_the_formula() -> None:
    data = rules(group(criterion("linear", measure="target", target="4"), maximum="10")).model_dump(
        mode="json", by_alias=True
    )
    data["measures"]["target"] = data["measures"]["essays"]
    got = points(RuleSet.model_validate(data), *essays(1))
    assert got.lines[0].inputs == {"target": "1", "set-target": "4"}
    assert got.lines[0].points == Decimal("2.5")
